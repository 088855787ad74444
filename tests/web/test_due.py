"""Why is this due then? The page reckons every promise before the reader's eyes."""

from datetime import timedelta

import pytest

from tests.people import NOW, at_stage, take
from tests.web.signed_in import browser, seen
from wenguo.jobs.tick import tick
from wenguo.policy.load import packs

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def group(dealer):
    return dealer


def told(case, login: str = "bob", language: str = "zh-hans") -> str:
    answer = browser(login, language).get(f"/cases/{case.number}/due/")
    assert answer.status_code == 200
    return seen(answer)


def test_working_time_is_counted_day_by_day():
    case = at_stage("receiving", now=NOW + 7 * HOUR)  # five in the afternoon, closed from six
    page = told(case)
    for words in ("首次联系客户", "2 个营业小时", "3月16日 星期一", "1 小时", "3月17日 星期二", "2026-03-17 09:30:00"):
        assert words in page, words
    assert "2 hours of business" in told(case, language="en")


def test_the_ladder_says_who_hears_when_and_who_has_heard():
    case = at_stage("receiving")
    tick(lambda: NOW + 3 * HOUR)
    page = told(case)
    for words in ("时限已过 75%", "到期", "已告知", "下一次", "登记投诉 #1"):
        assert words in page, words


def test_a_rest_is_told_and_the_case_says_so():
    case = at_stage("planning")
    case = take(case, "waited", by="bob", now=NOW + HOUR, waiting_for="parts", waiting_until="", note="等配件")
    assert "暂停计时" in told(case) and "暂停，不计时" in told(case)
    assert "暂停计时" in seen(browser("bob").get(f"/cases/{case.number}/"))
    take(case, "went_on", by="bob", now=NOW + 5 * HOUR)
    assert "到期时间相应顺延" in told(case)


def test_a_statute_is_named_with_its_article():
    assert "第八条" in told(at_stage("carrying_out"))


def test_a_major_case_is_supervised_and_a_demand_has_the_law_s_days_from_the_day_it_came():
    case = at_stage("receiving", severity="major")
    case = take(case, "demanded", by="bob", demand_kind="refund", demanded_on="2026-03-13", note="书面要求退货")
    case = take(case, "referred", by="bob", outside_body="odr", received_on="2026-03-16", note="平台推送")
    page = told(case)
    for words in (
        "督办",
        "客户关爱经理",
        "答复更换、退货要求",
        "10 个法定工作日",
        "第二十八条",
        "3月13日",
        "3月27日",
        "请核实",
    ):
        assert words in page, words
    assert "2026-04-13 18:00:00" in page  # twenty working days with Qingming between them
    assert "Supervision" in told(case, language="en")


def test_a_closed_case_has_only_promises_that_are_over():
    page = told(at_stage("closed"))
    assert "现在没有时限在走" in page and "按时完成" in page


def test_every_stage_has_a_page_without_fault():
    for stage in packs()["auto_dealer"].processes["complaint"].stages:
        told(at_stage(stage))


def test_another_shop_finds_nothing():
    case = at_stage("receiving")
    assert browser("charlie").get(f"/cases/{case.number}/due/").status_code == 404
