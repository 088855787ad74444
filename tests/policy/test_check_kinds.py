"""One fault planted in what a copied pack says of some cases only; the check must name it with file and line."""

import pytest

from tests.policy.planting import ROAD, PackCopy, field, step


def route(copy: PackCopy, row: str, old: str, new: str, at: str = "") -> str:
    """Plants a fault in the route that has that line."""
    return copy.plant(ROAD, "[[route]]", row, old, new, at)


def suggestion(copy: PackCopy, row: str, old: str, new: str, at: str = "") -> str:
    """Plants a fault in the suggestion that has that line."""
    return copy.plant("forms/receiving.toml", "[[assign.field.suggest]]", row, old, new, at)


@pytest.mark.parametrize(("when", "message"), [
    ('gravity = ["major"]', "unknown column or fact 'gravity'"),
    ('reachable = [true]', "unknown column or fact 'reachable'"),  # code answers it anew each day: no kind of case
    ('severity = ["grave"]', "unknown value of 'severity' 'grave'"),
    ('severity = [true]', "unknown value of 'severity' 'True'"),
    ('validity = ["yes"]', "unknown value of 'validity' 'yes'"),  # a column for which no form asks
    ('read_back = ["yes"]', "unknown value of 'read_back' 'yes'"),
    ('place = [true]', "unknown value of 'place' 'True'"),  # of words nothing can be asked but whether there are none
    ('severity = []', "this never holds: no value of 'severity' is named"),
])  # fmt: skip
def test_a_kind_of_case_is_told_by_what_the_case_keeps_and_can_hold(copy: PackCopy, when: str, message: str):
    place = step(copy, "reported_to_maker", 'when = { source = ["oem_system"] }', f"when = {{ {when} }}")
    assert copy.faults() == [f"{place}: {message}"]


@pytest.mark.parametrize(
    "when", ['severity = ["major", false]', "read_back = [true]", "read_back = [false]", "place = [false]"]
)
def test_a_kind_of_case_may_be_told_by_what_was_not_answered(copy: PackCopy, when: str):
    step(copy, "reported_to_maker", 'when = { source = ["oem_system"] }', f"when = {{ {when} }}")
    assert copy.faults() == []


def test_a_clock_runs_only_for_cases_that_there_are(copy: PackCopy):
    place = copy.plant(ROAD, "[[clock]]", 'key = "major_report"', '["major"]', '["majer"]', at="when")
    assert copy.faults() == [f"{place}: unknown value of 'severity' 'majer'"]


def test_what_some_cases_need_is_named_in_its_own_line(copy: PackCopy):
    """Two steps have such rows: the fault is in the second."""
    row = ("[[step.also_needs]]", 'facts = ["maker_told"]')
    place = copy.plant(ROAD, *row, 'source = ["oem_system"]', 'source = ["oem"]', at="when")
    assert copy.faults() == [f"{place}: unknown value of 'source' 'oem'"]


def test_what_every_case_needs_is_not_for_some_only(copy: PackCopy):
    place = copy.plant(ROAD, "[[step.also_needs]]", 'facts = ["comeback_order"]', "when = ", "#", at="[[step.also")
    assert copy.faults() == [f"{place}: what every case needs belongs to 'needs': this has no 'when'"]


# ---- routes ----


def test_a_case_belongs_to_a_role_that_there_is(copy: PackCopy):
    place = route(copy, 'owner = "sales_director"', '"sales_director"', '"sales_boss"', at="owner")
    assert copy.faults() == [f"{place}: unknown role 'sales_boss'"]


def test_who_hears_of_a_kind_of_case_is_a_role_or_a_relation(copy: PackCopy):
    place = route(copy, 'owner = "sales_director"', '"customer_director"]', '"customers"]', at="tell")
    assert copy.faults() == [f"{place}: unknown role or relation 'customers'"]


def test_a_route_is_for_some_cases(copy: PackCopy):
    place = route(copy, 'owner = "service_manager"', "when = ", "#", at="[[route]]")
    assert copy.faults() == [f"{place}: a route without 'when' shuts out those after it: name the owner of the process"]


def test_a_route_that_can_never_be_taken_is_named(copy: PackCopy):
    """The first that fits counts: a major sales case never comes past the row for sales cases."""
    first = route(copy, 'owner = "sales_director"', ', severity = ["major"]', "", at="[[route]]")
    never = copy.place(ROAD, "[[route]]", 'owner = "showroom_manager"', "[[route]]")
    assert copy.faults() == [f"{never}: this never comes to pass: {first} comes first wherever it fits"]


def test_a_case_that_no_route_fits_belongs_to_somebody_too(copy: PackCopy):
    place = copy.plant(ROAD, "#", "name", 'owner = "service_manager"', "#", at="name")
    assert copy.faults() == [f"{place}: cases that no route fits belong to nobody: name the 'owner' of the process"]


# ---- plain steps that a choice decides ----


def test_a_choice_decides_only_if_it_is_always_made(copy: PackCopy):
    place = copy.place(ROAD, "[[step]]", 'do = "acceptance_refused"', "by")
    asked = ("fulfilling", "acceptance_refusal", "refused_because")
    field(copy, *asked, "required = true", "required = false")
    must = f"{place}: the form of 'acceptance_refused' must ask for the choice 'refused_because', always"
    assert copy.faults() == [must]

    field(copy, *asked, "required = false", 'required = true\nasked_if = { reason = ["x"] }', at="asked_if")
    assert copy.faults() == [must]

    step(copy, "acceptance_refused", 'by = "refused_because"', 'by = "reason"')
    assert copy.faults() == [must.replace("choice 'refused_because'", "choice 'reason'")]


def test_the_answers_to_the_choice_are_the_outcomes(copy: PackCopy):
    step(copy, "acceptance_refused", 'then = { redo = "back",', 'then = { again = "back",')
    step(copy, "acceptance_refused", "tell = { redo =", "tell = { again =")
    place = copy.place(ROAD, "[[step]]", 'do = "acceptance_refused"', "by")
    assert copy.faults() == [f"{place}: the answers to 'refused_because' must be the outcomes: redo, rethink"]


def test_what_comes_of_a_step_with_code_no_choice_decides(copy: PackCopy):
    place = step(copy, "confirmed", "main = true", 'main = true\nby = "carry_out_as"', at="by")
    assert copy.faults() == [
        f"{place}: the code of 'confirmed' decides what comes of it: only a plain step can have 'by'"
    ]


# ---- what a step does beside moving the case ----


@pytest.mark.parametrize(("sets", "message"), [
    ('gravity = "major"', "unknown column or fact 'gravity'"),
    ('severity = "grave"', "unknown code of 'severity' 'grave'"),
    ('mood = "happy"', "unknown code of 'mood' 'happy'"),
    ('validity = "valid"', "unknown code of 'validity' 'valid'"),
    ('read_back = "true"', "'read_back' is no choice (yes_no), so a step can't set it"),
    ('major_ground = "violent"', "'major_ground' is no choice (choices), so a step can't set it"),
])  # fmt: skip
def test_a_step_answers_only_what_is_chosen_from_codes(copy: PackCopy, sets: str, message: str):
    place = step(copy, "reported_to_maker", "plain = true", f"plain = true\nsets = {{ {sets} }}", at="sets")
    assert copy.faults() == [f"{place}: {message}"]


def test_a_step_does_not_answer_what_its_form_asks(copy: PackCopy):
    place = step(copy, "maker_answered", "plain = true", 'plain = true\nsets = { maker_answer = "advice" }', at="sets")
    assert copy.faults() == [f"{place}: the form of 'maker_answered' asks for 'maker_answer' too"]


def test_only_facts_can_be_forgotten(copy: PackCopy):
    place = step(copy, "demanded", 'forgets = ["demand_refused_because"]', 'forgets = ["severity"]')
    assert copy.faults() == [f"{place}: unknown fact 'severity'"]


def test_a_step_does_not_forget_what_it_has_just_been_told(copy: PackCopy):
    place = step(copy, "maker_answered", "plain = true", 'plain = true\nforgets = ["maker_answer"]', at="forgets")
    assert copy.faults() == [f"{place}: 'maker_answered' itself gives 'maker_answer', so it can't forget it"]


def test_a_case_is_handed_to_a_role_by_an_outcome_that_there_is(copy: PackCopy):
    row = 'hands_to = { done = "service_director" }'
    place = step(copy, "raised_to_director", row, 'hands_to = { gone = "boss" }')
    assert copy.faults() == [f"{place}: unknown outcome 'gone'", f"{place}: unknown role 'boss'"]


# ---- what a form suggests ----


def test_who_is_suggested_may_be_chosen_there(copy: PackCopy):
    place = suggestion(copy, 'role = "technical_manager"', '"technical_manager"', '"finance"', at="role")
    assert copy.faults() == [f"{place}: unknown role of this field 'finance'"]


@pytest.mark.parametrize(("row", "new", "message"), [
    ('role = "technical_manager"', "hours = 3", "for 'investigator' (person) suggest a role"),
    ('role = "showroom_manager"', 'role = "showroom_manager"\nhours = 3', "for 'investigator' (person) suggest a role"),
    ("hours = 8", "hours = 0", "for 'due_at' (moment) suggest hours from now, and 'future'"),
    ("hours = 8", 'hours = 8\nsays = "早"', "for 'due_at' (moment) suggest hours from now, and 'future'"),
    ('en = "Inspect again', 'en = "" #', "for 'duty' (long_text) suggest words in both languages"),
])  # fmt: skip
def test_a_suggestion_is_what_the_field_takes_and_nothing_else(copy: PackCopy, row: str, new: str, message: str):
    suggestion(copy, row, row, new)
    place = copy.place("forms/receiving.toml", "[[assign.field.suggest]]", new.split("\n")[0], "[[")
    assert copy.faults() == [f"{place}: {message}, nothing else"]


def test_a_moment_of_the_past_is_not_suggested(copy: PackCopy):
    field(copy, "receiving", "assign", "due_at", "future = true", "future = false")
    faults = copy.faults()
    assert len(faults) == 2
    assert all(
        fault.endswith("for 'due_at' (moment) suggest hours from now, and 'future', nothing else") for fault in faults
    )


def test_nothing_is_suggested_where_something_is_chosen(copy: PackCopy):
    new = '[[contact.field.suggest]]\nsays = "电话"\nen = "Phone"\n\n[[contact.field]]'
    place = copy.plant("forms/any_time.toml", "[[contact.field]]", 'key = "reached"', "[[contact.field]]", new)
    assert copy.faults() == [f"{place}: nothing can be suggested for 'way' (choice)"]


def test_a_suggestion_is_for_cases_that_there_are(copy: PackCopy):
    place = suggestion(copy, 'role = "technical_manager"', '["repair_quality"]', '["repairs"]', at="when")
    assert copy.faults() == [f"{place}: unknown value of 'category' 'repairs'"]


def test_a_suggestion_that_never_shows_is_named(copy: PackCopy):
    suggestion(copy, "hours = 8", "when = ", "#", at="[[")
    first = copy.place("forms/receiving.toml", "[[assign.field.suggest]]", "hours = 8", "[[")
    never = copy.place("forms/receiving.toml", "[[assign.field.suggest]]", "hours = 24", "[[")
    assert copy.faults() == [f"{never}: this never comes to pass: {first} comes first wherever it fits"]


# ---- amounts ----


def test_nothing_depends_on_amounts_and_none_is_given_by_default(copy: PackCopy):
    asks = ("receiving", "spot")
    how = field(
        copy,
        *asks,
        "settled_how",
        "required = true",
        'required = true\nasked_if = { settled_costs = ["cash"] }',
        "asked_if",
    )
    given = field(copy, *asks, "settled_costs", 'kind = "amounts"', 'kind = "amounts"\ndefault = "cash"', at="default")
    assert f"{how}: nothing can depend on 'settled_costs': these are amounts" in copy.faults()
    none = "'settled_costs' can't have a default: nothing is given away unless somebody says so"
    assert f"{given}: {none}" in copy.faults()
