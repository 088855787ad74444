"""Branches, people, roles and amendments in words, as the pages under settings say them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import get_language, gettext, gettext_noop

from wenguo.people.history import ERASED, SHOWN, Told, told_of
from wenguo.people.models import Branch
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.reports.kinds import LABELS
from wenguo.web import words
from wenguo.web.settings import notice_words
from wenguo.web.typed import word

KINDS = {
    "branch": (gettext_noop("Branch added"), gettext_noop("Branch changed")),
    "staff": (gettext_noop("Account made"), gettext_noop("Account changed")),
    "post": (gettext_noop("Post given"), gettext_noop("Post changed")),
    "deputy": (gettext_noop("Deputy named"), gettext_noop("Deputy changed")),
    "branchnumber": (gettext_noop("Number set"), gettext_noop("Number set")),
    "token": (gettext_noop("Key made"), gettext_noop("Key changed")),
    "outlet": (gettext_noop("Outlet added"), gettext_noop("Outlet changed")),
    "wish": (gettext_noop("Chosen"), gettext_noop("Chosen")),
    "columnmap": (gettext_noop("Column map saved"), gettext_noop("Column map changed")),
}
FIELDS = {
    "code": gettext_noop("Code"), "name": gettext_noop("Name"), "name_en": gettext_noop("Name in English"),
    "parent": gettext_noop("Under"), "zone": gettext_noop("Time zone"), "pack": gettext_noop("Industry pack"),
    "username": gettext_noop("Sign-in name"), "is_active": gettext_noop("May sign in"),
    "must_change_password": gettext_noop("Must change the password"), "password_set_at": gettext_noop("Password set"),
    "branch": gettext_noop("Branch"), "role": gettext_noop("Role"), "since": gettext_noop("From"),
    "until": gettext_noop("Last day"), "staff": gettext_noop("Person"), "absent": gettext_noop("For"),
    "deputy": gettext_noop("Stands in"), "value": gettext_noop("Value"), "ended_at": gettext_noop("Ended"),
    "email": gettext_noop("E-mail"), "kind": gettext_noop("Kind"), "host": gettext_noop("Host"),
    "address": gettext_noop("Address"), "secret": gettext_noop("Secret"), "wants": gettext_noop("Which notices"),
    "language": gettext_noop("Language"), "on": gettext_noop("Switched on"), "mail": gettext_noop("By e-mail"),
    "sms": gettext_noop("By text message"), "mobile": gettext_noop("Mobile number"),
    "digest_at": gettext_noop("Once a day at"), "quiet_from": gettext_noop("Quiet from"),
    "quiet_until": gettext_noop("Quiet until"), "breaks_through": gettext_noop("Urgent ones in quiet hours too"),
}  # fmt: skip
UNTOLD = {"path", "key", "created_at", "reason"}  # fields that say nothing to people, or stand elsewhere already


class Line(NamedTuple):
    """One amendment in words. `changes`: (field, before, after)."""

    who: str
    at: datetime
    what: str
    reason: str
    changes: list[tuple[str, str, str]]


class History(NamedTuple):
    """Some amendments in words, newest first; `older`: where those before them are shown, "" where there are none."""

    lines: list[Line]
    older: str


def history_of(
    request: HttpRequest, things: dict[str, list[int]], told_as: Callable[[list[Told]], Iterable[Line]]
) -> History:
    """The changes of these things (ids by kind), as `told_as` words them, from where the address says."""
    before = request.GET.get("before", "")
    told = told_of(things, int(before) if before.isdecimal() and len(before) < 19 else None)
    further = request.GET.copy()
    further["before"] = str(told[-1].id) if told else ""
    older = f"?{further.urlencode()}#history-title" if len(told) == SHOWN else ""
    return History(list(told_as(told)), older)


def role_word(branch: Branch, role: str) -> str:
    """The pack's word for a role; its key where the pack no longer knows it."""
    pack = packs().get(branch.pack)
    return word(pack.roles[role]) if pack and role in pack.roles else role


def last_day(until: date | None) -> str:
    """The last day on which something holds that ends before `until`."""
    return (until - timedelta(days=1)).isoformat() if until else ""


def person(code: str) -> str:
    """Who an actor's code is."""
    if code.startswith("staff:"):
        return tree().names.get(int(code.removeprefix("staff:")), "")
    return gettext("System")


def lines(told: Iterable[Told], at: Branch) -> list[Line]:
    """Amendments in words; roles as the pack of the branch `at` says them."""
    return [
        Line(
            person(one.by), one.at, gettext(KINDS[one.kind][0 if one.fresh else 1]), one.reason,
            [
                (gettext(FIELDS[key]), "" if one.fresh else said(key, before, at), said(key, after, at))
                for key, before, after in one.changes
                if key in FIELDS and not (one.fresh and after in (None, "", False))
            ],
        )
        for one in told
    ]  # fmt: skip


def said(key: str, value: Any, at: Branch) -> str:
    """One value of an amendment in words."""
    if value is ERASED:
        return gettext("erased")
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if (told := notice_words.said(key, value)) is not None:
        return told
    if key == "kind" and value in LABELS:
        return LABELS[value].word(get_language() or "")
    if key in ("branch", "parent"):
        return words.branch_name(tree().branches[value]) if value in tree().branches else str(value)
    if key in ("staff", "absent", "deputy"):
        return tree().names.get(value, "")
    if key in ("password_set_at", "ended_at"):
        return f"{datetime.fromisoformat(value).astimezone(ZoneInfo(at.zone)):%Y-%m-%d %H:%M}"
    if key == "until":
        return last_day(date.fromisoformat(value))
    return role_word(at, value) if key == "role" else str(value)
