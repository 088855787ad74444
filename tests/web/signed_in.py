"""A browser without a screen: somebody signed in, who reads pages and posts what a form on them holds."""

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from wenguo.people.models import Staff


def client(login: str, language: str = "") -> Client:
    """The test client of the person with that login."""
    found = Client()
    found.force_login(Staff.objects.get(username=login))
    if language:
        found.cookies["language"] = language
    return found


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


def words(response: Any) -> str:
    """What the page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text(response)))
