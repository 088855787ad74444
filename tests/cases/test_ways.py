"""Ways that a single story can't show: every channel, what is suggested, cases that meet, a case handed on."""

import pytest

from tests.databases import at_once
from tests.people import NOW, actor, at_stage, take
from wenguo.cases import refusals
from wenguo.cases.door import act
from wenguo.cases.models import Case, Notice
from wenguo.people.models import Staff
from wenguo.policy.load import default_pack
from wenguo.web.typed import suggested

SEVEN = {"oem_system", "callback_sales", "callback_aftersales", "letter", "phone", "on_site", "rework"}  # R030


def test_a_complaint_may_come_by_every_channel(database):
    channels = default_pack().codes["source"]
    assert channels.keys() >= SEVEN
    assert {at_stage("receiving", source=one).source for one in channels} == channels.keys()


@pytest.mark.parametrize(
    ("role", "intake"),
    [
        ("technical_manager", {"category": "repair_quality"}),
        ("warranty_clerk", {"category": "product_quality"}),
        ("shift_supervisor", {"category": "billing"}),
        ("showroom_manager", {"category": "product_quality", "business_line": "sales"}),
    ],
)
def test_the_investigator_is_suggested_by_the_nature_of_the_complaint(role: str, intake: dict[str, str], database):
    case = at_stage("receiving", **intake)
    found = suggested(case, default_pack().forms["assign"], actor("bob"), NOW)
    assert Staff.objects.get(pk=found["investigator"]).username == role


def test_nothing_is_merged_into_a_closed_case_or_one_of_another_shop(dealer):
    case, closed, elsewhere = at_stage("receiving"), at_stage("closed"), at_stage("receiving", branch="SX")
    for other in (closed, elsewhere):
        with pytest.raises(refusals.Invalid) as refused:
            act(case, "merged", actor("bob"), {"other": other.number}, NOW)
        assert set(refused.value.fields) == {"other"}
    assert not case.links.exists()


def test_two_cases_merged_both_ways_at_once_do_not_vanish_into_each_other(own_database):
    one, other = at_stage("negotiating"), at_stage("receiving")

    def merge(case: Case, into: Case) -> str:
        try:
            return act(case, "merged", actor("bob"), {"other": into.number}, NOW).entry.outcome
        except refusals.Invalid:
            return "refused"

    assert sorted(at_once(lambda: merge(one, other), lambda: merge(other, one))) == ["merged", "refused"]
    assert Case.objects.filter(stage="merged").count() == 1


def test_a_case_that_was_raised_stays_with_the_director_when_it_turns_major_and_management_hears_of_it(database):
    case = take(at_stage("planning"), "raised_to_director", by="bob")
    case = take(case, "turned_major", by="callback_agent")
    assert case.owner.username == "service_director"
    told = Notice.objects.filter(entry__case=case, entry__verb="turned_major")
    assert set(told.values_list("recipient__username", flat=True)) == {"service_director", "customer_director"}
