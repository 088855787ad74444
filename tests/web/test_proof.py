"""The page that proves a case: for whoever sees the case, and true at the moment at which it is looked at."""

import json
import re

import pytest
from django.db import connection

from tests.people import DORA, NOW, at_stage, take
from tests.web.signed_in import browser, seen, text
from wenguo.cases import seal
from wenguo.cases.anchors import latest_anchor
from wenguo.cases.models import Case, EntryPrivate, Seal
from wenguo.cases.proof import proof_faults
from wenguo.cases.triggers import KEPT
from wenguo.jobs.sealing import daily_anchor

SQLITE = pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)  # where anybody may switch triggers off


@pytest.fixture
def case(database) -> Case:
    case = take(at_stage("receiving"), "noted", note="客户又来电")
    seal.seal(NOW)
    return case


def shown(case, login="bob", language=""):
    return browser(login, language).get(f"/cases/{case.number}/proof/")


def triggers_off() -> None:
    with connection.cursor() as cursor:
        for kept in KEPT:
            for event in ("insert", "update", "delete"):
                cursor.execute(f"DROP TRIGGER {kept.table}_{event}")


def test_the_case_leads_to_its_proof(case):
    assert f'href="/cases/{case.number}/proof/"' in text(browser("bob").get(f"/cases/{case.number}/"))


def test_every_entry_stands_there_with_its_hash_and_its_seal(case):
    page = seen(shown(case))
    assert "刚刚核对：2 条记录全部与当时写下的一致 全部已封存。" in page
    first, second = case.entries.order_by("seq")
    for entry in (first, second):
        assert entry.hash[:12] in page and entry.hash in page
    one = Seal.objects.get(what="entry")
    assert f"{one.pk} 号" in page and one.root in page
    assert page.index("登记投诉") < page.index("#2")  # the earliest first
    assert "安丽思" in page and "2026-03-16 10:00:00" in page


def test_in_english_too(case):
    assert "Checked just now: all 2 entries are as they were written" in seen(shown(case, language="en"))


def test_what_is_not_sealed_yet_is_told(case):
    take(case, "noted")
    page = seen(shown(case))
    assert "其中 2 条已封存，其余 1 条将在一两分钟内封存。" in page and "等待封存" in page


def test_an_erased_value_does_not_disturb_the_proof(case):
    EntryPrivate.objects.filter(entry__case=case).update(salt="", value="")
    assert "全部与当时写下的一致" in seen(shown(case))


@SQLITE
def test_a_changed_entry_is_named(case):
    triggers_off()
    entry = case.entries.get(seq=2)
    case.entries.filter(pk=entry.pk).update(role="general_manager")
    page = seen(shown(case))
    assert "核对不符" in page and "有问题的记录：#2。" in page
    case.entries.filter(pk=entry.pk).update(role=entry.role)  # and as it was, for the test's own end
    assert "核对不符" not in seen(shown(case))


@SQLITE
def test_a_changed_seal_is_told(case):
    triggers_off()
    Seal.objects.filter(what="entry").update(count=7)
    assert "有问题的记录：#1、#2。" in seen(shown(case))


def test_a_case_row_changed_alone_is_told(case):
    Case.objects.filter(pk=case.pk).update(category="attitude")
    assert "投诉单现在的状态与记录所写的不一致。" in seen(shown(case))


def test_who_does_not_see_the_case_does_not_see_its_proof(case):
    for path in ("proof/", "proof/file/"):
        assert browser("charlie").get(f"/cases/{case.number}/{path}").status_code == 404
        assert browser("bob").get(f"/cases/HZ-202603-0999/{path}").status_code == 404
        assert browser().get(f"/cases/{case.number}/{path}").status_code == 302
        assert browser("bob").post(f"/cases/{case.number}/{path}").status_code in (403, 405)


def test_phone_and_plate_stand_neither_on_the_page_nor_in_the_file(case):
    file = browser("bob").get(f"/cases/{case.number}/proof/file/")
    for answer in (shown(case), file):
        assert not any(DORA[key] in text(answer) for key in ("phone", "plate"))
    assert file.headers["Content-Type"] == "application/json"
    assert re.fullmatch(r'attachment; filename="proof-\d+\.json"', file.headers["Content-Disposition"])
    assert file.headers["Cache-Control"] == "no-store"


def test_the_file_holds_beside_the_day_s_anchor(case):
    daily_anchor(NOW)
    take(at_stage("receiving", phone="13900139009"), "noted")
    seal.seal(NOW)
    file = browser("bob").get(f"/cases/{case.number}/proof/file/")
    assert proof_faults(text(file), latest_anchor()) == []
    assert json.loads(text(file))["number"] == case.number


def test_the_page_costs_the_same_number_of_questions_however_long_the_case_is(case, django_assert_max_num_queries):
    for _ in range(6):
        take(case, "noted")
    seal.seal(NOW)
    with django_assert_max_num_queries(45):
        shown(case)
