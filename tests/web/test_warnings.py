"""Warnings on pages: danger words while one types, what a case and a car say, the board, the paper, W4 for a few."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.databases import Templates
from tests.people import Dealer, at_stage, take
from tests.web.browsing import PHONE, Person, open_shop
from tests.web.signed_in import browser, seen, text
from tests.web.test_settings import send
from wenguo.cases.models import Case, Hit, SpecialIdentity
from wenguo.people.businessclock import now
from wenguo.vehicles.models import Visit

SMOKE = "高速上发动机冒烟,差点撞上护栏"


@pytest.fixture
def group(dealer: Dealer) -> Dealer:
    return dealer


def test_danger_words_are_proposed_beside_the_text_and_no_longer_once_ticked(group):
    alice = browser("alice")
    told = alice.post("/cases/new/danger/", {"branch": "HZ", "content": SMOKE})
    assert re.findall(r'data-value="(\w+)"', text(told)) == ["self_ignition", "accident"]
    assert "“冒烟”：自燃、起火或冒烟" in seen(told)
    told = alice.post("/cases/new/danger/", {"branch": "HZ", "content": SMOKE, "danger": ["self_ignition"]})
    assert re.findall(r'data-value="(\w+)"', text(told)) == ["accident"]
    advert = alice.post("/cases/new/danger/", {"branch": "HZ", "content": "广告说全系标配6个气囊"})
    assert "data-tick" not in text(advert)
    assert "Fire or smoke" in seen(browser("alice", "en").post("/cases/new/danger/", {"content": SMOKE}))


def test_a_case_says_what_warned_and_marks_the_words_that_nobody_has_judged(group):
    case = at_stage("receiving", now=now(), content=SMOKE)
    told = browser("bob").get(f"/cases/{case.number}/")
    assert "<mark>冒烟</mark>" in text(told) and "还没有人研判：自燃、起火或冒烟、交通事故" in seen(told)
    case = take(case, "judged", by="bob", now=now(), danger=["self_ignition", "accident"],
                judgement=["doubts_quality", "inclined_to_complain"])  # fmt: skip
    warning = Case.objects.get(process="warning")
    told = seen(browser("bob").get(f"/cases/{case.number}/"))
    assert "涉及：自燃、起火或冒烟、交通事故。客户：怀疑产品质量、有投诉倾向。" in told and warning.number in told
    english = seen(browser("bob", "en").get(f"/cases/{warning.number}/"))
    assert "Fire, accident or airbag" in english and case.number in english and "Customer" not in english
    assert browser("charlie").get(f"/cases/{warning.number}/").status_code == 404


def test_the_paper_holds_notice_and_fault_report_and_the_visits_of_the_car(group):
    case = at_stage("receiving", now=now(), judgement=["safety_hazard"])
    Visit.objects.create(
        branch=case.branch, vehicle=case.vehicle, order_no="R-77", kind="comeback", in_at=now() - timedelta(days=3)
    )  # fmt: skip
    warning = Case.objects.get(process="warning")
    take(warning, "fault_reported", by="bob", now=now(), fault_symptom="踏板软")
    take(warning, "notice_filled", by="bob", now=now(), fault_involved=True, demand="换车")
    told = seen(browser("bob").get(f"/warnings/{warning.number}/paper/"))
    for word in ("预警单", "R047", "维修质量留下严重安全隐患", "换车", "故障反馈单", "踏板软", "R-77", "外部返工维修"):
        assert word in told
    assert browser("bob").get(f"/warnings/{case.number}/paper/").status_code == 404
    assert browser("charlie").get(f"/warnings/{warning.number}/paper/").status_code == 404


def test_the_board_lists_what_is_open_and_says_what_to_do_where_nothing_is(group):
    empty = seen(browser("bob").get("/warnings/"))
    assert "没有未解除的预警" in empty and "预警看板" in empty
    case = at_stage("receiving", now=now(), judgement=["violent"])
    warning = Case.objects.get(process="warning")
    for login, there in (("bob", True), ("region_manager", True), ("charlie", False)):
        told = seen(browser(login).get("/warnings/"))
        assert (warning.number in told, case.number in told) == (there, there), login
    english = seen(browser("region_manager", "en").get("/warnings/?branch=SX"))
    assert warning.number not in english and "Warnings by branch" in english
    assert browser("bob").get("/warnings/?branch=SX").status_code == 404
    assert 'href="/warnings/"' in text(browser("bob").get("/")) and 'href="/warnings/"' not in text(
        browser("technician").get("/")
    )


def test_a_special_identity_is_for_a_few_posts(group):
    case = at_stage("receiving", now=now())
    page = f"/cases/{case.number}/attention/"
    for login in ("bob", "alice", "charlie", "region_manager"):
        assert browser(login).get(page).status_code == 404
        assert send(browser(login), page, code="media").status_code == 404
    chief = browser("general_manager")
    until = (now() + timedelta(days=20)).date().isoformat()
    kept = {"code": "media", "reason": "地方台记者", "until": until}
    refused = send(chief, page, **kept)
    assert refused.status_code == 422 and "地方台记者" in text(refused)  # no ground named; what was typed is kept
    assert send(chief, page, **kept, consent="本人书面同意").status_code == 303
    assert SpecialIdentity.objects.get().warned and not Hit.objects.exists()
    assert "地方台记者" in seen(chief.get(f"/cases/{case.number}/"))
    warning = Case.objects.get(process="warning")
    for login in ("bob", "alice"):
        for where in (f"/cases/{case.number}/", f"/cases/{warning.number}/", "/warnings/", "/cases/"):
            told = text(browser(login).get(where))
            assert "地方台记者" not in told and ">W4<" not in told and "媒体从业者" not in told, where
    assert "W4" not in text(chief.get(f"/warnings/{warning.number}/paper/"))
    assert chief.post(f"/cases/{case.number}/attention/drop/").status_code == 303
    assert not SpecialIdentity.objects.exists()


def test_danger_is_ticked_while_typing_on_a_phone_and_the_warning_is_followed_to_the_board(sqlite_templates: Templates):
    with open_shop(sqlite_templates) as (chromium, url):
        person = Person(chromium, url, "reception", PHONE)
        page = person.page
        page.goto("/cases/new")
        page.locator("#f-content").press_sequentially("开到一半引擎盖下面冒烟了")
        page.get_by_role("button", name=re.compile("“冒烟”")).click()
        box = page.locator("input[name=danger][value=self_ignition]")
        expect(box).to_be_visible()
        expect(box).to_be_checked()
        expect(page.locator("[data-tick]")).to_have_count(0)
        for value in ("doubts_quality", "inclined_to_complain"):
            page.locator(f"input[name=judgement][value={value}]").check()
        page.locator("#f-phone").fill("13800138000")
        person.send()
        expect(page.locator(".warned")).to_contain_text("W1")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        person.become("bob")
        page.goto("/warnings/")
        page.locator(".board-number").click()
        expect(page.locator("h1")).to_contain_text("HZ-")
        page.get_by_role("link", name="填写预警单").click()
        person.fill(description="路上冒烟", demand="换车", actions_so_far="已拖回封存")
        person.send()
        expect(page.locator(".alert-success")).to_contain_text("填写预警单")
        page.goto("/warnings/")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        person.context.add_cookies([{"name": "language", "value": "en", "url": url}])
        page.reload()
        expect(page.locator("main")).to_contain_text("Fire, accident or airbag")
        page.goto("/cases/new")
        page.locator("#f-content").press_sequentially("安全气囊弹不出来")
        page.get_by_role("button", name=re.compile("“安全气囊弹不出来”|气囊")).first.click()
        expect(page.locator("input[name=danger][value=airbag]")).to_be_checked()
        assert person.mishaps == []
