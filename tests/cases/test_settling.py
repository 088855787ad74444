"""Investigate, decide, plan, negotiate, confirm, carry out: investigated … carried_out, and withdrawn."""

import pytest

from tests.people import at_stage, take
from wenguo.cases import refusals
from wenguo.cases.models import Finding, Remedy, RemedyLine

pytestmark = pytest.mark.usefixtures("database")


def test_investigated_ends_the_task_and_keeps_the_dossier(dealer):
    case = take(at_stage("investigating"), "investigated", dossier=["quality_record", "repair_record"])
    assert case.stage == "classifying"
    assert case.tasks.get().done_at is not None
    assert case.facts["dossier"] == ["repair_record", "quality_record"]


def test_cause_decided_stands_as_the_finding_of_its_round(dealer):
    case = take(at_stage("classifying"), "cause_decided", cause="part_quality", fault="supplier_or_maker")
    assert (case.stage, case.cause) == ("planning", "part_quality")
    assert Finding.objects.get(case=case).fault == "supplier_or_maker"
    case = take(at_stage("calling_back"), "not_satisfied")
    case = take(case, "cause_decided", cause="process_gap", fault="ours")
    assert list(case.findings.order_by("id").values_list("round", "cause"))[-1] == (2, "process_gap")


def test_solution_proposed_keeps_money_in_fen_and_a_line_for_each_kind_of_cost(dealer):
    costs = {"labour": "380.50", "parts": "1，000", "gift": "0"}
    case = take(at_stage("planning"), "solution_proposed", costs=costs)
    remedy = Remedy.objects.get(case=case)
    assert (remedy.amount_fen, remedy.state, remedy.nth) == (138050, "asked", 1)
    lines = RemedyLine.objects.filter(remedy=remedy).order_by("id").values_list("kind", "amount_fen")
    assert list(lines) == [("labour", 38050), ("parts", 100000)]
    with pytest.raises(refusals.Invalid):
        take(at_stage("planning"), "solution_proposed", costs={"labour": "-1"})


def test_solution_rejected_leads_back_to_the_plan_and_the_second_time_upstairs(dealer):
    case = take(at_stage("negotiating"), "solution_rejected")
    assert case.stage == "planning"
    case = take(take(case, "solution_proposed"), "solution_rejected")
    assert case.entries.order_by("-seq").first().outcome == "rejected_again"
    assert list(case.remedies.order_by("nth").values_list("state", flat=True)) == ["rejected", "rejected"]


def test_solution_accepted_is_the_customers_word(dealer):
    case = take(at_stage("negotiating"), "solution_accepted", by="bob")
    assert case.stage == "confirming"
    assert case.remedies.get().state == "accepted"
    assert case.entries.get(verb="solution_accepted").on_behalf_of == "complainant"


def test_confirmed_hands_the_work_to_somebody(dealer):
    case = take(at_stage("confirming"), "confirmed", executor=dealer.staff["technician"].pk, paper="oral")
    assert case.stage == "carrying_out"
    assert case.turn_person.username == "technician"
    assert case.tasks.get(kind="execution").person.username == "technician"


def test_confirmed_in_writing_wants_the_signed_paper(dealer):
    case = at_stage("confirming")
    with pytest.raises(refusals.Invalid) as refused:
        take(case, "confirmed", paper="promise", signed_paper=[])
    assert set(refused.value.fields) == {"signed_paper"}


def test_carried_out_is_for_whoever_was_named(dealer):
    case = at_stage("confirming")
    case = take(case, "confirmed", executor=dealer.staff["technician"].pk)
    with pytest.raises(refusals.NotAllowed):
        take(case, "carried_out", by="workshop_supervisor")
    case = take(case, "carried_out", by="technician")
    assert case.stage == "accepting"
    assert case.tasks.get(kind="execution").done_at is not None


def test_withdrawn_ends_the_case_and_its_tasks(dealer):
    case = take(at_stage("investigating"), "withdrawn", by="bob")
    assert (case.stage, case.stage_type) == ("withdrawn", "closed")
    assert not case.tasks.filter(done_at=None).exists()
