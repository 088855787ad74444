"""A slip in the form of a pack is a fault with file and line; meaning is for the tests of check."""

import pytest

from tests.policy.planting import ROAD, PackCopy, clock, field, stage, step
from wenguo.policy.load import PackFaults, default_pack, load_pack, packs
from wenguo.policy.pack import Place


def test_the_packs_that_ship_are_read_under_their_names():
    assert "auto_dealer" in packs()
    assert default_pack().name == "auto_dealer"


def test_exactly_one_pack_is_the_default():
    assert sum(pack.default for pack in packs().values()) == 1


def test_a_step_is_read_with_the_line_of_each_of_its_keys(copy: PackCopy):
    pack = load_pack(copy.folder)
    satisfied = pack.processes["complaint"].steps["satisfied"]
    assert satisfied.then == {"satisfied": "closing", "call_again": "*"}
    assert str(satisfied.place) == copy.place(ROAD, "[[step]]", 'do = "satisfied"', "[[step]]")
    assert str(satisfied.place.of("never")) == copy.place(ROAD, "[[step]]", 'do = "satisfied"', "never")


def test_a_table_within_another_has_its_own_lines(copy: PackCopy):
    """Also where it is written on one line of the other: then it stands there."""
    rows = load_pack(copy.folder).processes["complaint"].steps["closed"].also_needs
    told = next(row for row in rows if row.facts == ("maker_told",))
    assert str(told.place.of("facts")) == copy.place(ROAD, "[[step.also_needs]]", 'facts = ["maker_told"]', "facts")
    short = 'also_needs = [{ when = { severity = ["major"] }, facts = ["place"] }]'
    place = step(copy, "noted", "plain = true", f"plain = true\n{short}", at="also_needs")
    (need,) = load_pack(copy.folder).processes["complaint"].steps["noted"].also_needs
    assert str(need.place.of("facts")) == place


def test_a_key_that_is_not_written_stands_at_the_head_of_its_row():
    assert Place("a.toml", 7, {"who": 9}).of("never") == Place("a.toml", 7)


def test_two_places_on_one_line_are_the_same_whatever_keys_they_know():
    assert Place("a.toml", 7, {"who": 9}) == Place("a.toml", 7)
    assert len({Place("a.toml", 7, {"who": 9}), Place("a.toml", 7)}) == 1


def test_a_label_gives_its_word_in_either_language():
    label = default_pack().processes["complaint"].label
    assert (label.word("zh-hans"), label.word("en-gb")) == ("客户投诉", "Complaint")


def test_a_stored_code_that_the_pack_no_longer_knows_shows_itself():
    assert default_pack().code("source", "pigeon").says == "pigeon"
    assert default_pack().code("source", "phone").says == "来电"


def test_facts_of_all_forms_are_facts_of_the_pack():
    pack = default_pack()
    assert "quality_passed" in pack.facts
    assert "quality_passed" in pack.per_round_facts
    assert "phone" not in pack.facts


def slips(copy: PackCopy) -> list[str]:
    with pytest.raises(PackFaults) as caught:
        load_pack(copy.folder)
    return str(caught.value).split("\n")


def test_a_file_that_is_not_toml_is_named_with_the_line(copy: PackCopy):
    place = step(copy, "noted", 'form = "note"', 'form = "note')
    (slip,) = slips(copy)
    assert slip.startswith(f"{place}: not TOML: ")


def test_a_file_cut_off_in_the_middle_is_named_with_its_last_line(copy: PackCopy):
    place = copy.append(ROAD, 'says = """cut', at="says")
    (slip,) = slips(copy)
    assert slip.startswith(f"{place}: not TOML: ")


def test_a_file_in_another_encoding_is_named(copy: PackCopy):
    (copy.folder / "codes.toml").write_bytes('a = "中"'.encode("gb18030"))
    assert slips(copy) == ["auto_dealer/codes.toml:1: not UTF-8"]


def test_a_missing_file_is_named(copy: PackCopy):
    (copy.folder / "codes.toml").unlink()
    assert slips(copy) == ["auto_dealer/codes.toml:1: this file is missing"]


def test_a_misspelt_key_is_named(copy: PackCopy):
    place = step(copy, "noted", 'who = ["staff"]', 'who = ["staff"]\nnevr = ["accused"]', at="nevr")
    assert slips(copy) == [f"{place}: unknown key 'nevr'"]


def test_a_missing_key_is_named_at_the_head_of_its_row(copy: PackCopy):
    stage(copy, "planning", 'en = "Plan a remedy"\n', "", at="[[stage]]")
    place = copy.place(ROAD, "[[stage]]", 'key = "planning"', "[[stage]]")
    assert slips(copy) == [f"{place}: 'en' is missing"]


def test_a_value_of_the_wrong_type_is_named(copy: PackCopy):
    place = clock(copy, "close", "hours = 48", 'hours = "48"')
    assert slips(copy) == [f"{place}: 'hours' has the wrong type"]


def test_yes_or_no_is_not_a_number(copy: PackCopy):
    place = clock(copy, "close", "hours = 48", "hours = true")
    assert slips(copy) == [f"{place}: 'hours' has the wrong type"]


def test_a_list_of_words_must_hold_words_only(copy: PackCopy):
    place = step(copy, "noted", 'who = ["staff"]', 'who = ["staff", 7]')
    assert slips(copy) == [f"{place}: 'who' must be a list of words"]


def test_who_is_told_must_be_a_list_for_each_outcome(copy: PackCopy):
    place = step(copy, "closed", "main = true", 'main = true\ntell = { done = "owner" }', at="tell")
    assert slips(copy) == [f"{place}: 'tell' must be {{ outcome = [words] }}"]


def test_an_outcome_leads_to_one_stage(copy: PackCopy):
    place = step(copy, "closed", 'then = { done = "closed" }', 'then = { done = ["closed"] }')
    assert slips(copy) == [f"{place}: 'then' must be {{ outcome = \"stage\" }}"]


def test_a_condition_is_a_list_of_values(copy: PackCopy):
    place = field(copy, "any_time", "contact", "note", "{ reached = [true] }", "{ reached = true }", at="required_if")
    assert slips(copy) == [f"{place}: 'required_if' must be {{ field = [values] }}"]


def test_an_empty_word_is_named(copy: PackCopy):
    place = stage(copy, "planning", 'says = "拟定方案"', 'says = " "')
    assert slips(copy) == [f"{place}: 'says' is empty"]


def test_an_empty_word_for_a_code_is_named(copy: PackCopy):
    place = copy.plant("codes.toml", "[source]", "fax", 'fax = { says = "传真"', 'fax = { says = ""')
    assert slips(copy) == [f"{place}: 'fax' has an empty word"]


def test_a_code_needs_both_languages(copy: PackCopy):
    place = copy.plant("codes.toml", "[source]", "fax", 'fax = { says = "传真", en = "Fax" }', 'fax = "传真"')
    assert slips(copy) == [f"{place}: 'fax' must be {{ says = …, en = … }}"]


def test_the_same_verb_cannot_stand_twice(copy: PackCopy):
    place = step(copy, "evidence_added", 'do = "evidence_added"', 'do = "noted"')
    assert slips(copy) == [f"{place}: step 'noted' stands twice"]


def test_the_same_field_cannot_stand_twice(copy: PackCopy):
    place = field(copy, "any_time", "evidence", "note", 'key = "note"', 'key = "files"')
    assert slips(copy) == [f"{place}: field 'files' stands twice"]


def test_the_same_form_cannot_stand_in_two_files(copy: PackCopy):
    place = copy.append("forms/settling.toml", '[note]\nsays = "备注"\nen = "Note"\n', at="[note]")
    assert slips(copy) == [f"{place}: form 'note' stands twice"]


def test_the_same_process_cannot_stand_in_two_files(copy: PackCopy):
    road = (copy.folder / ROAD).read_text(encoding="utf-8")
    (copy.folder / "processes" / "second.toml").write_text(road, encoding="utf-8")
    assert slips(copy) == ["auto_dealer/processes/second.toml:2: process 'complaint' stands twice"]


def test_a_kind_of_field_must_be_known(copy: PackCopy):
    place = field(copy, "any_time", "note", "note", 'kind = "long_text"', 'kind = "essay"')
    assert slips(copy) == [f"{place}: unknown kind of field 'essay'"]


def test_a_list_of_codes_must_be_known(copy: PackCopy):
    place = field(copy, "receiving", "intake", "source", 'codes = "source"', 'codes = "sources"')
    assert slips(copy) == [f"{place}: unknown list of codes 'sources'"]


def test_a_stage_is_open_or_closed(copy: PackCopy):
    place = stage(copy, "closed", 'type = "closed"', 'type = "shut"')
    assert f"{place}: a stage is 'open' or 'closed', not 'shut'" in slips(copy)


def test_rows_must_be_tables(copy: PackCopy):
    (copy.folder / "codes.toml").write_text("source = 7\n", encoding="utf-8")
    assert "auto_dealer/codes.toml:1: 'source' must be a table: [source]" in slips(copy)


def test_every_slip_is_told_at_once_in_the_order_of_lines(copy: PackCopy):
    late = clock(copy, "close", "hours = 48", 'hours = "48"')
    early = stage(copy, "planning", 'says = "拟定方案"', 'says = ""')
    assert slips(copy) == [f"{early}: 'says' is empty", f"{late}: 'hours' has the wrong type"]


def test_text_over_several_lines_does_not_shift_the_lines_below(copy: PackCopy):
    note = 'says = """回访\nwho = 不满意\n"""'
    place = step(copy, "not_satisfied", 'says = "回访不满意"', note, at="then")
    assert str(load_pack(copy.folder).processes["complaint"].steps["not_satisfied"].place.of("then")) == place
    who = copy.place(ROAD, "[[step]]", 'do = "not_satisfied"', "who = [")
    assert str(load_pack(copy.folder).processes["complaint"].steps["not_satisfied"].place.of("who")) == who
