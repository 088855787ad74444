"""When a promise is due, against a count of minutes that knows nothing of how it is reckoned."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wenguo.policy.reckoning import Days, Pause, Term, day_by_day, due_at, part_at
from wenguo.policy.worktime import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING, AFTERNOON, WHOLE = (time(8, 30), time(12)), (time(13), time(17, 30)), (time(0), time(0))
LUNCH = Calendar(dict.fromkeys(range(6), (MORNING, AFTERNOON)))
# The National Day of 2026 with its make-up days, as it was decreed.
OCTOBER = {date(2026, 10, day): () for day in range(1, 8)} | {date(2026, 9, 20): (WHOLE,), date(2026, 10, 10): (WHOLE,)}
LAW = Calendar(dict.fromkeys(range(5), (WHOLE,)), OCTOBER)
DAYS = Days(LUNCH, LAW, SHANGHAI)
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "dev" / "baltimore311_dev.csv"


def at(text: str) -> datetime:
    """A moment of the wall clock at the shop."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "amount", "counts", "due"),
    [
        ("2026-03-16 11:00", 2, "hours", "2026-03-16 13:00"),
        ("2026-03-16 11:00", 2, "working_hours", "2026-03-16 14:00"),  # lunch (frappe#2212, chatwoot#14009)
        ("2026-03-16 17:00", 1, "working_hours", "2026-03-17 09:00"),
        ("2026-03-14 17:00", 1, "working_hours", "2026-03-16 09:00"),  # Sunday is closed
        ("2026-03-16 22:00", 1, "working_hours", "2026-03-17 09:30"),
        ("2026-03-13 09:00", 3, "workdays", "2026-03-17 17:30"),
        ("2026-03-13 09:00", 3, "legal_workdays", "2026-03-18 17:30"),
        ("2026-09-30 15:00", 10, "legal_workdays", "2026-10-20 17:30"),  # 10 October is worked
        ("2026-03-16 09:00", 15, "legal_days", "2026-03-31 17:30"),
        ("2026-03-16 23:59", 15, "legal_days", "2026-03-31 17:30"),  # the first day isn't counted
        ("2026-09-21 09:00", 15, "legal_days", "2026-10-08 17:30"),  # 6 October is a day of rest: the next working day
        ("2026-03-07 09:00", 15, "legal_days", "2026-03-23 17:30"),  # ends on a Sunday
        ("2024-02-14 09:00", 15, "legal_days", "2024-02-29 17:30"),
    ],
)
def test_a_time_given_ends_when_the_wall_clock_says(start: str, amount: int, counts: str, due: str):
    assert due_at(Term(at(start), amount, counts), DAYS) == at(due)


def test_where_the_shop_is_closed_that_day_a_legal_term_ends_at_midnight():
    closed = Days(Calendar({0: (MORNING,)}), LAW, SHANGHAI)
    assert due_at(Term(at("2026-03-16 09:00"), 15, "legal_days"), closed) == at("2026-04-01 00:00")


def test_an_agreed_moment_is_moved_by_no_rest():
    pause = Pause(at("2026-03-16 09:00"), at("2026-03-18 09:00"))
    fixed = at("2026-03-17 16:00")
    assert due_at(Term(at("2026-03-16 08:00"), 0, "moment", (pause,), fixed), DAYS) == fixed


def test_three_quarters_of_working_time_are_working_time():
    assert part_at(Term(at("2026-03-16 11:00"), 4, "working_hours"), 75, DAYS) == at("2026-03-16 15:00")


def minutes_later(start: datetime, amount: int, pauses: list[tuple[datetime, datetime]], open_at) -> datetime:
    """Minute by minute: the end of the last one that counts."""
    moment, left = start, amount
    while left:
        rests = any(since <= moment < until for since, until in pauses)
        left -= open_at(moment) and not rests
        moment += timedelta(minutes=1)
    return moment


def shop_is_open(moment: datetime) -> bool:
    local = moment.astimezone(SHANGHAI)
    return any(since <= local.time() < until for since, until in LUNCH.periods(local.date()))


MOMENTS = st.integers(0, 14 * 24 * 60).map(lambda minute: at("2026-03-09 00:00") + timedelta(minutes=minute))


@settings(max_examples=60, deadline=None)
@given(start=MOMENTS, hours=st.integers(1, 24), edges=st.lists(MOMENTS, max_size=6, unique=True), working=st.booleans())
def test_rests_put_the_end_off_by_the_time_that_would_have_counted(start, hours, edges, working):
    edges = sorted(edge for edge in edges if edge > start)
    pauses = list(zip(edges[::2], edges[1::2], strict=False))
    wanted = minutes_later(start, hours * 60, pauses, shop_is_open if working else lambda _: True)
    term = Term(start, hours, "working_hours" if working else "hours", tuple(Pause(*one) for one in pauses))
    assert due_at(term, DAYS) == wanted


@settings(max_examples=40, deadline=None)
@given(start=MOMENTS, hours=st.integers(1, 40))
def test_what_is_told_day_by_day_adds_up_to_what_was_given(start, hours):
    told = list(day_by_day(Term(start, hours, "working_hours"), DAYS))
    assert sum((one.amount for one in told), timedelta(0)) == timedelta(hours=hours) == told[-1].so_far


@settings(max_examples=40, deadline=None)
@given(start=MOMENTS, days=st.integers(1, 20), counts=st.sampled_from(["workdays", "legal_workdays"]))
def test_the_days_that_are_told_to_count_are_as_many_as_were_given(start, days, counts):
    told = list(day_by_day(Term(start, days, counts), DAYS))
    assert sum(one.kind == "works" for one in told) == days == told[-1].so_far


@pytest.mark.skipif(not REAL.exists(), reason="the real requests are not here")
def test_real_requests_replayed_have_the_late_share_that_their_city_reported():
    """6,565 requests of a city, each due a fixed number of hours after it was made."""
    zone, due, late, told = ZoneInfo("UTC"), 0, 0, 0
    for row in csv.DictReader(REAL.open(encoding="utf-8-sig")):
        made, ends, closed = (_stamp(row[key]) for key in ("CreatedDate", "DueDate", "CloseDate"))
        if not (made and ends and closed):
            continue
        given_hours = (ends - made) / timedelta(hours=1)
        if given_hours < 1 or given_hours != int(given_hours):
            continue
        due += 1
        late += due_at(Term(made, int(given_hours), "hours"), Days(LUNCH, LAW, zone)) < closed
        told += ends < closed
    assert due > 5_000
    assert late == told > 0


def _stamp(text: str) -> datetime | None:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=UTC) if text.strip() else None
