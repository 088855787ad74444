"""amend(): the one way to change what isn't a case."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, models, transaction

from wenguo.people.chain import FIRST, canonical, link, seal_private, stamp
from wenguo.people.logs import noted
from wenguo.people.models import (
    Amendment,
    AmendmentPrivate,
    Branch,
    BranchDay,
    BranchNumber,
    Deputy,
    NationalDay,
    OpeningHours,
    Post,
    Staff,
)
from wenguo.people.rows import store, store_all
from wenguo.people.seal_lock import hold_off_seal
from wenguo.people.tree import touch

ORGANISATION = (Branch, BranchNumber, Deputy, Post, Staff)
CALENDARS = (NationalDay, OpeningHours, BranchDay)
Thing = TypeVar("Thing", bound=models.Model)
Given = ParamSpec("Given")
Stored = TypeVar("Stored")


def as_one(enter: Callable[Given, Stored]) -> Callable[Given, Stored]:
    """All of it or nothing. Where somebody stored the same in the same moment, a second try finds what they wrote."""
    within = transaction.atomic()(enter)

    @wraps(enter)
    def entered(*args: Given.args, **kwargs: Given.kwargs) -> Stored:
        try:
            return within(*args, **kwargs)
        except IntegrityError:
            if transaction.get_connection().in_atomic_block:  # whoever began it tries again
                raise
            return within(*args, **kwargs)

    return entered


@transaction.atomic(savepoint=False)
def amend(thing: Thing, by: str, data: dict[str, Any], reason: str, now: datetime) -> Thing:
    """Sets the fields `data` of `thing` (a new row where it has no id yet) and records before and after.

    `by` is the actor's code ("staff:7", "system"). Writes nothing when nothing differs. Returns the stored thing.
    """
    hold_off_seal()
    fresh = thing.pk is None
    if not fresh:
        thing = type(thing)._default_manager.select_for_update().get(pk=thing.pk)
    after = {key: _plain(value) for key, value in data.items()}
    before = {} if fresh else {key: _plain(getattr(thing, key)) for key in data}
    changed = [key for key in after if fresh or before[key] != after[key]]
    if not changed:
        return thing
    for key in changed:
        setattr(thing, key, data[key])
    if fresh:
        store(thing)
    else:
        thing.save(update_fields=changed)
    if isinstance(thing, (*ORGANISATION, *CALENDARS)):
        touch()
    if isinstance(thing, ORGANISATION) and by != "system":  # whoever sets an installation up sits at its command line
        _note(thing, by, sorted(changed))
    _record(
        thing, fresh, by, reason, now, {key: before.get(key) for key in changed}, {key: after[key] for key in changed}
    )
    return thing


def _note(thing: models.Model, by: str, changed: list[str]) -> None:
    """A security line once it is committed: who may do what, decide how much, or sign in is another by now."""
    about = {"actor": by, "thing": type(thing).__name__.lower(), "thing_id": thing.pk, "fields": ",".join(changed)}
    transaction.on_commit(lambda: noted("rights_changed", **about), robust=True)


def _plain(value: Any) -> Any:
    """A field's value as the record holds it: a row by its id, a day or moment as ISO text."""
    if isinstance(value, models.Model):
        return value.pk
    return value.isoformat() if hasattr(value, "isoformat") else value


def _record(thing: models.Model, fresh: bool, by: str, reason: str, now: datetime, before: dict, after: dict) -> None:
    kind = type(thing).__name__.lower()
    secret: frozenset[str] = getattr(type(thing), "PRIVATE", frozenset())
    private = {f"before:{key}": value for key, value in before.items() if key in secret and value is not None}
    private |= {key: value for key, value in after.items() if key in secret}
    commitments, rows = seal_private(private)
    body = canonical({
        "before": {key: value for key, value in before.items() if key not in secret},
        "after": {key: value for key, value in after.items() if key not in secret},
        "private": commitments,
    })  # fmt: skip
    seq, prev = (1, FIRST) if fresh else _last(kind, thing.pk)
    amendment = Amendment(
        kind=kind, thing=thing.pk, seq=seq, at=now, actor=by, reason=reason, body=body, prev=prev,
        hash=link(prev, [kind, thing.pk, seq, stamp(now), by, reason, body]),
    )  # fmt: skip
    store(amendment)
    store_all([AmendmentPrivate(amendment=amendment, field=key, salt=salt, value=value) for key, salt, value in rows])


def _last(kind: str, thing: int) -> tuple[int, str]:
    """Number and hash of the next amendment's place: after the last one of this thing, or at the chain's start."""
    last = Amendment.objects.filter(kind=kind, thing=thing).order_by("-seq").values_list("seq", "hash").first()
    return (last[0] + 1, last[1]) if last else (1, FIRST)
