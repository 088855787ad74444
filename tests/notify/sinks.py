"""Receivers that are real servers on this machine: mail, and HTTP that answers well, badly, slowly or never."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from tests.machine import free_port
from wenguo.settings import _mail


class Came(NamedTuple):
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["X-Wenguo-Delivery"]


class Sink:
    """An HTTP server; `answer` gets the handler once the body was read, and answers as it likes."""

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler], None] | None = None):
        self.came: list[Came] = []
        self.answer = answer or replies(b'{"errcode": 0, "code": 0}')
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sink.came.append(Came(self.path, dict(self.headers), body))
                with suppress(OSError):  # whoever asked has gone
                    sink.answer(self)

            def do_GET(self) -> None:
                sink.came.append(Came(self.path, dict(self.headers), b""))

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, path: str = "/hook?key=s3cret-part") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def replies(body: bytes = b"", status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def hangs(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(60)


def drips(handler: BaseHTTPRequestHandler) -> None:
    """A sign of the head now and then, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        time.sleep(0.1)
        handler.wfile.write(b"x")
        handler.wfile.flush()


def resets(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


@pytest.fixture
def inside(monkeypatch) -> None:
    """Outlets may call this machine."""
    monkeypatch.setattr(settings, "OUTLETS_INSIDE", {"127.0.0.0/8"})


@pytest.fixture
def sink(inside) -> Iterator[Sink]:
    made = Sink()
    yield made
    made.close()


class Letters:
    """What a real mail server received; `refuses`: what it says instead of taking a letter."""

    def __init__(self) -> None:
        self.came: list[tuple[str, EmailMessage]] = []
        self.refuses = ""
        self.refuses_person = ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refuses_person:
            return self.refuses_person
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refuses:
            return self.refuses
        (to,) = envelope.rcpt_tos
        self.came.append((to, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@contextmanager
def mail_server(box: Any) -> Iterator[int]:
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def mail_goes_to(monkeypatch, url: str) -> None:
    for name, value in _mail(url).items():
        monkeypatch.setattr(settings, name, value)
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")


@pytest.fixture
def letters(monkeypatch) -> Iterator[Letters]:
    box = Letters()
    monkeypatch.setattr(settings, "BASE_URL", "https://wenguo.example")
    monkeypatch.setattr(settings, "DEFAULT_FROM_EMAIL", "闻过 <wenguo@dealer.example>")
    with mail_server(box) as port:
        mail_goes_to(monkeypatch, f"smtp://127.0.0.1:{port}")
        yield box
