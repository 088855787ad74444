"""One fault planted in a form of a copied pack; the check must name it with file and line, and nothing else."""

from tests.policy.planting import PackCopy, field


def test_the_roles_of_a_person_field_must_be_known(copy: PackCopy):
    place = field(copy, "any_time", "handover", "new_owner", '"shift_supervisor"', '"shift_boss"', at="roles")
    assert copy.faults() == [f"{place}: unknown role 'shift_boss'"]


def test_a_column_of_codes_must_be_a_choice(copy: PackCopy):
    place = field(copy, "receiving", "intake", "component", 'kind = "choice"', 'kind = "text"')
    assert copy.faults() == [f"{place}: 'component' is a column of codes: its kind must be choice, not text"]


def test_a_column_of_codes_cannot_be_a_fact_too(copy: PackCopy):
    place = field(
        copy, "receiving", "intake", "component", 'codes = "component"', 'codes = "component"\nfact = true', "fact"
    )
    assert copy.faults() == [f"{place}: 'component' is a column of codes, so it can't be a fact too"]


def test_when_an_act_happened_must_be_a_moment_of_the_past(copy: PackCopy):
    place = field(copy, "any_time", "contact", "happened_at", 'kind = "moment"', 'kind = "date"')
    assert copy.faults() == [f"{place}: 'happened_at' says when the act happened: it must be a moment of the past"]


def test_a_fact_that_code_answers_cannot_be_asked_for(copy: PackCopy):
    row = copy.append(
        "forms/any_time.toml",
        '[[note.field]]\nkey = "vehicle_known"\nkind = "yes_no"\nsays = "车"\nen = "Car"\nfact = true\n',
        at="fact",
    )
    assert copy.faults() == [f"{row}: the fact 'vehicle_known' is answered by code, so no form can ask for it"]


def test_a_file_is_never_a_fact(copy: PackCopy):
    place = field(copy, "receiving", "intake", "photos", 'kind = "file"', 'kind = "file"\nfact = true', at="fact")
    assert copy.faults() == [f"{place}: 'photos' is a file: files are evidence, never facts"]


def test_a_new_round_can_forget_only_facts(copy: PackCopy):
    place = field(
        copy, "any_time", "note", "note", "required = true", "required = true\nper_round = true", at="per_round"
    )
    assert copy.faults() == [f"{place}: 'note' is no fact, so a new round can't forget it"]


def test_one_fact_has_one_kind_in_every_form(copy: PackCopy):
    first = copy.place("forms/any_time.toml", "[[correction.field]]", 'key = "place"', "kind")
    place = field(copy, "receiving", "intake", "place", 'kind = "text"', 'kind = "long_text"')
    message = f"the fact 'place' has kind 'long_text' here, but 'text' at {first}"
    assert copy.faults() == [f"{place}: {message}"]


def test_a_default_must_be_one_of_the_codes(copy: PackCopy):
    place = field(copy, "receiving", "intake", "source", 'default = "on_site"', 'default = "onsite"')
    assert copy.faults() == [f"{place}: unknown code of 'source' 'onsite'"]


def test_the_default_of_yes_or_no_is_true_or_false(copy: PackCopy):
    place = field(copy, "any_time", "contact", "reached", "default = true", 'default = "yes"')
    assert copy.faults() == [f"{place}: the default of 'reached' doesn't fit its kind, yes_no"]


def test_a_field_can_depend_only_on_a_field_of_its_form(copy: PackCopy):
    place = field(copy, "any_time", "contact", "note", "{ reached = [true] }", "{ reacht = [true] }", at="required_if")
    assert copy.faults() == [f"{place}: unknown field 'reacht'"]


def test_a_field_cannot_depend_on_itself(copy: PackCopy):
    place = field(
        copy, "receiving", "intake", "settled_how", "{ settled_now = [true] }", '{ settled_how = ["x"] }', at="asked_if"
    )
    assert copy.faults() == [f"{place}: 'settled_how' can't depend on itself"]


def test_a_field_can_depend_only_on_codes_that_exist(copy: PackCopy):
    place = field(copy, "settling", "confirmation", "signed_paper", '"supplement"', '"suplement"', at="required_if")
    assert copy.faults() == [f"{place}: unknown code of 'paper' 'suplement'"]


def test_a_field_that_depends_on_yes_or_no_names_true_or_false(copy: PackCopy):
    place = field(copy, "receiving", "intake", "settled_how", "[true]", '["yes"]', at="asked_if")
    assert copy.faults() == [f"{place}: 'settled_now' is answered by true or false"]


def test_a_field_that_another_may_replace_must_exist(copy: PackCopy):
    place = field(copy, "receiving", "intake", "phone", '"no_contact_reason"', '"no_reason"', at="required_unless")
    assert copy.faults() == [f"{place}: unknown field 'no_reason'"]


def test_the_name_of_a_field_is_plain_ascii(copy: PackCopy):
    place = field(copy, "any_time", "evidence", "note", 'key = "note"', 'key = "Note!"')
    assert copy.faults() == [f"{place}: 'Note!' is no name: lower-case letters, digits and _"]
