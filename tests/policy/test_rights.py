"""The one judgement that both the buttons and the refusal ask."""

from dataclasses import replace

from wenguo.policy.load import default_pack
from wenguo.policy.rights import judge

COMPLAINT = default_pack().processes["complaint"]
CALLING_BACK, ACCEPTING = COMPLAINT.stages["calling_back"], COMPLAINT.stages["accepting"]
SATISFIED, ACCEPTED, NOTED = (COMPLAINT.steps[verb] for verb in ("satisfied", "customer_accepted", "noted"))


def roles(*words: str) -> frozenset[str]:
    return frozenset(words)


def test_the_role_that_the_step_names_may_take_it():
    assert judge(SATISFIED, CALLING_BACK, roles("callback_agent"), roles(), {}).role == "callback_agent"


def test_another_role_may_not():
    verdict = judge(SATISFIED, CALLING_BACK, roles("technician"), roles(), {})
    assert (verdict.yes, verdict.why) == (False, "role")


def test_a_relation_to_the_case_allows_as_a_role_does():
    verdict = judge(ACCEPTED, ACCEPTING, roles("technician"), roles("owner"), {"quality_passed": True})
    assert verdict.role == "owner"


def test_the_verdict_names_the_first_word_of_the_pack_that_fits():
    both = judge(ACCEPTED, ACCEPTING, roles("service_manager"), roles("owner"), {"quality_passed": True})
    assert both.role == "owner"


def test_somebody_shut_out_may_not_though_their_role_could():
    assert judge(SATISFIED, CALLING_BACK, roles("callback_agent"), roles("accused"), {}).why == "recused"


def test_a_step_is_refused_at_another_stage():
    assert judge(SATISFIED, ACCEPTING, roles("callback_agent"), roles(), {}).why == "stage"


def test_a_step_is_refused_until_what_it_needs_holds_and_names_it():
    verdict = judge(ACCEPTED, ACCEPTING, roles("service_manager"), roles("in_charge"), {"quality_passed": False})
    assert (verdict.why, verdict.missing) == ("needs", ("quality_passed",))


def test_every_missing_fact_is_named():
    step = replace(ACCEPTED, needs=("quality_passed", "signed", "read_back"))
    verdict = judge(step, ACCEPTING, roles("service_manager"), roles("in_charge"), {"signed": True})
    assert verdict.missing == ("quality_passed", "read_back")


def test_who_you_are_is_asked_before_where_the_case_stands():
    assert judge(SATISFIED, ACCEPTING, roles("finance"), roles("accused"), {}).why == "role"
    assert judge(SATISFIED, ACCEPTING, roles("callback_agent"), roles("accused"), {}).why == "recused"


def test_staff_means_whoever_holds_any_role():
    assert judge(NOTED, CALLING_BACK, roles("parts_clerk"), roles(), {}).role == "staff"
    assert judge(NOTED, CALLING_BACK, roles(), roles("complainant"), {}).why == "role"


def test_a_step_for_nobody_is_taken_by_nobody():
    assert judge(replace(NOTED, who=()), CALLING_BACK, roles("general_manager"), roles("owner"), {}).why == "role"


def test_a_step_at_open_stages_is_refused_at_a_closed_one():
    contacted = COMPLAINT.steps["contacted"]
    assert judge(contacted, COMPLAINT.stages["closed"], roles("service_advisor"), roles(), {}).why == "stage"
    assert judge(NOTED, COMPLAINT.stages["closed"], roles("service_manager"), roles(), {}).yes
