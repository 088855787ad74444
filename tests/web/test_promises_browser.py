"""A day at the shop at a real browser: the desk, why something is due then, the stock-take signed on a phone, a day off
after all. One server for all of it; it is Monday, half past three there."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from tests.databases import DEALER, Templates, connected
from tests.jobs.test_server import until
from tests.people import NOW, at_stage, take
from tests.serving import Serving
from tests.web.browsing import PHONE, Person, chromium
from wenguo.cases.models import Case, StockTake

AFTERNOON, HOUR = NOW + timedelta(hours=5, minutes=30), timedelta(hours=1)
WIDE = "document.documentElement.scrollWidth <= window.innerWidth"


@pytest.fixture
def shop(sqlite_templates: Templates):
    """A browser, and the address of a served shop where it is that afternoon."""
    made = sqlite_templates.copy(DEALER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "HOME", made.home)
        environment = {"WENGUO_NOW": AFTERNOON.isoformat()}
        with connected(made):
            fresh, calm, late = cases()
            with Serving(made, environment=environment) as serving, chromium() as browser:
                yield browser, serving.url, fresh, calm, late
    sqlite_templates.drop(made)


def cases() -> tuple[Case, Case, Case]:
    """One of this afternoon, one with two days left, one that nobody answered since the morning."""
    late = at_stage("receiving", now=NOW - HOUR, content="空调异味，早上就来过")
    calm = at_stage("planning", now=NOW + 3 * HOUR, phone="13900139000", plate="浙B54321", content="漆面有橘皮纹")
    calm = take(calm, "contacted", by="bob", now=NOW + 3 * HOUR, reached=True, note="已约明天")
    fresh = at_stage("receiving", now=NOW + 5 * HOUR, phone="13700137000", plate="浙C54321", content="新换轮胎漏气")
    return fresh, calm, late


def test_a_day_of_promises(shop: tuple[Browser, str, Case, Case, Case]):
    browser, url, fresh, calm, late = shop
    boss = Person(browser, url, "bob")
    desk_says_what_hurts_first(boss, fresh, calm, late)
    due_is_explained(boss, late)
    stock_is_taken_on_a_phone(Person(browser, url, "reception", PHONE), late)
    calendar_is_changed_with_a_preview(Person(browser, url, "administrator"), fresh)


def desk_says_what_hurts_first(boss: Person, fresh: Case, calm: Case, late: Case) -> None:
    boss.page.goto("/")
    rows = boss.page.locator("table.desk tbody tr")
    numbers = [rows.nth(nth).locator(".desk-number").inner_text() for nth in range(3)]
    assert numbers == [late.number, fresh.number, calm.number]
    expect(rows.nth(0).locator(".due-late")).to_contain_text("逾期")
    expect(rows.nth(1).locator(".due")).to_contain_text(re.compile("小时|分钟"))
    colours = {rows.nth(nth).locator(".due").evaluate("one => getComputedStyle(one).color") for nth in (0, 2)}
    assert len(colours) == 2  # said in words, and in colour
    assert boss.mishaps == []


def due_is_explained(boss: Person, late: Case) -> None:
    page = boss.page
    page.goto(f"/cases/{late.number}/")
    page.locator(f"a[href='/cases/{late.number}/due/']").first.click()
    first = page.locator("section.card", has_text="首次联系客户")
    expect(first).to_contain_text("2 个营业小时")
    expect(first).to_contain_text("已告知")
    expect(first.locator("table")).to_contain_text("3月16日")
    page.set_viewport_size(PHONE)
    assert page.evaluate(WIDE) and boss.mishaps == []


def calendar_is_changed_with_a_preview(keeper: Person, fresh: Case) -> None:
    page, before = keeper.page, fresh.clocks.get(kind="assignment").due_at
    page.goto("/settings/calendar/?branch=HZ&year=2026")
    page.get_by_role("link", name="安排特殊日期").first.click()
    keeper.fill(since="2026-03-16", last_day="2026-03-17", kind="closed", reason="停电检修")
    keeper.send()
    expect(page.locator("form[data-form]")).to_contain_text("个时限改变")
    expect(page.locator("form[data-form]")).to_contain_text(fresh.number)
    expect(page.locator("[name=reason]")).to_have_value("停电检修")
    assert fresh.clocks.get(kind="assignment").due_at == before
    keeper.send()
    expect(page.locator(".alert-success")).to_be_visible()
    expect(page.locator(".things").first).to_contain_text("停电检修")
    assert until(lambda: fresh.clocks.get(kind="assignment").due_at > before, 20)  # the clock's own hand moves it
    assert keeper.mishaps == []


def stock_is_taken_on_a_phone(clerk: Person, late: Case) -> None:
    page = clerk.page
    page.goto("/stock/")
    expect(page.get_by_role("heading", name="超时未办的投诉")).to_be_visible()
    expect(page.locator("section", has_text="超时未办的投诉").first).to_contain_text(late.number)
    clerk.send()
    expect(page.locator("form[data-form]")).to_contain_text("请写明怎么处理")
    clerk.fill(note="服务经理已在回电，下班前给方案")
    clerk.send()
    expect(page.locator(".alert-success")).to_contain_text("已签字确认")
    expect(page).to_have_url(re.compile("/stock/"))
    assert page.evaluate(WIDE)
    taken = StockTake.objects.get()
    assert (taken.signed_by.username, taken.received, taken.late >= 1) == ("reception", 3, True)
    page.emulate_media(media="print")
    expect(page.locator(".stock-paper")).to_be_visible()  # the printed list has a line to sign on
    assert clerk.mishaps == []
