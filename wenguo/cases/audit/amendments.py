"""Whatever isn't a case: its chain of amendments, and every row against the last of them.

A row that amend() never made is found too. What amend() doesn't tell can't be compared: passwords, the last sign-in.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from wenguo.cases.audit.chain import Kept, Link, Walker, parsed, private_faults, quoted, told
from wenguo.cases.audit.finding import Finding, asked, moment, stamped
from wenguo.people.chain import stamp

BATCH = 2000  # amendments read at once
UNTOLD = {"staff": frozenset({"password", "last_login"})}  # columns that no amendment tells of
Thing = tuple[str, int]


@cache
def kinds() -> dict[str, type[models.Model]]:
    """Tables that only amend() changes, by the name that amendments give them. They say which fields are private."""
    ours = (one for one in apps.get_models() if one.__module__.startswith("wenguo.") and hasattr(one, "PRIVATE"))
    return {one.__name__.lower(): one for one in ours}


class Count:
    """How many amendments were seen."""

    amendments = 0


def amendment_faults(count: Count) -> Iterator[Finding]:
    """Everything wrong with things that aren't cases, in the order of their kinds and ids."""
    for batch in _batches():
        count.amendments += len(batch)
        private = _private([row[0] for row in batch])
        states: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
        for (kind, thing), rows in groupby(batch, key=lambda row: (row[1], row[2])):
            state: dict[str, Any] = {}
            states[kind][thing] = state
            yield from _chain((kind, thing), list(rows), private, state)
        for kind, things in states.items():
            yield from _rows(kind, things)
    for kind, model in kinds().items():
        yield from _never_amended(kind, model)


def _columns() -> str:
    return f"id, kind, thing, seq, {moment('at')}, actor, reason, body, prev, hash"


def _batches() -> Iterator[list[tuple]]:
    """Amendments, some at a time, always all of a thing together."""
    after: tuple[str, int] = ("", 0)
    while True:
        rows = asked(
            f"SELECT {_columns()} FROM people_amendment WHERE (kind, thing) > (%s, %s)"
            f" ORDER BY kind, thing, seq, id LIMIT {BATCH}", after,
        )  # fmt: skip
        if len(rows) == BATCH:
            *_, last = rows
            whole = [row for row in rows if row[1:3] != last[1:3]]
            rows = whole or _all_of(last[1], last[2])
        if not rows:
            return
        yield rows
        after = rows[-1][1], rows[-1][2]


def _all_of(kind: str, thing: int) -> list[tuple]:
    """The amendments of one thing that has more of them than a batch holds."""
    where = "WHERE kind = %s AND thing = %s ORDER BY seq, id"
    return asked(f"SELECT {_columns()} FROM people_amendment {where}", [kind, thing])


def _private(ids: list[int]) -> dict[int, Kept]:
    found: dict[int, Kept] = defaultdict(dict)
    places = ", ".join(["%s"] * len(ids))
    for amendment, field, salt, value in asked(
        f"SELECT amendment_id, field, salt, value FROM people_amendmentprivate WHERE amendment_id IN ({places})", ids
    ):
        found[amendment][field] = salt, value
    return found


def _chain(thing: Thing, rows: list[tuple], private: dict[int, Kept], state: dict[str, Any]) -> Iterator[Finding]:
    """The amendments of one thing; `state` becomes what they add up to, without what was erased."""
    kind, pk = thing
    walker, before = Walker(f"{kind} {pk}"), f"{quoted(kind)},{pk}"
    for amendment, _, _, seq, at, actor, reason, body, prev, hash in rows:
        yield from walker.step(Link(seq, before, (stamped(at), actor, reason, body, prev), hash))
        parts, kept = parsed(body), private.get(amendment, {})
        yield from private_faults(f"{kind} {pk} #{seq}", parts.get("private"), kept)
        state |= parts.get("after", {})
        state |= {key: value for key, value in told(kept).items() if not key.startswith("before:")}
        for key in parts.get("private", {}).keys() - told(kept).keys():
            state[key] = ...


def _rows(kind: str, things: dict[int, dict[str, Any]]) -> Iterator[Finding]:
    """Whether the things of one kind are as their amendments say; `...` stands for a value that was erased."""
    model = kinds().get(kind)
    if model is None:
        return
    rows = model._default_manager.in_bulk(list(things))
    for pk, state in things.items():
        if pk not in rows:
            yield Finding(f"{kind} {pk}", "有变更记录，本身却不见了", "has amendments, but is gone itself")
            continue
        for field in model._meta.concrete_fields:
            if field.primary_key or field.name in UNTOLD.get(kind, ()) or state.get(field.name) is ...:
                continue
            must = state[field.name] if field.name in state else field.get_default()
            if not _same(field, must, getattr(rows[pk], field.attname)):
                where = f"{kind} {pk}"
                yield Finding(where, f"“{field.name}”与变更记录不符，被单独改动过",
                              f"'{field.name}' is not what the amendments say")  # fmt: skip


def _same(field: Any, must: Any, stands: Any) -> bool:
    """Whether both are one value of this column; the record holds days and moments as text."""
    try:
        must = (field.target_field if field.is_relation else field).to_python(must)
    except ValidationError:
        return False
    if isinstance(field, models.DateTimeField) and must and stands:
        return stamp(must) == stamp(stands)
    return must == stands


def _never_amended(kind: str, model: type[models.Model]) -> Iterator[Finding]:
    """Rows that nobody recorded making."""
    table = model._meta.db_table
    for (pk,) in asked(
        f"SELECT id FROM {table} WHERE NOT EXISTS (SELECT 1 FROM people_amendment"
        f" WHERE kind = %s AND thing = {table}.id AND seq = 1) ORDER BY id LIMIT 20", [kind],
    ):  # fmt: skip
        yield Finding(
            f"{kind} {pk}", "没有变更记录，是绕过系统加入的", "was added past the system: nothing tells of it"
        )
