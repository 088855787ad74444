"""Carries one parcel to its receiver."""

from collections.abc import Sequence
from typing import Any

from wenguo.cases.models import Entry, Notice
from wenguo.notify import mail, sms, webhook
from wenguo.notify.failures import Failed
from wenguo.notify.models import Outlet, Posting
from wenguo.notify.outlets import SMS, WEBHOOK, opened
from wenguo.notify.parcels import Receiver
from wenguo.notify.robots import ROBOTS
from wenguo.notify.telling import Message, as_data, brief, message, plain
from wenguo.notify.wishes import wish_of
from wenguo.people.tree import tree


def carry(receiver: Receiver, rows: Sequence[Any]) -> None:
    """Sends the rows in one message. Raises Failed. It may be called again for the same rows after a crash: what it
    sends bears an id by which the receiver knows a repeat."""
    if receiver.outlet:
        _to_outlet(rows)
    elif receiver.channel == "mail":
        _by_mail(rows)
    else:
        _by_sms(rows)


def notice_id(pk: int) -> str:
    return f"notice-{pk}"


def posting_id(pk: int) -> str:
    return f"posting-{pk}"


def _told(rows: Sequence[Any], name: Any, language: str) -> Message:
    entries: list[tuple[str, Entry, bool]] = [(name(row.pk), row.entry, row.alarm) for row in rows]
    return message(name(rows[0].together), entries, language)


def _by_mail(notices: Sequence[Notice]) -> None:
    reader = notices[0].recipient
    if not (reader.is_active and reader.email):
        raise Failed("nobody", whole=False, final=True)
    mail.deliver(reader.email, _told(notices, notice_id, wish_of(reader.pk).language))


def _by_sms(notices: Sequence[Notice]) -> None:
    reader = notices[0].recipient
    wish, told = wish_of(reader.pk), notices[0]
    if not (reader.is_active and wish.mobile):
        raise Failed("nobody", whole=False, final=True)
    gateway = _gateway(told.entry)
    said = brief(_told(notices, notice_id, wish.language))
    sms.send(*opened(gateway), wish.mobile, said, notice_id(told.together))


def _gateway(entry: Entry) -> Outlet:
    """The one at the branch of the case, or at the nearest branch above. Raises Failed."""
    line = tree().branches[entry.case.branch_id].line
    found = {one.branch_id: one for one in Outlet.objects.filter(kind=SMS, on=True, branch__in=line).order_by("-id")}
    for branch in reversed(line):
        if branch in found:
            return found[branch]
    raise Failed("gateway")


def _to_outlet(postings: Sequence[Posting]) -> None:
    first, outlet = postings[0], postings[0].outlet
    if not outlet.on:
        raise Failed("off", final=True)
    address, secret = opened(outlet)
    id = posting_id(first.together)
    if outlet.kind == WEBHOOK:
        webhook.send(address, secret, as_data(id, first.entry, first.alarm), id)
        return
    robot = ROBOTS[outlet.kind]
    robot.send(address, secret, plain(_told(postings, posting_id, outlet.language), robot.longest), id)
