"""Accept, call back until satisfied, close: quality_checked, customer_accepted, satisfied, not_satisfied, …, closed."""

import pytest

from tests.people import NOW, actor, at_stage, take
from wenguo.cases import refusals
from wenguo.cases.door import act
from wenguo.cases.models import Contact

pytestmark = pytest.mark.usefixtures("database")


def test_quality_checked_must_pass_before_the_customer_accepts(dealer):
    case = take(at_stage("accepting"), "quality_checked", by="technical_manager", quality_passed="no")
    assert not case.facts["quality_passed"]
    with pytest.raises(refusals.Missing):
        act(case, "customer_accepted", actor("bob"), {}, NOW)
    case = take(case, "quality_checked", by="technical_manager", quality_passed="yes")
    assert take(case, "customer_accepted", by="bob").stage == "calling_back"


def test_satisfied_leads_to_the_close(dealer):
    case = take(at_stage("calling_back"), "satisfied", rating="5")
    assert (case.stage, case.facts["rating"]) == ("closing", 5)
    assert Contact.objects.get(case=case).reached


def test_not_satisfied_classifies_the_cause_again_in_a_new_round(dealer):
    case = take(at_stage("calling_back"), "not_satisfied", reason="还是响")
    assert (case.stage, case.round) == ("classifying", 2)
    assert case.entries.order_by("-seq").first().outcome == "reopened"


def test_not_satisfied_can_come_again_and_again(dealer):
    case = at_stage("calling_back")
    for nth in (2, 3, 4):
        case = take(case, "not_satisfied")
        assert case.round == nth
        for verb in ("cause_decided", "solution_proposed", "solution_accepted", "confirmed", "carried_out",
                     "customer_accepted"):  # fmt: skip
            case = take(case, verb)
    assert take(take(case, "satisfied"), "closed").stage == "closed"


def test_not_reached_counts_the_attempt_and_stays(dealer):
    case = take(at_stage("calling_back"), "not_reached", try_again_on="2026-03-18")
    assert case.stage == "calling_back"
    assert not Contact.objects.get(case=case).reached


def test_satisfied_is_not_for_whoever_carried_the_work_out(dealer):
    case = at_stage("calling_back")
    case.parties.filter(kind="executor").update(staff=dealer.staff["callback_agent"])
    with pytest.raises(refusals.NotAllowed):
        take(case, "satisfied", by="callback_agent")


def test_closed_keeps_the_summary(dealer):
    case = take(at_stage("closing"), "closed", by="bob", summary="装配不到位,已返工", hours_spent="2.5")
    assert case.stage_type == "closed"
    assert case.facts["hours_spent"] == "2.5"
