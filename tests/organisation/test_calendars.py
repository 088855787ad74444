"""Working calendars: what holds at a branch on a day, who says so, and that a change is seen at once."""

import time
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.people import NOW, Dealer
from wenguo.cases.audit.amendments import Count, amendment_faults
from wenguo.people.amend import amend
from wenguo.people.calendar_changes import Day, change_branch_days, change_days, change_opening_hours
from wenguo.people.calendars import (
    calendar_of,
    legal_calendar,
    missing_year,
    opening_of,
    what_holds,
    works,
    years_published,
)
from wenguo.people.editing import Overtaken
from wenguo.people.models import Amendment, BranchDay, NationalDay, OpeningHours
from wenguo.people.tree import touch
from wenguo.policy.forms import Wrong
from wenguo.policy.opening import Opening, written
from wenguo.policy.periods import read_periods
from wenguo.policy.worktime import add_workdays

pytestmark = pytest.mark.usefixtures("database")
USUAL = "08:30-18:00"  # of the pack, every day of the week
EIGHT, NINE, HALF = "08:00-18:00", "09:00-17:00", "10:00-14:00"
FRIDAY, SATURDAY, NATIONAL_DAY = date(2026, 3, 20), date(2026, 3, 21), date(2026, 10, 1)
MADE_UP = date(2026, 10, 10)  # a Saturday
HOST_ZONES = ("UTC", "America/Los_Angeles", "Pacific/Kiritimati")


def opening(weekdays: str, weekend: str = "", holiday: str = "", monday: str = "") -> Opening:
    one, other = read_periods(weekdays), read_periods(weekend)
    return Opening((read_periods(monday) or one, one, one, one, one, other, other), read_periods(holiday))


def set_hours(branch: Any, hours: Opening | None) -> None:
    change_opening_hours(branch, hours, "staff:1", "test", NOW)


def arrange(branch: Any, day: date, kind: str, periods: str = "") -> int:
    return change_branch_days(branch, [day], kind, periods, "staff:1", "test", NOW)


def there(branch: Any, day: date) -> str:
    """The periods of a day, as the calendar has them, which are those that the page tells."""
    periods = calendar_of(branch).periods(day)
    assert periods == what_holds(branch, day).periods
    return written(periods)


def test_a_branch_without_hours_of_its_own_has_those_above_it_and_else_the_packs(dealer: Dealer):
    hz, sx, hd = (dealer.branches[code] for code in ("HZ", "SX", "HD"))
    assert there(hz, FRIDAY) == there(hz, SATURDAY) == USUAL and opening_of(hz)[1] is None
    set_hours(hd, opening(EIGHT))
    assert (there(hz, FRIDAY), there(hz, SATURDAY), there(sx, FRIDAY)) == (EIGHT, "", EIGHT)
    assert opening_of(hz)[1] == hd
    set_hours(hz, opening(NINE, HALF))
    assert (there(hz, SATURDAY), there(sx, SATURDAY)) == (HALF, "")
    assert opening_of(hz, own=False)[1] == hd
    set_hours(hz, None)
    assert there(hz, SATURDAY) == "" and opening_of(hz)[1] == hd
    set_hours(hz, opening(NINE))
    assert there(hz, FRIDAY) == NINE


def test_a_public_holiday_has_its_own_hours_and_a_make_up_workday_those_of_monday(dealer: Dealer):
    hz = dealer.branches["HZ"]
    set_hours(hz, opening(NINE, "", HALF, monday=EIGHT))
    assert there(hz, NATIONAL_DAY) == HALF
    assert there(hz, date(2026, 10, 4)) == HALF  # a Sunday that the decree counts as part of the holiday
    assert there(hz, MADE_UP) == EIGHT
    assert there(hz, date(2026, 10, 17)) == ""  # an ordinary Saturday


def test_the_nearest_exception_wins_over_everything(dealer: Dealer):
    hz, sx, g1 = (dealer.branches[code] for code in ("HZ", "SX", "G1"))
    set_hours(g1, opening(NINE, "", "", monday=EIGHT))
    arrange(g1, NATIONAL_DAY, "own", HALF)
    assert there(hz, NATIONAL_DAY) == there(sx, NATIONAL_DAY) == HALF
    arrange(hz, NATIONAL_DAY, "closed")
    assert (there(hz, NATIONAL_DAY), there(sx, NATIONAL_DAY)) == ("", HALF)
    assert what_holds(sx, NATIONAL_DAY).says == g1
    arrange(hz, NATIONAL_DAY, "workday")
    assert there(hz, NATIONAL_DAY) == NINE  # a Thursday
    arrange(hz, NATIONAL_DAY, "usual")
    assert there(hz, NATIONAL_DAY) == HALF
    arrange(hz, SATURDAY, "workday")
    assert there(hz, SATURDAY) == EIGHT
    arrange(hz, FRIDAY, "closed")
    assert there(hz, FRIDAY) == "" and there(sx, FRIDAY) == NINE


def test_a_branch_that_moves_has_the_calendar_of_where_it_is(dealer: Dealer):
    hz, sx, g1 = (dealer.branches[code] for code in ("HZ", "SX", "G1"))
    set_hours(dealer.branches["HD"], opening(EIGHT))
    arrange(dealer.branches["HD"], FRIDAY, "closed")
    assert there(hz, SATURDAY) == "" and there(hz, FRIDAY) == ""
    amend(hz, "system", {"parent": g1, "path": f"{g1.path}{hz.pk}/"}, "moved", NOW)
    assert there(hz, SATURDAY) == there(hz, FRIDAY) == USUAL  # also for a row that was read before it moved
    assert there(sx, SATURDAY) == ""


def test_the_days_of_a_calendar_are_those_of_the_branchs_zone(dealer: Dealer):
    hz, night = dealer.branches["HZ"], datetime(2026, 9, 29, 20, tzinfo=ZoneInfo("UTC"))  # 30 September in Shanghai
    set_hours(hz, opening(USUAL, USUAL))  # and closed on public holidays
    ends = {zone: add_workdays(night, 1, calendar_of(hz), ZoneInfo(zone)) for zone in ("Asia/Shanghai", "UTC")}
    assert ends["Asia/Shanghai"].astimezone(ZoneInfo("Asia/Shanghai")).date() == date(2026, 10, 8)
    assert ends["UTC"].date() == date(2026, 9, 30)


def test_the_zone_of_the_host_changes_nothing(dealer: Dealer, monkeypatch):
    hz, start = dealer.branches["HZ"], datetime(2026, 9, 30, 16, 30, tzinfo=ZoneInfo("UTC"))
    found = set()
    for zone in HOST_ZONES:
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        touch()
        ends = add_workdays(start, 2, calendar_of(hz), ZoneInfo(hz.zone))
        found.add((there(hz, MADE_UP), works(MADE_UP), ends, tuple(sorted(years_published()))))
    monkeypatch.undo()
    time.tzset()
    assert len(found) == 1


def test_the_law_counts_the_countrys_workdays_whatever_a_shop_does(dealer: Dealer):
    arrange(dealer.branches["G1"], FRIDAY, "closed")
    assert works(FRIDAY) and not works(SATURDAY)
    assert works(MADE_UP) and works(date(2026, 2, 14)) and not works(NATIONAL_DAY) and not works(date(2026, 10, 6))
    assert written(legal_calendar().periods(FRIDAY)) == "00:00-24:00"
    start = datetime(2026, 9, 30, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert add_workdays(start, 2, legal_calendar(), ZoneInfo("Asia/Shanghai")) == datetime(
        2026,
        10,
        10,
        tzinfo=ZoneInfo("Asia/Shanghai"),  # the midnight that ends 9 October
    )


def test_a_year_is_missing_until_it_holds_as_many_days_of_rest_as_the_law_gives():
    assert years_published() == {2026}
    assert missing_year(date(2026, 9, 30)) is None
    assert missing_year(date(2026, 10, 1)) == 2027
    assert missing_year(date(2025, 12, 1)) == 2025
    rest = [Day(date(2027, 1, 1) + timedelta(days=nth), "rest", "假") for nth in range(13)]
    change_days(rest[:-1], "list", "staff:1", "half a year", NOW)
    assert missing_year(date(2026, 10, 1)) == 2027
    change_days(rest, "list", "staff:1", "the rest", NOW)
    assert missing_year(date(2026, 10, 1)) is None and missing_year(date(2027, 10, 1)) == 2028


def test_a_day_is_taken_back_and_its_row_stays(dealer: Dealer):
    assert change_days([Day(NATIONAL_DAY, "usual")], "page", "staff:1", "moved", NOW) == 1
    assert works(NATIONAL_DAY) and NationalDay.objects.get(day=NATIONAL_DAY).kind == "usual"
    assert change_days([Day(FRIDAY, "usual")], "page", "staff:1", "nothing", NOW) == 0
    assert not NationalDay.objects.filter(day=FRIDAY).exists()
    assert change_days([Day(NATIONAL_DAY, "rest", "国庆节")], "l", "staff:1", "back", NOW, only_new=True) == 0


def test_whoever_looked_at_an_older_version_is_told_what_stands(dealer: Dealer):
    change_days([Day(FRIDAY, "rest", "甲")], "page", "staff:1", "first", NOW, seen=0)
    with pytest.raises(Overtaken) as met:
        change_days([Day(FRIDAY, "rest", "乙")], "page", "staff:2", "second", NOW, seen=0)
    assert met.value.theirs == {"name": "甲"}
    hz = dealer.branches["HZ"]
    change_opening_hours(hz, opening(NINE), "staff:1", "first", NOW, seen=0)
    with pytest.raises(Overtaken) as met:
        change_opening_hours(hz, opening(NINE, HALF), "staff:2", "second", NOW, seen=0)
    assert set(met.value.theirs) == {"saturday", "sunday"}


def test_hours_in_which_nobody_is_ever_there_are_refused(dealer: Dealer):
    with pytest.raises(Wrong):
        set_hours(dealer.branches["HZ"], Opening(((),) * 7, read_periods(NINE)))
    assert not OpeningHours.objects.exists()


def test_every_change_is_on_record_once_and_the_record_tells_what_stands(dealer: Dealer):
    hz = dealer.branches["HZ"]
    set_hours(hz, opening(NINE))
    set_hours(hz, opening(NINE))  # nothing differs
    arrange(hz, FRIDAY, "own", "９：００至12:00")
    arrange(hz, FRIDAY, "own", "09:00-12:00")
    set_hours(hz, None)
    change_days([Day(SATURDAY, "work", "补班")], "page", "staff:1", "decree", NOW)
    told = Amendment.objects.values_list("kind", "seq").order_by("id")
    assert list(told) == [("openinghours", 1), ("branchday", 1), ("openinghours", 2), ("nationalday", 1)]
    assert BranchDay.objects.get().periods == "09:00-12:00"
    kinds = ("openinghours", "branchday", "nationalday")
    seeded = {f"nationalday {pk}" for pk in NationalDay.objects.exclude(day=SATURDAY).values_list("pk", flat=True)}
    found = [one.where for one in amendment_faults(Count()) if one.where.split()[0] in kinds]
    assert set(found) <= seeded  # rows that the tests put there without a word
    OpeningHours.objects.update(monday=EIGHT)
    assert f"openinghours {OpeningHours.objects.get().pk}" in [one.where for one in amendment_faults(Count())]


def test_an_act_pays_nothing_for_a_calendar_that_was_read_once(dealer: Dealer):
    hz = dealer.branches["HZ"]
    start = date(2016, 1, 1)
    change_days([Day(start + timedelta(days=nth * 9), "rest", "x") for nth in range(400)], "l", "system", "x", NOW)
    calendar = calendar_of(hz)
    with CaptureQueriesContext(connection) as asked:
        assert calendar_of(hz) is calendar and works(FRIDAY)
    assert {one["sql"] for one in asked} == {"SELECT stamp FROM people_organisation WHERE id = 1"}
    arrange(hz, FRIDAY, "closed")
    with CaptureQueriesContext(connection) as asked:
        assert calendar_of(hz) is not calendar
    assert len([one for one in asked if "people_branchday" in one["sql"]]) == 1


def test_what_was_rolled_back_is_forgotten(dealer: Dealer):
    hz = dealer.branches["HZ"]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        arrange(hz, FRIDAY, "closed")
        assert there(hz, FRIDAY) == ""
        1 / 0  # noqa: B018
    assert there(hz, FRIDAY) == USUAL
