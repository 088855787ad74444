"""Possible defects: written down from a car or a case, listed with their time, printed, taken out as a table."""

from datetime import timedelta

import pytest

from tests.people import NOW, at_stage
from tests.web.signed_in import browser, hidden, seen, text
from tests.web.test_law_pages import VIN, clock  # noqa: F401
from wenguo.people.models import Amendment
from wenguo.vehicles.models import DefectReport

TOLD = {"learned_on": "2026-03-16", "component": "brakes", "what": "=踩刹车无力，踏板发软", "sign": "brake_failure"}


@pytest.fixture
def case(dealer, clock):  # noqa: F811
    return at_stage("receiving", vin=VIN)


def test_a_possible_defect_is_reported_listed_printed_and_taken_out(dealer, case, clock):  # noqa: F811
    clerk, at = browser("alice"), f"/vehicles/{case.vehicle_id}/defect/"
    asked = clerk.get(f"{at}?case={case.number}")
    assert f'value="{case.number}"' in text(asked) and "缺陷汽车产品召回管理条例 第十一条" in seen(asked)
    refused = clerk.post(at, TOLD | {"learned_on": "2026-03-17", "regulator_on": "2026-03-10"})
    assert refused.status_code == 422 and "不能早于获知日期" in seen(refused) and "2026-03-17" in text(refused)
    for _ in range(2):  # the form sent twice
        assert clerk.post(at, TOLD | {"case_number": case.number}).status_code == 303
    report = DefectReport.objects.get()
    assert "踏板" not in Amendment.objects.get(kind="defectreport").body
    for page in ("/vehicles/defects/", f"/vehicles/{case.vehicle_id}/", f"/cases/{case.number}/law/"):
        assert "最迟 2026-03-17 报告和通报" in seen(clerk.get(page))
    clock(NOW + timedelta(days=3))
    assert "tag-major" in text(clerk.get("/vehicles/defects/"))
    drawn = clerk.get(f"{at}{report.pk}/")
    sent = {**TOLD, "regulator_on": "2026-03-18", "regulator_no": "QX-7", "maker_on": "2026-03-18", **hidden(drawn)}
    assert clerk.post(f"{at}{report.pk}/", sent).status_code == 303
    paper = seen(clerk.get(f"{at}{report.pk}/paper/"))
    for words in ("杭州店", VIN, "制动系统失效", "踏板发软", case.number, "2026-03-18 · QX-7", "报告人签字"):
        assert words in paper, words
    assert "Reported to both" in seen(browser("alice", "en").get("/vehicles/defects/"))
    rows = b"".join(clerk.get("/vehicles/defects.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and "'=踩刹车无力" in rows[1] and "QX-7" in rows[1] and "获知日期" in rows[0]
    assert b"".join(clerk.get("/vehicles/defects.xlsx").streaming_content)[:2] == b"PK"


def test_a_stranger_sees_no_report_and_whoever_needs_no_numbers_sees_them_masked(dealer, case):
    at = f"/vehicles/{case.vehicle_id}/defect/"
    browser("alice").post(at, TOLD)
    pk, stranger, technician = DefectReport.objects.get().pk, browser("charlie"), browser("technician")
    for address in (at, f"{at}{pk}/", f"{at}{pk}/paper/"):
        assert stranger.get(address).status_code == 404
    assert "踏板" not in text(stranger.get("/vehicles/defects/"))
    assert "还没有可能缺陷报告" in seen(stranger.get("/vehicles/defects/"))
    assert "踏板" not in b"".join(stranger.get("/vehicles/defects.csv").streaming_content).decode()
    assert VIN not in text(technician.get(f"{at}{pk}/paper/"))
    assert VIN not in b"".join(technician.get("/vehicles/defects.csv").streaming_content).decode()
    other = at_stage("receiving", branch="SX").vehicle
    assert stranger.get(f"/vehicles/{other.pk}/defect/{pk}/").status_code == 404
