"""Signing in and out, and what stands in the way of guessing."""

import html
import threading
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from tests.people import PASSWORD
from tests.web.signed_in import HTMX, browser, seen
from wenguo.people.models import Staff
from wenguo.web import signin
from wenguo.web.models import Attempt

database = pytest.mark.usefixtures("database")


def try_in(client, name="bob", password=PASSWORD, **more):
    return client.post("/login/", {"username": name, "password": password, **more})


@database
def test_who_knows_name_and_password_gets_to_the_page_they_asked_for():
    client = browser()
    asked = client.get("/bell/")
    assert asked["Location"] == "/login/?next=%2Fbell%2F"
    assert try_in(client, next="/bell/")["Location"] == "/bell/"
    assert client.get("/bell/").status_code == 200


@database
def test_a_form_sent_after_the_session_ended_is_carried_through_signing_in_but_for_passwords():
    client, page = browser("bob"), "/settings/notices/"
    form = {"quiet_from": "22:00", "note": "\n一行\n“二”行 <b>", "again_password": "s3cret", "kinds": ["a", "b"]}
    client.cookies.clear()
    asked = client.post(page, form)
    assert asked.status_code == 401 and "您填写的内容还在" in seen(asked) and b"s3cret" not in asked.content
    carried = field(asked, "carried")
    wrong = try_in(client, password="wrong", next=page, carried=carried)
    assert wrong.status_code == 422 and field(wrong, "carried") == carried
    back = try_in(client, next=page, carried=carried)
    assert back.status_code == 200 and f'action="{page}"' in back.content.decode()
    assert field(back, "quiet_from") == "22:00" and field(back, "note") == form["note"]
    assert back.content.count(b'name="kinds"') == 2 and b"s3cret" not in back.content
    assert client.get("/").status_code == 200
    client.cookies.clear()
    assert client.post("/logout/").status_code == 302  # nothing was typed: nothing to carry


def field(answer, name: str) -> str:
    """What a hidden field holds, as a browser reads it: without the line break after the tag."""
    text = answer.content.decode().partition(f'<textarea name="{name}" hidden>')[2].partition("</textarea>")[0]
    return html.unescape(text.removeprefix("\n"))


@database
@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "\\\\evil", "javascript:alert(1)", "x", ""]
)
def test_nobody_is_sent_to_another_site(target):
    assert try_in(browser(), next=target)["Location"] == "/"


@database
@pytest.mark.parametrize("name, password", [("bob", "wrong"), ("nobody", "wrong"), ("b\0b", "x"), ("", "")])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(name, password):
    answer = try_in(browser(), name, password)
    assert answer.status_code == 422
    assert "用户名或密码不对。" in seen(answer)
    assert "session" not in answer.cookies


@database
def test_the_name_typed_is_kept_and_the_password_is_not():
    answer = try_in(browser(), "bob<b>", "s3cret-typed")
    assert 'value="bob&lt;b&gt;"' in answer.content.decode()
    assert b"s3cret-typed" not in answer.content


@database
def test_somebody_who_left_can_not_sign_in_and_loses_their_session():
    client = browser("bob")
    Staff.objects.filter(username="bob").update(is_active=False)
    assert client.get("/").status_code == 302
    assert try_in(browser()).status_code == 422


@database
def test_signing_in_begins_a_new_session_and_signing_out_ends_it():
    client = browser()
    session = client.session
    session["before"] = "yes"
    session.save()
    old = session.session_key
    client.cookies["session"] = old
    try_in(client)
    key = client.cookies["session"].value
    assert key != old
    assert not Session.objects.filter(session_key=old).exists()
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"
    assert not Session.objects.filter(session_key=key).exists()


@database
def test_all_sessions_end_when_the_password_changes():
    one, other = browser("bob"), browser("bob")
    bob = Staff.objects.get(username="bob")
    bob.set_password("a new long password")
    bob.save()
    assert one.get("/").status_code == other.get("/").status_code == 302


@database
def test_a_script_is_refused_instead_of_sent_away():
    assert browser().get("/bell/count/", headers=HTMX).status_code == 401


@database
def test_guessing_at_one_account_ends_after_ten_tries_even_with_the_right_password_and_at_other_addresses():
    for nth in range(signin.ACCOUNT_TRIES):
        assert Client(REMOTE_ADDR=f"10.0.0.{nth}").post(
            "/login/", {"username": "Bob", "password": "x"}
        ).status_code == 422  # fmt: skip
    answer = try_in(browser())
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == 900
    assert try_in(browser(), "nobody", "x").status_code == 422
    assert try_in(browser(), "alice").status_code == 302


@database
def test_an_unknown_name_is_slowed_down_like_a_known_one():
    for _ in range(signin.ACCOUNT_TRIES):
        try_in(browser(), "nobody", "x")
    assert try_in(browser(), "nobody", "x").status_code == 429


@database
def test_guessing_from_one_address_ends_whatever_the_names(monkeypatch):
    monkeypatch.setattr(signin, "ADDRESS_TRIES", 3)
    for nth in range(3):
        assert try_in(browser(), f"name{nth}", "x").status_code == 422
    assert try_in(browser(), "bob").status_code == 429
    assert Client(REMOTE_ADDR="10.9.9.9").post(
        "/login/", {"username": "bob", "password": PASSWORD}
    ).status_code == 302  # fmt: skip


@database
def test_a_forwarded_address_counts_only_from_our_own_proxy(monkeypatch, settings):
    monkeypatch.setattr(signin, "ADDRESS_TRIES", 1)
    settings.TRUSTED_PROXIES = {"127.0.0.1"}
    behind = {"headers": {"X-Forwarded-For": "6.6.6.6, 10.1.1.1"}}
    wrong = {"username": "x", "password": "x"}
    assert Client().post("/login/", wrong, **behind).status_code == 422
    assert Client().post("/login/", wrong, **behind).status_code == 429
    assert Client().post("/login/", wrong, headers={"X-Forwarded-For": "10.1.1.2"}).status_code == 422
    settings.TRUSTED_PROXIES = set()
    assert Client().post("/login/", wrong, headers={"X-Forwarded-For": "1.2.3.4"}).status_code == 422
    assert Client().post("/login/", wrong, headers={"X-Forwarded-For": "5.6.7.8"}).status_code == 429


@database
def test_a_right_password_clears_the_account_and_costs_the_address_nothing():
    for _ in range(signin.ACCOUNT_TRIES - 1):
        try_in(browser(), "bob", "x")
    for _ in range(3):
        assert try_in(browser()).status_code == 302
    assert list(Attempt.objects.values_list("count", flat=True)) == [signin.ACCOUNT_TRIES - 1]  # the address's


@database
def test_after_the_window_one_may_try_again_and_old_windows_go():
    for _ in range(signin.ACCOUNT_TRIES + 1):
        try_in(browser(), "bob", "x")
    for attempt in Attempt.objects.all():
        attempt.since -= signin.WINDOW + timedelta(seconds=1)
        attempt.save()
    assert try_in(browser()).status_code == 302
    assert Attempt.objects.filter(count__gt=0).count() == 0


def test_parallel_guesses_do_not_slip_through(own_database):
    answers = []

    def guess():
        answers.append(try_in(Client(), "bob", "x").status_code)
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [422] * signin.ACCOUNT_TRIES + [429] * 6


@database
def test_what_was_typed_as_name_is_not_stored():
    try_in(browser(), "hunter2-typed-into-the-wrong-field", "x")
    assert all(len(key) == 64 and "hunter2" not in key for key in Attempt.objects.values_list("key", flat=True))
