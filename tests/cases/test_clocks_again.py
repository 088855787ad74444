"""More of what hurts users elsewhere about promises: cases that come back, lunch, days off and make-up workdays."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.people import NOW, at_stage, take
from wenguo.cases.models import Case, Clock, Entry
from wenguo.jobs.tick import tick
from wenguo.people.ailments import calendar
from wenguo.people.calendar_changes import Day, change_days, change_opening_hours
from wenguo.people.calendar_seeding import days_of
from wenguo.people.models import Branch
from wenguo.policy.opening import Opening
from wenguo.policy.periods import read_periods

pytestmark = pytest.mark.usefixtures("database")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def due(case: Case, kind: str) -> datetime:
    return Clock.objects.filter(case=case, kind=kind).latest("nth").due_at


def opens(text: str, holiday: str = "") -> None:
    """The shop's hours, every day of the week."""
    hours = Opening((read_periods(text),) * 7, read_periods(holiday))
    change_opening_hours(Branch.objects.get(code="HZ"), hours, "staff:1", "test", NOW)


def test_lunch_does_not_count_frappe_2212_and_chatwoot_14009():
    opens("08:30-12:00 13:00-17:30")
    assert due(at_stage("receiving", now=NOW + HOUR), "first_contact") == NOW + 4 * HOUR  # eleven to two


def test_what_comes_back_after_a_month_is_not_late_at_once_glpi_23359_osticket_pr_5206_znuny_pr_369_plain_com():
    case, later = at_stage("calling_back"), NOW + 30 * DAY
    tick(lambda: later)
    case = take(case, "not_satisfied", now=later)
    running = case.clocks.filter(stopped_at=None)
    assert running.exists() and not running.filter(due_at__lte=later + HOUR).exists()
    tick(lambda: later + HOUR)
    assert not Entry.objects.filter(case=case, at__gt=later, verb__in=("overdue", "escalated")).exists()


def test_whether_it_was_in_time_stays_as_it_was_whatever_happens_later_zammad_3410():
    case = take(at_stage("receiving"), "contacted", by="bob", now=NOW + HOUR, reached=True, note="已致歉")
    late = at_stage("receiving", phone="13900139000", plate="浙B54321")
    tick(lambda: NOW + 3 * HOUR)
    late = take(late, "contacted", by="bob", now=NOW + 4 * HOUR, reached=True, note="已致歉")
    for one in (case, late):
        one = take(one, "turned_major", by="bob", now=NOW + 5 * HOUR)
        take(one, "contacted", by="bob", now=NOW + 6 * HOUR, reached=True, note="再联系")
    tick(lambda: NOW + 9 * DAY)
    first = {one.case_id: one for one in Clock.objects.filter(kind="first_contact")}
    assert first[case.pk].overdue_at is None and first[case.pk].stopped_at == NOW + HOUR
    assert first[late.pk].overdue_at == NOW + 3 * HOUR and first[late.pk].stopped_at == NOW + 4 * HOUR


def test_waiting_that_begins_on_a_holiday_moves_only_what_would_have_counted_dynamics():
    opens("08:30-18:00", holiday="")
    eve = datetime(2026, 9, 24, 9, 0, tzinfo=UTC)  # Thursday, five in the afternoon; then three days of rest
    case = at_stage("approving", now=eve)
    (approval,) = case.clocks.filter(kind="approval")
    assert approval.due_at == datetime(2026, 9, 28, 7, 30, tzinfo=UTC)  # an hour, and seven on Monday from 8:30
    case = take(at_stage("planning", now=eve), "waited", by="bob", now=eve + 20 * HOUR, waiting_for="customer",
                waiting_until="", note="客户放假")  # fmt: skip
    case = take(case, "went_on", by="bob", now=eve + 40 * HOUR)
    assert due(case, "plan") == eve + 68 * HOUR  # round the clock, so the whole rest counts


def test_a_make_up_sunday_is_a_working_day_holidays_definitions_pr_370():
    friday = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)
    case = at_stage("receiving", now=friday)
    case = take(case, "demanded", by="bob", now=friday, demand_kind="refund", demanded_on="2026-09-18", note="退货")
    # By hand: Sunday the 20th, 21 to 24, 28 to 30 September, 8 and 9 October; Saturday the 10th, 12 to 16, 19 to 22.
    assert due(case, "sanbao_answer").date() == date(2026, 10, 9)
    assert due(case, "sanbao_completion").date() == date(2026, 10, 22)


def test_the_make_up_days_of_2019_are_there_vacanza_holidays_298_and_3293():
    days = {one.day: one.kind for one in days_of(2019)}
    worked = {f"{one:%m-%d}" for one, kind in days.items() if kind == "work" and one.year == 2019}
    assert worked == {"02-02", "02-03", "04-28", "05-05", "09-29", "10-12"}
    assert all(days[date(2019, 5, day)] == "rest" for day in (1, 2, 3, 4))


def test_a_year_that_the_library_brings_late_can_be_entered_by_hand_workalendar_761():
    autumn = datetime(2026, 11, 25, tzinfo=UTC)
    assert [one.what for one in calendar(autumn) if "2027" in one.what]
    rest = [Day(date(2027, 1, 1) + nth * DAY, "rest", "按通知录入") for nth in range(13)]
    change_days([*rest, Day(date(2027, 2, 14), "work", "春节")], "page", "staff:1", "国办通知", autumn)
    assert [one.what for one in calendar(autumn) if "2027" in one.what] == []
