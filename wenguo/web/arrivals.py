"""Whom each entry of a case was told, by which way, when it arrived and when it was read (R109)."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext, ngettext

from wenguo.cases.models import Case, Notice
from wenguo.notify.failures import words as failure
from wenguo.notify.models import Outlet, Posting
from wenguo.people.rows import read
from wenguo.web.settings.notice_words import channel
from wenguo.web.words import moment


class Way(NamedTuple):
    """One way to one receiver. `lost`: it was given up."""

    channel: str
    words: str
    lost: bool


class Arrivals(NamedTuple):
    """Of one entry: a sentence, and the ways by receiver."""

    words: str
    ways: dict[str, list[Way]]


OF_CASE = "WHERE entry_id IN (SELECT id FROM cases_entry WHERE case_id = %s) ORDER BY id"


def arrivals(case: Case, names: dict[int, str], at: datetime) -> dict[int, Arrivals]:
    """By the id of the entry. Two queries, three where a message left the house, however long the case is."""
    told: dict[int, dict[str, list[Way]]] = defaultdict(lambda: defaultdict(list))
    people: dict[int, dict[int, bool]] = defaultdict(dict)
    zone = case.branch.zone
    for one in read(Notice, OF_CASE, case.pk):
        told[one.entry_id][names.get(one.recipient_id, "—")].append(_way(one, one.channel, at, zone))
        people[one.entry_id][one.recipient_id] = people[one.entry_id].get(one.recipient_id, False) or bool(one.read_at)
    posts = read(Posting, OF_CASE, case.pk)
    outlets = Outlet.objects.in_bulk({post.outlet_id for post in posts}) if posts else {}
    for post in posts:
        outlet = outlets[post.outlet_id]
        told[post.entry_id][outlet.name].append(_way(post, outlet.kind, at, zone))
    return {pk: Arrivals(_sentence(list(people[pk].values())), ways) for pk, ways in told.items()}


def _way(row: Notice | Posting, key: str, at: datetime, zone: str) -> Way:
    read_at = row.read_at if isinstance(row, Notice) else None
    if read_at:
        words = gettext("read %(when)s") % {"when": moment(read_at, at, zone)}
    elif row.sent_at:
        words = gettext("delivered %(when)s") % {"when": moment(row.sent_at, at, zone)}
    elif row.given_up_at:
        words = gettext("not delivered: %(why)s") % {"why": failure(row.failure)}
    else:
        words = gettext("on its way")
    return Way(channel(key), words, row.given_up_at is not None)


def _sentence(read: list[bool]) -> str:
    told = ngettext("Told %(count)s person", "Told %(count)s people", len(read)) % {"count": len(read)}
    seen = sum(read)
    if not seen:
        return told
    have = ngettext("%(count)s has read it", "%(count)s have read it", seen) % {"count": seen}
    return gettext("%(told)s, %(read)s") % {"told": told, "read": have}
