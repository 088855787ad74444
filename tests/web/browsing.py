"""A real Chromium for tests: people who sign in, open pages, fill in forms as shown, and press the button."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.databases import DEALER, Templates, connected
from tests.machine import find_chromium
from tests.people import PASSWORD
from tests.serving import Serving
from wenguo.people.models import Staff

# Playwright keeps an event loop in this thread, in which Django would refuse to ask the database anything.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


@contextmanager
def chromium(*, fonts: bool = False) -> Iterator[Browser]:
    """The system's Chromium, without a sandbox (tests may run as root), one for all tests of a process; `fonts`: it
    fetches those that pages name. What was opened in it is closed afterwards."""
    browser = _started(fonts)
    yield browser
    for context in browser.contexts:
        context.close()


@cache
def _started(fonts: bool) -> Browser:
    arguments = ["--no-sandbox", "--disable-gpu", "--in-process-gpu", *([] if fonts else ["--disable-remote-fonts"])]
    return _playwright().chromium.launch(executable_path=find_chromium(), args=arguments)


@cache
def _playwright() -> Playwright:
    """Ends with the process, and its browsers with it."""
    connection = connections["default"]
    started = sync_playwright().start()
    connections["default"] = connection  # Django keeps one for each event loop, and from here on there is one
    return started


@contextmanager
def open_shop(templates: Templates, *, fonts: bool = False) -> Iterator[tuple[Browser, str]]:
    """A browser, and the address of a served shop with a database of its own: for all tests of a file."""
    made = templates.copy(DEALER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "HOME", made.home)
        with connected(made), Serving(made) as serving, chromium(fonts=fonts) as browser:
            yield browser, serving.url
    templates.drop(made)


class Person:
    """Somebody at a browser of their own. `mishaps` collects everything that went wrong under the bonnet: errors of
    scripts, refused resources, answers of 500 and above. `by_hand`: signs in on the page; else comes signed in, which
    is quicker."""

    def __init__(
        self, browser: Browser, url: str, login: str, viewport: dict[str, int] = DESKTOP, *, by_hand: bool = False
    ):
        self.url, self.login, self.mishaps = url, login, []
        self.context: BrowserContext = browser.new_context(
            viewport=viewport, base_url=url, locale="zh-CN", reduced_motion="reduce"
        )
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda slip: self.mishaps.append(str(slip)))
        self.page.on("console", lambda said: said.type == "error" and self._note(said.text))
        self.page.on("response", lambda answer: answer.status >= 500 and self.mishaps.append(answer.url))
        if by_hand:
            self.sign_in()
        else:
            self.become(login)

    def become(self, login: str) -> None:
        """Signs out, and `login` in where that isn't empty, at the same browser."""
        self.login = login
        self.context.clear_cookies(name="session")
        if login:
            client = Client()
            client.force_login(Staff.objects.get(username=login))
            session = client.cookies["session"].value
            self.context.add_cookies([{"name": "session", "value": session, "url": self.url}])

    def sign_in(self) -> None:
        self.page.goto("/login/")
        self.page.locator("[name=username]").fill(self.login)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("[name=password]").press("Enter")
        expect(self.page).not_to_have_url(re.compile("/login/"))

    def _note(self, text: str) -> None:
        """A refused form is answered with 4xx on purpose, which the console calls an error."""
        if not re.search(r"status of (403|409|412|422)", text):
            self.mishaps.append(text)

    def fill(self, **values: Any) -> None:
        """Puts each value into the field of that name, whatever kind it is."""
        for name, value in values.items():
            field = self.page.locator(f"form[data-form] [name='{name}']:not([type=hidden])")
            kind = field.first.evaluate("one => one.type")
            if kind in ("radio", "checkbox"):
                for one in value if isinstance(value, list) else [value]:
                    choice = self.page.locator(
                        f"form[data-form] [name='{name}'][value='{'on' if one is True else one}']"
                    )
                    if not choice.is_checked():
                        choice.locator("xpath=ancestor::label").click()
                    expect(choice).to_be_checked()
            elif kind == "file":
                field.first.set_input_files(value)
            elif kind.startswith("select"):
                field.first.select_option(value)
            else:
                field.first.fill(str(value))

    def send(self) -> None:
        self.page.locator("form[data-form] .send").first.click()

    def open_step(self, number: str, verb: str) -> None:
        """From the case's page, opened unless it shows the step already, to the form of the step, by its button."""
        button = self.page.locator(f"a[href$='/cases/{number}/{verb}/']").first
        if not button.count():
            self.page.goto(f"/cases/{number}/")
        if not button.is_visible():
            self.page.locator("[data-bs-toggle=dropdown]:visible, summary:visible").filter(
                has_text="更多"
            ).first.click()
        button.click()
        self.page.wait_for_selector("form[data-form]")

    def take(self, number: str, verb: str, **values: Any) -> None:
        """Opens a step, fills it in, sends it, and sees the case again."""
        self.open_step(number, verb)
        self.fill(**values)
        self.send()
        expect(self.page.locator("form[data-form]")).to_have_count(0)
        expect(self.page).to_have_url(re.compile(rf"/cases/{number}/($|[?#])"))

    def refused(self, number: str, verb: str, **values: Any) -> int:
        """The status that a post past the buttons meets."""
        if not any("csrf" in one["name"] for one in self.context.cookies()):
            self.context.request.get("/")
        token = next(one["value"] for one in self.context.cookies() if "csrf" in one["name"])
        form = {"csrfmiddlewaretoken": token, **values}
        headers = {"Referer": f"{self.url}/cases/{number}/"}
        return self.context.request.post(f"/cases/{number}/{verb}/", form=form, headers=headers).status
