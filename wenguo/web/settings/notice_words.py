"""Channels, urgencies, kinds of outlet and what came of a message, in words."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from wenguo.notify.models import ALARM, ALL, NONE
from wenguo.notify.outlets import KINDS, SMS

WANTS = {
    ALL: gettext_noop("Everything"),
    ALARM: gettext_noop("Only what is urgent"),
    NONE: gettext_noop("Nothing"),
}
CHANNELS = {
    "bell": gettext_noop("bell"),
    "mail": gettext_noop("e-mail"),
    "sms": gettext_noop("text message"),
}
HIDDEN = "••••••"  # in place of a secret, which is never shown


def wanted(*, none: bool = True) -> dict[str, str]:
    return {key: gettext(told) for key, told in WANTS.items() if none or key != NONE}


def languages() -> dict[str, str]:
    return dict(settings.LANGUAGES)


def kinds() -> dict[str, str]:
    return {key: gettext(told) for key, told in KINDS.items()}


def channel(key: str) -> str:
    """A person's channel or the kind of an outlet."""
    told: Mapping[str, str] = CHANNELS | {kind: told for kind, told in KINDS.items() if kind != SMS}
    return gettext(told[key]) if key in told else key


def said(key: str, value: Any) -> str | None:
    """A column of an outlet or a wish in words; None where the value speaks for itself."""
    if key in ("address", "secret"):
        return HIDDEN
    if key in ("mail", "sms", "wants"):
        return gettext(WANTS[value]) if value in WANTS else None
    if key == "language":
        return languages().get(value)
    return gettext(KINDS[value]) if key == "kind" and value in KINDS else None
