"""What the law gives, on pages: the card of a car and of a case, the tables, the use fee, problems written down."""

import re
import time
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.people import NOW, actor, at_stage
from tests.web.signed_in import HTMX, browser, hidden, seen, text
from wenguo.cases.asking import asking
from wenguo.law.tables import rules
from wenguo.people import businessclock
from wenguo.people.models import Amendment
from wenguo.vehicles.dms import vehicle_told, visit_told
from wenguo.vehicles.models import Visit, VisitProblem, VisitWait

VIN = "LX0GA41C9M0012845"


@pytest.fixture
def clock(monkeypatch):
    """Sets what time it is; NOW until told otherwise."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(businessclock, "_STARTED", moment)
        monkeypatch.setattr(businessclock, "_AT", time.monotonic())

    set_to(NOW)
    return set_to


@pytest.fixture
def case(dealer, clock):
    """Dora's, about a car bought at this shop nine months ago."""
    made = at_stage("receiving", vin=VIN, mileage_km=9000)
    at, by = dealer.branches["HZ"], actor("alice")
    told = {"delivered_on": "2025-06-01", "province": "zhejiang", "price_fen": "200000", "use_fee": "0.5%"}
    vehicle_told(at, VIN, told, asking(at, by, NOW), by)
    return made


def visit(dealer, order_no, in_at, branch="HZ", hours=5, **raw):
    by, at = actor("alice" if branch == "HZ" else "charlie"), dealer.branches[branch]
    since = datetime.fromisoformat(f"{in_at}T09:00+08:00")
    told = {"vin": VIN, "kind": "warranty_claim", "in_at": since.isoformat()} | raw
    told |= {"out_at": (since + timedelta(hours=hours)).isoformat()} if hours else {}
    return visit_told(at, order_no, told, asking(at, by, businessclock.now()), by)[0]


def test_the_card_tells_what_may_be_demanded_today_and_why_in_both_languages(dealer, case):
    address = f"/vehicles/{case.vehicle_id}/"
    page = seen(browser("alice").get(address))
    for words in ("今天没有三包方面的依据", "2028-06-01 或 60,000 公里", "2027-06-01 或 50,000 公里", "浙江省地方规定"):
        assert words in page, words
    visit(dealer, "R1", "2026-01-05", items="更换减振器")
    assert "有 1 张工单还没有登记质量问题，没有计入：R1" in seen(browser("alice").get(address))
    for nth in range(1, 5):
        visit(dealer, f"R{nth}", f"2026-01-{nth + 10}", problems="前减震异响 | 悬架系统")
    page = seen(browser("alice").get(address))
    assert "“前减震异响”第4次修理；再修1次即适用第二十四条" in page and "没有登记质量问题" not in page
    visit(dealer, "S1", "2026-02-20", "SX", problems="前减震异响 | 悬架系统\n别家的话 | 发动机 | | | | 是")
    visit(dealer, "R6", "2026-03-08", hours=0, undrivable=True, problems="前减震异响 | 悬架系统")
    page, english = (seen(browser("alice", language).get(address)) for language in ("", "en"))
    for words in (
        "换车",
        "退货",
        "备用车",
        "三包规定 第二十四条第一款第（四）项",
        "三包规定 第二十一条",
        "其他门店的 1 次进厂",
    ):
        assert words in page, words
    for words in ("another car", "refund", "spare car", "Advice only", "第二十四条第一款第（四）项"):
        assert words in english, words
    assert "别家的话" not in page + english
    assert browser("charlie").get(address).status_code == 404


def test_a_cases_page_gets_the_card_with_what_the_case_itself_adds(dealer, case):
    visit(dealer, "R1", "2026-03-10", items="更换减振器", mileage_km=9000)
    clerk, address = browser("alice"), f"/cases/{case.number}/law/"
    assert f'hx-get="{address}"' in text(clerk.get(f"/cases/{case.number}/"))
    alone, whole = clerk.get(address, headers=HTMX), clerk.get(address)
    assert "<html" not in text(alone) and "<html" in text(whole)
    assert "最迟2026年3月19日拿出证据" in seen(alone) and "更换减振器" in seen(alone)
    with CaptureQueriesContext(connection) as few:
        clerk.get(address, headers=HTMX)
    for nth in range(2, 20):
        visit(dealer, f"R{nth}", f"2025-11-{nth:02}", problems="异响")
    with CaptureQueriesContext(connection) as many:
        clerk.get(address, headers=HTMX)
    assert len(few) == len(many) < 15
    assert browser("charlie").get(address).status_code == 404
    bare = at_stage("receiving", plate="", no_vehicle_reason="不记得", phone="13900139000")
    assert clerk.get(f"/cases/{bare.number}/law/").status_code == 404
    assert "/law/" not in text(clerk.get(f"/cases/{bare.number}/"))


def test_what_is_promised_too_late_or_not_kept_is_told_with_its_article(dealer, case, clock):
    late = NOW + timedelta(days=20)
    at_confirming = at_stage("confirming", vin=VIN)
    form = browser("bob").get(f"/cases/{at_confirming.number}/confirmed/", headers=HTMX)
    assert "规定的最后一日是 2026-03-31" in seen(form) and 'href="/law/#obligation"' in text(form)
    promised = at_stage("carrying_out", vin=VIN, forms={"confirmed": {"due_at": late.isoformat()}})
    page = seen(browser("bob").get(f"/cases/{promised.number}/law/"))
    assert "承诺20日，规定不超过15日" in page
    clock(late + timedelta(days=20))
    page = seen(browser("bob").get(f"/cases/{promised.number}/law/"))
    assert "故意拖延" in page and "侵害消费者权益行为处罚办法 第八条" in page


def test_every_article_on_a_card_leads_to_its_rule(dealer, case):
    visit(dealer, "R1", "2025-06-03", problems="刹车失灵 | 制动系统 | | | 制动系统失效 | 是", items="换刹车总泵")
    visit(dealer, "R2", "2026-03-11", items="路试")
    vehicle_told(dealer.branches["HZ"], VIN, {"invoiced_on": "2025-06-01"},
                 asking(dealer.branches["HZ"], actor("alice"), NOW), actor("alice"))  # fmt: skip
    for language in ("", "en"):
        client = browser("alice", language)
        cited = set(re.findall(r'href="/law/#(\w+)"', text(client.get(f"/vehicles/{case.vehicle_id}/"))))
        there = set(re.findall(r'class="law-rule" id="(\w+)"', text(client.get("/law/"))))
        assert {"early_danger", "zhejiang_early_danger", "burden_of_proof", "sanbao"} <= cited <= there
        assert there == rules().keys()
    assert "待核实" in seen(browser("alice").get("/law/"))


def test_the_use_fee_is_reckoned_from_what_is_known_and_nothing_is_stored(dealer, case):
    clerk, address = browser("alice"), f"/vehicles/{case.vehicle_id}/use-fee/"
    page, before = text(clerk.get(address)), Amendment.objects.count()
    assert 'value="200000.00"' in page and 'value="9000"' in page and 'value="0.5%"' in page
    told = {"price_fen": "200000", "mileage_km": "1.2万", "use_fee": "0.5%"}
    page = seen(clerk.post(address, told))
    assert "12,000 元" in page and "200,000 × 12,000 ÷ 1000 × 0.5%" in page and "三包规定 第二十七条" in page
    for wrong, says in (
        ({"use_fee": "0.6%"}, "最高 0.5%"),
        ({"use_fee": "viel"}, "例如 0.5%"),
        ({"price_fen": ""}, ""),
    ):
        refused = clerk.post(address, told | wrong)
        assert refused.status_code == 422 and says in seen(refused)
        assert f'value="{wrong.get("use_fee", "0.5%")}"' in text(refused)
    assert Amendment.objects.count() == before
    assert browser("charlie").get(address).status_code == 404


def test_threefold_damages_are_reckoned_with_their_article_and_nothing_is_stored(dealer, case):
    clerk, before = browser("alice"), Amendment.objects.count()
    assert "/law/damages/" in text(clerk.get(f"/cases/{case.number}/law/"))
    assert "退一赔三" in seen(clerk.get("/law/damages/"))
    for paid, sum_ in (("1280.50", "3,841.50 元"), ("99", "500 元")):
        page = seen(clerk.post("/law/damages/", {"paid_fen": paid, "paid_on": "2026-03-01"}))
        assert sum_ in page and "消费者权益保护法 第五十五条" in page and "由负责人和主管部门判断" in page
    for wrong, says in (
        ({"paid_fen": ""}, "必填"),
        ({"paid_on": "2026-12-01"}, "不能晚于现在"),
        ({"paid_on": "2013-01-01"}, "那时这条规定还没有施行"),
    ):
        refused = clerk.post("/law/damages/", {"paid_fen": "99", "paid_on": "2026-03-01"} | wrong)
        assert refused.status_code == 422 and says in seen(refused), says
    assert Amendment.objects.count() == before and browser().get("/law/damages/").status_code == 302


def test_problems_and_waiting_are_written_down_corrected_and_taken_back(dealer, case):
    one = visit(dealer, "R1", "2026-01-05", hours=60)
    clerk, at = browser("alice"), f"/vehicles/{case.vehicle_id}/visit/{one.pk}"
    assert "R1" in seen(clerk.get(f"{at}/problem/"))
    refused = clerk.post(f"{at}/problem/", {"name": "异响", "replaced": "part"})
    assert refused.status_code == 422 and "请选择在哪个系统" in seen(refused) and 'value="异响"' in text(refused)
    told = {"name": "变速器顿挫", "system": "transmission", "part": "阀体", "replaced": "part", "severe": "on"}
    assert clerk.post(f"{at}/problem/", told)["Location"].endswith("?saved=problem")
    wait = {"why": "special_part", "since": "2026-01-06T09:00", "until": "2026-01-07T09:00"}
    assert clerk.post(f"{at}/wait/", wait).status_code == 303
    page = seen(clerk.get(f"/vehicles/{case.vehicle_id}/?saved=problem"))
    for words in (
        "质量问题已保存",
        "变速器顿挫",
        "严重安全性能故障",
        "阀体",
        "更换了主要零部件",
        "按 VIN 定制的特殊零部件运输",
    ):
        assert words in page, words
    assert "以前登记过（同一个问题请写一样的名字）： 变速器顿挫" in seen(clerk.get(f"{at}/problem/"))
    row = VisitProblem.objects.get()
    drawn = clerk.get(f"{at}/problem/{row.pk}/")
    assert clerk.post(f"{at}/problem/{row.pk}/", {**told, "severe": "off", **hidden(drawn)}).status_code == 303
    assert not VisitProblem.objects.get().severe
    assert clerk.post(f"{at}/problem/{row.pk}/", {"drop": "1"}).status_code == 303
    assert clerk.get(f"{at}/problem/{row.pk}/").status_code == 404
    assert "变速器顿挫" not in seen(clerk.get(f"/vehicles/{case.vehicle_id}/"))
    stranger = browser("charlie")
    for tail in ("problem/", "wait/", f"wait/{VisitWait.objects.get().pk}/"):
        assert stranger.get(f"{at}/{tail}").status_code == stranger.post(f"{at}/{tail}", told).status_code == 404
    other = at_stage("receiving", branch="SX").vehicle
    foreign = Visit.objects.create(branch=other.branch, order_no="X", vehicle=other, in_at=NOW)
    assert clerk.post(f"/vehicles/{case.vehicle_id}/visit/{foreign.pk}/problem/", told).status_code == 404
    assert reverse("visit_problem", args=[case.vehicle_id, one.pk]) == f"{at}/problem/"
