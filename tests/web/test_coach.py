"""The coach beside intake and steps: it follows what is chosen, admits nothing too early, and needs no script."""

import pytest
from playwright.sync_api import expect

from tests.people import Dealer, at_stage
from tests.web.browsing import DESKTOP, PHONE, Person, chromium
from tests.web.signed_in import browser, seen, text
from wenguo.cases.models import Case, Entry
from wenguo.policy.load import default_pack

WORDS = default_pack().words
GENERAL = "放下手头的事，让客户把话说完"
WAITING = "弄清为什么久等"
ANGRY = "换了谁都会生气"
ADMITTED = "查清楚了，这次是我们的失误"
HINT = "不少车主都碰到过"


def asked(login: str = "alice", **codes: str) -> str:
    return seen(browser(login).post("/coach/", codes, headers={"HX-Request": "true"}))


def decided(fault: str) -> dict:
    return {"cause_decided": {"fault": fault}}


def test_intake_has_its_panel_without_any_script_in_both_languages(dealer: Dealer):
    page = browser("alice").get("/cases/new")
    assert '<aside class="coach" aria-label="怎么应对">' in text(page)
    assert 'aria-live="polite"' in text(page)
    assert all(words in seen(page) for words in ("现在做", "可以这样说", "不要这样", GENERAL))
    english = seen(browser("alice", "en").get("/cases/new"))
    assert all(words in english for words in ("Do now", "You can say", "Avoid", "Put other work down"))


def test_the_advice_follows_what_is_chosen_and_changes_nothing(dealer: Dealer):
    assert GENERAL in asked()
    found = asked(situation="waiting_too_long", mood="angry", communication_preference="brief", source="phone")
    assert all(words in found for words in (WAITING, ANGRY))
    assert GENERAL not in found
    assert GENERAL in asked(situation="no such code", mood="\0", content="等了两小时")
    assert (Case.objects.count(), Entry.objects.count()) == (0, 0)


def test_what_was_chosen_before_counts_when_the_form_comes_back(dealer: Dealer):
    refused = browser("alice").post("/cases/new", {"mood": "angry", "situation": "waiting_too_long"})
    assert refused.status_code == 422
    assert all(words in seen(refused) for words in (WAITING, ANGRY))


def test_choosing_a_fault_brings_no_admission_only_its_decision_does(dealer: Dealer):
    case = at_stage("negotiating", forms=decided("customer"))
    bob = browser("bob")
    assert ADMITTED not in asked(fault="ours", situation="comeback")
    for verb in WORDS.by_verb.keys() - {"registered"}:
        answer = bob.post(f"/coach/{case.number}/{verb}/", {"fault": "ours", "situation": "comeback"})
        assert not [line for line in WORDS.lines if line.admits and line.label.says in seen(answer)]


def test_beside_the_talks_the_words_fit_whose_fault_it_was(dealer: Dealer):
    ours = at_stage("negotiating", forms=decided("ours"), situation="comeback", mood="angry")
    theirs = at_stage("negotiating", forms=decided("customer"))
    bob = browser("bob")
    for verb in ("solution_accepted", "solution_rejected"):
        page = seen(bob.get(f"/cases/{ours.number}/{verb}/"))
        assert ADMITTED in page and HINT not in page
        page = seen(bob.get(f"/cases/{theirs.number}/{verb}/"))
        assert HINT in page and ADMITTED not in page
    assert "刚修好又出问题" in seen(bob.get(f"/cases/{ours.number}/solution_rejected/"))
    assert ADMITTED in seen(bob.get(f"/cases/{at_stage('planning', forms=decided('ours')).number}/solution_proposed/"))


def test_beside_a_contact_the_words_follow_where_the_case_stands_and_how_we_speak(dealer: Dealer):
    case = at_stage("investigating", mood="angry")
    page = browser("bob").get(f"/cases/{case.number}/contacted/")
    assert "现在还没有最后结论" in seen(page)
    assert "客户上次情绪很大" in seen(page)
    assert f'hx-post="/coach/{case.number}/contacted/"' in text(page)
    answer = seen(browser("bob").post(f"/coach/{case.number}/contacted/", {"way": "message"}))
    assert "写短、写清" in answer
    assert "留好工位" not in answer


def test_the_caller_has_words_for_either_answer_and_other_steps_have_no_panel(dealer: Dealer):
    case = at_stage("calling_back")
    caller = browser("callback_agent")
    assert "只问两件事" in seen(caller.get(f"/cases/{case.number}/satisfied/"))
    assert "告诉客户会重新办" in seen(caller.get(f"/cases/{case.number}/not_satisfied/"))
    assert 'class="coach"' not in text(caller.get(f"/cases/{case.number}/noted/"))
    assert caller.post(f"/coach/{case.number}/noted/").content == b""


def test_nobody_is_coached_who_may_not_see_the_case_and_nothing_stands_in_an_address(dealer: Dealer):
    case = at_stage("negotiating")
    assert browser("charlie").post(f"/coach/{case.number}/solution_accepted/").status_code == 404
    assert browser("bob").post(f"/coach/{case.number}/no_such_verb/").status_code == 404
    assert browser("bob").get("/coach/?mood=angry").status_code == 405
    assert browser().post("/coach/", headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_the_panel_stands_beside_the_form_is_folded_on_a_phone_and_sends_codes_only(served):
    number = at_stage("investigating").number
    with chromium() as browser:
        for login, viewport, wide in (("alice", PHONE, False), ("bob", DESKTOP, True)):
            clerk = Person(browser, served, login, viewport)
            page = clerk.page
            page.goto("/cases/new")
            general = page.get_by_text(GENERAL)
            expect(general).to_be_visible(visible=wide)
            content = page.locator("#f-content").bounding_box()
            assert content and content["y"] + content["height"] < viewport["height"]
            if not wide:
                page.locator(".coach summary").click()
                expect(general).to_be_visible()
            clerk.fill(content="等了两小时", phone="13800138000")
            with page.expect_request("**/coach/") as sent:
                clerk.fill(mood="angry")
            expect(page.get_by_text(ANGRY)).to_be_visible()
            assert sent.value.url == f"{served}/coach/"
            body = sent.value.post_data or ""
            assert "mood=angry" in body
            assert not any(word in body for word in ("content", "phone", "csrf"))
            clerk.open_step(number, "contacted")
            invited = page.get_by_text("您方便的时候把车开来")
            expect(invited).to_be_visible(visible=wide)
            clerk.fill(way="message")
            expect(page.get_by_text("写短、写清")).to_have_count(1)
            expect(invited).to_have_count(0)
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            assert clerk.mishaps == []
