"""What follows from a bell that rings: mails and text messages as its person wants them, postings to the outlets of the
branch and of those above it. Unique rows make it happen once, however often it is asked for."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from wenguo.cases.models import Entry, Notice
from wenguo.notify.models import Outlet, Posting, Wish
from wenguo.notify.outlets import SMS
from wenguo.notify.urgency import is_alarm
from wenguo.notify.wishes import ready_at, wants, wishes_of, zone_of
from wenguo.people.models import Staff
from wenguo.people.tree import tree


def fan_out(bells: list[Notice], now: datetime) -> None:
    """Stores what follows from these bells, in the transaction that says they have rung. Their cases are at hand."""
    entries = {bell.entry_id: bell.entry for bell in bells}
    alarms = {pk: is_alarm(entry) for pk, entry in entries.items()}
    outlets = list(Outlet.objects.filter(on=True).order_by("id"))
    personal = list(_personal(bells, alarms, outlets, now))
    Notice.objects.bulk_create(personal, ignore_conflicts=True)
    postings = [
        Posting(entry=entry, outlet=one, alarm=alarms[pk], next_try_at=now)
        for pk, entry in entries.items()
        for one in outlets
        if one.kind != SMS and one.branch_id in _line(entry) and wants(one.wants, alarms[pk])
    ]
    Posting.objects.bulk_create(postings, ignore_conflicts=True)


def _line(entry: Entry) -> list[int]:
    """The branch of the case and those above it."""
    return tree().branches[entry.case.branch_id].line


def _personal(bells: list[Notice], alarms: dict[int, bool], outlets: list[Outlet], now: datetime) -> Iterator[Notice]:
    people = {bell.recipient_id for bell in bells}
    wishes = wishes_of(people)
    reachable = set(Staff.objects.filter(pk__in=people, is_active=True).exclude(email="").values_list("pk", flat=True))
    gateways = {one.branch_id for one in outlets if one.kind == SMS}
    for bell in bells:
        wish, alarm = wishes[bell.recipient_id], alarms[bell.entry_id]
        if settings.EMAIL_HOST and bell.recipient_id in reachable and wants(wish.mail, alarm):
            yield _copy(bell, "mail", wish, alarm, now)
        if wish.mobile and wants(wish.sms, alarm) and gateways & {*_line(bell.entry)}:
            yield _copy(bell, "sms", wish, alarm, now)


def _copy(bell: Notice, channel: str, wish: Wish, alarm: bool, now: datetime) -> Notice:
    at = ready_at(wish, alarm, now, zone_of(bell.recipient_id))
    return Notice(entry_id=bell.entry_id, recipient_id=bell.recipient_id, channel=channel, alarm=alarm, next_try_at=at)
