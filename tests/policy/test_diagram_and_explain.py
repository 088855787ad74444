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
    assert "negotiating --> confirming: 客户同意方案" in drawn
    assert "closing --> closed: 结案" in drawn
    assert "closed --> [*]" in drawn


def test_a_diagram_names_the_outcome_where_a_step_has_several():
    drawn = lines(diagram(PACK, "complaint"))
    assert any(line.startswith("[*] --> receiving: 登记投诉 · registered") for line in drawn)
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


def test_a_diagram_names_the_answer_that_decides_and_the_cases_for_which_a_step_is(copy: PackCopy):
    step(copy, "closed", 'at = ["closing"]', 'at = ["closing"]\nwhen = { severity = ["ordinary", false] }')
    drawn = lines(diagram(load_pack(copy.folder), "complaint"))
    assert "accepting --> classifying: 客户不接受 · 重新认定原因、调整方案" in drawn
    assert "closing --> closed: 结案（严重程度 = 一般 / 未填）" in drawn


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
    assert "starts: assignment Assign the investigation (registered), 4 working hours" in text


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


MAJOR = ("[[step]]", 'do = "turned_major"')


def test_an_explanation_says_for_which_cases_a_step_is_and_what_it_answers_itself(copy: PackCopy):
    pack = load_pack(copy.folder)
    when, sets = copy.place(ROAD, *MAJOR, "when"), copy.place(ROAD, *MAJOR, "sets")
    told = lines(explain(pack, "complaint", "turned_major", {}, "en"))
    assert f"only for: Severity = Ordinary / not given  [{when}]" in told
    assert f"also sets: severity Severity = major Major  [{sets}]" in told
    assert any(line.startswith("starts: major_report ") and "(if Severity = Major)" in line for line in told)
    told = lines(explain(pack, "complaint", "turned_major", {}, "zh"))
    assert f"只限这类投诉: 严重程度 = 一般 / 未填  [{when}]" in told
    assert f"同时记为: severity 严重程度 = major 重大  [{sets}]" in told
    assert any(line.startswith("启动时限: major_report ") and "(仅当 严重程度 = 重大)" in line for line in told)


def test_an_explanation_says_what_only_some_cases_need(copy: PackCopy):
    place = copy.place(ROAD, "[[step.also_needs]]", 'facts = ["comeback_order"]', "facts")
    needs = next(one for one in lines(explain(load_pack(copy.folder), "complaint", "carried_out", {}, "en"))
                 if one.startswith("needs: "))  # fmt: skip
    assert needs.startswith("needs: comeback_order ")
    assert needs.endswith(f"(if How it is carried out = Comeback: the team that did it repairs it)  [{place}]")
    assert "先要满足: category 投诉类型" in explain(
        PACK, "complaint", "assigned", {}, "zh"
    )  # a column of codes is one too


def test_an_explanation_says_which_answer_leads_where_and_what_is_asked_anew():
    english = explain(PACK, "complaint", "acceptance_refused", {}, "en")
    assert "the answer decides: refused_because " in english
    assert "then: redo Do it again → back to where it came from  [" in english
    chinese = explain(PACK, "complaint", "acceptance_refused", {}, "zh")
    assert "须重新填写: quality_passed 质检合格，没有带来新的问题  [" in chinese
    assert "结果: rethink 重新认定原因、调整方案 → classifying 责任认定  [" in chinese


def test_an_explanation_says_to_whom_a_step_hands_the_case():
    assert "  hands to: general_manager General manager  [" in explain(
        PACK, "complaint", "raised_to_management", {}, "en"
    )
    assert "  负责人改为: general_manager 总经理  [" in explain(PACK, "complaint", "raised_to_management", {}, "zh")


def test_an_explanation_says_what_the_form_suggests(copy: PackCopy):
    suggestion = ("forms/receiving.toml", "[[assign.field.suggest]]")
    who, when = (copy.place(*suggestion, row, "[[") for row in ('role = "technical_manager"', "hours = 24"))
    told = lines(explain(load_pack(copy.folder), "complaint", "assigned", {}, "zh"))
    assert f"预填: technical_manager 技术经理 (仅当 投诉类型 = 维修质量类)  [{who}]" in told
    assert f"预填: 24 小时后  [{when}]" in told
    english = explain(PACK, "complaint", "assigned", {}, "en")
    assert "    suggests: 8 hours from now (if Severity = Major)  [" in english
    assert "    suggests: Inspect again or road-test;" in english


def test_an_explanation_of_the_opening_says_whose_case_it_will_be(copy: PackCopy):
    route = copy.place(ROAD, "[[route]]", 'owner = "sales_director"', "owner")
    told = lines(explain(load_pack(copy.folder), "complaint", "registered", {}, "zh"))
    assert f"负责人: sales_director 销售总监 (仅当 业务 = 销售，严重程度 = 重大)  [{route}]" in told
    owners = [line.split(" ")[1] for line in told if line.startswith("负责人: ")]
    assert owners == ["sales_director", "showroom_manager", "service_manager", "service_manager"]
    assert "told at once: general_manager General manager, customer_director Customer director" in explain(
        PACK, "complaint", "registered", {}, "en"
    )
    assert "负责人: " not in explain(PACK, "complaint", "noted", {}, "zh")


def test_an_explanation_says_how_much_each_role_may_decide_on_at_this_branch():
    numbers = {"limit.service_advisor.labour": 20_050, "limit.countersign": 1_000_000}
    chinese = explain(PACK, "complaint", "solution_proposed", numbers, "zh")
    assert "权限: service_advisor 服务顾问: 工时 ¥200.50, 配件材料 未设定, 费用减免 ¥0.00, " in chinese
    assert "会签: finance 财务: ¥10,000.00 起  [auto_dealer/money.toml:" in chinese
    english = explain(PACK, "complaint", "settled_on_the_spot", numbers, "en")
    assert "limit: sales_director Sales director: Labour not set, " in english
    assert "in all not set (if Business = Sales)  [auto_dealer/money.toml:" in english
    assert "countersigned: finance Finance: ¥10,000.00 and more  [" in english
    assert "limit: " not in explain(PACK, "complaint", "contacted", numbers, "en")


def test_explaining_an_unknown_verb_is_an_error():
    with pytest.raises(KeyError):
        explain(PACK, "complaint", "danced", {}, "zh")
