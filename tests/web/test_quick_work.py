"""How little it takes: registering a complaint, and the daily round of one case, counted in a real browser."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.people import at_stage
from tests.web.browsing import Person, chromium
from wenguo.cases.models import Case
from wenguo.people.models import Staff

pytestmark = pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
SAID = "更换刹车片后三天又响,冷车起步最明显,要求查清原因。"
WISH = "免费检查,如果是配件问题就换掉"


class Hands:
    """Somebody at mouse and keyboard, whose pages, clicks and navigation keys are counted. Typing letters is free."""

    def __init__(self, page: Page):
        self.page, self.loads, self.clicks, self.keys = page, 0, 0, 0
        page.on("load", self._loaded)

    def _loaded(self, _: Page) -> None:
        self.loads += 1

    def click(self, place: Locator) -> None:
        self.clicks += 1
        place.click()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def begin(self) -> None:
        self.loads = self.clicks = self.keys = 0


@pytest.fixture
def hands(served):
    with chromium() as browser:
        person = Person(browser, served, "bob")
        person.page.goto("/")
        yield Hands(person.page)
        assert person.mishaps == []


def opened(hands: Hands) -> Case:
    expect(hands.page).to_have_url(re.compile(r"/cases/HZ-\d{6}-\d{4}/"))
    hands.page.wait_for_load_state()  # the address is there before the page, which is counted then
    case = Case.objects.select_related("customer", "vehicle").get()
    assert (case.customer.name, case.customer.phone, case.vehicle.plate) == ("陶朵拉", "13800138000", "浙A12345")
    assert (case.facts["mileage_km"], case.source, case.category) == (42_000, "phone", "repair_quality")
    assert (case.facts["content"], case.facts["expected_outcome"]) == (SAID, WISH)
    return case


def test_a_complaint_is_registered_from_the_desk_in_one_page_with_three_clicks_and_eight_keys(hands):
    hands.begin()
    hands.click(hands.page.locator("a[href='/cases/new']:visible").first)
    hands.page.wait_for_selector("#f-content:focus")
    hands.type(SAID)
    for text in (WISH, "陶朵拉", "13800138000", "浙A12345"):
        hands.press("Tab")
        hands.type(text)
    hands.press("Tab", "Tab")  # past the VIN
    hands.type("4.2万")
    hands.press("Tab", "ArrowDown")  # the second source is the phone
    hands.click(hands.page.locator("label", has=hands.page.locator("[name=category][value=repair_quality]")))
    hands.click(hands.page.locator(".send"))
    opened(hands)
    assert hands.loads - 1 == 1  # the case that comes of it is the second page
    assert hands.clicks <= 3
    assert hands.keys <= 8


def test_a_complaint_is_registered_by_keyboard_alone_within_a_minute(hands):
    start = time.monotonic()
    hands.begin()
    hands.page.keyboard.press("n")  # from the desk: a new complaint
    hands.page.wait_for_selector("#f-content:focus")
    hands.type(SAID)
    for text in (WISH, "陶朵拉", "13800138000", "浙A12345"):
        hands.press("Tab")
        hands.type(text)
    hands.press("Tab", "Tab")
    hands.type("42000")
    hands.press("Tab", "ArrowDown")
    for _ in range(10):
        hands.press("Tab")
        if hands.page.evaluate("document.activeElement.name") == "category":
            break
    while hands.page.evaluate("document.activeElement.value") != "repair_quality":
        hands.press("ArrowRight")
    hands.press("Control+Enter")
    opened(hands)
    assert hands.clicks == 0
    assert time.monotonic() - start < 60


def test_assign_note_reply_photo_and_close_take_three_pages_and_ten_clicks(hands, tmp_path):
    case = at_stage("closing")
    photo = tmp_path / "刹车片.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    page = hands.page
    page.goto(f"/cases/{case.number}/")
    hands.begin()

    def take(verb: str, **typed: str) -> None:
        button = page.locator(f"a[href='/cases/{case.number}/{verb}/']")
        if not button.is_visible():
            hands.click(page.locator("#choices details.more summary"))
        hands.click(button)
        page.wait_for_selector("#step form[data-form]")
        for name, value in typed.items():
            field = page.locator(f"#step [name={name}]:not([type=hidden])").first
            kind = field.evaluate("one => one.type")
            if kind == "file":
                hands.clicks += 1
                field.set_input_files(value)
            elif kind == "radio":
                hands.click(page.locator("#step label", has=page.locator(f"[name={name}][value={value}]")))
            elif kind.startswith("select"):
                field.select_option(value)
            else:
                field.fill(value)
        page.keyboard.press("Control+Enter")
        expect(page.locator("#step form")).to_have_count(0)

    take("handed_over", new_owner=str(Staff.objects.get(username="shift_supervisor").pk), reason="他更熟悉")
    take("noted", note="客户说下午方便")
    take("contacted", note="已致歉,说明正在查")
    take("evidence_added", files=str(photo))
    take("closed", summary="已换合格刹车片", improvement="not_needed", improvement_why="个别批次,已退供应商")
    assert Case.objects.get().stage == "closed"
    assert hands.loads <= 3
    assert hands.clicks <= 10
