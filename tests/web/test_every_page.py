"""Every page in a real browser: no fault that axe finds, in both languages and on a phone; lists that load light."""

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import brotli
import pytest
from fontTools.ttLib import TTFont
from playwright.sync_api import Browser, Page

from tests.channels.bringing_in import begun, brought_in
from tests.databases import Templates
from tests.drill import often
from tests.notify.telling import outlet
from tests.people import NOW, at_stage, may_take, take
from tests.web.browsing import DESKTOP, PHONE, Person, open_shop
from wenguo.cases import calls, lists, seal
from wenguo.people.models import Branch, Post, Staff
from wenguo.people.tree import touch
from wenguo.web import assets

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
FINDINGS = """async ([rules, part]) => (await axe.run(part || document, rules)).violations.map(
    one => ({id: one.id, at: one.nodes.map(node => node.html.slice(0, 300))}))"""
OVER_THE_PAGE = {"the bell": "#bell-latest"}  # it covers a part of what lies below
LARGEST, MOST = 300_000, 10  # bytes and requests of a list page that was never loaded before
LISTS = {"/?view=all": "bob", "/cases/": "bob", "/calls/": "callback_agent", "/bell/": "bob"}


class Shop(NamedTuple):
    """A shop that is served, and addresses of every kind of page there: (login, address)."""

    browser: Browser
    url: str
    places: list[tuple[str, str]]


@pytest.fixture(scope="module")
def shop(sqlite_templates: Templates) -> Iterator[Shop]:
    """One for all tests of this file, which only look."""
    with open_shop(sqlite_templates, fonts=True) as (browser, url):
        yield Shop(browser, url, list(places_of_a_shop()))


def places_of_a_shop() -> Iterator[tuple[str, str]]:
    """Cases at several stages, and who looks at what: each step by somebody who may take it."""
    new = at_stage("receiving")
    plan = take(at_stage("planning", phone="13900139001"), "solution_proposed", costs={"labour": "1200"})
    called = at_stage("calling_back", phone="13900139002", vin="LSVAU2180N2183294")
    done = at_stage("closed", phone="13900139003")
    car = f"/vehicles/{called.vehicle_id}/"
    for place in (
        "",
        "cases/",
        "cases/filter/?category=service",
        "cases/?cause=part_quality&state=open",
        "cases/new",
        "bell/",
        "settings/",
        "settings/limits/",
        "settings/limits/edit/",
    ):
        yield "general_manager", f"/{place}"
    seal.seal(NOW)
    for case in (plan, done):
        yield "general_manager", f"/cases/{case.number}/"
        yield "general_manager", f"/cases/{case.number}/proof/"
    for case, verb in ((new, "assigned"), (new, "corrected"), (plan, "approved"), (called, "not_satisfied")):
        yield Staff.objects.get(pk=may_take(case, verb).staff_id).username, f"/cases/{case.number}/{verb}/"
    for place in (car, f"{car}edit/", f"{car}reading/", f"{car}visit/"):
        yield "service_advisor", place
    table = "编号,投诉日期,投诉内容,电话\n1,2024-03-01,异响,12\n2,2024-03-02,漏油,\n"
    yield "customer_admin", f"/settings/import/{begun('complaints', table).pk}/"
    yield "customer_admin", f"/settings/import/{brought_in('complaints', table).pk}/"
    yield "customer_admin", "/settings/import/"
    yield "callback_agent", "/calls/"
    yield from places_of_settings()
    yield "", "/login/"
    yield "", "/no/such/page"


def places_of_settings() -> Iterator[tuple[str, str]]:
    """Every page of administration; the technician has no card but their own account."""
    alice = Staff.objects.get(username="alice")
    keeper = Staff.objects.create(username="keeper", name="集团管理员")
    Post.objects.create(staff=keeper, branch=Branch.objects.get(code="G1"), role="administrator", since="2020-01-01")
    touch()
    post = Post.objects.get(staff=alice)
    for place in (
        "branches/",
        "branches/add/",
        "branches/HZ/",
        "staff/",
        "staff/add/",
        "numbers/",
        "tokens/",
        "tokens/add/",
        "outlets/",
        "outlets/add/",
        f"outlets/{outlet('webhook', 'https://93.184.216.34/').pk}/",
        "notices/",
    ):
        yield "administrator", f"/settings/{place}"
    for place in ("", "edit/", "password/", "leave/", "post/", "deputy/"):
        yield "administrator", f"/settings/staff/{alice.pk}/{place}"
    yield "administrator", f"/settings/posts/{post.pk}/end/"
    yield "administrator", "/settings/numbers/HZ/call_attempts/"
    for place in ("?year=2026", "days/2026-10-01/", "HZ/hours/", "HZ/days/?day=2026-10-01"):
        yield "administrator", f"/settings/calendar/{place}"
    for place in ("days/2026-10-01/edit/", "years/2025/fill/", "years/2099/fill/", "import/"):
        yield keeper.username, f"/settings/calendar/{place}"
    yield keeper.username, "/"
    for place in ("", "account/", "account/password/", "account/deputy/"):
        yield "technician", f"/settings/{place}"


def states(page: Page) -> Iterator[str]:
    """What else a page shows once somebody presses something: the menus, a form inside a page, a form refused."""
    page.goto("/cases/new")
    with page.expect_navigation():
        page.locator(".send").click()
    yield "a form refused"
    page.goto("/")
    if page.viewport_size == PHONE:
        page.locator("[data-bs-toggle=offcanvas]").click()
        page.wait_for_selector("#side.show:not(.showing)")
        yield "the menu of a phone"
        page.keyboard.press("Escape")
        page.wait_for_selector(".offcanvas-backdrop", state="detached")
    page.goto(f"/cases/{page.locator('.desk-number').first.inner_text()}/")
    page.locator(".head-bell > a").click()
    page.wait_for_selector("#bell-latest.show form")
    yield "the bell"
    page.locator("#choices a[hx-get]:visible").first.click()
    page.wait_for_selector("#step form")
    yield "a form inside a case"
    page.goto("/cases/")
    page.locator("input[name=case]").first.check()
    yield "a case chosen"
    page.get_by_role("button", name="更多").or_(page.get_by_role("button", name="More")).click()
    page.wait_for_selector(".list-menu.show")
    yield "what else can be done with a list"
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.locator("#together button").click()
    yield "steps for several cases"
    with page.expect_navigation():
        page.locator("[name=verb][value=noted]").click()
    page.locator(".send").click()
    page.wait_for_selector(".step .alert")
    yield "a form for several cases, refused"
    page.locator("textarea[name=note]").fill("一起备注")
    page.locator(".send").click()
    page.wait_for_selector(".result-sum")
    yield "what came of each case"


@pytest.mark.parametrize("nth, language, viewport", [(0, "zh-hans", DESKTOP), (1, "en", PHONE)])
def test_axe_finds_nothing_on_any_page(shop, nth, language, viewport):
    """In a drill every page both ways; else what is read and clicked both ways, and of the other pages every second
    one this way and the others that way."""
    person, found = Person(shop.browser, shop.url, "bob", viewport), {}
    page = person.page
    person.context.add_init_script(path=AXE)
    person.context.add_cookies([{"name": "language", "value": language, "url": shop.url}])

    def judge(place: str) -> None:
        if slips := page.evaluate(FINDINGS, [RULES, OVER_THE_PAGE.get(place)]):
            found[place] = slips
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, f"{place} scrolls sideways"

    for state in states(page):
        judge(state)
    for login, place in often(shop.places, shop.places[nth::2]):
        if login != person.login:
            person.become(login)
        assert page.goto(place).status == (404 if "such" in place else 200), place
        judge(place)
    assert found == {}, json.dumps(found, ensure_ascii=False, indent=1)
    assert [slip for slip in person.mishaps if "status of 404" not in slip] == []


def test_a_list_page_loads_light(shop):
    """A page full of rows, in a browser that was never here. The slices of the Chinese font don't count: only a machine
    without any Chinese font of its own, such as a server on which tests run, fetches some, and not twice."""
    for nth in range(lists.PAGE + 1):
        at_stage("receiving", phone=f"1390014{nth:04d}", plate=f"浙A{nth:05d}")
    for nth in range(calls.PAGE + 1):
        at_stage("calling_back", phone=f"1390015{nth:04d}", plate=f"浙B{nth:05d}")
    for place, login in LISTS.items():
        page, asked = Person(shop.browser, shop.url, login).page, []
        page.on("requestfinished", lambda request, asked=asked: asked.append(request))
        page.goto(place)
        page.wait_for_load_state("networkidle")
        counted = {one.url: one.sizes() for one in asked if "/vendor/font/" not in one.url}
        weight = sum(one["responseBodySize"] + one["responseHeadersSize"] for one in counted.values())
        assert weight <= LARGEST and len(counted) <= MOST, (place, weight, sorted(counted))


def test_every_icon_that_a_page_names_is_in_the_stylesheet_and_in_the_font():
    """If this fails after a template was changed: `python -m wenguo.web.assets` makes both anew, as does `make`."""
    rules = dict(assets.ICON.findall((assets.VENDOR / "vendor.css").read_text("utf-8")))
    drawn = TTFont(io.BytesIO((assets.VENDOR / "icons.woff2").read_bytes())).getBestCmap()
    assert assets.used_icons().items() <= {name: int(sign, 16) for name, sign in rules.items()}.items()
    assert {int(sign, 16) for sign in rules.values()} <= drawn.keys()
    assert 20 < len(rules) < 200  # a few of thousands
    assert {"inbox", "phone-outgoing", "circle-x"} <= rules.keys()  # named without their class


def test_a_class_of_an_icon_that_does_not_exist_is_told_with_its_page(monkeypatch, tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "desk.html").write_text("<i class='ti ti-no-such-icon'></i> anti-bell", "utf-8")
    monkeypatch.setattr(assets, "WEB", tmp_path)
    with pytest.raises(SystemExit, match=r"ti-no-such-icon \(desk.html\)"):
        assets.used_icons()


def test_the_compressed_copies_are_what_the_plain_files_say():
    for name in ("vendor.css", "vendor.js"):
        plain = (assets.VENDOR / name).read_bytes()
        assert gzip.decompress((assets.VENDOR / f"{name}.gz").read_bytes()) == plain
        assert brotli.decompress((assets.VENDOR / f"{name}.br").read_bytes()) == plain
