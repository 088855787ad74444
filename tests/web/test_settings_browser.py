"""A shop is made on an empty installation, in a real browser, and a newcomer signs in there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.databases import EMPTY, Templates, connected
from tests.serving import Serving
from tests.web.browsing import PHONE, Person, chromium
from wenguo.jobs.demo import greeting

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
OWN = "my-own-words-2026"


@pytest.fixture
def nothing_yet(sqlite_templates: Templates) -> Iterator[tuple[Browser, str]]:
    """A browser, and the address of an installation without any data."""
    made = sqlite_templates.copy(EMPTY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "HOME", made.home)
        with connected(made), Serving(made) as serving, chromium() as browser:
            yield browser, serving.url
    sqlite_templates.drop(made)


def sign_in(page: Page, login: str, password: str) -> None:
    page.goto("/login/")
    page.locator("[name=username]").fill(login)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")


def clean(page: Page) -> None:
    """axe finds nothing, and nothing scrolls sideways."""
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate("async () => (await axe.run(document)).violations.map(one => one.id)") == []
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_from_nothing_to_a_colleague_who_signs_in(nothing_yet):
    browser, url = nothing_yet
    person = Person(browser, url, "")
    page = person.page
    page.goto(re.search(r"(/set-up/\w+/)", greeting(False, "/"))[1])
    clean(page)
    words = {"branch": "澄远集团", "code": "CY", "name": "周敏", "username": "zhoumin"}
    person.fill(**words, password="chengyuan-2026", again_password="chengyuan-2026")
    person.send()
    expect(page).to_have_url(re.compile("/settings/$"))
    page.get_by_role("link", name="机构").first.click()
    page.get_by_role("link", name="新增机构").click()
    person.fill(code="HZ", name="杭州店")
    person.send()
    expect(page.locator(".things")).to_contain_text("杭州店")
    page.get_by_role("link", name="人员 杭州店").click()
    secrets = {}
    for login, name, role in (("wang", "王小燕", "service_manager"), ("chen", "陈晨", "service_advisor")):
        page.get_by_role("link", name="新增人员").click()
        person.fill(name=name, username=login, role=role)
        person.send()
        secrets[login] = page.locator(".secret code").inner_text()
        clean(page)
        page.goto("/settings/staff/?branch=HZ")
    page.get_by_role("link", name="王小燕").click()
    page.get_by_role("link", name="给一个岗位").click()
    person.fill(role="callback_agent")
    person.send()
    expect(page.locator("#content")).to_contain_text("电话回访员")
    page.get_by_role("link", name="指定代理人").click()
    page.locator("[name=deputy]").select_option(label="陈晨 · 服务顾问")
    person.fill(last_day="2099-01-01")
    person.send()
    expect(page.locator("#content")).to_contain_text("至 2099-01-01")
    newcomer = Person(browser, url, "", PHONE)
    sign_in(newcomer.page, "wang", secrets["wang"])
    expect(newcomer.page).to_have_url(re.compile("/settings/account/password/$"))
    clean(newcomer.page)
    newcomer.fill(old_password=secrets["wang"], password=OWN, again_password=OWN)
    newcomer.send()
    expect(newcomer.page).to_have_url(f"{url}/" if not url.endswith("/") else url)
    newcomer.page.goto("/settings/account/")
    expect(newcomer.page.locator("#content")).to_contain_text("服务经理")
    clean(newcomer.page)
    assert person.mishaps == newcomer.mishaps == []
