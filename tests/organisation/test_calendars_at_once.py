"""Two people who change a calendar in the same moment: both are heard, and nothing is stored twice."""

from datetime import date

from tests.databases import Database, at_once
from tests.people import NOW
from wenguo.people.calendar_changes import Day, change_branch_days, change_days, change_opening_hours
from wenguo.people.calendars import calendar_of, works
from wenguo.people.models import Amendment, Branch, BranchDay, NationalDay, OpeningHours
from wenguo.policy.opening import USUAL, Opening, written

NEW = date(2027, 5, 1)


def test_a_new_day_new_hours_and_a_new_exception_are_each_stored_once(own_database: Database):
    hz = Branch.objects.get(code="HZ")
    short = Opening(USUAL.week[:4] + ((), (), ()))
    outcomes = at_once(
        lambda: change_days([Day(NEW, "rest", "甲")], "page", "staff:1", "one", NOW),
        lambda: change_days([Day(NEW, "work", "乙")], "page", "staff:2", "other", NOW),
        lambda: change_opening_hours(hz, USUAL, "staff:1", "one", NOW),
        lambda: change_opening_hours(hz, short, "staff:2", "other", NOW),
        lambda: change_branch_days(hz, [NEW], "closed", "", "staff:1", "one", NOW),
        lambda: change_branch_days(hz, [NEW], "own", "9:00-12:00", "staff:2", "other", NOW),
    )
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    day, hours, exception = NationalDay.objects.get(day=NEW), OpeningHours.objects.get(), BranchDay.objects.get()
    for kind, thing in (("nationalday", day.pk), ("openinghours", hours.pk), ("branchday", exception.pk)):
        told = Amendment.objects.filter(kind=kind, thing=thing).order_by("seq")
        assert [one.seq for one in told] == [1, 2]
    assert works(NEW) is (day.kind == "work")
    assert written(calendar_of(hz).periods(NEW)) == exception.periods
