"""Cars and customers of special care: proposed, decided by the service manager alone, marked, called back, ended."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import DORA, NOW, actor, at_stage
from tests.web.signed_in import browser, seen, text
from tests.web.test_law_pages import VIN, clock, visit  # noqa: F401
from wenguo.cases.asking import asking
from wenguo.people import businessclock
from wenguo.people.models import Amendment, Staff
from wenguo.vehicles.dms import vehicle_told
from wenguo.vehicles.models import Care, Focus

MARK = "重点关注"


@pytest.fixture
def case(dealer, clock):  # noqa: F811
    """A complaint about a car that was delivered here nine months ago."""
    return at_stage("receiving", vin=VIN)


def technician():
    return str(Staff.objects.get(username="technician").pk)


def watch(case, by="bob", why="returned"):
    told = {"reason": "返修两次仍异响", "technician": technician()}
    return browser(by).post(f"/focus/watch/vehicle/{case.vehicle_id}/?why={why}", told)


def test_what_came_in_is_proposed_and_what_was_decided_is_not_proposed_again(dealer, case, clock):  # noqa: F811
    bob = browser("bob")
    assert f"投诉 · {case.number}" in seen(bob.get("/focus/")).replace("投诉车辆或客户", "投诉")
    visit(dealer, "R1", "2026-03-10", kind="comeback")
    page = seen(bob.get("/focus/"))
    assert "返修车辆 · R1" in page and case.number not in page  # an order says more
    assert "由服务经理认定" in page and "列入" in page
    assert "不列入" not in seen(browser("alice").get("/focus/"))
    refused = bob.post(f"/focus/decline/vehicle/{case.vehicle_id}/", {"reason": ""})
    assert refused.status_code == 422
    said_no = bob.post(f"/focus/decline/vehicle/{case.vehicle_id}/?why=returned", {"reason": "装配误会"})
    assert said_no.status_code == 303
    assert "R1" not in seen(bob.get("/focus/"))
    clock(NOW + timedelta(days=2))
    visit(dealer, "R2", "2026-03-17", kind="warranty_claim", problems="漏油 | 发动机", mileage_km=9000, hours=1)
    assert "R2" not in seen(bob.get("/focus/"))  # nobody knows whether its free-repair period runs
    at, alice = dealer.branches["HZ"], actor("alice")
    vehicle_told(at, VIN, {"delivered_on": "2025-06-01"}, asking(at, alice, businessclock.now()), alice)
    assert "包修期内因质量问题进厂 · R2" in seen(bob.get("/focus/"))
    bare = at_stage("receiving", plate="", no_vehicle_reason="不记得", phone="13900139000", customer_name="无车先生",
                    now=NOW + timedelta(days=1))  # fmt: skip
    assert f"投诉车辆或客户 · {bare.number}" in seen(bob.get("/focus/"))
    told = {"reason": "多次来电", "technician": technician()}
    assert bob.post(f"/focus/watch/customer/{bare.customer_id}/?why=complaint", told).status_code == 303
    assert "无车先生" in seen(bob.get("/focus/")) and MARK in seen(bob.get(f"/cases/{bare.number}/"))


def test_only_the_service_manager_decides_and_ends_it_and_only_after_a_satisfied_call_back(dealer, case):
    for login in ("alice", "technician", "care_manager", "callback_agent"):
        assert watch(case, login).status_code == 403
    assert not Focus.objects.exists()
    for _ in range(2):  # the form sent twice
        assert watch(case).status_code == 303
    focus = Focus.objects.get()
    at, bob = f"/focus/{focus.pk}/", browser("bob")
    assert "返修两次" not in Amendment.objects.get(kind="focus").body
    page = seen(bob.get(at))
    for words in ("返修两次仍异响", "技师", "接待", "问题处理", "维修质量控制", "取送车", "客户在回访中表示满意后"):
        assert words in page, words
    refused = bob.post(f"{at}end/", {"reason": "问题解决"})
    assert refused.status_code == 422 and "请先回访" in seen(refused) and "问题解决" in text(refused)
    call = {"way": "call_back", "done_on": "2026-03-16", "told": "还在响"}
    assert browser("technician").post(f"{at}care/", call).status_code == 403
    assert browser("callback_agent").post(f"{at}care/", call).status_code == 303
    assert bob.post(f"{at}end/", {"reason": "问题解决"}).status_code == 422
    assert "2026-03-17" in text(bob.post(f"{at}care/", call | {"done_on": "2026-03-17"}))  # not yet
    agent = browser("callback_agent")
    for _ in range(2):
        assert agent.post(f"{at}care/", call | {"told": "好了", "satisfied": "on"}).status_code == 303
    assert list(Care.objects.order_by("id").values_list("satisfied", flat=True)) == [False, True]
    assert browser("care_manager").post(f"{at}end/", {"reason": "好了"}).status_code == 403
    assert bob.post(f"{at}end/", {"reason": "问题解决"}).status_code == 303
    assert Focus.objects.get().state == "ended"
    letter = {"way": "letter", "done_on": "2026-03-16", "told": "感谢信"}
    assert "最迟 2026-03-23" in seen(browser("care_manager").get("/focus/"))
    assert browser("care_manager").post(f"{at}care/", letter).status_code == 303
    assert "待去信或上门关怀" not in seen(browser("care_manager").get("/focus/"))


def test_the_mark_stands_wherever_the_car_appears(dealer, case):
    bob, pages = browser("bob"), ("/", "/cases/", f"/cases/{case.number}/", f"/vehicles/{case.vehicle_id}/")
    badge = "badge tag-focus"
    assert not [address for address in pages if badge in text(bob.get(address))]
    watch(case)
    for address in pages:
        assert badge in text(bob.get(address)), address
        assert "Special care" in seen(browser("bob", "en").get(address))
    found = browser("alice").post("/cases/new/look-up/", {"plate": DORA["plate"], "branch": "HZ"})
    assert "返修两次仍异响" in seen(found) and "到店优先接待" in seen(found)
    other = at_stage("receiving", branch="SX", vin=VIN)
    assert badge not in text(browser("charlie").get(f"/cases/{other.number}/"))


def test_another_shops_people_see_nothing_of_it(dealer, case):
    watch(case)
    focus, stranger = Focus.objects.get(), browser("charlie")
    for tail in ("", "edit/", "care/", "end/"):
        assert stranger.get(f"/focus/{focus.pk}/{tail}").status_code == 404
        assert tail == "" or stranger.post(f"/focus/{focus.pk}/{tail}", {"reason": "x"}).status_code == 404
    assert watch(case, "charlie").status_code == 404
    assert stranger.get(f"/focus/watch/customer/{case.customer_id}/").status_code == 404
    assert "返修两次" not in text(stranger.get("/focus/"))
    assert DORA["plate"] not in text(browser("technician").get("/focus/"))


def test_who_supervises_sees_what_is_late_among_the_grave_and_the_watched(dealer, case, clock):  # noqa: F811
    grave = at_stage("receiving", phone="13900139000", plate="浙B54321", severity="major", now=NOW)
    plain = at_stage("receiving", phone="13900139001", plate="浙B54322", now=NOW)
    watch(case)
    assert browser("bob").get("/focus/supervision/").status_code == 404
    page = seen(browser("care_manager").get("/focus/supervision/"))
    assert case.number in page and grave.number in page and plain.number not in page
    assert "没有超时的投诉" in page
    clock(NOW + timedelta(days=3))
    page = seen(browser("customer_director").get("/focus/supervision/"))
    assert page.index("已经超时") < page.index(grave.number) < page.index("还在时限内")
    ended = at_stage("closed", phone="13900139002", plate="浙B54323", severity="major", now=NOW)
    assert f"重大投诉已结案：{ended.number}" in seen(browser("care_manager").get("/focus/"))
    visit_told = {"way": "visit", "done_on": "2026-03-18", "told": "上门致歉", "satisfied": "on"}
    assert browser("care_manager").post(f"/focus/case/{ended.number}/care/", visit_told).status_code == 303
    assert ended.number not in seen(browser("care_manager").get("/focus/"))
    assert Care.objects.get().case_number == ended.number


def test_a_long_list_asks_no_more_than_a_short_one(dealer, case):
    asked, bob = [], browser("bob")
    bob.get("/focus/")
    for count in (1, 6):
        for nth in range(count):
            one = at_stage("receiving", plate=f"浙C1{count}{nth:03}", phone=f"1390000{count}{nth:03}")
            watch(one)
            at_stage("receiving", plate=f"浙D1{count}{nth:03}", phone=f"1380000{count}{nth:03}")
        with CaptureQueriesContext(connection) as queries:
            bob.get("/focus/")
        asked.append(len(queries))
    assert asked[0] == asked[1] < 30, asked
