"""The page of a case: who sees it, what it says, which buttons it shows."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import DORA, NOW, Dealer, actor, at_stage, take
from tests.web.signed_in import browser, seen, text
from wenguo.cases.door import open_steps
from wenguo.cases.evidence import path_of, store
from wenguo.cases.models import Case, Entry, Evidence

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.mark.parametrize("stage", ["receiving", "investigating", "negotiating", "accepting", "closed"])
def test_the_page_says_where_the_case_stands(dealer: Dealer, stage: str):
    case = at_stage(stage)
    page = seen(browser("bob").get(f"/cases/{case.number}/"))
    assert DORA["customer_name"] in page
    assert str(case.entries.count()) in page


def test_a_case_of_another_branch_looks_like_one_that_does_not_exist(dealer: Dealer):
    case = at_stage("receiving")
    charlie = browser("charlie")
    strange, absent = charlie.get(f"/cases/{case.number}/"), charlie.get("/cases/HZ-209901-0001/")
    assert strange.status_code == absent.status_code == 404
    assert seen(strange) == seen(absent)
    assert charlie.post(f"/cases/{case.number}/noted/", {"note": "x"}).status_code == 404
    assert charlie.post(f"/drafts/{case.number}/noted/", {"note": "x"}).status_code == 404


def test_the_buttons_are_those_of_the_door(dealer: Dealer):
    case = at_stage("receiving")
    for login in ("bob", "alice", "technician", "callback_agent", "general_manager"):
        page = text(browser(login).get(f"/cases/{case.number}/"))
        for one in open_steps(case, actor(login)):
            assert f'href="/cases/{case.number}/{one.step.do}/"' in page
        assert ('href="/cases/HZ-202603-0001/assigned/"' in page) == (login == "bob")


def test_what_is_missing_is_named_and_the_step_that_supplies_it_comes_first(dealer: Dealer):
    case = at_stage("accepting")
    page = text(browser("bob").get(f"/cases/{case.number}/"))
    assert page.index("quality_checked/") < page.index('class="wanting"')
    assert "质检合格" in page
    assert "/customer_accepted/" not in page


def test_a_technician_sees_phone_and_plate_masked_everywhere(dealer: Dealer):
    case = at_stage("receiving", vin="LSVAU2180N2183294")
    page = text(browser("technician").get(f"/cases/{case.number}/"))
    assert not [secret for secret in (DORA["phone"], DORA["plate"], "LSVAU2180N2183294") if secret in page]
    assert "138****8000" in page
    assert f'href="tel:{DORA["phone"]}"' in text(browser("alice").get(f"/cases/{case.number}/"))


def test_the_accused_sees_the_case_but_may_not_handle_it(dealer: Dealer):
    case = take(at_stage("receiving"), "accused_named", by="service_director", accused=str(dealer.staff["bob"].pk))
    bob, before = browser("bob"), Entry.objects.count()
    page = bob.get(f"/cases/{case.number}/")
    assert page.status_code == 200
    assert "/assigned/" not in text(page)
    refused = bob.post(f"/cases/{case.number}/assigned/", {"duty": "我来查我自己"})
    assert refused.status_code == 403
    assert "我来查我自己" in text(refused)
    assert Entry.objects.count() == before


def test_the_story_tells_what_was_filled_in_and_what_a_correction_replaced(dealer: Dealer):
    case = at_stage("receiving", content="原来的话", place="一号工位")
    case = take(case, "corrected", correction_reason="客户补充", content="改过的话", place="二号工位")
    page = text(browser("bob").get(f"/cases/{case.number}/"))
    assert "<del><bdi>原来的话</bdi></del>" in page
    assert "<ins><bdi>改过的话</bdi></ins>" in page
    assert "客户补充" in page


def test_what_happened_earlier_than_it_was_written_says_so(dealer: Dealer):
    case = at_stage("receiving")
    earlier = (NOW - timedelta(hours=3)).isoformat()
    take(case, "contacted", reached=True, note="谈过", happened_at=earlier)
    assert text(browser("bob").get(f"/cases/{case.number}/")).count("told-happened") == 1


def test_hostile_text_is_shown_as_text(dealer: Dealer):
    hostile = "<img src=x onerror=alert(1)>\n第二行\u202eabc"
    case = at_stage("receiving", content=hostile, customer_name="<b>王</b>")
    page = text(browser("bob").get(f"/cases/{case.number}/"))
    assert "<img src=x" not in page
    assert "<b>王" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;\n第二行\u202eabc" in page


def test_a_new_round_is_told(dealer: Dealer):
    case = take(at_stage("calling_back"), "not_satisfied", reason="还响")
    assert "第 2 轮" in seen(browser("bob").get(f"/cases/{case.number}/"))


def test_reading_changes_nothing(dealer: Dealer):
    case = at_stage("negotiating")
    bob = browser("bob")
    before = Entry.objects.count()
    for verb in ("", "solution_accepted/", "corrected/", "handed_over/", "assigned/", "noted/"):
        bob.get(f"/cases/{case.number}/{verb}")
    stored = Case.objects.get()
    assert (Entry.objects.count(), stored.version, stored.stage) == (before, case.version, "negotiating")


def test_the_page_asks_the_database_as_often_for_a_long_story_as_for_a_short_one(dealer: Dealer):
    case, bob = at_stage("receiving"), browser("bob")
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            bob.get(f"/cases/{case.number}/")
        asked.append(len(queries))
        for nth in range(20):
            take(case, "contacted", reached=True, note=f"第 {nth} 次")
    assert asked[0] == asked[1] < 30


@pytest.mark.parametrize("number", ["nothing", "HZ-1", "..", "new"])
def test_a_number_that_is_none_is_not_found(dealer: Dealer, number: str):
    assert browser("bob").get(f"/cases/{number}/").status_code == 404


def test_a_picture_is_shown_and_anything_else_is_a_download(dealer: Dealer):
    alice = actor("alice")
    files = [
        store("现场 照片.png", [PNG], alice, NOW).pk,
        store("a.html", [b"<script>alert(1)</script>"], alice, NOW).pk,
    ]
    case = take(at_stage("receiving"), "evidence_added", by="alice", files=files)
    bob = browser("bob")
    page = text(bob.get(f"/cases/{case.number}/"))
    for pk, way in zip(files, ("inline", "attachment"), strict=True):
        assert f'href="/evidence/{pk}/"' in page
        answer = bob.get(f"/evidence/{pk}/")
        assert answer["Content-Disposition"].startswith(way)
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"
    assert (
        "filename*=UTF-8''%E7%8E%B0%E5%9C%BA%20%E7%85%A7%E7%89%87.png"
        in bob.get(f"/evidence/{files[0]}/")["Content-Disposition"]
    )


def test_files_are_for_those_who_see_the_case_and_before_that_for_who_brought_them(dealer: Dealer):
    case = at_stage("receiving")
    attached = store("a.png", [PNG], actor("alice"), NOW).pk
    loose = store("b.png", [PNG], actor("alice"), NOW).pk
    take(case, "evidence_added", by="alice", files=[attached])
    assert browser("charlie").get(f"/evidence/{attached}/").status_code == 404
    assert browser("bob").get(f"/evidence/{loose}/").status_code == 404
    assert browser("alice").get(f"/evidence/{loose}/").status_code == 200
    assert browser("alice").get("/evidence/99999999999999999999999/").status_code == 404


def test_a_file_that_was_tampered_with_is_not_handed_out(dealer: Dealer):
    alice = browser("alice")
    alice.post("/cases/new", {"content": "异响", "phone": "13900001234", "photos": SimpleUploadedFile("a.png", PNG)})
    file = Evidence.objects.get()
    path_of(file.sha256).write_bytes(PNG[:-1] + b"1")
    answer = alice.get(f"/evidence/{file.pk}/")
    assert answer.status_code == 409
    assert PNG[:-1] not in answer.content
