"""The country's days out of the library: the decrees of three years by hand, and which years it truly knows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.people import DECREE_2026, NOW
from wenguo.people.ailments import calendar
from wenguo.people.calendar_changes import Day, change_days
from wenguo.people.calendar_seeding import catch_up, days_of, known_years, seed
from wenguo.people.calendars import statutory_days, works, years_published
from wenguo.people.founding import found_branch
from wenguo.people.models import Amendment, NationalDay

AUTUMN = datetime(2026, 11, 25, tzinfo=UTC)
# The notices of the State Council, by hand: days of rest as first/last, make-up workdays.
DECREES = {
    2024: ("01-01/01-01 02-10/02-17 04-04/04-06 05-01/05-05 06-08/06-10 09-15/09-17 10-01/10-07",
           "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
    2025: ("01-01/01-01 01-28/02-04 04-04/04-06 05-01/05-05 05-31/06-02 10-01/10-08",
           "01-26 02-08 04-27 09-28 10-11"),
    2026: (" ".join(rest for _, rest, _ in DECREE_2026), " ".join(work for _, _, work in DECREE_2026)),
}  # fmt: skip


def spread(year: int, spans: str) -> set[date]:
    found = set()
    for span in spans.split():
        first, last = (date.fromisoformat(f"{year}-{day}") for day in span.split("/"))
        found |= {first + timedelta(days=nth) for nth in range((last - first).days + 1)}
    return found


@pytest.mark.parametrize("year", DECREES)
def test_the_library_says_what_the_decree_says(year):
    rest, worked = DECREES[year]
    days = days_of(year)
    assert {one.day for one in days if one.kind == "rest"} == spread(year, rest)
    assert {one.day for one in days if one.kind == "work"} == {
        date.fromisoformat(f"{year}-{day}") for day in worked.split()
    }


def test_every_year_that_the_library_knows_is_plausible():
    for year in known_years():
        days = days_of(year)
        rest = [one.day for one in days if one.kind == "rest"]
        assert len(rest) >= statutory_days(year) and {one.year for one in rest} == {year}
        assert len({one.day for one in days}) == len(days)
        for one in days:
            assert 0 < len(one.name) <= 100 and 0 < len(one.name_en) <= 200
            if one.kind == "work":
                assert one.day.weekday() >= 5 and one.day >= date(year - 1, 12, 1)


def test_a_day_is_called_after_its_festival_and_not_after_what_it_stands_in_for():
    named = {str(one.day): (one.name, one.name_en) for one in days_of(2025)}
    assert named["2025-10-06"] == ("中秋节", "Mid-Autumn Festival")
    assert named["2025-10-08"] == named["2025-10-04"] == ("国庆节", "National Day")
    assert named["2025-10-11"] == named["2025-09-28"] == ("国庆节", "National Day")


def test_days_that_a_statute_names_are_no_decree():
    beyond = max(known_years()) + 1
    assert beyond >= 2027
    with pytest.raises(LookupError):
        days_of(beyond)


@pytest.mark.usefixtures("empty_database")
def test_the_first_branch_brings_ten_years_and_a_second_one_nothing():
    root = found_branch("G1", "集团", "", None, NOW, reason="set-up")
    assert years_published() == {year for year in known_years() if year >= 2016}
    told = Amendment.objects.filter(kind="nationalday")
    assert {(one.actor, one.reason) for one in told} == {("system", "set-up")}
    assert told.count() == NationalDay.objects.count()
    assert works(date(2024, 2, 4)) and works(date(2024, 2, 18)) and works(date(2024, 10, 12))
    assert works(date(2025, 1, 26)) and works(date(2025, 2, 8)) and works(date(2025, 9, 28))
    assert not works(date(2025, 10, 8)) and not works(date(2024, 10, 7)) and not works(date(2026, 2, 23))
    found_branch("HZ", "店", "", root, NOW)
    assert told.count() == NationalDay.objects.count()


def test_what_people_changed_is_never_overwritten(database):
    moved, own = date(2025, 10, 8), date(2025, 6, 3)
    change_days([Day(moved, "usual"), Day(own, "rest", "自定")], "page", "staff:1", "by hand", NOW)
    change_days([Day(moved, "work", "照常")], "page", "staff:1", "by hand", NOW)
    added = seed(NOW, "system", "upgrade")
    assert added[2025] == len(days_of(2025)) - 1 and 2026 not in added  # 2026 is there
    assert works(moved) and not works(own)
    assert seed(NOW, "system", "upgrade") == {}
    assert seed(NOW, "system", "by name", [2026, 2099]) == {2026: 0}


def test_a_year_is_made_up_for_once_the_program_knows_it_and_only_then(database):
    assert catch_up(AUTUMN) == {}  # 2027 is missing, but this version was asked already
    NationalDay.objects.update(source="holidays 0.1")
    found = catch_up(AUTUMN)
    assert found and set(found) <= set(known_years())
    assert catch_up(AUTUMN) == {}


def test_the_doctor_tells_of_the_year_that_is_missing(database):
    (told,) = calendar(AUTUMN)
    assert "2027" in told.what and not told.wrong
    assert list(calendar(NOW)) == []
