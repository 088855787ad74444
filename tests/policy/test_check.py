"""One fault planted in a pack, a stage or a clock; the check must name it with file and line, and nothing else."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.policy.planting import ROAD, TODAY, VOCABULARY, PackCopy, clock, stage, step
from wenguo.policy.check import check, check_folder
from wenguo.policy.check_clocks import over_statute
from wenguo.policy.load import packs

GRAVE = """
[[step]]
do = "closed_as_major"
says = "重大投诉结案"
en = "Close a major complaint"
at = ["closing"]
when = { WHEN }
who = ["owner"]
plain = true
then = { done = "closed" }
"""
WAITING = '[[stage]]\nkey = "waiting"\nsays = "等待"\nen = "Wait"\nturn = ["owner"]\n'


@pytest.mark.parametrize("name", sorted(packs()))
def test_every_pack_that_ships_is_clean(name: str):
    assert check(packs()[name], VOCABULARY, TODAY) == []


def test_a_pack_is_checked_by_a_relative_path_too(copy: PackCopy, monkeypatch):
    place = stage(copy, "planning", "turn = ", "turn = []  #")
    monkeypatch.chdir(copy.folder)
    assert [str(fault) for fault in check_folder(Path(), VOCABULARY, TODAY)] == [
        f"{place}: at 'planning' it is nobody's turn"
    ]


def test_a_pack_that_cannot_be_read_is_said_to_be_so(tmp_path):
    faults = check_folder(tmp_path / "nothing", VOCABULARY, TODAY)
    assert [str(fault) for fault in faults] == ["nothing/pack.toml:1: this file is missing"]


def test_faults_come_in_the_order_of_files_and_lines(copy: PackCopy):
    late = clock(copy, "close", 'tell = ["owner"]', 'tell = ["boss"]')
    early = stage(copy, "receiving", '"in_charge"]', '"service_boss"]', at="turn")
    assert copy.faults() == [
        f"{early}: unknown role or relation 'service_boss'",
        f"{late}: unknown role or relation 'boss'",
    ]


def test_the_process_that_the_intake_page_opens_must_exist(copy: PackCopy):
    place = copy.plant("pack.toml", "#", "name", 'opens = "complaint"', 'opens = "complain"')
    assert copy.faults() == [f"{place}: unknown process 'complain'"]


def test_who_sees_contacts_must_be_a_role(copy: PackCopy):
    place = copy.plant("pack.toml", "#", "name", 'sees_contact = ["reception"', 'sees_contact = ["receptoin"')
    assert copy.faults() == [f"{place}: unknown role 'receptoin'"]


def test_who_gets_the_anchors_must_be_a_role(copy: PackCopy):
    place = copy.plant("pack.toml", "#", "name", 'anchors_to = ["general_manager"', 'anchors_to = ["boss"')
    assert copy.faults() == [f"{place}: unknown role 'boss'"]


def test_no_step_has_the_name_of_a_page_of_the_case(copy: PackCopy):
    place = step(copy, "noted", 'do = "noted"', 'do = "proof"')
    assert f"{place}: 'proof' is the name of a page, so no step can have it" in copy.faults()


def test_the_owner_of_a_process_must_be_a_role(copy: PackCopy):
    place = copy.plant(ROAD, "#", "name", 'owner = "service_manager"', 'owner = "manager"')
    assert copy.faults() == [f"{place}: unknown role 'manager'"]


def test_a_role_cannot_have_the_name_of_a_relation(copy: PackCopy):
    place = copy.append("pack.toml", 'executor = { says = "执行", en = "Executor" }\n', at="executor")
    assert copy.faults() == [f"{place}: 'executor' is a relation, so it can't be a role too"]


def test_a_word_of_the_format_cannot_be_a_name(copy: PackCopy):
    place = copy.append("pack.toml", 'staff = { says = "员工", en = "Staff" }\n', at="staff")
    assert copy.faults() == [f"{place}: 'staff' is a word of the format and can't be a name"]


def test_names_that_stand_in_addresses_are_plain_ascii(copy: PackCopy):
    place = step(copy, "noted", 'do = "noted"', 'do = "Noted-down"')
    message = "'Noted-down' is no name: lower-case letters, digits and _, a letter first"
    assert copy.faults() == [f"{place}: {message}"]


def test_a_stage_to_which_no_step_leads_is_named(copy: PackCopy):
    place = copy.append(ROAD, WAITING, at="[[stage]]")
    assert copy.faults() == [f"{place}: no step leads to the stage 'waiting'"]


def no_way_out(copy: PackCopy, *but: str) -> None:
    """Leaves only the steps of the main road between a case and its end, but at the stages `but`."""
    step(copy, "withdrawn", 'at = ["open"]', f"at = {json.dumps(but)}")
    step(copy, "merged", 'at = ["open"]', f"at = {json.dumps(but)}")


def test_a_stage_that_nobody_of_the_staff_can_leave_is_named(copy: PackCopy):
    no_way_out(copy, "receiving", "calling_back")
    step(copy, "closed", 'who = ["owner", "in_charge"]', 'who = ["complainant"]')
    place = copy.place(ROAD, "[[stage]]", 'key = "closing"', "[[stage]]")
    assert copy.faults() == [f"{place}: nobody of the staff can bring a case from 'closing' to an end"]


def test_a_stage_that_only_some_cases_can_leave_is_named_with_a_case_that_cannot(copy: PackCopy):
    """It takes nobody to change what the case is first: whoever must do that may never come."""
    no_way_out(copy, "receiving", "calling_back")
    step(copy, "closed", 'at = ["closing"]', 'at = ["closing"]\nwhen = { severity = ["ordinary", false] }')
    place = copy.place(ROAD, "[[stage]]", 'key = "closing"', "[[stage]]")
    stuck = f"{place}: nobody of the staff can bring a case with {{}} from 'closing' to an end"
    assert copy.faults() == [stuck.format('severity = "major"')]

    text = GRAVE.replace("WHEN", 'severity = ["major"]')
    copy.append(ROAD, text, at="do")
    assert copy.faults() == []

    only_sales = 'severity = ["major"], business_line = ["sales"]'
    copy.plant(ROAD, "[[step]]", 'do = "closed_as_major"', 'severity = ["major"]', only_sales, at="when")
    assert copy.faults() == [stuck.format('business_line = "after_sales", severity = "major"')]


def test_a_case_without_an_answer_must_get_out_too(copy: PackCopy):
    no_way_out(copy, "receiving", "calling_back")
    step(copy, "closed", 'at = ["closing"]', 'at = ["closing"]\nwhen = { severity = ["ordinary", "major"] }')
    place = copy.place(ROAD, "[[stage]]", 'key = "closing"', "[[stage]]")
    assert copy.faults() == [
        f"{place}: nobody of the staff can bring a case with severity = false from 'closing' to an end"
    ]


def test_stages_that_lead_only_round_in_a_ring_are_named(copy: PackCopy):
    no_way_out(copy, "receiving")
    step(copy, "closed", 'then = { done = "closed" }', 'then = { done = "classifying" }')
    step(copy, "not_satisfied", 'not_investigated = "receiving"', 'not_investigated = "classifying"', at="then")
    trapped = "nobody of the staff can bring a case from '{}' to an end"
    found = [fault.split(": ", 1)[1] for fault in copy.faults()]
    assert trapped.format("classifying") in found
    assert trapped.format("closing") in found
    assert trapped.format("receiving") not in found


def test_an_open_stage_is_somebodys_turn(copy: PackCopy):
    place = stage(copy, "planning", "turn = ", "turn = []  #")
    assert copy.faults() == [f"{place}: at 'planning' it is nobody's turn"]


def test_a_turn_is_of_roles_and_relations(copy: PackCopy):
    place = stage(copy, "carrying_out", '"workshop_supervisor"]', '"staff"]', at="turn")
    assert copy.faults() == [f"{place}: unknown role or relation 'staff'"]


def test_a_stage_that_still_exists_has_not_moved(copy: PackCopy):
    place = copy.append(ROAD, '[moved]\nplanning = "negotiating"\n', at="planning")
    assert copy.faults() == [f"{place}: the stage 'planning' still exists, so it hasn't moved"]


def test_a_stage_must_have_moved_to_one_that_exists(copy: PackCopy):
    place = copy.append(ROAD, '[moved]\nchecking = "quality_control"\n', at="checking")
    assert copy.faults() == [f"{place}: unknown stage 'quality_control'"]


def test_a_promise_laxer_than_the_statute_is_refused_with_its_article(copy: PackCopy):
    place = clock(copy, "fulfilment", "hours = 120", "hours = 361")
    article = "侵害消费者权益行为处罚办法 第八条 (15日)"
    message = f"361 hours are laxer than the statute allows: 360 hours, {article}"
    assert copy.faults() == [f"{place}: {message}"]


def test_a_promise_as_long_as_the_statute_allows_is_fine(copy: PackCopy):
    clock(copy, "fulfilment", "hours = 120", "hours = 360")
    assert copy.faults() == []


def test_a_statute_not_yet_in_force_limits_nothing(copy: PackCopy):
    clock(copy, "fulfilment", "hours = 120", "hours = 361")
    assert copy.faults(on=date(2015, 3, 14)) == []
    assert len(copy.faults(on=date(2015, 3, 15))) == 1


def test_a_number_of_a_branch_can_be_held_against_the_statute():
    rule = packs()["auto_dealer"].processes["complaint"].clocks["fulfilment"]
    limit = over_statute(rule, 500, TODAY)
    assert limit is not None
    assert limit.hours == 360
    assert over_statute(rule, 72, TODAY) is None


def test_a_statute_must_be_known(copy: PackCopy):
    place = clock(copy, "fulfilment", 'statute = "obligation"', 'statute = "obligations"')
    assert copy.faults() == [f"{place}: unknown statute 'obligations'"]


def test_the_moment_that_sets_a_clock_must_be_asked_for(copy: PackCopy):
    place = clock(copy, "fulfilment", 'due = "due_at"', 'due = "agreed"')
    assert copy.faults() == [f"{place}: the form of 'confirmed' asks for no moment 'agreed'"]


def test_the_day_since_when_a_statute_counts_must_be_asked_for(copy: PackCopy):
    place = clock(copy, "sanbao_answer", 'since = "demanded_on"', 'since = "papers"')
    assert copy.faults() == [f"{place}: the form of 'demanded' asks for no date 'papers'"]


def test_the_day_since_when_a_statute_counts_must_be_answered(copy: PackCopy):
    row = 'key = "received_on"'
    copy.plant("forms/escalating.toml", "[[referral.field]]", row, "required = true\n", "", at=row)
    (fault, *_) = [one for one in copy.faults() if "odr_settle" in one]
    assert "must require 'received_on'" in fault


def test_only_a_statute_s_time_counts_from_earlier(copy: PackCopy):
    place = clock(copy, "maker_reply", "hours = 72", 'hours = 72\nsince = "due_at"', at="since")
    assert f"{place}: only a statute's time counts from earlier, and 'maker_reply' names none" in copy.faults()


def test_a_moment_can_set_only_a_clock_that_a_verb_starts(copy: PackCopy):
    place = clock(copy, "close", "hours = 48", 'hours = 48\ndue = "due_at"', at="due")
    assert copy.faults() == [f"{place}: 'due' names 'due_at', but no verb starts the clock 'close'"]


def test_a_clock_is_started_and_stopped_by_verbs_that_exist(copy: PackCopy):
    starts = clock(copy, "investigation", '"reassigned"]', '"resigned"]', at="starts")
    stops = clock(copy, "first_contact", '"contacted"', '"contact"', at="stops")
    assert sorted(copy.faults()) == sorted([f"{starts}: unknown verb 'resigned'", f"{stops}: unknown verb 'contact'"])


def test_a_clock_runs_at_stages_that_exist(copy: PackCopy):
    place = clock(copy, "plan", '"planning"', '"plannning"', at="at")
    assert copy.faults() == [f"{place}: unknown stage 'plannning'"]


def test_a_clock_that_never_starts_is_named(copy: PackCopy):
    clock(copy, "close", 'at = ["closing"]\n', "", at="[[clock]]")
    place = copy.place(ROAD, "[[clock]]", 'key = "close"', "[[clock]]")
    assert copy.faults() == [f"{place}: the clock 'close' never starts: it needs 'at' or 'starts'"]


def test_a_clock_that_never_stops_is_named(copy: PackCopy):
    clock(copy, "close", 'at = ["closing"]', 'starts = ["satisfied"]', at="[[clock]]")
    place = copy.place(ROAD, "[[clock]]", 'key = "close"', "[[clock]]")
    assert copy.faults() == [f"{place}: the clock 'close' never stops: it needs 'at' or 'stops'"]


def test_a_clock_leaves_at_least_an_hour(copy: PackCopy):
    place = clock(copy, "close", "hours = 48", "hours = 0")
    assert copy.faults() == [f"{place}: the clock 'close' must leave at least one hour or day"]


def test_only_roles_and_relations_are_told_that_time_is_up(copy: PackCopy):
    place = clock(copy, "close", 'tell = ["owner"]', 'tell = ["owner", "everybody"]')
    assert copy.faults() == [f"{place}: unknown role or relation 'everybody'"]
