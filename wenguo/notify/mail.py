"""A mail of our own through the server that WENGUO_SMTP_URL names (settings.EMAIL_…)."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from wenguo.notify.failures import Failed
from wenguo.notify.telling import Line, Message, address_of, details, plain

TOTAL = 30.0  # seconds from the greeting on: a server that answers a sign now and then would hold us for ever


def send(to: Sequence[str], subject: str, text: str, attached_as: str = "") -> None:
    """One mail to each, so that nobody reads the others' addresses; `attached_as`: the text goes along as a file too.

    Raises OSError (smtplib's errors are of that kind) where the server can't be reached or refuses.
    """
    with get_connection() as server:
        for one in to:
            mail = EmailMessage(subject, text, to=[one], connection=server)
            if attached_as:
                mail.attach(attached_as, text, "text/plain")
            mail.send()


def deliver(to: str, told: Message) -> None:
    """Sends a message to one person: plain text and HTML that say the same. Raises Failed."""
    try:
        with _at_last() as server:
            letter(to, told, server).send()
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
        raise Failed(f"smtp {code}", whole=False, final=code >= 500) from refused
    except smtplib.SMTPResponseException as refused:
        about_this = isinstance(refused, smtplib.SMTPDataError) and refused.smtp_code >= 500
        raise Failed(f"smtp {refused.smtp_code}", whole=not about_this) from refused
    except ssl.SSLError as slip:
        raise Failed("tls") from slip
    except TimeoutError as slip:
        raise Failed("timeout") from slip
    except (OSError, ValueError) as slip:  # ValueError: something in a header that can't stand there
        raise Failed("connection") from slip


@contextmanager
def _at_last() -> Iterator[Any]:
    """An open connection to the mail server, cut when it takes too long."""
    server = get_connection()
    server.open()
    found = getattr(getattr(server, "connection", None), "sock", None)
    clock = threading.Timer(TOTAL, _cut, (found,))
    clock.daemon = True
    clock.start()
    try:
        yield server
    finally:
        clock.cancel()
        server.close()


def _cut(found: socket.socket | None) -> None:
    if found is not None:
        with suppress(OSError):
            socket.socket.shutdown(found, socket.SHUT_RDWR)


def letter(to: str, told: Message, server: Any = None) -> EmailMultiAlternatives:
    """The mail. Its Message-ID is the message's id, so a repeat is known as one; no program should answer it."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {
        "Message-ID": f"<{told.id}@{host}>",
        "X-Wenguo-Delivery": told.id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": f"<notices.{host}>",
    }
    if told.alarm:
        headers |= {"Importance": "high", "X-Priority": "1"}
    wishes = address_of("own_notices")
    if wishes:
        headers["List-Unsubscribe"] = f"<{wishes}>"
    with translation.override(told.language):
        why = gettext("You get this mail because you are to know of it. You choose how you are told under Settings.")
        text = f"{plain(told)}\n\n-- \n{why}\n{wishes}".rstrip()
        html = _html(told, why, wishes)
    mail = EmailMultiAlternatives(told.subject, text, to=[to], headers=headers, connection=server)
    mail.attach_alternative(html, "text/html")
    return mail


def _html(told: Message, why: str, wishes: str) -> str:
    rows = format_html_join("", "{}", ((_row(one, many=len(told.lines) > 1),) for one in told.lines))
    return format_html(
        '<!doctype html><html lang="{}"><body style="font-family:sans-serif;color:#1d2733">'
        '<h1 style="font-size:18px{}">{}</h1>{}<p style="color:#566273;font-size:13px">{} <a href="{}">{}</a></p>'
        "</body></html>",
        "en" if told.language.startswith("en") else "zh-CN", ";color:#a61b1b" if told.alarm else "", told.subject, rows,
        why, wishes, wishes,
    )  # fmt: skip


def _row(one: Line, many: bool) -> str:
    """One entry: a line of a list, or all there is to say."""
    title = format_html('<a href="{}">{}</a>', one.link, one.number) if one.link else one.number
    if many:
        return format_html(
            '<p style="margin:4px 0">{} {} <span style="color:#566273">{} · {}</span></p>',
            title,
            one.what,
            one.stage,
            one.id,
        )
    told = format_html_join("", "<dt style='color:#566273'>{}</dt><dd style='margin:0 0 8px'>{}</dd>", (
        (label, said) for label, said in details(one) if said and said != one.link
    ))  # fmt: skip
    return format_html("<p>{} {}</p><dl>{}</dl>", title, one.what, told)
