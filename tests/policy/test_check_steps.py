"""One fault planted in a step of a copied pack; the check must name it with file and line, and nothing else."""

import pytest

from tests.policy.planting import PackCopy, field, step


def test_a_step_without_code_that_is_not_plain_is_an_unknown_verb(copy: PackCopy):
    place = step(copy, "quality_checked", "plain = true\n", "", at='do = "quality_checked"')
    message = "unknown verb 'quality_checked': there is no code of that name, and it isn't plain"
    assert copy.faults() == [f"{place}: {message}"]


def test_a_step_with_code_cannot_be_plain_as_well(copy: PackCopy):
    place = step(copy, "satisfied", "main = true\n", "main = true\nplain = true\n", at="plain")
    assert copy.faults() == [f"{place}: 'satisfied' is plain here, but there is code of that name"]


def test_a_pack_cannot_use_a_verb_of_the_clock(copy: PackCopy):
    place = step(copy, "noted", 'do = "noted"', 'do = "overdue"')
    assert copy.faults() == [f"{place}: 'overdue' is a verb of the clock; no pack may use it"]


def test_a_step_must_stand_at_stages_that_exist(copy: PackCopy):
    place = step(copy, "quality_checked", '"reworking", "accepting"]', '"reworking", "acepting"]', at="at")
    assert copy.faults() == [f"{place}: unknown stage 'acepting'"]


def test_a_step_must_stand_somewhere(copy: PackCopy):
    place = step(copy, "evidence_added", 'at = ["any"]', "at = []")
    assert copy.faults() == [f"{place}: 'evidence_added' stands at no stage"]


def test_an_outcome_must_lead_to_a_stage_that_exists(copy: PackCopy):
    place = step(copy, "solution_rejected", 'rejected_again = "planning"', 'rejected_again = "plan"', at="then")
    assert copy.faults() == [f"{place}: unknown stage 'plan'"]


def test_an_outcome_of_the_code_that_leads_nowhere_is_named(copy: PackCopy):
    place = step(copy, "solution_accepted", 'then = { accepted = "confirming" }', 'then = { agreed = "confirming" }')
    assert copy.faults() == [
        f"{place}: 'solution_accepted' has no outcome 'agreed', only accepted",
        f"{place}: the outcome 'accepted' of 'solution_accepted' leads nowhere",
    ]


def test_an_outcome_that_the_code_does_not_know_is_named(copy: PackCopy):
    place = step(copy, "satisfied", 'call_again = "*" }', 'call_again = "*", bored = "*" }', at="then")
    assert copy.faults() == [f"{place}: 'satisfied' has no outcome 'bored', only satisfied, call_again"]


def test_a_plain_step_has_exactly_one_outcome(copy: PackCopy):
    place = step(copy, "noted", 'then = { done = "*" }', 'then = { done = "*", undone = "*" }')
    assert copy.faults() == [f"{place}: a plain step has exactly one outcome, not 2"]


def test_who_may_take_a_step_must_be_a_role_or_a_relation(copy: PackCopy):
    place = step(copy, "reassigned", 'who = ["owner", "in_charge"]', 'who = ["owner", "service_manger"]')
    assert copy.faults() == [f"{place}: unknown role or relation 'service_manger'"]


def test_only_relations_can_be_shut_out(copy: PackCopy):
    place = step(copy, "reassigned", 'never = ["accused"]', 'never = ["accused", "finance"]')
    assert copy.faults() == [f"{place}: unknown relation 'finance'"]


def test_staff_can_speak_only_for_a_relation(copy: PackCopy):
    place = step(copy, "satisfied", 'speaks_for = "complainant"', 'speaks_for = "customer"')
    assert copy.faults() == [f"{place}: unknown relation 'customer'"]


def test_a_fact_that_must_hold_must_be_known(copy: PackCopy):
    place = step(copy, "customer_accepted", 'needs = ["quality_passed"]', 'needs = ["quality_past"]')
    assert copy.faults() == [f"{place}: unknown fact 'quality_past'"]


def test_a_fact_that_must_hold_must_be_asked_for_by_another_step(copy: PackCopy):
    place = step(copy, "customer_accepted", 'needs = ["quality_passed"]', 'needs = ["quality_passed", "signed"]')
    assert copy.faults() == [f"{place}: no form of another step asks for 'signed'"]


def test_what_only_some_cases_need_is_judged_alike(copy: PackCopy):
    need = '\n[[step.also_needs]]\nwhen = { severity = ["major"] }\nfacts = ["category", "quality_past", "signed"]'
    rows = 'then = { done = "calling_back" }\nforgets = ["waiting_for"]\ntell = { done = ["callback_agent"] }'
    place = step(copy, "customer_accepted", rows, rows + need, at="facts")
    assert copy.faults() == [
        f"{place}: no form of another step asks for 'signed'",
        f"{place}: unknown fact 'quality_past'",
    ]


def test_a_fact_that_can_only_be_given_later_is_named(copy: PackCopy):
    """The quality check stands behind the very step that wants it: nobody would ever get there."""
    place = step(copy, "confirmed", "form = ", 'needs = ["quality_passed"]\nform = ', at="needs")
    late = "'quality_passed' can't be given before 'confirmed': nobody gets past it"
    assert copy.faults() == [f"{place}: {late}"]


def test_a_fact_that_another_step_answers_itself_may_be_needed(copy: PackCopy):
    step(copy, "quality_checked", "plain = true", 'plain = true\nsets = { demand_fair = "beyond" }')
    step(copy, "customer_accepted", 'needs = ["quality_passed"]', 'needs = ["quality_passed", "demand_fair"]')
    assert copy.faults() == []


def test_a_fact_that_code_answers_may_be_needed(copy: PackCopy):
    step(copy, "customer_accepted", 'needs = ["quality_passed"]', 'needs = ["quality_passed", "vehicle_known"]')
    assert copy.faults() == []


def test_a_form_must_exist(copy: PackCopy):
    place = step(copy, "noted", 'form = "note"', 'form = "notes"')
    assert copy.faults() == [f"{place}: unknown form 'notes'"]


def test_a_form_must_ask_for_what_the_verb_takes(copy: PackCopy):
    field(copy, "investigating", "investigation", "findings", 'key = "findings"', 'key = "found"')
    place = step(copy, "investigated", 'form = "investigation"', 'form = "investigation"')
    assert copy.faults() == [f"{place}: 'investigated' takes 'findings', but no form here asks for it"]


def test_a_verb_that_takes_something_needs_a_form(copy: PackCopy):
    step(copy, "accused_named", 'form = "accused"\n', "", at='do = "accused_named"')
    place = copy.place("processes/complaint.toml", "[[step]]", 'do = "accused_named"', "[[step]]")
    assert copy.faults() == [f"{place}: 'accused_named' takes 'accused', but no form here asks for it"]


def test_a_form_must_ask_in_a_kind_that_the_verb_understands(copy: PackCopy):
    place = field(copy, "investigating", "investigation", "findings", 'kind = "long_text"', 'kind = "number"')
    message = "'investigated' takes 'findings' as long_text or text, not as number"
    assert copy.faults() == [f"{place}: {message}"]


def test_a_form_must_require_what_the_verb_cannot_do_without(copy: PackCopy):
    table, row = "[[assign.field]]", 'key = "due_at"'
    place = copy.plant("forms/receiving.toml", table, row, "required = true", "required = false")
    message = "'{}' can't do without 'due_at', so it must be required"
    assert copy.faults() == [f"{place}: {message.format(verb)}" for verb in ("assigned", "reassigned")]


def test_somebody_can_be_told_only_of_an_outcome_that_exists(copy: PackCopy):
    place = step(copy, "satisfied", 'tell = { satisfied = ["owner"] }', 'tell = { happy = ["owner"] }')
    assert copy.faults() == [f"{place}: 'tell' names 'happy', which isn't in 'then'"]


def test_only_roles_and_relations_can_be_told(copy: PackCopy):
    place = step(copy, "satisfied", 'tell = { satisfied = ["owner"] }', 'tell = { satisfied = ["boss"] }')
    assert copy.faults() == [f"{place}: unknown role or relation 'boss'"]


def test_a_case_is_opened_by_one_step_only(copy: PackCopy):
    place = step(copy, "declared_unreachable", '"planning", "negotiating"', '"new", "planning", "negotiating"', at="at")
    assert f"{place}: a case is opened by 'registered' already" in copy.faults()


def test_a_process_without_an_opening_is_named(copy: PackCopy):
    step(copy, "registered", 'at = ["new"]', 'at = ["receiving"]')
    place = "auto_dealer/processes/complaint.toml:2"
    assert f"{place}: no step of 'complaint' opens a case: one must stand at 'new'" in copy.faults()


@pytest.mark.parametrize(
    ("key", "row"), [("when", 'when = { severity = ["major"] }'), ("needs", 'needs = ["reachable"]')]
)
def test_nothing_is_asked_of_a_case_that_is_not_there_yet(copy: PackCopy, key: str, row: str):
    place = step(copy, "registered", 'who = ["staff"]', f'{row}\nwho = ["staff"]', at=key)
    assert copy.faults() == [f"{place}: 'registered' opens a case of which nothing is known yet: no '{key}'"]


def test_an_opening_must_lead_to_a_stage(copy: PackCopy):
    place = step(copy, "registered", 'settled = "calling_back"', 'settled = "*"', at="then")
    assert copy.faults() == [f"{place}: 'registered' opens a case, so each outcome must name a stage"]


def test_going_back_is_refused_where_cases_begin(copy: PackCopy):
    place = step(copy, "not_reached", 'not_reached = "*"', 'not_reached = "back"', at="then")
    assert copy.faults() == [f"{place}: there may be nothing to go back to: cases begin at 'calling_back'"]


def test_going_back_is_allowed_where_cases_come_from_somewhere(copy: PackCopy):
    step(copy, "reassigned", 'reassigned = "*"', 'reassigned = "back"', at="then")
    assert copy.faults() == []


def test_a_stage_has_one_main_step(copy: PackCopy):
    place = step(copy, "not_satisfied", "speaks_for", "main = true\nspeaks_for")
    assert copy.faults() == [f"{place}: the main step at 'calling_back' is 'satisfied' already"]


def test_two_main_steps_at_one_stage_must_be_for_different_cases(copy: PackCopy):
    """Two buttons never stand out at once; a field with several answers can't keep them apart."""
    step(copy, "satisfied", "speaks_for", 'when = { severity = ["ordinary", false] }\nspeaks_for')
    major = 'main = true\nwhen = { severity = ["major"] }\nspeaks_for'
    place = step(copy, "not_satisfied", "speaks_for", major, at="main")
    assert copy.faults() == []

    step(copy, "satisfied", 'severity = ["ordinary", false]', 'category = ["service"]', at="when")
    assert copy.faults() == [f"{place}: the main step at 'calling_back' is 'satisfied' already"]

    step(copy, "satisfied", 'category = ["service"]', 'remedies = ["rework"]', at="when")
    step(copy, "not_satisfied", 'severity = ["major"]', 'remedies = ["refund"]', at="when")
    assert copy.faults() == [f"{place}: the main step at 'calling_back' is 'satisfied' already"]
