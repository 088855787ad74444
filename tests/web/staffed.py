"""Django's test client as somebody of tests/people.py."""

import re
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
