"""Working time: hours and days added and measured, over lunch, holidays, make-up days, year ends and changed clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from wenguo.policy.worktime import Calendar, add_workdays, add_working, working_between

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = ((time(9), time(12)), (time(13), time(18)))
WEEK = dict.fromkeys(range(5), OFFICE)
# 2026: National Day from 1 to 7 October; Sunday 20 September and Saturday 10 October make up for it.
REST = [date(2026, 10, nth) for nth in range(1, 8)]
OFFICIAL = Calendar(WEEK, dict.fromkeys(REST, ()) | {date(2026, 9, 20): OFFICE, date(2026, 10, 10): OFFICE})
NEVER = Calendar({})
HOUR = timedelta(hours=1)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    "start, hours, ends",
    [
        ("2026-09-28 09:00", 8, "2026-09-28 18:00"),  # over lunch
        ("2026-09-28 11:30", 1, "2026-09-28 13:30"),
        ("2026-09-28 12:15", 1, "2026-09-28 14:00"),  # from within lunch
        ("2026-09-28 22:00", 1, "2026-09-29 10:00"),  # at night
        ("2026-09-30 17:00", 2, "2026-10-08 10:00"),  # over the holiday
        ("2026-10-09 17:00", 2, "2026-10-10 10:00"),  # into a Saturday that makes up for it
        ("2026-09-18 17:00", 2, "2026-09-20 10:00"),
        ("2026-12-31 17:00", 2, "2027-01-01 10:00"),
        ("2026-10-03 10:00", 0, "2026-10-03 10:00"),  # nothing is nothing, whenever
    ],
)
def test_working_hours_pass_only_while_somebody_works(start, hours, ends):
    assert add_working(at(start), hours * HOUR, OFFICIAL, SHANGHAI) == at(ends)


@pytest.mark.parametrize(
    "start, days, ends",
    [
        ("2026-09-28 23:59", 1, "2026-09-29 18:00"),
        ("2026-09-30 10:00", 1, "2026-10-08 18:00"),
        ("2026-10-08 10:00", 2, "2026-10-10 18:00"),
        ("2026-10-03 10:00", 1, "2026-10-08 18:00"),
        ("2026-12-31 10:00", 2, "2027-01-04 18:00"),
    ],
)
def test_working_days_begin_on_the_day_after(start, days, ends):
    assert add_workdays(at(start), days, OFFICIAL, SHANGHAI) == at(ends)


def test_an_hour_that_the_clocks_leave_out_is_not_worked_and_one_that_comes_twice_is():
    berlin, night = ZoneInfo("Europe/Berlin"), Calendar({6: ((time(0), time(6)),)})
    spring = working_between(at("2026-03-28 12:00", berlin), at("2026-03-30 12:00", berlin), night, berlin)
    autumn = working_between(at("2026-10-24 12:00", berlin), at("2026-10-26 12:00", berlin), night, berlin)
    assert (spring, autumn) == (5 * HOUR, 7 * HOUR)
    whole = Calendar({day: ((time(0), time(0)),) for day in range(7)})
    assert add_working(at("2026-10-24 12:00", berlin), 24 * HOUR, whole, berlin) == at("2026-10-25 11:00", berlin)


@pytest.mark.parametrize("periods", [((time(9), time(9)),), ((time(9), time(12)), (time(11), time(18))),
                                     ((time(13), time(18)), (time(9), time(12))), ((time(22), time(6)),)])  # fmt: skip
def test_periods_that_run_into_each_other_make_no_calendar(periods):
    with pytest.raises(ValueError, match="in order and apart"):
        Calendar({0: periods})


def test_a_calendar_without_work_and_time_that_goes_back_are_refused():
    start = at("2026-09-28 09:00")
    for refused in (
        lambda: add_working(start, HOUR, NEVER, SHANGHAI),
        lambda: add_workdays(start, 1, NEVER, SHANGHAI),
        lambda: add_workdays(start, 0, OFFICIAL, SHANGHAI),
        lambda: add_working(start, -HOUR, OFFICIAL, SHANGHAI),
        lambda: add_working(start.replace(tzinfo=None), HOUR, OFFICIAL, SHANGHAI),
    ):
        with pytest.raises(ValueError):
            refused()
    assert working_between(start, start + timedelta(days=900), NEVER, SHANGHAI) == timedelta(0)


# ---- laws that hold for every calendar ----

ZONES = some.sampled_from([ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "America/New_York")])
MOMENTS = some.datetimes(datetime(1986, 1, 1), datetime(2030, 1, 1), timezones=some.just(UTC))


@some.composite
def days(draw) -> tuple:
    """Up to three periods on half hours, apart from each other."""
    edges = sorted(draw(some.sets(some.integers(0, 47), max_size=6)))
    clock = [time(edge // 2, edge % 2 * 30) for edge in edges]
    return tuple(zip(clock[::2], clock[1::2], strict=False))


@some.composite
def calendars(draw) -> Calendar:
    """Some week with work on Monday at least, and some days that are otherwise."""
    week = {day: draw(days()) for day in range(7)} | {0: OFFICE}
    return Calendar(week, draw(some.dictionaries(some.dates(date(1986, 1, 1), date(2030, 1, 1)), days(), max_size=20)))


@settings(max_examples=150, deadline=None)
@given(MOMENTS, some.integers(0, 100_000), calendars(), ZONES)
def test_what_was_added_is_what_lies_between(start, seconds, calendar, zone):
    amount = timedelta(seconds=seconds)
    ends = add_working(start, amount, calendar, zone)
    assert ends >= start
    assert working_between(start, ends, calendar, zone) == amount
    assert working_between(ends, start, calendar, zone) == -amount


@settings(max_examples=150, deadline=None)
@given(MOMENTS, some.integers(0, 60 * 24 * 40), some.integers(0, 60 * 24 * 40), calendars(), ZONES)
def test_time_between_adds_up_and_never_exceeds_the_real_one(start, first, second, calendar, zone):
    middle = start + timedelta(minutes=first)
    end = middle + timedelta(minutes=second)
    whole = working_between(start, end, calendar, zone)
    assert whole == working_between(start, middle, calendar, zone) + working_between(middle, end, calendar, zone)
    assert timedelta(0) <= whole <= end - start
    assert add_working(start, whole, calendar, zone) <= end
