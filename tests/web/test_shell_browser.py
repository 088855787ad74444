"""The frame in a real browser: an open form survives a new sign-in; nothing of the page is wider than a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.people import PASSWORD, at_stage
from tests.web.browsing import PHONE, Person, chromium
from wenguo.people.businessclock import now

ASK_THE_BELL = "htmx.ajax('GET', '/bell/count/', {target: '#bell-count', swap: 'outerHTML'})"


@pytest.fixture
def browser(served):
    """After `served`: databases are put in place before the browser's loop begins in this thread."""
    with chromium() as found:
        yield found


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_what_was_typed_can_be_sent_after_signing_in_anew_in_another_window(served, browser):
    bob = Person(browser, served, "bob")
    bob.page.goto("/cases/new")
    bob.fill(content="后排异响", phone="13800138000")
    bob.context.clear_cookies(name="session")
    bob.page.evaluate(ASK_THE_BELL)
    expect(bob.page.locator("#signed-out")).to_be_visible()
    with bob.context.expect_page() as opened:
        bob.page.locator("#signed-out a").click()
    other = opened.value
    other.locator("[name=username]").fill("bob")
    other.locator("[name=password]").fill(PASSWORD)
    other.locator("[name=password]").press("Enter")
    expect(other).not_to_have_url(re.compile("/login/"))
    bob.page.evaluate(ASK_THE_BELL)
    expect(bob.page.locator("#signed-out")).to_be_hidden()
    bob.send()
    expect(bob.page).to_have_url(re.compile(r"/cases/HZ-\d{6}-0001/"))


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_on_a_phone_nothing_is_wider_than_the_screen_and_the_menu_opens(served, browser):
    at_stage("receiving", now=now(), customer_name="一位名字特别特别特别特别特别长的客户", content="长" * 200)
    bob = Person(browser, served, "bob", viewport=PHONE)
    for place in ("/", "/?view=all", "/bell/"):
        bob.page.goto(place)
        assert bob.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], place
    bob.page.locator("[data-bs-toggle=offcanvas]").click()
    bob.page.get_by_role("button", name="English").click()
    expect(bob.page.locator("html")).to_have_attribute("lang", "en")
    expect(bob.page).to_have_url(re.compile("/bell/$"))
    assert bob.mishaps == []
