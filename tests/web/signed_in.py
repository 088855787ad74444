"""A browser without a screen: somebody of tests/people.py who reads pages and posts what a form on them holds."""

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from wenguo.people.models import Staff

HTMX = {"HX-Request": "true"}


def browser(login: str = "", language: str = "") -> Client:
    """A browser with cookies of its own, signed in as `login` where one is given."""
    client = Client()
    if login:
        client.force_login(Staff.objects.get(username=login))
    if language:
        client.cookies["language"] = language
    return client


def seen(answer: Any) -> str:
    """What a person reads of a page: its text without markup."""
    text = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", answer.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


class _Hidden(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("name") in ("key", "version", "shown"):
            self.values[str(found["name"])] = found.get("value") or ""


def hidden(response: Any) -> dict[str, str]:
    """Key, version and what was shown, as the form on the page carries them."""
    parser = _Hidden()
    parser.feed(response.content.decode())
    return parser.values


def text(response: Any) -> str:
    return response.content.decode()
