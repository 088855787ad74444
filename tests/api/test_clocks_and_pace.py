"""What was promised on a case; a file of it; and how fast one token may call."""

import time

import pytest
from django.conf import settings
from django.test import Client

from tests.api.calls import API, Program, told
from tests.people import at_stage, take
from wenguo.api import pace
from wenguo.api.shapes import ClocksShape
from wenguo.cases.evidence import path_of
from wenguo.cases.models import Evidence

pytestmark = pytest.mark.usefixtures("database")


def test_every_clock_of_a_case_is_told_running_and_stopped(dealer):
    case = at_stage("investigating")
    found = ClocksShape.model_validate(Program("bob").get(f"cases/{case.number}/clocks").json()).items
    assert len(found) == case.clocks.count() > 1
    assert {one.stopped_at is None for one in found} == {True, False}
    assert all(one.label != one.kind for one in found)
    told(Program("charlie").get(f"cases/{case.number}/clocks"), 404, "not_found")


def fetched(number, evidence, login="bob"):
    """The answer; a file is no JSON, so nothing is checked here."""
    token = Program(login).token
    return Client().get(f"{API}cases/{number}/evidence/{evidence}", headers={"authorization": f"Bearer {token}"})


def with_file(content=b"<script>alert(1)</script>", name='a"b\\发票.html'):
    number = Program("alice").upload(content, name).json()["id"]
    case = take(at_stage("receiving"), "evidence_added", by="alice", files=[str(number)])
    return case.number, number


def test_a_file_of_a_case_is_handed_out_as_it_was_stored_and_never_runs(dealer):
    number, file = with_file()
    answer = fetched(number, file)
    assert (answer.status_code, answer.getvalue()) == (200, b"<script>alert(1)</script>")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store" and len(answer.headers["X-Request-Id"]) == 32


def test_a_file_of_another_case_of_another_branch_or_of_none_is_not_there(dealer):
    number, file = with_file()
    other = at_stage("receiving", phone="13900139000").number
    loose = Program("alice").upload().json()["id"]
    for address in ((other, file), (number, loose), (number, 0), (number, "x"), (number, "9" * 30), ("HZ-0", file)):
        assert fetched(*address).status_code == 404, address
    assert fetched(number, file, "charlie").status_code == 404


def test_a_file_that_is_no_longer_what_was_stored_is_not_handed_out(dealer):
    number, file = with_file()
    path_of(Evidence.objects.get(pk=file).sha256).write_bytes(b"another")
    told(fetched(number, file), 409, "file_differs")


@pytest.fixture
def slow(monkeypatch):
    """Two requests a second."""
    monkeypatch.setattr(settings, "API_RATE", 2.0)
    monkeypatch.setattr(pace, "_buckets", type(pace._buckets)())


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_a_program_that_calls_too_fast_is_told_when_to_go_on_and_others_are_not_hindered(dealer, slow, monkeypatch):
    started = time.monotonic()
    monkeypatch.setattr(pace.time, "monotonic", lambda: started)
    for _ in range(2 * pace.BURST):
        assert Program("alice").get("cases/HZ-0").status_code == 404
    refused = Program("alice").get("cases/HZ-0")
    told(refused, 429, "too_fast")
    assert refused.headers["Retry-After"] == "1"
    assert Program("bob").get("cases/HZ-0").status_code == 404
    monkeypatch.setattr(pace.time, "monotonic", lambda: started + 1)
    assert [Program("alice").get("cases/HZ-0").status_code for _ in range(3)] == [404, 404, 429]


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_whoever_guesses_tokens_is_slowed_down_by_address_and_holds_up_no_known_one(dealer, slow, monkeypatch):
    monkeypatch.setattr(settings, "API_STRANGERS", 0.1)
    started = time.monotonic()
    monkeypatch.setattr(pace.time, "monotonic", lambda: started)

    def guess(address="192.0.2.1"):
        headers = {"authorization": "Bearer a-guess"}
        return Client(REMOTE_ADDR=address).get(API + "cases/X", headers=headers)

    assert [guess().status_code for _ in range(4)] == [401, 401, 401, 429]
    assert guess().headers["Retry-After"] == "10"
    assert guess("192.0.2.2").status_code == 401
    assert Client(REMOTE_ADDR="192.0.2.1").get(API + "cases/X", headers=sent()).status_code == 404


def sent():
    return {"authorization": f"Bearer {Program('alice').token}"}


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_tokens_that_were_quiet_for_long_are_forgotten(dealer, slow, monkeypatch):
    for number in range(pace.MOST + 5):
        pace.take(str(number))
    assert len(pace._buckets) == pace.MOST and "0" not in pace._buckets
