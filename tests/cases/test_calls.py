"""Whom to call back: by customer, what is due first, what was planned for later last, within one's own branches."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import NOW, actor, at_stage, take
from wenguo.cases import calls
from wenguo.people.actors import SYSTEM
from wenguo.people.amend import amend
from wenguo.people.models import BranchNumber
from wenguo.policy.calling import convenient
from wenguo.policy.load import packs

pytestmark = pytest.mark.usefixtures("database")


def to_call(phone, now=NOW, branch="HZ", **intake):
    return at_stage("calling_back", now=now, branch=branch, phone=phone, **intake)


def numbers(callees):
    return [[call.case.number for call in one.calls] for one in callees]


def test_two_cases_of_one_customer_are_one_call_and_the_first_due_comes_first(dealer):
    one, other = to_call("13900000001"), to_call("13900000002", NOW - timedelta(hours=2))
    second = to_call("13900000001", NOW + timedelta(hours=1))
    at_stage("accepting", phone="13900000001")
    elsewhere = to_call("13900000003", branch="SX")
    page = calls.page(actor("callback_agent"), NOW)
    assert numbers(page.due) == [[other.number], [one.number, second.number]]
    assert page.due[1].customer.phone == "13900000001" and (page.later, page.next) == ([], "")
    assert numbers(calls.page(actor("callback_agent_b"), NOW).due) == [[elsewhere.number]]
    assert calls.page(actor("bob"), NOW) == ([], [], "") and not calls.makes_calls(actor("bob"))
    assert calls.makes_calls(actor("callback_agent"))


def test_a_call_planned_for_later_sinks_until_its_time_has_come(dealer):
    agent = actor("callback_agent")
    tomorrow, agreed = to_call("13900000001"), to_call("13900000002", NOW + timedelta(hours=1))
    due = to_call("13900000003", NOW + timedelta(hours=2))
    take(tomorrow, "not_reached", try_again_on="2026-03-17", try_again_at="10:30", note="关机")
    next_week = (NOW + timedelta(days=7)).isoformat()
    take(agreed, "satisfied", now=NOW + timedelta(hours=1), call_again_at=next_week)
    page = calls.page(agent, NOW + timedelta(hours=3))
    assert (numbers(page.due), numbers(page.later)) == ([[due.number]], [[tomorrow.number], [agreed.number]])
    assert page.later[0].planned(NOW) == datetime(2026, 3, 17, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    (call,) = page.later[0].calls
    assert (len(call.missed), call.missed[0].texts, call.attempts) == (1, ["关机"], 3)
    assert [clock.kind for clock in page.later[1].calls[0].agreed] == ["second_call_back"]
    assert page.later[1].foremost.next_due_at == NOW + timedelta(days=7)  # the first call is no longer owed
    assert calls.page(agent, datetime(2026, 3, 17, 3, 0, tzinfo=NOW.tzinfo)).due[0].foremost == tomorrow


def test_what_one_customer_still_waits_for_is_not_hidden_by_a_plan_for_their_other_case(dealer):
    one = to_call("13900000001")
    to_call("13900000001")
    take(one, "not_reached", try_again_on="2026-03-18")
    assert len(calls.page(actor("callback_agent"), NOW).due) == 1


def test_the_number_of_attempts_is_the_branchs_and_the_last_one_takes_the_case_off_the_list(dealer):
    fresh = {"branch": dealer.branches["HD"], "key": "call_attempts", "value": 2, "since": "2020-01-01", "reason": "x"}
    amend(BranchNumber(branch=dealer.branches["HD"]), SYSTEM.code, fresh, "region's rule", NOW)
    case = take(to_call("13900000001"), "not_reached")
    assert calls.callee(case, actor("callback_agent")).calls[0].attempts == 2
    case = take(case, "not_reached")
    assert case.stage == "closing" and case.entries.order_by("-seq").first().outcome == "given_up"
    assert calls.callee(case, actor("callback_agent")) is None


def test_whoever_carried_the_work_out_is_not_offered_the_customers_verdict(dealer):
    case = to_call("13900000001")
    case.parties.filter(kind="executor").update(staff=dealer.staff["callback_agent"])
    (call,) = calls.callee(case, actor("callback_agent")).calls
    offered = [(one.step.do, one.open) for one in call.outcomes]
    assert offered == [("satisfied", False), ("not_satisfied", False), ("not_reached", True)]


def test_the_last_words_are_the_customers_and_not_our_notes(dealer):
    case = to_call("13900000001", forms={"customer_accepted": {"customer_words": "这次不响了"}})
    take(case, "noted", note="客户脾气大")
    take(case, "not_reached", note="关机")
    (call,) = calls.callee(case, actor("callback_agent")).calls
    assert call.words.texts == ["这次不响了"]
    assert call.remedy.state == "given" and call.task.done_at


def test_every_customer_stands_on_exactly_one_page_due_before_planned(dealer, monkeypatch):
    monkeypatch.setattr(calls, "PAGE", 2)
    monkeypatch.setattr(calls, "WALK", 3)
    for nth in (1, 2, 3, 4, 5, 1, 3, 6, 7):
        case = to_call(f"1390000000{nth}")
        if nth in (2, 6, 7):
            take(case, "not_reached", try_again_on="2026-03-18")
    due, later, after, pages = [], [], "", 0
    while pages < 12 and (after or not pages):
        page = calls.page(actor("callback_agent"), NOW, after)
        due, later, after, pages = due + page.due, later + page.later, page.next, pages + 1
    assert [one.customer.phone[-1] for one in due] == ["1", "3", "4", "5"]
    assert [one.customer.phone[-1] for one in later] == ["2", "6", "7"]
    assert [len(one.calls) for one in due] == [2, 2, 1, 1]


def test_a_longer_list_costs_no_more_queries(dealer):
    counts = []
    for phone in ("13900000001", "13900000002", "13900000003"):
        take(to_call(phone), "not_reached")
        with CaptureQueriesContext(connection) as asked:
            calls.page(actor("callback_agent"), NOW)
        counts.append(len([one for one in asked if "people_organisation" not in one["sql"]]))
    assert counts[0] == counts[2] <= 14


def test_now_lies_in_the_hours_that_the_customer_likes_or_it_does_not():
    hours = packs()["auto_dealer"].calling_hours
    sunday = datetime(2026, 3, 15, 9, 30)
    assert convenient(hours, ["weekend"], sunday) and convenient(hours, ["morning", "evening"], sunday)
    assert convenient(hours, ["weekend"], sunday + timedelta(days=1)) is False
    assert convenient(hours, ["morning"], sunday.replace(hour=12)) is False
    assert convenient(hours, [], sunday) is None
