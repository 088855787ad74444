"""A story at a real browser: what a car may demand is read, a problem noted, the car watched, called back, let go."""

import pytest
from playwright.sync_api import expect

from tests.people import at_stage
from tests.web.browsing import PHONE, Person, chromium
from wenguo.people.businessclock import now


@pytest.fixture
def browser(served):
    """After `served`: databases are put in place before the browser's loop begins in this thread."""
    with chromium() as found:
        yield found


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_a_car_is_read_watched_called_back_and_let_go(served, browser):
    case = at_stage("receiving", vin="LX0GA41C9M0012845", now=now())
    bob = Person(browser, served, "bob")
    page = bob.page
    page.goto(f"/cases/{case.number}/")
    card = page.locator("#law-card")
    expect(card).to_contain_text("客户今天可以要求什么")  # it comes once the page is there
    expect(card).to_contain_text("没有购车发票日期")
    page.get_by_role("link", name="车辆档案").click()
    page.get_by_role("link", name="登记工单").click()
    bob.fill(order_no="R1", kind="comeback", in_at=f"{now():%Y-%m-%d}T00:05")
    bob.send()
    expect(page.locator("#law-card")).to_contain_text("1 张工单还没有登记质量问题")
    page.get_by_role("link", name="记下质量问题").click()
    bob.fill(name="前减震异响", system="suspension")
    bob.send()
    expect(page.locator("#law-card")).not_to_contain_text("还没有登记质量问题")
    page.locator(".side-nav").get_by_role("link", name="重点关注").click()
    expect(page.locator("main")).to_contain_text("返修车辆 · R1")
    page.get_by_role("link", name="列入 浙A12345").first.click()
    expect(page.locator("[name=reason]")).to_have_value("返修车辆")
    page.locator("[name=technician]").select_option(index=1)
    bob.send()
    expect(page.locator("main")).to_contain_text("已列为重点关注")
    page.goto("/")
    expect(page.locator(".tag-focus")).to_have_count(1)

    bob.context.add_cookies([{"name": "language", "value": "en", "url": served}])
    page.goto("/focus/")
    expect(page.locator("h1")).to_contain_text("Special care")
    page.goto(f"/vehicles/{case.vehicle_id}/")
    expect(page.locator("#law-card")).to_contain_text("What the customer may demand today")
    expect(page.locator("h1")).to_contain_text("Special care")  # marked here as well
    bob.context.add_cookies([{"name": "language", "value": "zh-hans", "url": served}])

    phone = Person(browser, served, "callback_agent", PHONE)
    phone.page.goto("/focus/")
    phone.page.get_by_role("link", name="打开").first.click()
    phone.page.get_by_role("link", name="记录回访或关怀").click()
    phone.fill(way="call_back", satisfied=True, told="不响了，谢谢")
    phone.send()
    expect(phone.page.locator("main")).to_contain_text("满意")
    assert phone.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    page.goto("/focus/")
    page.get_by_role("link", name="打开").first.click()
    page.get_by_role("link", name="移出重点关注").click()
    bob.fill(reason="问题已解决")
    bob.send()
    expect(page.locator("main")).to_contain_text("请安排去信或上门关怀")
    page.goto("/")
    expect(page.locator(".tag-focus")).to_have_count(0)
    assert bob.mishaps == phone.mishaps == []
