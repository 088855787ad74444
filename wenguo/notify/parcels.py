"""What goes together in one message, and who carries it: parcels for each receiver.

A person gets at most a handful of messages on one channel within ten minutes, alarms and the rest counted apart, and a
group chat likewise; what is more goes together as one message. So after a standstill nobody finds hundreds of mails.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, QuerySet

from wenguo.cases.models import WAITING, Notice
from wenguo.notify.models import Outlet, Posting
from wenguo.notify.outlets import WEBHOOK
from wenguo.notify.wishes import after_quiet, wishes_of, zone_of

HANDFUL = 5  # messages to one person and channel within LATELY
LATELY = timedelta(minutes=10)
MANY = 200  # entries in one message
LOOKED_AT = 1_000  # rows that wait, at once
CLAIM = timedelta(minutes=2)  # after a crash another one tries again; no single message takes as long
Row = Notice | Posting


class Receiver(NamedTuple):
    """What takes messages and may be slow or gone: the mail server, the gateway for text messages, an outlet."""

    channel: str
    outlet: int = 0

    def rows(self) -> QuerySet[Any]:
        if self.outlet:
            return Posting.objects.filter(outlet=self.outlet)
        return Notice.objects.filter(channel=self.channel)

    def due(self, now: datetime) -> QuerySet[Any]:
        return self.rows().filter(WAITING, next_try_at__lte=now)


class Parcel(NamedTuple):
    """Rows that go in one message. `together`: the number they have as such, 0 before the first try."""

    together: int
    ids: tuple[int, ...]


def receivers(now: datetime) -> list[Receiver]:
    """Those for whom something waits."""
    personal = [one for one in (Receiver("mail"), Receiver("sms")) if one.due(now).exists()]
    due = Posting.objects.filter(WAITING, outlet=OuterRef("pk"), next_try_at__lte=now)
    outlets = Outlet.objects.filter(Exists(due)).order_by("id")  # a look into the index for each, however much waits
    return personal + [Receiver("outlet", pk) for pk in outlets.values_list("pk", flat=True)]


def parcels(receiver: Receiver, now: datetime) -> list[Parcel]:
    """What may go to the receiver now, oldest first. What has to wait is put off."""
    reader = "outlet_id" if receiver.outlet else "recipient_id"
    due = list(receiver.due(now).order_by("next_try_at", "id").values("pk", "together", "alarm", reader)[:LOOKED_AT])
    if not receiver.outlet:
        due = _past_quiet_hours(receiver, due, now)
    begun = sorted({row["together"] for row in due} - {0})
    fresh: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for row in due:
        if not row["together"]:
            fresh[row[reader], row["alarm"]].append(row["pk"])
    found = [_begun(receiver, one) for one in begun]
    if receiver.outlet and Outlet.objects.filter(pk=receiver.outlet, kind=WEBHOOK).exists():
        return found + [Parcel(0, (pk,)) for ids in fresh.values() for pk in ids]  # programs want each by itself
    for (who, alarm), ids in fresh.items():
        found += _packed(receiver, {reader: who, "alarm": alarm}, ids, now)
    return found


def _begun(receiver: Receiver, together: int) -> Parcel:
    """A message that was tried before, whole: what it holds never changes."""
    ids = receiver.rows().filter(WAITING, together=together).order_by("id").values_list("pk", flat=True)
    return Parcel(together, tuple(ids))


def _packed(receiver: Receiver, whose: dict[str, Any], ids: Sequence[int], now: datetime) -> list[Parcel]:
    """Single messages while there is room, else one for all, else none yet."""
    lately = receiver.rows().filter(**whose, sent_at__gt=now - LATELY)
    messages = [at for _, at in lately.values_list("together").annotate(at=Min("sent_at")).order_by("at")]
    room = HANDFUL - len(messages)
    if len(ids) <= room:
        return [Parcel(0, (pk,)) for pk in ids]
    if room > 0:
        return [Parcel(0, tuple(ids[:MANY]))]
    receiver.rows().filter(WAITING, pk__in=ids).update(next_try_at=messages[-HANDFUL] + LATELY)
    return []


def _past_quiet_hours(receiver: Receiver, due: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Without what fell into somebody's quiet hours on its way, which is put off until they end."""
    wishes = wishes_of(row["recipient_id"] for row in due)
    awake: list[dict[str, Any]] = []
    put_off: dict[datetime, list[dict[str, Any]]] = defaultdict(list)
    for row in due:
        who = row["recipient_id"]
        at = after_quiet(wishes[who], row["alarm"], now, zone_of(who))
        (put_off[at] if at > now else awake).append(row)
    for at, rows in put_off.items():
        receiver.rows().filter(WAITING, pk__in=[row["pk"] for row in rows]).update(next_try_at=at)
    return awake


@transaction.atomic
def claimed(receiver: Receiver, parcel: Parcel, now: datetime) -> list[Any]:
    """The parcel's rows, which nobody else will touch for a while; none where somebody else has them."""
    wanted = receiver.due(now).filter(pk__in=parcel.ids, together=parcel.together).order_by("id")
    beside = ("entry__case", "outlet" if receiver.outlet else "recipient")
    mine = list(wanted.select_related(*beside).select_for_update(skip_locked=True, of=("self",)))
    if not mine or (parcel.together and len(mine) < len(parcel.ids)):
        return []
    together = parcel.together or mine[0].pk
    of(receiver, mine).update(together=together, tries=F("tries") + 1, next_try_at=now + CLAIM)
    for row in mine:
        row.together, row.tries = together, row.tries + 1
    return mine


def of(receiver: Receiver, rows: Sequence[Row]) -> QuerySet[Any]:
    """These rows, as far as they weren't sent meanwhile."""
    return receiver.rows().filter(pk__in=[row.pk for row in rows], sent_at=None)


def waiting_for(receiver: Receiver, now: datetime) -> Iterator[list[Any]]:
    """Parcel after parcel that may go now, claimed one at a time."""
    for parcel in parcels(receiver, now):
        if mine := claimed(receiver, parcel, now):
            yield mine
