"""Forms of steps on their pages: drawn from the pack, refused in place, sent once, compared where two people met."""

import pytest
from django.test import Client

from tests.drill import often
from tests.people import Dealer, at_stage, fill, may_take, ready_for, take
from tests.web.signed_in import browser, hidden, seen, text
from wenguo.cases.models import Case, Draft, Entry
from wenguo.people.models import Staff
from wenguo.policy.load import default_pack
from wenguo.policy.pack import NEW

COMPLAINT = default_pack().processes["complaint"]
STEPS = [step.do for step in COMPLAINT.steps.values() if NEW not in step.at and step.who]  # of a case that is there
RUBBISH = [
    "",
    '{"note": NaN, "content": "\\ud800"}',
    "\0",
    "1e1000000",
    "９９９",
    "-1",
    "a" * 300,
    "'; DROP TABLE cases_case; --",
    "2026-13-45",
    "[object File]",
    "😀",
]


def login_of(staff_id: int | None) -> str:
    return Staff.objects.get(pk=staff_id).username


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)  # the stories take every step on both
@pytest.mark.parametrize("verb", STEPS)
def test_every_step_has_its_form_and_can_be_taken_by_it(dealer: Dealer, verb: str):
    case = ready_for(verb)
    by = may_take(case, verb)
    person = browser(login_of(by.staff_id))
    form = person.get(f"/cases/{case.number}/{verb}/")
    assert form.status_code == 200
    given = fill(default_pack().forms[COMPLAINT.steps[verb].form], by, case.branch)
    given |= {key: "2099-01-01T10:00" for key in given if key == "due_at"}
    if verb in ("approved", "countersigned"):
        given["amount"] = str(case.remedies.get(state="asked").amount_fen // 100)
    given = {key: "on" if value is True else value for key, value in given.items()}
    before = case.entries.count()
    answer = person.post(f"/cases/{case.number}/{verb}/", given | hidden(form))
    assert (answer.status_code, answer.get("Location")) == (303, f"/cases/{case.number}/?saved={before + 1}")
    assert Entry.objects.filter(case=case).order_by("-seq")[0].verb == verb


@pytest.mark.parametrize(("nth", "verb"), enumerate(STEPS))
def test_no_rubbish_breaks_a_form(dealer: Dealer, nth: int, verb: str):
    """In a drill each kind of rubbish at each step; else each step gets its share of it."""
    case = ready_for(verb)
    person = browser(login_of(may_take(case, verb).staff_id))
    for rubbish in often(RUBBISH, RUBBISH[nth % 4 :: 4]):
        given = {field.key: rubbish for field in default_pack().forms[COMPLAINT.steps[verb].form].fields}
        strange = {"version": rubbish, "key": rubbish, "shown": rubbish}
        for more in ({}, strange):
            answer = person.post(f"/cases/{case.number}/{verb}/", given | more)
            # 403: it was taken before, so the turn is over.
            assert answer.status_code in (303, 403, 409, 412, 422), (rubbish, more)
        assert person.post(f"/drafts/{case.number}/{verb}/", given | strange).status_code == 200


def test_a_wrong_field_is_named_and_the_rest_stays(dealer: Dealer):
    case = at_stage("receiving")
    answer = browser("bob").post(
        f"/cases/{case.number}/assigned/", {"duty": "查异响来源", "due_at": "2020-01-01T10:00"}
    )
    page = text(answer)
    assert answer.status_code == 422
    assert "查异响来源</textarea>" in page
    assert 'value="2020-01-01T10:00"' in page
    assert 'id="investigator-wrong"' in page
    assert 'id="due_at-wrong"' in page
    assert 'id="duty-wrong"' not in page


def test_a_script_gets_the_form_alone_and_is_sent_on_when_all_is_well(dealer: Dealer):
    case, bob = at_stage("receiving"), browser("bob")
    fragment = bob.get(f"/cases/{case.number}/noted/", headers={"HX-Request": "true"})
    assert "<html" not in text(fragment)
    sent = bob.post(f"/cases/{case.number}/noted/", {"note": "看过"}, headers={"HX-Request": "true"})
    assert sent["HX-Redirect"] == f"/cases/{case.number}/?saved=2"


def test_the_same_form_sent_twice_is_one_entry(dealer: Dealer):
    case, bob = at_stage("receiving"), browser("bob")
    sent = {"note": "一次"} | hidden(bob.get(f"/cases/{case.number}/noted/"))
    assert [bob.post(f"/cases/{case.number}/noted/", sent)["Location"] for _ in range(2)] == [
        f"/cases/{case.number}/?saved=2"
    ] * 2
    assert case.entries.count() == 2


def test_only_fields_of_the_form_reach_the_door(dealer: Dealer):
    case = at_stage("receiving")
    browser("bob").post(f"/cases/{case.number}/noted/", {"note": "一", "stage": "closed", "owner": "1", "facts": "x"})
    stored = Case.objects.get()
    assert (stored.stage, stored.entries.count()) == ("receiving", 2)


def test_people_are_offered_with_their_roles(dealer: Dealer):
    case = at_stage("receiving")
    page = seen(browser("bob").get(f"/cases/{case.number}/assigned/"))
    assert "安丽思 · 服务顾问" in page
    assert "接待员" not in page


def test_a_correction_shows_what_stands_and_sends_only_what_was_changed(dealer: Dealer):
    case, bob = at_stage("receiving", place="一号工位", mileage_km="32000"), browser("bob")
    form = bob.get(f"/cases/{case.number}/corrected/")
    assert 'value="一号工位"' in text(form)
    assert 'value="32000"' in text(form)
    same = {"content": case.facts["content"], "place": "一号工位", "mileage_km": "32000", "read_back": "off"}
    bob.post(
        f"/cases/{case.number}/corrected/", same | hidden(form) | {"correction_reason": "补", "mileage_km": "33000"}
    )
    body = Entry.objects.get(case=case, verb="corrected").body
    assert '"facts":["mileage_km"]' in body
    assert "content" not in body


def test_a_correction_can_empty_a_field(dealer: Dealer):
    case, bob = at_stage("receiving", place="一号工位", read_back="on"), browser("bob")
    form = bob.get(f"/cases/{case.number}/corrected/")
    sent = {"correction_reason": "误记", "place": "", "read_back": "off"}
    bob.post(f"/cases/{case.number}/corrected/", hidden(form) | sent)
    facts = Case.objects.get().facts
    assert (facts["place"], facts["read_back"]) == (None, False)


def test_where_two_people_changed_the_same_field_both_versions_are_shown(dealer: Dealer):
    case, bob = at_stage("receiving", content="原话"), browser("bob")
    form = hidden(bob.get(f"/cases/{case.number}/corrected/"))
    take(case, "corrected", by="alice", correction_reason="补", content="安丽思改的", place="二号工位")
    mine = form | {"correction_reason": "我补", "content": "鲍勃改的"}
    stale = bob.post(f"/cases/{case.number}/corrected/", mine)
    page = text(stale)
    assert stale.status_code == 412
    assert "安丽思改的" in page
    assert "鲍勃改的</textarea>" in page
    assert "安丽思" in seen(stale)
    assert 'value="二号工位"' in page
    again = bob.post(f"/cases/{case.number}/corrected/", mine | hidden(stale) | {"place": "二号工位"})
    assert again.status_code == 303
    assert Case.objects.get().facts["content"] == "鲍勃改的"
    assert Case.objects.get().facts["place"] == "二号工位"


def test_what_only_others_changed_does_not_disturb(dealer: Dealer):
    case, bob = at_stage("receiving", content="原话", place="一号工位"), browser("bob")
    form = hidden(bob.get(f"/cases/{case.number}/corrected/"))
    take(case, "corrected", by="alice", correction_reason="补", content="安丽思改的")
    sent = form | {"correction_reason": "我补", "content": "原话", "place": "二号工位"}
    assert bob.post(f"/cases/{case.number}/corrected/", sent).status_code == 303
    facts = Case.objects.get().facts
    assert (facts["content"], facts["place"]) == ("安丽思改的", "二号工位")


def test_a_case_that_moved_on_keeps_what_was_typed(dealer: Dealer):
    case, bob = at_stage("receiving"), browser("bob")
    form = hidden(bob.get(f"/cases/{case.number}/settled_on_the_spot/"))
    take(case, "assigned", by="service_manager")
    answer = bob.post(f"/cases/{case.number}/settled_on_the_spot/", form | {"settled_how": "当场换了件"})
    assert answer.status_code == 409
    assert "当场换了件" in text(answer)


def test_a_step_that_lacks_something_says_what(dealer: Dealer):
    case = at_stage("accepting")
    for answer in (
        browser("bob").get(f"/cases/{case.number}/customer_accepted/"),
        browser("bob").post(f"/cases/{case.number}/customer_accepted/", {"customer_words": "满意"}),
    ):
        assert answer.status_code == 409
        assert "质检合格" in seen(answer)


@pytest.mark.parametrize("verb", ["overdue", "relocated", "no_such_step"])
def test_steps_that_nobody_takes_by_hand_are_not_found(dealer: Dealer, verb: str):
    case = at_stage("receiving")
    assert browser("bob").get(f"/cases/{case.number}/{verb}/").status_code == 404
    assert browser("bob").post(f"/cases/{case.number}/{verb}/", {"clock": "plan", "nth": "1"}).status_code == 404


def test_the_opening_step_is_not_taken_twice(dealer: Dealer):
    case = at_stage("receiving")
    assert browser("bob").post(f"/cases/{case.number}/registered/", {"content": "x"}).status_code == 409


def test_a_draft_of_a_step_is_restored_with_the_version_it_was_typed_on(dealer: Dealer):
    case, bob = at_stage("receiving", content="原话"), browser("bob")
    form = hidden(bob.get(f"/cases/{case.number}/corrected/"))
    bob.post(f"/drafts/{case.number}/corrected/", form | {"correction_reason": "没写完", "content": "半句"})
    take(case, "corrected", by="alice", correction_reason="补", content="安丽思改的")
    restored = bob.get(f"/cases/{case.number}/corrected/")
    assert "半句</textarea>" in text(restored)
    assert hidden(restored)["version"] == form["version"]
    answer = bob.post(
        f"/cases/{case.number}/corrected/", hidden(restored) | {"correction_reason": "写完", "content": "半句"}
    )
    assert answer.status_code == 412


def test_a_sent_step_leaves_no_draft(dealer: Dealer):
    case, bob = at_stage("receiving"), browser("bob")
    bob.post(f"/drafts/{case.number}/noted/", {"note": "半句"})
    bob.post(f"/cases/{case.number}/noted/", {"note": "整句"})
    assert Draft.objects.count() == 0


def test_a_form_works_in_english_too(dealer: Dealer):
    case = at_stage("receiving")
    page = seen(browser("bob", "en").get(f"/cases/{case.number}/assigned/"))
    assert "What to find out" in page
    assert "Service advisor" in page


def test_nobody_who_is_not_signed_in_gets_anything(dealer: Dealer):
    case = at_stage("receiving")
    for path in ("/cases/new", f"/cases/{case.number}/", f"/cases/{case.number}/noted/", "/evidence/1/"):
        assert Client().get(path)["Location"].startswith("/login/")
