"""One POST to a receiver that answers well, badly, slowly or never: it ends in time, and says how."""

import time

import pytest

from tests.machine import free_port
from tests.notify.sinks import drips, hangs, replies, resets
from wenguo.notify import call
from wenguo.notify.call import LONGEST, post
from wenguo.notify.failures import Failed, words


def failure(address: str) -> Failed:
    with pytest.raises(Failed) as caught:
        post(address, b"{}", {})
    return caught.value


def test_the_body_arrives_with_its_headers_and_the_answer_comes_back(sink):
    sink.answer = replies(b"taken", status=202)
    answer = post(sink.url("/a/b?c=d"), b'{"x": 1}', {"X-Wenguo-Delivery": "posting-1"})
    (came,) = sink.came
    assert (came.path, came.body, came.id) == ("/a/b?c=d", b'{"x": 1}', "posting-1")
    assert came.headers["Content-Type"] == "application/json"
    assert answer == (202, b"taken") and answer.told == "taken"


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
def test_an_error_is_told_with_its_number_and_what_was_said(sink, status):
    sink.answer = replies("钥匙不对".encode(), status=status)
    failed = failure(sink.url())
    assert (failed.code, failed.told) == (f"status {status}", "钥匙不对")
    assert str(status) in words(failed.code)


def test_only_the_beginning_of_a_long_answer_is_read(sink):
    sink.answer = replies(b"x" * 50 * LONGEST)
    assert len(post(sink.url(), b"{}", {}).body) == LONGEST


@pytest.mark.parametrize("answer", [hangs, drips])
def test_whoever_does_not_answer_in_time_is_given_up(sink, answer, monkeypatch):
    monkeypatch.setattr(call, "TOTAL", 0.6)
    sink.answer, since = answer, time.monotonic()
    assert failure(sink.url()).code == "timeout"
    assert time.monotonic() - since < 2


def test_a_connection_that_breaks_or_never_comes_about_is_told(sink):
    sink.answer = resets
    assert failure(sink.url()).code == "connection"
    assert failure(f"http://127.0.0.1:{free_port()}/").code == "connection"


def test_a_receiver_without_a_certificate_is_not_spoken_to(sink):
    assert failure(sink.url().replace("http:", "https:")).code in ("tls", "connection")
    assert sink.came == []
