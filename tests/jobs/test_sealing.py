"""The loop that seals: the day's anchor in the data folder, and by mail with whoever the pack names."""

import ssl
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tests.machine import free_port
from tests.people import NOW, at_stage, take
from wenguo.cases.anchors import folder, latest_anchor, read_anchor
from wenguo.cases.models import Seal
from wenguo.jobs.loops import JOBS
from wenguo.jobs.sealing import recipients, seal_round
from wenguo.people.models import Staff
from wenguo.settings import _mail


class Letters:
    """What a real SMTP server received."""

    def __init__(self) -> None:
        self.came: list[tuple[list[str], EmailMessage]] = []
        self.signed_in: list[bytes] = []
        self.refuses = False

    async def handle_DATA(self, server, session, envelope):
        if self.refuses:
            return "451 come back later"
        self.came.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"

    def sign_in(self, server, session, envelope, mechanism, data) -> AuthResult:
        self.signed_in.append(data.login)
        return AuthResult(success=data.password == b"p@ss")


@pytest.fixture
def letters(monkeypatch) -> Iterator[Letters]:
    box = Letters()
    with served(box) as port:
        configured(monkeypatch, f"smtp://127.0.0.1:{port}")
        yield box


class served:
    """A real SMTP server, in a thread of its own."""

    def __init__(self, box: Letters, **more) -> None:
        self.port = free_port()
        self.controller = Controller(box, hostname="127.0.0.1", port=self.port, **more)

    def __enter__(self) -> int:
        self.controller.start()
        return self.port

    def __exit__(self, *_) -> None:
        self.controller.stop()


def configured(monkeypatch, url: str) -> None:
    for name, value in _mail(url).items():
        monkeypatch.setattr(settings, name, value)
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")


@pytest.fixture
def directors(database) -> list[str]:
    """Two of three roles that the pack names have an address; so has somebody whom it doesn't name."""
    for login in ("general_manager", "service_director", "technician"):
        Staff.objects.filter(username=login).update(email=f"{login}@example.com")
    return ["general_manager@example.com", "service_director@example.com"]


def round_at(now) -> int:
    return seal_round(lambda: now)


def test_the_loop_runs_each_minute():
    assert [job.every for job in JOBS if job.name == "seal"] == [60]


def test_the_first_round_of_a_day_writes_an_anchor_that_can_be_read(database):
    at_stage("receiving")
    assert round_at(NOW) > 0
    file = folder() / "anchor-2026-03-16.txt"
    assert read_anchor(file.read_text("utf-8")) == latest_anchor()
    assert latest_anchor().seal == Seal.objects.order_by("-id")[0].pk


def test_later_rounds_of_the_day_leave_it_as_it_is_and_the_next_day_has_its_own(database):
    case = at_stage("receiving")
    round_at(NOW)
    first = latest_anchor()
    take(case, "noted")
    round_at(NOW + timedelta(hours=1))
    assert latest_anchor() == first
    round_at(NOW + timedelta(days=1))
    assert latest_anchor().seal > first.seal
    assert len(list(folder().glob("*"))) == 2


def test_an_anchor_that_can_not_be_read_is_passed_over(database):
    at_stage("receiving")
    round_at(NOW)
    good = latest_anchor()
    (folder() / "anchor-2026-03-17.txt").write_text("half", "utf-8")
    assert latest_anchor() == good


def test_where_nothing_happened_there_is_no_anchor(database):
    round_at(NOW)
    assert latest_anchor() is None


def test_the_anchor_is_mailed_once_to_whoever_the_pack_names(letters, directors):
    at_stage("receiving")
    for hours in range(3):
        round_at(NOW + timedelta(hours=hours))
    assert sorted(to for to, _ in letters.came) == [[one] for one in directors]  # nobody reads the others' addresses
    mail = letters.came[0][1]
    assert "2026-03-16" in mail["Subject"] and "闻过" in mail["Subject"]
    assert read_anchor(mail.get_body().get_content()) == latest_anchor()
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "anchor-2026-03-16.txt"
    assert read_anchor(attached.get_content()) == latest_anchor()


def test_a_mail_that_fails_is_tried_again_and_sealing_goes_on(letters, directors, caplog):
    letters.refuses = True
    case = at_stage("receiving")
    round_at(NOW)
    take(case, "noted")
    assert round_at(NOW + timedelta(minutes=1)) == 1
    assert letters.came == [] and "can't be mailed" in caplog.text
    letters.refuses = False
    round_at(NOW + timedelta(minutes=2))
    assert len(letters.came) == 2


def test_without_a_mail_server_nothing_is_sent(database, directors, monkeypatch):
    configured(monkeypatch, "")
    at_stage("receiving")
    round_at(NOW)
    assert not list(folder().glob("*.mailed"))


def test_whoever_left_gets_no_mail(directors):
    Staff.objects.filter(username="general_manager").update(is_active=False)
    assert recipients(NOW) == ["service_director@example.com"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> ssl.SSLContext:
    place = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", place / "key.pem", "-out", place / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(place / "cert.pem", place / "key.pem")
    context.authority = place / "cert.pem"
    return context


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
@pytest.mark.parametrize("way", ["smtps", "starttls"])
def test_mail_goes_out_over_tls_with_a_password(database, directors, certificate, monkeypatch, way):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    box = Letters()
    more = {"ssl_context": certificate} if way == "smtps" else {"tls_context": certificate, "require_starttls": True}
    with served(box, authenticator=box.sign_in, auth_required=True, auth_require_tls=way != "smtps", **more) as port:
        scheme, tail = ("smtps", "") if way == "smtps" else ("smtp", "/?starttls=1")
        configured(monkeypatch, f"{scheme}://wen:p%40ss@127.0.0.1:{port}{tail}")
        at_stage("receiving")
        round_at(NOW)
    assert len(box.came) == 2 and set(box.signed_in) == {b"wen"}


@pytest.mark.parametrize("url", ["http://mail", "mail.example.com", "smtp://", "smtp:///x"])
def test_an_address_of_a_mail_server_that_is_none_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="WENGUO_SMTP_URL"):
        _mail(url)


def test_ports_unless_told():
    assert [_mail(url)["EMAIL_PORT"] for url in ("smtp://a", "smtps://a", "smtp://a:587")] == [25, 465, 587]
