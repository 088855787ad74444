"""What hurts users of other systems about promises and clocks, each named after the thread that tells of it."""

import json
from datetime import date, timedelta

import pytest

from tests.people import NOW, actor, at_stage, take
from wenguo.cases.door import act, open_case
from wenguo.cases.models import NEVER, Case, Clock, Entry, Errand, Notice
from wenguo.cases.reckoning import what_moves
from wenguo.jobs.tick import tick
from wenguo.people.amend import amend
from wenguo.people.calendar_changes import Day, change_branch_days, change_days, change_opening_hours
from wenguo.people.models import Branch, BranchDay, OpeningHours
from wenguo.policy.opening import Opening
from wenguo.policy.periods import read_periods

pytestmark = pytest.mark.usefixtures("database")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def clock(case: Case, kind: str) -> Clock:
    return Clock.objects.filter(case=case, kind=kind).latest("nth")


def waits(case: Case, now, why: str = "customer") -> Case:
    return take(case, "waited", by="bob", now=now, waiting_for=why, waiting_until="", note="等客户提供行车记录")


def told(case: Case, kind: str, verb: str = "overdue") -> int:
    entries = Entry.objects.filter(case=case, verb=verb)
    return sum(json.loads(one.body)["data"].get("clock") == kind for one in entries)


def hours(text: str, holiday: str = "") -> Opening:
    return Opening((read_periods(text),) * 7, read_periods(holiday))


def test_time_waited_is_kept_when_the_severity_changes_glpi_6902_and_15605():
    case = waits(at_stage("planning"), NOW + HOUR)
    case = take(case, "went_on", by="bob", now=NOW + 11 * HOUR)
    due = clock(case, "plan").due_at
    assert due == NOW + 58 * HOUR
    case = take(case, "turned_major", by="bob", now=NOW + 12 * HOUR)
    assert clock(case, "plan").due_at == due


def test_a_major_complaint_is_given_less_time_from_when_it_began():
    case = at_stage("receiving")
    assert clock(case, "first_contact").due_at == NOW + 2 * HOUR
    case = take(case, "turned_major", by="bob", now=NOW + HOUR / 2)
    assert clock(case, "first_contact").due_at == NOW + HOUR
    assert case.next_due_at == NOW + HOUR


def test_nothing_is_overdue_while_it_waits_glpi_24481():
    case = waits(at_stage("planning"), NOW + HOUR)
    tick(lambda: NOW + 90 * DAY)
    assert told(case, "plan") == 0
    assert told(case, "waiting") == 1  # but waiting is not forgotten


def test_a_rest_over_the_weekend_moves_nothing_but_what_would_have_counted_frappe_helpdesk_1554_and_pr_2449():
    shop = Branch.objects.get(code="HZ")
    weekdays = Opening((read_periods("09:00-17:00"),) * 5 + ((), ()), ())
    change_opening_hours(shop, weekdays, "staff:1", "test", NOW)
    friday = NOW + 4 * DAY + 6 * HOUR  # 16:00
    case = at_stage("approving", now=friday)
    assert clock(case, "approval").due_at == friday + 3 * DAY  # an hour on Friday, seven on Monday: 16:00
    case = take(case, "recalled", now=friday)
    assert clock(case, "approval").stopped_at == friday


def test_a_clock_that_rests_doesn_t_grow_frappe_helpdesk_pr_3709():
    case = waits(at_stage("planning"), NOW + HOUR)
    for day in range(1, 6):
        tick(lambda day=day: NOW + day * DAY)
        take(case, "noted", by="finance", now=NOW + day * DAY, note="仍在等")
    case = take(case, "went_on", by="bob", now=NOW + 6 * DAY)
    assert clock(case, "plan").due_at - (NOW + 6 * DAY) == 47 * HOUR


def test_the_desk_counts_no_resting_promise_as_due_osticket_3034():
    case = waits(at_stage("planning"), NOW + HOUR)
    running = case.clocks.filter(stopped_at=None, paused_at=None)
    assert case.next_due_at == min(running.values_list("due_at", flat=True))
    assert "plan" not in running.values_list("kind", flat=True)


def test_a_clock_that_begins_while_one_waits_rests_from_the_start():
    case = waits(at_stage("classifying"), NOW + HOUR)
    case = take(case, "cause_decided", by="bob", now=NOW + 2 * HOUR)
    plan = clock(case, "plan")
    assert plan.paused_at is not None and plan.next_at == NEVER


def test_a_later_update_starts_no_first_contact_anew_zammad_5177():
    case = at_stage("receiving")
    case = take(case, "contacted", by="bob", now=NOW + HOUR, reached=True, note="已致歉")
    first = clock(case, "first_contact")
    case = take(case, "contacted", by="bob", now=NOW + 9 * HOUR, reached=True, note="又联系")
    assert clock(case, "first_contact").stopped_at == first.stopped_at == NOW + HOUR
    assert Clock.objects.filter(case=case, kind="first_contact").count() == 1


def test_whoever_answered_is_not_told_that_nobody_did_zammad_3140():
    case = take(at_stage("receiving"), "contacted", by="bob", now=NOW + HOUR, reached=True, note="已致歉")
    take(case, "noted", by="finance", now=NOW + 2 * HOUR, note="客户又来电")
    tick(lambda: NOW + 30 * DAY)
    assert told(case, "first_contact") == told(case, "answer") == 0


def test_a_merged_case_is_silent_zammad_904():
    main = at_stage("receiving")
    other = at_stage("receiving", phone="13900139000", plate="浙B54321")
    other = take(other, "merged", by="bob", other=main.number)
    tick(lambda: NOW + 30 * DAY)
    assert not Entry.objects.filter(case=other, verb__in=("reminded", "overdue", "escalated")).exists()


def test_a_day_that_only_another_region_rests_counts_zammad_390():
    other = Branch.objects.get(code="SX")
    change_branch_days(other, [date(2026, 3, 16)], BranchDay.CLOSED, "", "staff:1", "test", NOW)
    assert clock(at_stage("receiving"), "first_contact").due_at == NOW + 2 * HOUR
    assert clock(at_stage("receiving", branch="SX"), "first_contact").due_at > NOW + 20 * HOUR


def test_nobody_is_told_at_night_of_what_counts_while_the_shop_is_open_chatwoot_pr_13392():
    evening = NOW + 7 * HOUR + HOUR / 2  # half past five
    case = at_stage("receiving", now=evening)
    tick(lambda: evening + 10 * HOUR)  # half past three at night
    assert told(case, "first_contact", "reminded") == told(case, "first_contact") == 0
    tick(lambda: evening + 17 * HOUR)
    assert told(case, "first_contact") == 1


def test_a_case_taken_up_again_is_not_late_at_once_glpi_pr_9267():
    case = take(at_stage("closed"), "reopened", by="bob", now=NOW + 200 * DAY)
    assert case.clocks.filter(stopped_at=None).exists()
    assert not case.clocks.filter(stopped_at=None, due_at__lte=NOW + 200 * DAY).exists()
    tick(lambda: NOW + 200 * DAY + HOUR)
    assert not Entry.objects.filter(case=case, verb="overdue", at__gt=NOW + 199 * DAY).exists()


def test_a_case_that_no_person_typed_has_its_clocks_too_znuny_514():
    raw = {"content": "空调异味", "phone": "13900001111", "source": "oem_system", "closed": False}
    shop = Branch.objects.get(code="HZ")
    done = open_case("complaint", shop, actor("customer_admin"), raw, NOW, verb="taken_over")
    assert set(done.case.clocks.values_list("kind", flat=True)) >= {"first_contact", "answer", "assignment"}


def test_another_owner_inherits_the_time_glpi_1911():
    case = at_stage("receiving")
    before = dict(case.clocks.values_list("kind", "due_at"))
    new = actor("service_director").staff_id
    case = take(case, "handed_over", by="bob", now=NOW + HOUR, new_owner=new)
    assert dict(case.clocks.values_list("kind", "due_at")) == before
    tick(lambda: NOW + 3 * HOUR)
    assert Notice.objects.filter(entry__verb="overdue", recipient_id=new).exists()


def test_a_promise_to_call_by_four_is_told_before_four_and_ends_with_the_call():
    four = NOW + 6 * HOUR
    case = take(
        at_stage("receiving"), "contacted", by="bob", reached=True, note="四点前回电", promised_by=four.isoformat()
    )
    assert clock(case, "promised_call").due_at == four
    tick(lambda: NOW + 5 * HOUR)
    assert told(case, "promised_call", "reminded") == 1
    case = take(case, "contacted", by="bob", now=four - HOUR / 2, reached=True, note="已回电")
    tick(lambda: NOW + DAY)
    assert told(case, "promised_call") == 0
    assert not case.clocks.filter(kind="promised_call", stopped_at=None).exists()


def test_a_ladder_is_climbed_once_and_in_order_after_a_standstill():
    case = at_stage("receiving", severity="major")
    tick(lambda: NOW + 60 * DAY)
    rungs = [
        json.loads(one.body)["data"].get("rung", "due")
        for one in Entry.objects.filter(case=case, verb__in=("reminded", "overdue", "escalated")).order_by("seq")
        if json.loads(one.body)["data"]["clock"] == "first_contact"
    ]
    assert rungs == ["75%", "due", "+2h"]
    assert tick(lambda: NOW + 61 * DAY) == 0


def test_a_new_day_of_rest_moves_what_is_promised_and_says_so():
    case = at_stage("receiving", now=NOW + 7 * HOUR)  # five in the afternoon: an hour today, an hour tomorrow
    due, tuesday = clock(case, "first_contact").due_at, date(2026, 3, 17)
    tick(lambda: NOW + 7 * HOUR)
    shop = Branch.objects.get(code="HZ")
    change_branch_days(shop, [tuesday], BranchDay.CLOSED, "", "staff:1", "盘点", NOW + 7 * HOUR)
    tick(lambda: NOW + 7 * HOUR)
    case.refresh_from_db()
    assert clock(case, "first_contact").due_at == due + DAY
    said = json.loads(Entry.objects.get(case=case, verb="recalculated").body)["data"]["moved"]
    assert {one["clock"] for one in said} == {"first_contact", "assignment"}
    assert not Errand.objects.filter(done_at=None).exists()


def test_a_calendar_that_moves_nothing_leaves_no_trace():
    case = at_stage("receiving")
    tick(lambda: NOW)
    change_days([Day(date(2026, 12, 31), "rest", "试", "Test")], "test", "staff:1", "test", NOW)
    tick(lambda: NOW)
    assert not Entry.objects.filter(case=case, verb="recalculated").exists()


def test_what_was_told_overdue_and_is_due_only_later_is_told_anew():
    case = at_stage("receiving")
    tick(lambda: NOW + 3 * HOUR)
    assert told(case, "first_contact") == 1
    shop = Branch.objects.get(code="HZ")
    change_branch_days(shop, [date(2026, 3, 16)], BranchDay.CLOSED, "", "staff:1", "停电", NOW + 3 * HOUR)
    tick(lambda: NOW + 3 * HOUR)
    assert clock(case, "first_contact").overdue_at is None
    tick(lambda: NOW + 2 * DAY)
    assert told(case, "first_contact") == 2


def test_a_preview_says_what_would_move_and_changes_nothing():
    case = at_stage("receiving", now=NOW + 7 * HOUR)
    shop = Branch.objects.get(code="HZ")
    found = what_moves(
        lambda: change_branch_days(shop, [date(2026, 3, 17)], BranchDay.CLOSED, "", "staff:1", "盘点", NOW)
    )
    assert {(one.number, one.kind) for one in found.moves} == {
        (case.number, "first_contact"), (case.number, "assignment"),
    }  # fmt: skip
    assert all(one.due == one.was + DAY for one in found.moves)
    assert not BranchDay.objects.exists()
    assert what_moves(lambda: None).moves == []
    assert clock(at_stage("receiving", now=NOW + 7 * HOUR), "first_contact").due_at == found.moves[0].was


def test_a_shop_without_opening_hours_still_keeps_its_promises():
    shop = Branch.objects.get(code="HZ")
    amend(OpeningHours(), "system", {"branch": shop, "own": True}, "test", NOW)
    case = at_stage("receiving")
    assert clock(case, "first_contact").due_at == NOW + 2 * HOUR


def test_a_clock_rung_twice_in_the_same_moment_is_told_once():
    case = at_stage("receiving")
    late = NOW + 3 * HOUR
    assert tick(lambda: late) > 0
    assert tick(lambda: late) == 0
    assert told(case, "first_contact") == 1
    assert act(case, "noted", actor("finance"), {"note": "x"}, late).entry.seq > 1
