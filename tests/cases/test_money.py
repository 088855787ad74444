"""Money: own limits, approval by the lowest role that may, deputies, countersigning, and no way past a limit."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.people import NOW, actor, at_stage, set_number, take
from wenguo.cases import refusals
from wenguo.cases.door import act, open_steps
from wenguo.cases.models import Approval, Case, Entry, Notice, Remedy
from wenguo.people.models import BranchNumber, Deputy, Post
from wenguo.people.tree import touch

pytestmark = pytest.mark.usefixtures("database")


def plan(yuan: Any = "1200", *, kind: str = "labour", by: str = "bob", case: Case | None = None, **intake: Any) -> Case:
    """A case at which bob (limit 1,000 yuan) has proposed a remedy that costs so much."""
    costs = yuan if isinstance(yuan, dict) else {kind: yuan}
    return take(case or at_stage("planning", **intake), "solution_proposed", by=by, costs=costs)


def approve(case: Case, by: str = "service_director", amount: str | None = None, verb: str = "approved") -> Case:
    asked = case.remedies.get(state="asked").amount_fen
    return take(case, verb, by=by, amount=amount or f"{asked // 100}.{asked % 100:02d}")


def refused(why: type[refusals.Refusal], attempt: Callable[[], object]) -> refusals.Refusal:
    """The refusal that `attempt` meets; it leaves no entry and no approval behind."""
    before = Entry.objects.count(), Approval.objects.count()
    with pytest.raises(why) as caught:
        attempt()
    assert (Entry.objects.count(), Approval.objects.count()) == before
    return caught.value


def test_what_costs_nothing_needs_no_approval_and_no_limits(dealer):
    BranchNumber.objects.all().delete()
    touch()
    case = take(at_stage("planning"), "solution_proposed", costs={})
    assert (case.stage, case.remedies.get().state) == ("negotiating", "proposed")


@pytest.mark.parametrize("yuan, stage", [("1000", "negotiating"), ("1000.01", "approving"), ("999.99", "negotiating")])
def test_the_own_limit_holds_to_the_fen(dealer, yuan, stage):
    assert plan(yuan).stage == stage


def test_full_width_digits_and_thousands_signs_are_the_same_amount(dealer):
    assert plan("１，０００．００").stage == "negotiating"
    assert plan("￥1,000.01", phone="13900139001").stage == "approving"


def test_half_a_fen_and_negative_lines_are_refused_at_the_field(dealer):
    case = at_stage("planning")
    for costs in ({"labour": "10.005"}, {"labour": "2000", "gift": "-1500"}):
        no = refused(refusals.Invalid, lambda costs=costs: plan(costs, case=case))
        assert set(no.fields) == {"costs"}


def test_split_over_kinds_the_total_still_counts(dealer):
    assert plan({"labour": "600", "parts": "600"}).stage == "approving"


def test_split_over_two_plans_of_one_case_the_sum_counts(dealer):
    case = plan("800")
    case = take(take(case, "solution_accepted"), "recalled")
    assert case.remedies.get().state == "recalled"  # taken back, it is not given
    case = take(take(plan("800", case=case), "solution_accepted"), "confirmed")
    for verb in ("carried_out", "customer_accepted", "not_satisfied", "cause_decided"):
        case = take(case, verb)
    assert plan("300", case=case).stage == "approving"  # 800 were given in the first round


def test_split_over_two_cases_of_one_customer_the_sum_counts_for_its_period(dealer):
    plan("800")
    other = {"plate": "浙A54321", "content": "又一件事"}
    assert plan("300", **other).stage == "approving"
    Remedy.objects.filter(amount_fen=80_000).update(granted_at=NOW - timedelta(days=366))
    assert plan("300", plate="浙A54322").stage == "negotiating"


def test_the_lowest_role_that_may_is_asked_and_told(dealer):
    case = plan("1200")
    assert case.turn_role == "service_director"
    told = Notice.objects.filter(entry__case=case, entry__outcome="needs_approval")
    assert [one.recipient.username for one in told] == ["service_director"]
    assert plan("5000.01", phone="13900139002").turn_role == "general_manager"


def test_an_amount_above_every_limit_is_refused_and_says_so(dealer):
    case = at_stage("planning")
    no = refused(refusals.Missing, lambda: plan("50000.01", case=case))
    assert no.missing == ("limits",)


def test_what_was_agreed_on_but_never_handed_over_no_longer_counts_once_the_complaint_is_withdrawn(dealer):
    case = take(take(plan("800"), "solution_accepted"), "withdrawn", by="bob")
    assert (case.stage_type, case.remedies.get().state) == ("closed", "recalled")
    assert plan("800").stage == "negotiating"  # the same customer's next complaint


def test_what_was_given_on_the_spot_still_counts_once_the_complaint_is_withdrawn(dealer):
    case = take(at_stage("receiving"), "settled_on_the_spot", by="bob", settled_costs={"labour": "800"})
    assert take(case, "withdrawn", by="bob").remedies.get().state == "given"
    assert plan("800").stage == "approving"


def test_without_limits_no_money_can_be_promised(dealer):
    BranchNumber.objects.filter(key__startswith="limit.general_manager").delete()
    touch()
    case = at_stage("planning")
    no = refused(refusals.Missing, lambda: plan("1", case=case))
    assert "limits" in no.missing


def test_below_the_service_manager_nothing_is_given_away(dealer):
    case = at_stage("receiving")
    for kind in ("discount", "cash", "gift"):
        costs = {kind: "0.01"}
        no = refused(
            refusals.Invalid, lambda costs=costs: take(case, "settled_on_the_spot", by="alice", settled_costs=costs)
        )
        assert set(no.fields) == {"settled_costs"}
    case = take(case, "settled_on_the_spot", by="alice", settled_costs={"labour": "150", "parts": "50"})
    assert (case.stage, case.remedies.get().state) == ("calling_back", "given")


def test_a_complaint_settled_at_intake_keeps_within_the_same_limit(dealer):
    given = {"settled_now": True, "settled_how": "当场换了雨刮片"}
    refused(refusals.Invalid, lambda: at_stage("calling_back", **given, settled_costs={"parts": "200.01"}))
    assert at_stage("calling_back", **given, settled_costs={"parts": "200"}).remedies.get().amount_fen == 20_000


def test_an_approval_freezes_who_decided_by_which_limit_on_what(dealer):
    case = approve(plan("1200"))
    decision = Approval.objects.get()
    assert (decision.approver.username, decision.role, decision.granted) == (
        "service_director",
        "service_director",
        True,
    )
    assert (decision.limit_fen, decision.amount_fen, decision.in_place_of) == (500_000, 120_000, None)
    assert (case.stage, case.remedies.get().state) == ("negotiating", "proposed")


def test_another_amount_than_was_asked_for_is_never_approved(dealer):
    case = plan("1200")
    no = refused(refusals.Invalid, lambda: approve(case, amount="1200.01"))
    assert set(no.fields) == {"amount"}


def test_a_raised_amount_needs_a_new_approval(dealer):
    case = take(approve(plan("1200")), "recalled")
    case = plan("4800", case=case)
    assert case.stage == "approving"
    refused(refusals.Invalid, lambda: approve(case, amount="1200"))
    assert approve(case).remedies.get(state="proposed").amount_fen == 480_000


def test_nobody_approves_their_own_plan(dealer):
    case = at_stage("planning")
    case = take(case, "raised_to_management")
    case = plan("1200", by="general_manager", case=case)
    assert case.stage == "negotiating"  # within the limit of the one who proposes
    Post.objects.create(staff=dealer.staff["bob"], branch=case.branch, role="service_director", since="2020-01-01")
    touch()
    case = plan("5500", phone="13900139003")
    assert "approved" not in {one.step.do for one in open_steps(case, actor("bob"))}
    refused(refusals.NotAllowed, lambda: approve(case, by="bob"))


def test_the_accused_neither_approves_nor_is_asked(dealer):
    case = take(at_stage("planning"), "accused_named", by="bob", accused=dealer.staff["service_director"].pk)
    case = plan("1200", case=case)
    assert case.turn_role == "general_manager"
    refused(refusals.NotAllowed, lambda: approve(case, by="service_director"))


def test_a_deputy_on_duty_approves_in_the_place_of_who_is_absent(dealer):
    case = plan("1200")
    refused(refusals.NotAllowed, lambda: approve(case, by="shift_supervisor"))
    Deputy.objects.create(
        absent=dealer.staff["service_director"], deputy=dealer.staff["shift_supervisor"], since="2026-03-16",
        until="2026-03-17",
    )  # fmt: skip
    touch()
    approve(case, by="shift_supervisor")
    decision = Approval.objects.get()
    assert (decision.approver.username, decision.in_place_of.username) == ("shift_supervisor", "service_director")


def test_an_approver_whose_post_ended_between_page_and_post_is_refused(dealer):
    case, director = plan("1200"), dealer.staff["service_director"]
    assert "approved" in {one.step.do for one in open_steps(case, actor("service_director"))}
    Post.objects.filter(staff=director).update(until="2026-03-16")
    touch()
    refused(refusals.Refusal, lambda: approve(case))


def test_a_limit_lowered_between_page_and_post_is_the_one_that_counts(dealer):
    case = plan("1200")
    set_number("limit.service_director.labour", 100_000, branch="HZ")
    refused(refusals.NotAllowed, lambda: approve(case))
    assert approve(case, by="general_manager").stage == "negotiating"


def test_a_refusal_says_why_and_the_plan_is_made_anew(dealer):
    case = plan("1200")
    refused(refusals.Invalid, lambda: act(case, "approval_refused", actor("service_director"), {}, NOW))
    case = take(case, "approval_refused", by="service_director", reason="先按质保向厂家申请")
    assert (case.stage, case.remedies.get().state, Approval.objects.get().granted) == ("planning", "refused", False)
    assert plan("900", case=case).stage == "negotiating"


def test_glpi_24399_after_a_first_yes_a_later_no_is_a_no(dealer):
    """glpi#24399: later refusals showed as validated."""
    set_number("limit.countersign", 100_000)
    case = approve(plan("1200"))
    assert case.stage == "approving"
    case = take(case, "approval_refused", by="finance", reason="发票不全")
    assert (case.stage, case.remedies.get().state) == ("planning", "refused")


def test_glpi_6240_a_decision_is_never_turned_afterwards(dealer):
    """glpi#6240: the approver flipped the decision after the close."""
    case = approve(plan("1200"))
    refused(refusals.Refusal, lambda: take(case, "approval_refused", by="service_director", reason="改主意了"))
    refused(refusals.Refusal, lambda: act(case, "approved", actor("general_manager"), {"amount": "1200"}, NOW))


def test_glpi_841_once_it_is_decided_nobody_is_asked_any_more(dealer):
    """glpi#841: the others were still asked after the threshold was met."""
    case = approve(plan("1200"))
    assert not case.parties.filter(kind__in=("approver", "countersigner"), ended=False).exists()
    for login in ("general_manager", "service_director", "finance"):
        assert not {"approved", "countersigned"} & {one.step.do for one in open_steps(case, actor(login))}


def test_glpi_25571_the_second_signature_is_always_asked_for(dealer):
    """glpi#25571: the second step was never created."""
    set_number("limit.countersign", 120_000)
    case = plan("1200")
    assert case.parties.filter(kind="countersigner", role="finance", ended=False).exists()
    case = approve(case)
    assert (case.stage, case.turn_role) == ("approving", "finance")
    assert approve(case, by="finance", verb="countersigned").stage == "negotiating"
    assert plan("1199.99", phone="13900139004").parties.filter(kind="countersigner").count() == 0


def test_glpi_19626_the_substitute_is_told_and_shown_as_who_decided(dealer):
    """glpi#19626: the substitute wasn't told, and it wasn't shown who really decided."""
    Deputy.objects.create(
        absent=dealer.staff["service_director"], deputy=dealer.staff["technical_manager"], since="2026-03-01",
        until="2026-04-01",
    )  # fmt: skip
    touch()
    case = plan("1200")
    told = set(Notice.objects.filter(entry__case=case).values_list("recipient__username", flat=True))
    assert {"service_director", "technical_manager"} <= told
    approve(case, by="technical_manager")
    assert Entry.objects.filter(case=case, verb="approved").get().actor == actor("technical_manager").code


def test_formcreator_2537_finance_may_sign_before_whoever_decides_and_neither_signs_twice(dealer):
    """formcreator#2537: a later level could answer before an earlier one; here both are needed, in either order."""
    set_number("limit.countersign", 100_000)
    case = approve(plan("1200"), by="finance", verb="countersigned")
    assert case.stage == "approving"
    refused(refusals.Refusal, lambda: approve(case, by="finance", verb="countersigned"))
    assert approve(case).stage == "negotiating"


def test_one_person_with_both_posts_does_not_sign_for_two(dealer):
    set_number("limit.countersign", 100_000)
    Post.objects.create(
        staff=dealer.staff["service_director"], branch=dealer.branches["HZ"], role="finance", since="2020-01-01"
    )  # fmt: skip
    touch()
    case = approve(plan("1200"))
    refused(refusals.NotAllowed, lambda: approve(case, by="service_director", verb="countersigned"))
    assert approve(case, by="finance", verb="countersigned").stage == "negotiating"


def test_atd_data_tech_18737_there_is_no_gap_between_one_limit_and_the_next(dealer):
    """atd-data-tech#18737: 1500.01 fell between two levels."""
    cases = [plan(f"{yuan}", phone=f"1390013{nth:04d}") for nth, yuan in enumerate((1000.01, 5000, 5000.01, 50000))]
    assert [case.turn_role for case in cases] == [
        "service_director", "service_director", "general_manager", "general_manager"
    ]  # fmt: skip


def test_warrantyclaims_2_the_refusal_above_the_own_limit_names_the_limit(dealer):
    """WarrantyClaims#2: nobody could tell which limit was met."""
    case = at_stage("receiving")
    no = refused(
        refusals.Invalid,
        lambda: take(case, "settled_on_the_spot", by="alice", settled_costs={"labour": "200.01"}),
    )
    assert no.fields["settled_costs"].fill == {"limit": "200.00"}


def test_sales_money_is_decided_on_the_ladder_of_sales(dealer):
    case = at_stage("planning", business_line="sales")
    case = plan("1200", by="showroom_manager", case=case)
    assert case.turn_role == "sales_director"
    refused(refusals.NotAllowed, lambda: approve(case, by="service_director"))


def test_glpi_12504_a_substitute_decides_only_on_the_days_named(dealer):
    """glpi PR#12504: substitutes with a range of dates."""
    case = plan("1200")
    Deputy.objects.create(
        absent=dealer.staff["service_director"], deputy=dealer.staff["shift_supervisor"], since="2026-03-17",
        until="2026-03-20",
    )  # fmt: skip
    touch()
    refused(refusals.NotAllowed, lambda: approve(case, by="shift_supervisor"))
    later = NOW + timedelta(days=1)
    asked = {"amount": "1200"}
    assert act(case, "approved", actor("shift_supervisor", later), asked, later).case.stage == "negotiating"


def test_lina_5544_of_many_levels_one_is_asked_and_whoever_proposed_is_told(dealer):
    """lina PR#5544: five levels and copies; here the lowest that may decides, and the others are left in peace."""
    case = plan("20000")
    told = Notice.objects.filter(entry__case=case, entry__outcome="needs_approval")
    assert [one.recipient.username for one in told] == ["general_manager"]
    approve(case, by="general_manager")
    copies = Notice.objects.filter(entry__case=case, entry__verb="approved").values_list(
        "recipient__username", flat=True
    )
    assert set(copies) == {"bob"}


def test_what_was_given_already_counts_even_when_a_later_plan_of_the_same_round_is_taken_back(dealer):
    case = take(take(plan("800"), "solution_accepted"), "confirmed")
    case = take(take(case, "carried_out"), "acceptance_refused", refused_because="rethink")
    case = take(plan("100", case=take(case, "cause_decided")), "recalled")
    assert list(case.remedies.order_by("nth").values_list("state", flat=True)) == ["given", "recalled"]
    assert plan("300", case=case).stage == "approving"  # 800 were given in this round
