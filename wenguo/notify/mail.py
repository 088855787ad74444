"""A mail of our own through the server that WENGUO_SMTP_URL names (settings.EMAIL_…)."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, get_connection


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
