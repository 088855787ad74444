"""Reading: the desk, the story of a case, who is known, the bell. Only within sight, in a fixed number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import DORA, NOW, actor, at_stage, take
from wenguo.cases import lists
from wenguo.cases.filters import Filters
from wenguo.cases.listing import listed
from wenguo.cases.models import Case, Notice
from wenguo.cases.refusals import NotFound

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.both_databases]
OPEN = Filters({"state": ("open",)})


def numbers(page):
    return [case.number for case in page.rows]


def test_the_desk_shows_what_waits_for_me_or_my_role_and_nothing_else(dealer):
    mine = at_stage("receiving")
    for_callback = at_stage("calling_back")
    at_stage("closed")
    elsewhere = at_stage("receiving", branch="SX")
    assert numbers(lists.desk(actor("bob"))) == [mine.number]
    assert numbers(lists.desk(actor("callback_agent"))) == [for_callback.number]
    assert numbers(lists.desk(actor("charlie"))) == [elsewhere.number]
    assert numbers(lists.desk(actor("finance"))) == []


def test_the_desk_begins_with_what_is_due_first_and_pages_by_key(dealer, monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    made = [at_stage("receiving", now=NOW + timedelta(minutes=nth - 5)) for nth in (4, 3, 2, 1, 0)]
    seen, after = [], ""
    for _ in range(3):
        page = lists.desk(actor("bob"), after)
        seen += numbers(page)
        after = page.next
    assert seen == [case.number for case in reversed(made)]
    assert after == ""


def test_a_made_up_place_in_the_list_is_the_start(dealer):
    case = at_stage("receiving")
    for after in ("x", "_", "2026-01-01_x", "2026-99-01T00:00:00+00:00_1"):
        assert numbers(lists.desk(actor("bob"), after)) == [case.number]


def test_a_regional_manager_sees_every_shop_below_and_a_shop_only_itself(dealer):
    cases = [at_stage("receiving"), at_stage("receiving", branch="SX")]
    assert set(numbers(listed(actor("region_manager"), OPEN, "", NOW))) == {case.number for case in cases}
    assert numbers(listed(actor("bob"), OPEN, "", NOW)) == [cases[0].number]


def test_a_case_of_another_branch_is_not_found_just_like_one_that_is_not_there(dealer):
    case = at_stage("receiving")
    for number in (case.number, "HZ-209901-9999", ""):
        with pytest.raises(NotFound):
            lists.find_case(number, actor("charlie"))
    assert lists.find_case(case.number, actor("bob")) == case


@pytest.mark.parametrize("cases", [1, 12])
def test_lists_cost_the_same_number_of_queries_however_long(dealer, cases):
    for _ in range(cases):
        case = at_stage("investigating")
    bob = actor("bob")
    reads = (
        lambda: lists.desk(bob), lambda: listed(bob, OPEN, "", NOW), lambda: lists.story(case), lambda: lists.bell(bob),
    )  # fmt: skip
    counts = []
    for read in reads:
        with CaptureQueriesContext(connection) as queries:
            read()
        counts.append(len([one for one in queries if "people_organisation" not in one["sql"]]))
    assert max(counts) <= 3, counts


def test_the_story_tells_who_did_what_with_the_words_of_the_form(dealer):
    case = take(at_stage("receiving"), "corrected", by="alice", content="后轮异响", correction_reason="听错了")
    newest, *_ = lists.story(case)
    assert newest.actor == "安丽思"
    told = {value.field.key: (value.value, value.before) for value in newest.values}
    assert told["content"][0] == "后轮异响"
    assert told["content"][1].startswith("客户反映的问题")


def test_known_finds_customer_car_and_cases_of_this_branch_only(dealer):
    old = at_stage("closed")
    new = at_stage("receiving")
    at_stage("receiving", branch="SX")
    known = lists.known(actor("alice"), dealer.branches["HZ"], DORA["phone"], "", "")
    assert known.customer.phone == DORA["phone"]
    assert [case.number for case in known.cases] == [new.number, old.number]
    assert lists.known(actor("alice"), dealer.branches["HZ"], "", DORA["plate"], "").vehicle.plate == DORA["plate"]
    assert lists.known(actor("alice"), dealer.branches["HZ"], "", "", "") == (None, None, [])
    with pytest.raises(NotFound):
        lists.known(actor("alice"), dealer.branches["SX"], DORA["phone"], "", "")


def test_the_bell_holds_only_what_was_delivered_to_me(dealer):
    case = at_stage("investigating")
    person = case.tasks.get().person
    assert lists.bell(actor(person.username)) == []
    Notice.objects.update(sent_at=NOW)
    assert [one.entry.verb for one in lists.bell(actor(person.username))] == ["assigned"]
    assert lists.unread(actor(person.username)) == 1
    Notice.objects.update(read_at=NOW)
    assert lists.unread(actor(person.username)) == 0


def test_only_those_whose_work_needs_it_see_the_whole_phone_number(dealer):
    case = Case.objects.select_related("branch").get(pk=at_stage("receiving").pk)
    assert lists.sees_contact(case, actor("bob"))
    assert lists.sees_contact(case, actor("callback_agent"))
    assert not lists.sees_contact(case, actor("technician"))
