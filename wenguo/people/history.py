"""What was changed, by whom, when and why: amendments with what stood before and after, private values with them."""

import json
from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from wenguo.people.models import Amendment, AmendmentPrivate

SHOWN = 50  # amendments at once
ERASED = object()  # in place of a private value that was erased


class Told(NamedTuple):
    """One amendment. `changes`: (field, before, after); a new thing has nothing before."""

    id: int
    kind: str
    thing: int
    fresh: bool
    by: str  # the actor's code
    at: datetime
    reason: str
    changes: list[tuple[str, Any, Any]]


def told_of(things: dict[str, list[int]], before: int | None = None) -> list[Told]:
    """The latest amendments of these things (ids by kind) whose ids are smaller than `before`, newest first."""
    which = Q(pk=None)
    for kind, ids in things.items():
        which |= Q(kind=kind, thing__in=ids)
    rows = Amendment.objects.filter(which)
    found = list((rows.filter(pk__lt=before) if before else rows).order_by("-pk")[:SHOWN])
    private: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in AmendmentPrivate.objects.filter(amendment__in=[one.pk for one in found]):
        private[row.amendment_id][row.field] = json.loads(row.value) if row.value else ERASED
    return [_told(one, private[one.pk]) for one in found]


def _told(row: Amendment, private: dict[str, Any]) -> Told:
    body = json.loads(row.body)
    before, after = dict(body["before"]), dict(body["after"])
    for field, value in private.items():
        side, name = (before, field.removeprefix("before:")) if field.startswith("before:") else (after, field)
        side[name] = value
    changes = [(key, before.get(key), after[key]) for key in after]
    return Told(row.pk, row.kind, row.thing, row.seq == 1, row.actor, row.at, row.reason, changes)
