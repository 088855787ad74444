"""What a pack writer reads: the process as a picture, and where every value of a step comes from."""

from dataclasses import replace
from datetime import date

import pytest

from tests.policy.planting import ROAD, PackCopy, step
from wenguo.policy.diagram import diagram
from wenguo.policy.explain import explain
from wenguo.policy.load import default_pack, load_pack
from wenguo.policy.pack import Label
from wenguo.policy.roads import can_end, reached, roads

PACK = default_pack()
COMPLAINT = PACK.processes["complaint"]


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def test_a_diagram_names_every_stage_in_chinese():
    drawn = lines(diagram(PACK, "complaint"))
    assert drawn[0] == "stateDiagram-v2"
    for stage in COMPLAINT.stages.values():
        assert f'state "{stage.label.says}" as {stage.key}' in drawn


def test_a_diagram_joins_stages_by_the_steps_between_them():
    drawn = lines(diagram(PACK, "complaint"))
    assert "calling_back --> closing: 回访满意" in drawn
    assert "closing --> closed: 结案" in drawn
    assert "closed --> [*]" in drawn


def test_a_diagram_names_the_outcome_where_a_step_has_several():
    drawn = lines(diagram(PACK, "complaint"))
    assert "[*] --> receiving: 登记投诉 · registered" in drawn
    assert "[*] --> calling_back: 登记投诉 · settled" in drawn


def test_a_diagram_draws_an_everywhere_step_that_moves_from_every_open_stage():
    drawn = lines(diagram(PACK, "complaint"))
    opened = [stage.key for stage in COMPLAINT.stages.values() if stage.type == "open"]
    assert all(f"{key} --> withdrawn: 客户撤诉" in drawn for key in opened)
    assert "closed --> withdrawn: 客户撤诉" not in drawn


def test_a_diagram_only_mentions_steps_that_may_be_taken_anywhere_and_move_nothing():
    comment = next(line for line in lines(diagram(PACK, "complaint")) if line.startswith("%%"))
    assert "添加备注" in comment
    assert "客户撤诉" not in comment


def test_signs_of_the_drawing_language_in_a_label_do_not_break_the_picture():
    stages = COMPLAINT.stages | {"planning": replace(COMPLAINT.stages["planning"], label=Label('方案: "A"; #1', "x"))}
    pack = replace(PACK, processes={"complaint": replace(COMPLAINT, stages=stages)})
    assert 'state "方案#58; #34;A#34;#59; #35;1" as planning' in lines(diagram(pack, "complaint"))


def test_a_diagram_of_an_unknown_process_is_an_error():
    with pytest.raises(KeyError):
        diagram(PACK, "nothing")


def test_back_leads_to_where_cases_come_from(copy: PackCopy):
    step(copy, "reassigned", 'then = { reassigned = "*" }', 'then = { reassigned = "back" }')
    process = load_pack(copy.folder).processes["complaint"]
    found = {(road.came_from, road.went_to) for road in roads(process) if road.step.do == "reassigned"}
    assert found == {("investigating", "receiving")}


def test_every_stage_of_the_pack_is_reached_and_can_end():
    assert reached(COMPLAINT) >= set(COMPLAINT.stages)
    assert can_end(COMPLAINT) >= set(COMPLAINT.stages)


def test_an_explanation_gives_file_and_line_of_each_value(copy: PackCopy):
    text = lines(explain(load_pack(copy.folder), "complaint", "satisfied", {}, "en"))
    row = ("[[step]]", 'do = "satisfied"')
    assert f"who: callback_agent Call-back agent  [{copy.place(ROAD, *row, 'who')}]" in text
    assert f"never: accused, executor  [{copy.place(ROAD, *row, 'never')}]" in text
    assert f"then: satisfied → closing Ready to close  [{copy.place(ROAD, *row, 'then')}]" in text
    assert f"tell: owner  [{copy.place(ROAD, *row, 'tell')}]" in text


def test_an_explanation_gives_the_fields_of_the_form_with_their_lines(copy: PackCopy):
    text = lines(explain(load_pack(copy.folder), "complaint", "satisfied", {}, "zh"))
    place = copy.place("forms/following_up.toml", "[[call_back_good.field]]", 'key = "rating"', "[[")
    assert f"rating 客户评分: rating, 必填, 记入案件  [{place}]" in text


def test_an_explanation_says_which_form_gives_what_is_needed_first(copy: PackCopy):
    text = explain(load_pack(copy.folder), "complaint", "customer_accepted", {}, "zh")
    asked = copy.place("forms/fulfilling.toml", "[[quality_check.field]]", 'key = "quality_passed"', "[[")
    assert f"quality_passed 质检合格，没有带来新的问题 (quality_check {asked})" in text


def test_an_explanation_says_which_clocks_start_and_stop_with_their_hours(copy: PackCopy):
    text = lines(explain(load_pack(copy.folder), "complaint", "customer_accepted", {}, "en"))
    hours = copy.place(ROAD, "[[clock]]", 'key = "call_back"', "hours")
    assert f"starts: call_back Call-back, 72 hours  [{hours}]" in text
    assert any(line.startswith("stops: fulfilment ") for line in text)


def test_an_explanation_says_for_which_outcome_a_clock_starts():
    text = explain(PACK, "complaint", "registered", {}, "en")
    assert "starts: call_back Call-back (settled), 72 hours" in text
    assert "starts: assignment Assign the investigation (registered), 4 hours" in text


def test_an_explanation_shows_the_number_that_a_branch_set_and_what_the_pack_says():
    text = explain(PACK, "complaint", "customer_accepted", {"complaint.call_back.hours": 48}, "en")
    assert "Call-back, 48 hours (set by the branch: complaint.call_back.hours; the pack says 72)" in text


def test_a_number_of_another_clock_changes_nothing():
    plain = explain(PACK, "complaint", "customer_accepted", {}, "en")
    assert explain(PACK, "complaint", "customer_accepted", {"report.call_back.hours": 48}, "en") == plain


def test_an_explanation_cites_the_statute_with_its_article():
    text = explain(PACK, "complaint", "confirmed", {}, "zh")
    assert "法定期限: obligation, 360 小时, 侵害消费者权益行为处罚办法 第八条 (15日), 施行于 2015-03-15" in text
    assert "法定期限" not in explain(PACK, "complaint", "confirmed", {}, "zh", on=date(2015, 3, 14))


def test_an_explanation_says_that_a_step_stays():
    assert "结果: done → 阶段不变" in explain(PACK, "complaint", "noted", {}, "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("verb", sorted(COMPLAINT.steps))
def test_every_step_can_be_explained_in_both_languages(verb: str, language: str):
    text = explain(PACK, "complaint", verb, {}, language)
    assert COMPLAINT.steps[verb].label.word(language) in text


def test_explaining_an_unknown_verb_is_an_error():
    with pytest.raises(KeyError):
        explain(PACK, "complaint", "danced", {}, "zh")
