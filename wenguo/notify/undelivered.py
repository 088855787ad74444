"""What couldn't be delivered and was given up: seen by whoever keeps the branch in order, and sent anew."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from wenguo.cases.models import Notice
from wenguo.notify.carrying import notice_id, posting_id
from wenguo.notify.models import Posting

SHOWN = 100


class GivenUp(NamedTuple):
    """One notice or posting. `to`: the person's name, or the outlet's."""

    id: str
    number: str
    to: str
    channel: str
    failure: str
    tries: int
    at: datetime


def given_up(branches: Iterable[int]) -> list[GivenUp]:
    """The newest of these branches (ids)."""
    notices, postings = _of(branches)
    people = notices.select_related("entry__case", "recipient").order_by("-given_up_at", "-id")[:SHOWN]
    outlets = postings.select_related("entry__case", "outlet").order_by("-given_up_at", "-id")[:SHOWN]
    found = [_told(notice_id(one.pk), one, one.recipient.name, one.channel) for one in people]
    found += [_told(posting_id(one.pk), one, one.outlet.name, one.outlet.kind) for one in outlets]
    return sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]


def _told(id: str, row: Any, to: str, channel: str) -> GivenUp:
    return GivenUp(id, row.entry.case.number, to, channel, row.failure, row.tries, row.given_up_at)


def send_again(branches: Iterable[int], now: datetime, id: str = "") -> int:
    """Everything given up at these branches waits anew, or only what has this id; how many that are. What went in one
    message goes in one message again, under the same id."""
    notices, postings = _of(branches)
    kind, _, pk = id.partition("-")
    if id and not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return 0
    moved = 0
    for rows, name in ((notices, "notice"), (postings, "posting")):
        if not id or kind == name:
            wanted = rows.filter(pk=int(pk)) if id else rows
            together = set(wanted.values_list("together", flat=True))
            moved += rows.filter(together__in=together).update(
                given_up_at=None, tries=0, failure="", next_try_at=now
            )  # fmt: skip
    return moved


def _of(branches: Iterable[int]) -> tuple[QuerySet[Notice], QuerySet[Posting]]:
    ids = list(branches)
    return (
        Notice.objects.filter(given_up_at__isnull=False, entry__case__branch__in=ids),
        Posting.objects.filter(given_up_at__isnull=False, outlet__branch__in=ids),
    )
