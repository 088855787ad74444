"""The door itself: numbers, idempotency, versions, relations, turn, clocks, notices, the entry."""

import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import OperationalError

from tests.people import DORA, NOW, actor, at_stage, fill, take
from wenguo.cases import door, refusals
from wenguo.cases.door import act, open_case, open_steps
from wenguo.cases.models import NEVER, Case, Clock, Entry, EntryPrivate, Idempotency, Notice
from wenguo.cases.record import hashed_columns, replay_facts
from wenguo.jobs.tick import tick
from wenguo.people.actors import SYSTEM
from wenguo.people.amend import amend
from wenguo.people.chain import FIRST, commit, link
from wenguo.people.models import BranchNumber, Deputy
from wenguo.policy.load import packs
from wenguo.policy.pack import NEW

pytestmark = pytest.mark.usefixtures("database")


def register(dealer, key: str = "", **given):
    raw = {"content": "保养后机油灯亮", "phone": "13900001234", **given}
    return open_case("complaint", dealer.branches["HZ"], actor("alice"), raw, NOW, key=key)


def test_a_case_opens_with_number_owner_turn_and_clocks(dealer):
    case = register(dealer).case
    assert case.number == "HZ-202603-0001"
    assert (case.stage, case.stage_type, case.version) == ("receiving", "open", 1)
    assert case.owner.username == "bob"
    assert (case.turn_role, case.turn_person_id) == ("owner", case.owner_id)
    due = dict(case.clocks.values_list("kind", "due_at"))
    assert due == {
        "first_contact": NOW + timedelta(hours=2), "assignment": NOW + timedelta(hours=4),
        "answer": NOW + timedelta(hours=24),
    }  # fmt: skip
    assert case.next_due_at == due["first_contact"]


def test_numbers_have_no_gap_when_an_opening_is_refused(dealer):
    register(dealer)
    with pytest.raises(refusals.Invalid):
        register(dealer, content="")
    assert register(dealer).case.number == "HZ-202603-0002"


def test_the_same_key_gives_the_same_case_and_another_body_is_refused(dealer):
    first = register(dealer, key="k")
    again = register(dealer, key="k")
    assert again.case == first.case
    assert again.repeated
    assert Case.objects.count() == 1
    with pytest.raises(refusals.KeyReused):
        register(dealer, key="k", content="别的事")


def test_the_same_key_gives_the_same_step_once(dealer):
    case = at_stage("receiving")
    bob, raw = actor("bob"), {"note": "已请客户到休息区"}
    first = act(case, "noted", bob, raw, NOW, key="n")
    assert act(case, "noted", bob, raw, NOW, key="n") == (first.case, first.entry, True)
    assert Entry.objects.filter(verb="noted").count() == 1
    assert Idempotency.objects.get(key="n").entry == first.entry


def test_two_people_may_use_the_same_key(dealer):
    case = at_stage("receiving")
    act(case, "noted", actor("bob"), {"note": "一"}, NOW, key="n")
    act(case, "noted", actor("alice"), {"note": "二"}, NOW, key="n")
    assert Entry.objects.filter(verb="noted").count() == 2


def test_an_entry_is_chained_and_keeps_free_text_apart_from_the_chain(dealer):
    case = at_stage("investigating")
    prev = FIRST
    for entry in case.entries.order_by("seq"):
        assert entry.hash == link(prev, hashed_columns(case.number, entry))
        prev = entry.hash
    entry = case.entries.get(seq=1)
    assert DORA["phone"] not in entry.body
    assert "content" not in json.loads(entry.body)["data"]
    kept = EntryPrivate.objects.get(entry=entry, field="phone")
    assert json.loads(kept.value) == DORA["phone"]
    assert json.loads(entry.body)["private"]["phone"] == commit("phone", kept.value, kept.salt)


def test_the_facts_of_a_case_are_what_its_entries_add_up_to(dealer):
    case = at_stage("closed")
    assert replay_facts(case) == case.facts


def test_a_second_round_forgets_the_quality_check_of_the_first(dealer):
    case = at_stage("calling_back")
    assert case.facts["quality_passed"] is True
    case = take(case, "not_satisfied")
    assert "quality_passed" not in case.facts
    assert case.round == 2
    assert replay_facts(case) == case.facts


def test_a_step_that_needs_a_fact_names_the_missing_one(dealer):
    case = at_stage("accepting")
    with pytest.raises(refusals.Missing) as refused:
        act(case, "customer_accepted", actor("bob"), {}, NOW)
    assert refused.value.missing == ("quality_passed",)
    assert refused.value.fill["facts"][0].says == "质检合格，没有带来新的问题"


def test_the_accused_sees_the_case_and_may_not_handle_it(dealer):
    case = take(at_stage("receiving"), "accused_named", by="bob", accused=dealer.staff["service_manager"].pk)
    accused = actor("service_manager")
    assert {one.step.do for one in open_steps(case, accused)} == {
        "noted", "evidence_added", "handed_over", "raised_to_director", "raised_to_management", "turned_major"
    }  # fmt: skip
    with pytest.raises(refusals.NotAllowed):
        act(case, "assigned", accused, {}, NOW)
    assert not case.entries.filter(actor=accused.code).exists()


def test_a_deputy_acts_for_an_absent_owner_and_is_barred_where_the_absent_is(dealer):
    case = at_stage("receiving")
    raw = {
        "absent": dealer.staff["bob"],
        "deputy": dealer.staff["finance"],
        "since": "2026-03-01",
        "until": "2026-04-01",
    }
    amend(Deputy(), SYSTEM.code, raw, "leave", NOW)
    deputy = actor("finance")
    assert "assigned" in {one.step.do for one in open_steps(case, deputy)}
    case = take(case, "accused_named", by="service_director", accused=dealer.staff["bob"].pk)
    assert "assigned" not in {one.step.do for one in open_steps(case, deputy)}


def test_a_stale_version_is_refused_when_the_same_field_was_changed(dealer):
    case = at_stage("receiving")
    take(case, "corrected", by="bob", content="刹车异响,冷车明显", correction_reason="补充")
    with pytest.raises(refusals.Stale) as refused:
        act(
            case,
            "corrected",
            actor("alice"),
            {"content": "方向盘抖", "correction_reason": "听错"},
            NOW,
            version=case.version,
        )
    assert refused.value.theirs == {"content": "刹车异响,冷车明显"}
    assert [entry.verb for entry in refused.value.since] == ["corrected"]


def test_a_stale_version_passes_when_others_changed_other_fields(dealer):
    case = at_stage("receiving", content="方向盘抖", place="门口")
    take(case, "corrected", by="bob", content="方向盘抖", place="二号工位", correction_reason="补充")
    # alice's page still shows 门口, which she didn't touch
    raw = {"content": "方向盘高速抖", "place": "门口", "correction_reason": "听错"}
    done = act(case, "corrected", actor("alice"), raw, NOW, version=case.version)
    assert done.case.facts["content"] == "方向盘高速抖"
    assert done.case.facts["place"] == "二号工位"


def test_a_note_a_contact_or_an_overdue_clock_never_refuses_a_typing_clerk(dealer):
    case = at_stage("receiving")
    take(case, "noted", by="finance", note="发票已找到")
    take(case, "contacted", by="alice", reached=False, note="")
    assert tick(lambda: NOW + timedelta(hours=5)) > 1
    raw = fill(packs()["auto_dealer"].forms["assign"], actor("bob"), case.branch, NOW)
    assert act(case, "assigned", actor("bob"), raw, NOW, version=case.version).case.stage == "investigating"


def test_a_plan_that_was_replaced_meanwhile_cannot_be_accepted_blindly(dealer):
    case = at_stage("negotiating")
    later = take(take(case, "solution_rejected"), "solution_proposed")
    assert later.stage == case.stage
    with pytest.raises(refusals.Stale):
        act(case, "solution_accepted", actor("bob"), {"way": "call"}, NOW, version=case.version)


def test_what_happened_earlier_is_kept_beside_when_it_was_written(dealer):
    case = at_stage("receiving")
    earlier = NOW + timedelta(hours=1)
    later = NOW + timedelta(hours=3)
    raw = {"way": "call", "reached": "on", "note": "已致歉", "happened_at": earlier.isoformat()}
    entry = act(case, "contacted", actor("bob"), raw, later).entry
    assert (entry.happened_at, entry.at) == (earlier, later)
    assert Clock.objects.get(case=case, kind="first_contact").stopped_at == earlier
    with pytest.raises(refusals.Invalid):
        act(case, "contacted", actor("bob"), raw | {"happened_at": (later + timedelta(hours=1)).isoformat()}, later)


def test_a_clock_takes_the_limit_that_was_promised(dealer):
    promised = NOW + timedelta(hours=30)
    case = at_stage("confirming")
    case = take(case, "confirmed", due_at=promised.isoformat())
    assert Clock.objects.get(case=case, kind="fulfilment").due_at == promised
    assert case.next_due_at == promised


def test_a_branch_may_overlay_a_number_of_hours(dealer):
    for branch, hours in (("G1", 7), ("HZ", 3)):
        row = {
            "branch": dealer.branches[branch],
            "key": "complaint.first_contact.hours",
            "value": hours,
            "since": NOW.date(),
        }
        amend(BranchNumber(), SYSTEM.code, {**row, "reason": "试行"}, "pilot", NOW)
    assert register(dealer).case.clocks.get(kind="first_contact").due_at == NOW + timedelta(hours=3)
    at_sx = open_case(
        "complaint", dealer.branches["SX"], actor("charlie"), {"content": "x", "phone": "13900001234"}, NOW
    )
    assert at_sx.case.clocks.get(kind="first_contact").due_at == NOW + timedelta(hours=7)


def test_a_closed_case_has_nothing_due(dealer):
    case = at_stage("closed")
    assert case.next_due_at == NEVER
    assert not case.clocks.filter(stopped_at=None).exists()
    assert case.closed_at == NOW
    assert (case.turn_role, case.turn_person) == ("", None)


def test_those_concerned_are_told_but_not_whoever_did_it(dealer):
    case = at_stage("investigating")
    told = set(
        Notice.objects.filter(entry__case=case, entry__verb="assigned").values_list("recipient__username", flat=True)
    )
    assert case.tasks.get().person.username in told
    assert "bob" not in told


def test_an_overdue_clock_is_told_once(dealer):
    case = at_stage("receiving")
    late = NOW + timedelta(hours=3)
    act(case, "reminded", SYSTEM, {"clock": "first_contact", "nth": 1, "rung": "75%"}, late)
    act(case, "overdue", SYSTEM, {"clock": "first_contact", "nth": 1}, late)
    with pytest.raises(refusals.NothingDue):
        act(case, "overdue", SYSTEM, {"clock": "first_contact", "nth": 1}, late)
    assert case.entries.filter(verb="overdue").count() == 1
    assert Notice.objects.filter(entry__verb="overdue", recipient__username="bob").count() == 1


def test_nobody_but_the_clock_takes_its_verbs(dealer):
    case = at_stage("receiving")
    for verb in ("overdue", "relocated", "no_such_verb"):
        with pytest.raises(refusals.NotFound):
            act(case, verb, actor("bob"), {}, NOW)


def test_a_case_moves_with_a_renamed_stage(dealer):
    case = at_stage("receiving")
    Case.objects.filter(pk=case.pk).update(stage="old_name")
    done = act(case, "relocated", SYSTEM, {"to": "planning"}, NOW)
    assert (done.entry.came_from, done.entry.went_to) == ("old_name", "planning")
    assert Clock.objects.filter(case=case, kind="plan", stopped_at=None).exists()
    assert done.case.turn_person_id == case.owner_id


def test_a_refusal_leaves_nothing_behind(dealer):
    case = at_stage("receiving")
    before = (Entry.objects.count(), Notice.objects.count(), Clock.objects.count())
    with pytest.raises(refusals.Invalid) as refused:
        act(case, "assigned", actor("bob"), {"duty": "", "investigator": "999999", "due_at": "昨天"}, NOW)
    assert set(refused.value.fields) == {"duty", "investigator", "due_at", "expected_range"}
    assert (Entry.objects.count(), Notice.objects.count(), Clock.objects.count()) == before


def test_whoever_postgresql_ended_twice_to_break_a_deadlock_gets_through_at_the_third_try(dealer, monkeypatch):
    case, tries, transact = at_stage("receiving"), [], door._transact

    def ended_twice(*given):
        tries.append(given)
        if len(tries) < 3:
            raise OperationalError from psycopg.errors.DeadlockDetected()
        return transact(*given)

    monkeypatch.setattr(door, "_transact", ended_twice)
    take(case, "noted", note="第三次才记上")
    assert len(tries) == 3
    assert Entry.objects.filter(case=case, verb="noted").count() == 1


def test_a_number_belongs_to_the_month_at_the_branch(dealer):
    late = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)  # one o'clock on the first of April in Hangzhou
    case = open_case(
        "complaint", dealer.branches["HZ"], actor("alice"), {"content": "x", "phone": "13900001234"}, late
    ).case
    assert case.number == "HZ-202604-0001"


def test_the_opening_form_is_the_packs(dealer):
    process = packs()["auto_dealer"].processes["complaint"]
    assert process.opening.at == (NEW,)
    with pytest.raises(refusals.NotFound):
        open_case("no_such_process", dealer.branches["HZ"], actor("alice"), {}, NOW)
    with pytest.raises(refusals.NotFound):
        open_case("complaint", dealer.branches["SX"], actor("alice"), {"content": "x", "phone": "13900001234"}, NOW)
