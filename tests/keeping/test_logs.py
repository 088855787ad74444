"""Logs: one line an event, never what people typed, and nobody can forge a line."""

import io
import json
import logging
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tests.people import NOW, PASSWORD, at_stage
from tests.serving import Serving
from tests.web.signed_in import browser
from wenguo.jobs.newcomers import new_token
from wenguo.people.amend import amend
from wenguo.people.logs import JsonLine, PlainLine
from wenguo.people.models import Branch, Post, Staff

PHONE, NAME, SECRET = "13800009999", "金丝雀", "canary-secret-7731"
CANARIES = (PHONE, NAME, SECRET, urllib.parse.quote(NAME), "13800138000")
SQLITE = pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the log would hold."""
    kept, root, requests = io.StringIO(), logging.getLogger(), logging.getLogger("wenguo.requests")
    handler = logging.StreamHandler(kept)
    handler.setFormatter(JsonLine())
    root.addHandler(handler)
    level = requests.level
    requests.setLevel(logging.INFO)  # not by assignment: a logger remembers what it was asked before
    yield kept
    root.removeHandler(handler)
    requests.setLevel(level)


def told(lines: io.StringIO, logger: str = "") -> list[dict]:
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    return [one for one in found if not logger or one["logger"] == logger]


def events(lines: io.StringIO) -> list[str]:
    return [one["event"] for one in told(lines, "wenguo.security")]


@SQLITE
def test_a_request_leaves_one_line_with_its_number_and_nothing_of_what_was_sent(database, lines):
    case = at_stage("receiving")
    answer = browser("bob").get(f"/cases/{case.number}/?q={PHONE}")
    (one,) = told(lines, "wenguo.requests")
    assert (one["route"], one["status"], one["method"]) == ("case", 200, "GET")
    assert one["actor"] == f"staff:{Staff.objects.get(username='bob').pk}"
    assert one["request_id"] == answer["X-Request-Id"] and one["ms"] >= 0
    assert PHONE not in lines.getvalue() and case.number not in lines.getvalue()


@SQLITE
def test_the_number_of_an_api_request_is_the_one_in_its_answer_and_in_the_log(database, lines):
    answer = Client().post("/api/v1/cases", "{", "application/json", headers={"Authorization": f"Bearer {SECRET}"})
    assert answer.status_code == 401
    assert told(lines, "wenguo.requests")[0]["request_id"] == answer["X-Request-Id"] == answer.json()["request_id"]
    assert events(lines) == ["token_refused"] and SECRET not in lines.getvalue()


@SQLITE
def test_signing_in_and_failing_to_leave_one_security_line_each(database, lines):
    browser().post("/login/", {"username": NAME, "password": SECRET})
    browser().post("/login/", {"username": "bob", "password": PASSWORD})
    assert events(lines) == ["sign_in_failed", "signed_in"]
    assert not any(canary in lines.getvalue() for canary in (*CANARIES, PASSWORD))


@SQLITE
def test_too_many_tries_leave_a_line_for_each_that_was_turned_away(database, lines, monkeypatch):
    monkeypatch.setattr("wenguo.web.signin.ACCOUNT_TRIES", 1)
    for _ in range(2):
        browser().post("/login/", {"username": "bob", "password": SECRET})
    assert events(lines) == ["sign_in_failed", "rate_limited"]


@SQLITE
def test_a_case_that_somebody_may_not_see_leaves_a_line_and_not_its_number(database, lines):
    case = at_stage("receiving")
    assert browser("charlie").get(f"/cases/{case.number}/").status_code == 404
    assert browser("technician").post(f"/cases/{case.number}/assigned/", {}).status_code in (403, 404)
    assert events(lines) == ["access_refused"] * 2
    assert case.number not in lines.getvalue()


def test_a_change_of_rights_leaves_a_line_once_it_is_committed(own_database, lines):
    alice = Staff.objects.get(username="alice")
    new = {"staff": alice, "branch": Branch.objects.get(code="HZ"), "role": "general_manager", "since": NOW.date()}
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        amend(Post(), "staff:1", new, f"because {NAME}", NOW)
        1 / 0  # noqa: B018
    assert events(lines) == []
    amend(Post(), "staff:1", new, f"because {NAME}", NOW)
    amend(alice, "staff:1", {"name": NAME}, "", NOW)
    post, name = told(lines, "wenguo.security")
    assert (post["event"], post["actor"], post["thing"]) == ("rights_changed", "staff:1", "post")
    assert (name["thing"], name["thing_id"], name["fields"]) == ("staff", alice.pk, "name")
    assert NAME not in lines.getvalue()


@pytest.mark.parametrize("formatter", [JsonLine(), PlainLine()])
def test_a_line_can_not_be_forged_and_a_failure_says_where_and_not_what(formatter):
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(formatter)
    ours, foreign = logging.Logger("wenguo.cases"), logging.Logger("django.security")
    ours.addHandler(handler)
    foreign.addHandler(handler)
    try:
        raise IntegrityError(f"Key (phone)=({PHONE}) already exists\n2026-01-01 ERROR forged")
    except IntegrityError as failure:
        try:
            raise RuntimeError(NAME) from failure
        except RuntimeError as further:
            ours.exception("case %s failed: %s", "HZ-1\n2026-01-01 ERROR forged\u2028x", further)
    foreign.error("Invalid HTTP_HOST header: %r", NAME)
    foreign.error(f"Invalid path /t/{SECRET}/")
    text = kept.getvalue()
    assert len(text.splitlines()) == 3 and "\u2028" not in text
    assert not any(canary in text for canary in CANARIES)
    assert "RuntimeError" in text and "because of IntegrityError" in text and "test_logs.py" in text


@SQLITE
def test_a_number_that_breaks_a_rule_of_the_database_is_not_in_the_log(database, lines):
    log = logging.getLogger("wenguo.cases")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO people_customer (branch_id, phone) VALUES (%s, %s)", [None, PHONE])
    except IntegrityError:
        log.exception("not stored")
    assert "IntegrityError" in lines.getvalue() and PHONE not in lines.getvalue()


@POSTGRESQL
def test_nothing_personal_is_logged_while_requests_fail_and_the_database_is_gone(own_database, templates):
    token = new_token("alice", NOW)
    with Serving(own_database, environment={"WENGUO_LOG": "json"}) as serving:
        visitor = Visitor(serving.url)
        visitor.ask("/login/")
        assert visitor.sign_in("bob", PASSWORD) == 200
        failed = [visitor.everything(token)]
        templates.postgres.drop_database(own_database.home.name)
        failed.append(visitor.everything(token))
        log = serving.log.read_text()
    assert {500, 503} & set(failed[1]) and not {500} & set(failed[0])
    found = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert [one for one in found if one.get("status") in (500, 503)] and [one for one in found if "failure" in one]
    assert all(line.startswith(("{", "闻过", "数据库")) for line in log.splitlines()), log
    for canary in (*CANARIES, PASSWORD, token):
        assert canary not in log, canary


class Visitor:
    """Somebody with a browser who sends canaries everywhere."""

    def __init__(self, url: str):
        self.url, self.jar = url, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def ask(self, path: str, data: dict | None = None, **headers: str) -> int:
        body = None
        if data is not None:
            csrf = next((one.value for one in self.jar if one.name == "csrf"), "")
            headers |= {"X-CSRFToken": csrf or ""}
            body = urllib.parse.urlencode(data).encode()
        request = urllib.request.Request(self.url + path, body, headers)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code

    def sign_in(self, name: str, password: str) -> int:
        return self.ask("/login/", {"username": name, "password": password})

    def everything(self, token: str) -> list[int]:
        query = urllib.parse.urlencode({"phone": PHONE, "q": NAME})
        typed = {"phone": PHONE, "customer_name": NAME, "content": f"{SECRET}\n{{}}", "branch": "HZ"}
        return [
            self.ask(f"/?{query}"),
            self.ask(f"/cases/{SECRET}/?{query}"),
            self.ask("/cases/new", typed),
            self.ask("/cases/new/look-up/", typed),
            self.ask("/drafts/new/registered/", typed),
            self.ask(f"/nowhere/{SECRET}/"),
            self.sign_in(NAME, SECRET),
            self.ask(f"/api/v1/cases?{query}", Authorization=f"Bearer {token}"),
            self.ask("/api/v1/cases", {"phone": PHONE}, Authorization=f"Bearer {token}"),
            self.ask("/api/v1/lookup", {"phone": PHONE}, Authorization=f"Bearer {SECRET}"),
        ]
