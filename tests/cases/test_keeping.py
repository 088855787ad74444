"""Keeping the record right: corrected, noted, evidence_added, accused_named, handed_over, contacted."""

import json

import pytest

from tests.people import DORA, NOW, actor, at_stage, take
from wenguo.cases import evidence, refusals
from wenguo.cases.models import Contact
from wenguo.people.models import Customer

pytestmark = pytest.mark.usefixtures("database")


def test_corrected_keeps_what_stood_before(dealer):
    case = at_stage("receiving", content="前轮异响")
    case = take(case, "corrected", by="alice", content="后轮异响", correction_reason="听错了")
    entry = case.entries.get(verb="corrected")
    kept = {row.field: json.loads(row.value) for row in entry.private.all()}
    assert (kept["before:content"], kept["content"], case.facts["content"]) == ("前轮异响", "后轮异响", "后轮异响")
    assert json.loads(entry.body)["facts"] == ["content"]


def test_corrected_leaves_what_was_not_sent(dealer):
    case = at_stage("receiving", expected_outcome="返工")
    after = take(case, "corrected", by="alice", content="x")
    assert after.facts["expected_outcome"] == "返工"
    assert after.customer == case.customer


def test_corrected_empties_what_was_sent_empty(dealer):
    case = take(at_stage("receiving", place="一号工位"), "corrected", by="alice", content="x", place="")
    assert case.facts["place"] is None


def test_corrected_phone_links_to_that_customer_and_leaves_the_other(dealer):
    case = at_stage("receiving")
    case = take(case, "corrected", by="alice", content="x", phone="13900009999")
    assert case.customer.phone == "13900009999"
    assert Customer.objects.filter(phone=DORA["phone"]).exists()


def test_noted_and_evidence_added_stay_possible_after_the_close(dealer):
    case = at_stage("closed")
    version = case.version
    case = take(case, "noted", by="finance", note="已归档")
    file = evidence.store("签字.png", [b"\x89PNG\r\n\x1a\n...."], actor("finance"), NOW)
    case = take(case, "evidence_added", by="finance", files=[str(file.pk)])
    assert case.version == version
    assert case.evidence.get(field="files").name == "签字.png"


def test_handed_over_makes_somebody_else_answer_for_it(dealer):
    case = take(
        at_stage("receiving"), "handed_over", by="service_director", new_owner=dealer.staff["shift_supervisor"].pk
    )
    assert case.owner.username == "shift_supervisor"
    assert case.turn_person.username == "shift_supervisor"


def test_contacted_tells_apart_an_attempt_and_a_talk(dealer):
    case = at_stage("receiving")
    take(case, "contacted", by="bob", reached=False, note="")
    with pytest.raises(refusals.Invalid) as refused:
        take(case, "contacted", by="bob", reached=True, note="  ")
    assert set(refused.value.fields) == {"note"}
    take(case, "contacted", by="bob", reached=True, note="约好下午到店", promised="三点前给答复")
    assert list(Contact.objects.filter(case=case).order_by("id").values_list("reached", flat=True)) == [False, True]
