"""What to do and say: which rows fit, in what order, and that nothing admits a fault before it is decided."""

import itertools
import re

import pytest

from tests.policy.planting import PackCopy
from wenguo.policy.load import PackFaults, default_pack, load_pack
from wenguo.policy.row import Label, Place
from wenguo.policy.words import SHOWN, Advice, Line, Words, advice

WORDS = default_pack().words
INTAKE, TALKS, CALLS = "registered", "solution_accepted", "not_satisfied"
ADMITTING = [line for line in WORDS.lines if line.admits]
FILE = "words/receiving.toml"
CHINESE = re.compile("[\u4e00-\u9fff]")


def line(says: str, kind: str = "say", *, admits: bool = False, **when: str) -> Line:
    """A row beside the step `told`."""
    conditions = {key: (value,) for key, value in when.items()}
    return Line(kind, Label(says, says.upper()), ("told",), conditions, admits, ("R050",), Place("test", 1))


def said(*lines: Line, **known: object) -> list[str]:
    return advice(Words(lines), "told", known, "zh-hans").say


def row(**more: str) -> str:
    """TOML of one row, and the line its says stands on."""
    text = {"says": '"这一句话只在这里说。"', "en": '"Said only here."', "source": '["R050"]', **more}
    return "[[say]]\n" + "".join(f"{key} = {value}\n" for key, value in text.items())


def planted(copy: PackCopy, at: str, **more: str) -> tuple[str, list[str]]:
    """Adds a row to the words of intake: "file:line" of its line that begins with `at`, and what the check says."""
    return copy.append(FILE, row(**more), at), copy.faults()


def test_a_row_is_shown_where_all_its_conditions_hold_and_the_more_it_asks_the_earlier_it_comes():
    rows = [line("general"), line("angry", mood="angry"), line("both", mood="angry", situation="billing")]
    assert said(*rows) == ["general"]
    assert said(*rows, mood="calm", situation="billing") == ["general"]
    assert said(*rows, mood="angry", situation="billing") == ["both", "angry", "general"]
    assert said(line("list", mood="angry"), mood=["upset", "angry"]) == ["list"]
    assert advice(Words(tuple(rows)), "told", {"mood": "angry"}, "en") == Advice([], ["ANGRY", "GENERAL"], [])
    assert advice(Words(tuple(rows)), "closed", {}, "en") == Advice([], [], [])


def test_no_question_crowds_out_another():
    moods = [line(f"mood {nth}", mood="angry") for nth in range(9)]
    assert said(*moods, line("billing", situation="billing"), mood="angry", situation="billing") == [
        "mood 0", "billing", "mood 1", "mood 2",
    ]  # fmt: skip


def test_an_admission_is_never_shown_before_the_fault_is_decided_to_be_ours():
    loose = line("admits", admits=True)  # as if it had slipped through the check
    for known in ({}, {"fault": ""}, {"fault": "customer"}, {"fault": ["ours", "customer"]}):
        assert said(loose, **known) == []
    assert said(loose, fault="ours") == ["admits"]


def test_whatever_is_chosen_only_a_decided_fault_of_ours_brings_admissions():
    fields = default_pack().fields
    situations, moods = (["", *fields[key].options] for key in ("situation", "mood"))
    admitted = {one.label.says for one in ADMITTING}
    for fault in ("", *fields["fault"].options):
        for verb, situation, mood in itertools.product(WORDS.by_verb, situations, moods):
            found = advice(WORDS, verb, {"fault": fault, "situation": situation, "mood": mood}, "zh-hans").say
            assert bool(admitted.intersection(found)) <= (fault == "ours")
        assert (fault == "ours") == bool(admitted.intersection(advice(WORDS, TALKS, {"fault": fault}, "zh").say))


def test_every_situation_mood_and_preference_has_a_full_handful_and_something_of_its_own_at_intake():
    plain = advice(WORDS, INTAKE, {}, "zh-hans")
    for key in ("situation", "mood", "communication_preference"):
        for code in default_pack().fields[key].options:
            found = advice(WORDS, INTAKE, {key: code}, "zh-hans")
            assert [len(texts) for texts in found] == list(SHOWN.values())
            assert found.do != plain.do and found.say != plain.say and found.avoid != plain.avoid


def test_the_words_that_the_requirements_name_are_there_in_both_languages():
    assert len(WORDS.lines) >= 60
    found = {rule for one in WORDS.lines for rule in one.source}
    assert found >= {
        "R050", "R051", "R052", "R053", "R054", "R055", "R056", "R057", "R058", "R059", "R063", "R067", "R072", "R073",
        "R077", "R082", "R084", "R108", "R112", "R113", "R114", "R115", "R116", "R117", "R118", "R120", "R121", "R122",
        "R123", "R125", "T1", "T2", "T3", "T4",
    }  # fmt: skip
    assert not [one.place for one in WORDS.lines if CHINESE.search(one.label.en) or not CHINESE.search(one.label.says)]


@pytest.mark.parametrize(
    ("more", "at", "message"),
    [
        ({"beside": '["registrated"]'}, "beside", "unknown verb 'registrated'"),
        ({"beside": "[]"}, "beside", "this stands beside no step"),
        ({"source": "[]", "beside": '["contacted"]'}, "source", "no rule is named that this comes from"),
        ({"when": '{ temper = ["angry"] }'}, "when", "unknown field with codes 'temper'"),
        ({"when": '{ content = ["angry"] }'}, "when", "unknown field with codes 'content'"),
        ({"when": '{ mood = ["angri"] }'}, "when", "unknown code of 'mood' 'angri'"),
        ({"when": "{ mood = [] }"}, "when", "can never show: no value of 'mood' is named"),
        ({"when": '{ stage = ["x"] }', "beside": '["satisfied"]'}, "when", "unknown stage 'x'"),
        ({"when": '{ fault = ["ours"] }'}, "when",
         "can never show beside 'registered': nobody has said 'fault' by then"),
        ({}, "[[say]]", "can never show: 4 others come first wherever it fits"),
        ({"admits": "true", "beside": '["contacted"]'}, "admits",
         'this admits a fault, so it must ask for fault = ["ours"]'),
        ({"admits": "true", "beside": '["contacted"]', "when": '{ fault = ["ours", "customer"] }'}, "admits",
         'this admits a fault, so it must ask for fault = ["ours"]'),
        ({"says": '"这是我们的失误。"', "beside": '["contacted"]'}, "[[say]]",
         "'我们的失误' admits a fault, so this must ask for fault = [\"ours\"]"),
        ({"en": '"It was OUR FAULT."', "beside": '["contacted"]', "when": '{ fault = ["customer"] }'}, "[[say]]",
         "'our fault' admits a fault, so this must ask for fault = [\"ours\"]"),
        ({"en": '"We should have explained."', "beside": '["contacted"]'}, "[[say]]",
         "'should have explained' admits a fault, so this must ask for fault = [\"explanation\", \"ours\"]"),
    ],
)  # fmt: skip
def test_a_row_that_means_nothing_or_admits_too_early_is_named(copy: PackCopy, more: dict, at: str, message: str):
    place, faults = planted(copy, at, **more)
    assert faults == [f"{place}: {message}"]


def test_a_marked_admission_of_a_decided_fault_is_fine(copy: PackCopy):
    given = {"admits": "true", "says": '"我们的错。"', "when": '{ fault = ["ours"] }', "beside": '["contacted"]'}
    assert planted(copy, "[[say]]", **given)[1] == []


def test_the_same_words_twice_beside_a_form_are_named(copy: PackCopy):
    says = default_pack().words.by_verb["contacted"]
    first = next(one for one in says if one.kind == "say")
    place, faults = planted(copy, "says", says=f'"{first.label.says}"', beside='["contacted"]')
    assert faults == [f"{place}: the same words stand at {first.place.of('says')}"]


def test_phrases_of_an_admission_are_not_empty_and_depend_on_a_fault_that_exists(copy: PackCopy):
    place = copy.append(FILE, '[[admission]]\nfault = ["outs"]\nsays = [" "]\nen = []\n', "fault")
    file, number = place.rsplit(":", 1)
    after = [f"{file}:{int(number) + more}" for more in (1, 2)]
    assert sorted(copy.faults()) == sorted(
        [
            f"{place}: unknown code of 'fault' 'outs'",
            f"{after[0]}: 'says' has an empty word",
            f"{after[1]}: 'en' has an empty word",
        ]
    )


def test_slips_in_the_form_of_the_words_are_faults_with_file_and_line(copy: PackCopy):
    empty = copy.append(FILE, row(en='" "', wehn="{}"), "en")
    with pytest.raises(PackFaults) as slips:
        load_pack(copy.folder)
    assert f"{empty}: 'en' is empty" in str(slips.value)
    assert "unknown key 'wehn'" in str(slips.value)


def test_a_pack_without_words_gives_no_advice(copy: PackCopy):
    for path in (copy.folder / "words").iterdir():
        path.unlink()
    assert load_pack(copy.folder).words == Words()
    assert copy.faults() == []
