"""An afternoon of call-backs without touching the mouse."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.people import at_stage
from tests.web.browsing import PHONE, Person, chromium
from wenguo.cases.models import Case
from wenguo.people.businessclock import now


@pytest.fixture
def browser(served):
    """After `served`: databases are put in place before the browser's loop begins in this thread."""
    with chromium() as found:
        yield found


def to_call(phone, hours):
    return at_stage("calling_back", now=now() - timedelta(hours=hours), phone=phone)


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_an_afternoon_of_calls_is_recorded_by_keyboard_alone(served, browser):
    content = to_call("13900000001", 4)
    angry, calm = to_call("13900000002", 3), to_call("13900000002", 2)
    silent = to_call("13900000003", 1)
    agent = Person(browser, served, "callback_agent")
    page, keys = agent.page, agent.page.keyboard
    page.goto("/calls/")
    cards, saved = page.locator("[data-call]"), page.locator("#called")
    expect(cards).to_have_count(3)
    expect(cards.first).to_be_focused()
    keys.press("j")
    keys.press("ArrowDown")
    expect(cards.nth(2)).to_be_focused()
    keys.press("k")
    keys.press("k")
    keys.press("1")
    expect(page.locator("#f-solved")).to_be_focused()
    keys.press("3")  # inside a form a digit is no outcome
    expect(page.locator("#step form")).to_have_attribute("action", f"/cases/{content.number}/satisfied/")
    keys.press("Escape")
    expect(page.locator("#step form")).to_have_count(0)
    expect(cards.first.locator("[data-case]")).to_be_focused()
    satisfied(page, "1")
    expect(saved).to_contain_text("回访满意")
    expect(cards).to_have_count(2)
    expect(cards.first).to_be_focused()

    keys.press("2")
    expect(page.locator("#f-reason")).to_be_focused()
    keys.type("123 jk 还是响")
    keys.press("Control+Enter")
    expect(saved).to_contain_text("回访不满意")
    expect(cards.first).to_be_focused()
    expect(cards.first).to_contain_text(calm.number)
    expect(cards.first).not_to_contain_text(angry.number)
    satisfied(page, "1")
    expect(cards).to_have_count(1)

    for nth in ("1", "2", "3"):
        expect(cards.first).to_be_focused()
        expect(cards.first).to_contain_text(f"第 {nth} 次拨打，共 3 次")
        keys.press("3")
        expect(page.locator("#f-note")).to_be_focused()
        keys.press("Control+Enter")
    expect(page.get_by_text("该打的回访都打完了")).to_be_visible()
    stages = {one.pk: (one.stage, one.round) for one in Case.objects.all()}
    assert [stages[one.pk] for one in (content, angry, calm, silent)] == [
        ("closing", 1), ("classifying", 2), ("closing", 1), ("closing", 1),
    ]  # fmt: skip
    assert Case.objects.get(pk=angry.pk).entries.filter(verb="not_satisfied").count() == 1
    assert agent.mishaps == []


def satisfied(page, key):
    """Opens the form by its key, says yes and five stars, and saves: all by keys."""
    page.keyboard.press(key)
    expect(page.locator("#f-solved")).to_be_focused()
    for pressed in ("Space", "Tab", "Space", *["ArrowRight"] * 4, "Control+Enter"):
        page.keyboard.press(pressed)
    expect(page.locator("#step form")).to_have_count(0)


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_on_a_phone_one_taps_to_dial_and_to_say_how_it_ended(served, browser):
    case = to_call("13900000001", 1)
    agent = Person(browser, served, "callback_agent", viewport=PHONE)
    agent.page.goto("/calls/")
    expect(agent.page.locator("a[href='tel:13900000001']")).to_be_visible()
    agent.page.get_by_text("未接通").click()
    agent.fill(note="关机", try_again_on=(now() + timedelta(days=2)).date().isoformat(), try_again_at="10:30")
    assert agent.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    agent.send()
    expect(agent.page.locator("[data-planned]")).to_contain_text("10:30再打")
    expect(agent.page.locator("#called")).to_contain_text("未接通")
    assert Case.objects.get(pk=case.pk).stage == "calling_back" and agent.mishaps == []
