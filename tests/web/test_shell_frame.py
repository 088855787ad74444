"""The frame of every page: headers, language, errors, health."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.people import at_stage
from tests.web.signed_in import browser, seen
from wenguo.web.language import safe_path
from wenguo.web.safety import HEADERS

pytestmark = pytest.mark.usefixtures("database")

PLACES = [
    "/",
    "/?view=all",
    "/bell/",
    "/cases/new",
    "/login/",
    "/nowhere/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/static/own/app.css",
]


def routes(patterns=None, before: str = "/") -> Iterator[tuple[str, str]]:
    """(name, address with its gaps) of every page, those of included lists too."""
    for one in patterns or get_resolver("wenguo.web.urls").url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        else:
            yield one.name, route


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("login", ["", "bob"])
def test_every_answer_carries_the_safety_headers(place, login):
    answer = browser(login).get(place)
    for name, value in HEADERS.items():
        if name != "Cache-Control" or not place.startswith("/static/"):
            assert answer[name] == value, name
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in answer
    assert answer["Content-Type"].startswith(("text/", "application/json"))
    for cookie in answer.cookies.values():
        assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_every_page_of_staff_asks_for_a_sign_in():
    case = at_stage("receiving")
    # set_up: with a link; metrics: this machine, or a token
    open_to_all = {"sign_in", "sign_out", "set_up", "language", "healthz", "readyz", "metrics"}
    fill = {
        "sheet": "csv", "kind": "customers", "ending": "csv", "number": case.number, "verb": "noted",
        "form": "complaint", "day": "2026-10-01", "year": 2026, "code": "HZ",
    }  # fmt: skip
    for name, route in routes():
        place = re.sub(r"<\w+:(\w+)>", lambda found: str(fill.get(found[1], 1)), route)
        answer = Client().get(place)
        assert (answer.status_code == 302 and answer["Location"].startswith("/login/")) != (name in open_to_all), name


@pytest.mark.parametrize("place", ["/", "/bell/", "/login/", "/nowhere/"])
@pytest.mark.parametrize("language", ["", "en"])
def test_pages_have_no_inline_script_or_style(place, language):
    page = browser("bob" if place != "/login/" else "", language).get(place).content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page)


def test_chinese_is_the_default_whatever_the_browser_asks_for():
    answer = Client().get("/login/", headers={"Accept-Language": "en-GB,en"})
    assert '<html lang="zh-Hans">' in answer.content.decode()
    assert "用户名" in seen(answer)


def test_a_click_changes_the_language_and_keeps_the_page():
    client = browser("bob")
    answer = client.post("/language/", {"language": "en", "next": "/?view=all"})
    assert answer["Location"] == "/?view=all"
    page = client.get("/?view=all")
    assert '<html lang="en">' in page.content.decode()
    assert "My desk" in seen(page)
    client.post("/language/", {"language": "zh-hans", "next": "/"})
    assert "工作台" in seen(client.get("/"))


def test_an_unknown_language_changes_nothing():
    client = browser("bob")
    answer = client.post("/language/", {"language": "../../etc", "next": "//evil.example"})
    assert answer["Location"] == "/"
    assert "language" not in answer.cookies
    client.cookies["language"] = "xx"
    assert "工作台" in seen(client.get("/"))
    assert client.get("/language/").status_code == 405


@pytest.mark.parametrize("path", ["//x", "/\\x", "http:x", "x", "", "/\x00//x"])
def test_only_paths_of_this_site_are_gone_back_to(path):
    assert safe_path(path) in ("/", path)
    assert not safe_path(path).startswith(("//", "/\\"))


@pytest.mark.parametrize("language, words", [("", "没有找到"), ("en", "Not found")])
def test_an_address_that_is_not_there_says_so_in_the_readers_language(language, words):
    answer = browser("bob", language).get("/nowhere/")
    assert answer.status_code == 404
    assert words in seen(answer)
    assert 'href="/"' in answer.content.decode()


def test_a_forged_form_is_refused_kindly():
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/login/", {"username": "bob", "password": "x"})
    assert answer.status_code == 403
    assert "已过期" in seen(answer)


def test_a_page_that_breaks_shows_no_trace(monkeypatch):
    client = browser("bob")
    client.raise_request_exception = False
    monkeypatch.setattr("wenguo.cases.lists.desk", lambda *_: 1 / 0)
    monkeypatch.setattr("wenguo.cases.lists.unread", lambda *_: 1 / 0)  # the page of an error asks no database
    answer = client.get("/")
    assert answer.status_code == 500
    assert "出了点问题" in seen(answer)
    assert b"Traceback" not in answer.content and b"ZeroDivision" not in answer.content


def test_health_asks_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_readiness_names_what_it_looked_at():
    told = Client().get("/readyz").json()
    assert told["database"] and told["migrations"] and told["triggers"]
    assert told["loops"] == {}


def test_a_lost_trigger_makes_it_unready(monkeypatch):
    monkeypatch.setattr("wenguo.cases.triggers.installed", lambda _: ["cases_entry_update"])
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["triggers"] is False


def test_static_addresses_change_with_their_content():
    page = Client().get("/login/").content.decode()
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        assert re.search(r"\?v=[0-9a-f]{10}$", address)
        assert (settings.STATIC_ROOT / address[8:].split("?")[0]).is_file()
