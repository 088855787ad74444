"""Whatever isn't a case: its chain of amendments, and every row against the last of them.

A row that amend() never made is found too. What amend() doesn't tell can't be compared: passwords, the last sign-in.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models

from wenguo.cases.audit.chain import NONE, Kept, Walker, parsed, part, private_faults, quoted, told
from wenguo.cases.audit.finding import Finding, asked, moment, stamped
from wenguo.people.chain import stamp
from wenguo.people.rows import places, readers

BATCH = 2000  # amendments read at once
UNTOLD = {"staff": frozenset({"password", "last_login"})}  # columns that no amendment tells of
Thing = tuple[str, int]  # kind and id
FIRST: Thing = ("", 0)  # before all of them


@cache
def kinds() -> dict[str, type[models.Model]]:
    """Tables that only amend() changes, by the name that amendments give them. They say which fields are private."""
    ours = (one for one in apps.get_models() if one.__module__.startswith("wenguo.") and hasattr(one, "PRIVATE"))
    return {one.__name__.lower(): one for one in ours}


@dataclass
class Count:
    """How many amendments were seen."""

    amendments: int = 0


def amendment_faults(
    count: Count, after: Thing = FIRST, until: Thing | None = None, *, chains: bool = False
) -> Iterator[Finding]:  # fmt: skip
    """Everything wrong with things that aren't cases, in the order of their kinds and ids; only with those behind
    `after` and up to `until` (None: to the end). `chains`: only their chains; no private value, nor the things."""
    for batch in _batches(after, until):
        count.amendments += len(batch)
        if chains:
            for (kind, thing), rows in groupby(batch, key=itemgetter(1, 2)):
                yield from _links(kind, thing, rows)
            continue
        private = _private([row[0] for row in batch])
        states: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
        for (kind, thing), rows in groupby(batch, key=itemgetter(1, 2)):
            state: dict[str, Any] = {}
            states[kind][thing] = state
            yield from _chain(kind, thing, rows, private, state)
        for kind, things in states.items():
            yield from _rows(kind, things)


def _columns() -> str:
    return f"id, kind, thing, seq, {moment('at')}, actor, reason, body, prev, hash"


def _batches(after: Thing, until: Thing | None) -> Iterator[list[tuple]]:
    """Amendments, some at a time, always all of a thing together."""
    where = "WHERE (kind, thing) > (%s, %s)" + (" AND (kind, thing) <= (%s, %s)" if until else "")
    while True:
        rows = asked(
            f"SELECT {_columns()} FROM people_amendment {where} ORDER BY kind, thing, seq, id LIMIT {BATCH}",
            (*after, *(until or ())),
        )
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
    """Private values by amendment. By their ids: PostgreSQL would read the whole table for a span of things."""
    found: dict[int, Kept] = defaultdict(dict)
    for amendment, field, salt, value in asked(
        f"SELECT amendment_id, field, salt, value FROM people_amendmentprivate WHERE amendment_id IN ({places(ids)})",
        ids,
    ):
        found[amendment][field] = salt, value
    return found


def _links(kind: str, thing: int, rows: Iterable[tuple]) -> Iterator[Finding]:
    """The chain of one thing."""
    walker, before = Walker(f"{kind} {thing}"), f"{quoted(kind)},{thing}"
    for _, _, _, seq, at, *behind, hash in rows:
        yield from walker.step(seq, before, (stamped(at), *behind), hash)


def _chain(
    kind: str, thing: int, rows: Iterable[tuple], private: dict[int, Kept], state: dict[str, Any]
) -> Iterator[Finding]:
    """The amendments of one thing; `state` becomes what they add up to, without what was erased."""
    walker, before = Walker(f"{kind} {thing}"), f"{quoted(kind)},{thing}"
    for pk, _, _, seq, at, *behind, hash in rows:
        yield from walker.step(seq, before, (stamped(at), *behind), hash)
        parts, kept = parsed(behind[2]), private.get(pk, NONE)
        commitments = part(parts, "private")
        yield from private_faults(f"{kind} {thing} #{seq}", commitments, kept)
        state |= part(parts, "after")
        if kept or commitments:
            values = told(kept)
            state |= {key: value for key, value in values.items() if not key.startswith("before:")}
            state |= {key: ... for key in commitments if key not in values}


@cache
def _layout(kind: str) -> tuple[str, list[tuple[int, models.Field, Any]], list[tuple[int, Any, Any]]]:
    """How rows of a kind are read: the statement's head; the columns that amendments tell of, with their places and
    what stands there before any amendment; and what turns the database's values into Python's, as in people.rows."""
    model = kinds()[kind]
    fields = model._meta.concrete_fields
    compared = [
        (place, field, field.get_default())
        for place, field in enumerate(fields)
        if not field.primary_key and field.name not in UNTOLD.get(kind, ())
    ]
    columns = ", ".join(["id", *(f'"{field.column}"' for field in fields)])
    return f'SELECT {columns} FROM "{model._meta.db_table}"', compared, readers(model, fields)


def _rows(kind: str, things: dict[int, dict[str, Any]]) -> Iterator[Finding]:
    """Whether the things of one kind are as their amendments say; `...` stands for a value that was erased."""
    if kind not in kinds():
        return
    head, compared, convert = _layout(kind)
    found = asked(f"{head} WHERE id >= %s AND id <= %s", [min(things), max(things)])
    stand = {pk: row for pk, *row in found if pk in things}
    for place, column, how in convert:
        for row in stand.values():
            row[place] = how(row[place], column, connection)
    for pk, state in things.items():
        if pk not in stand:
            yield Finding(f"{kind} {pk}", "有变更记录，本身却不见了", "has amendments, but is gone itself")
            continue
        row = stand[pk]
        for place, field, default in compared:
            must = state.get(field.name, default)
            if must != row[place] and must is not ... and not _same(field, must, row[place]):
                where = f"{kind} {pk}"
                yield Finding(where, f"“{field.name}”与变更记录不符，被单独改动过",
                              f"'{field.name}' is not what the amendments say")  # fmt: skip


def _same(field: Any, must: Any, stands: Any) -> bool:
    """Whether two that aren't the same are one value of this column: the record holds days and moments as text."""
    try:
        must = (field.target_field if field.is_relation else field).to_python(must)
    except ValidationError:
        return False
    if must != stands and isinstance(field, models.DateTimeField) and must and stands:
        return stamp(must) == stamp(stands)
    return must == stands


def never_amended() -> Iterator[Finding]:
    """Rows that nobody recorded making."""
    for kind, model in kinds().items():
        table = model._meta.db_table
        for (pk,) in asked(
            f"SELECT id FROM {table} WHERE NOT EXISTS (SELECT 1 FROM people_amendment"
            f" WHERE kind = %s AND thing = {table}.id AND seq = 1) ORDER BY id LIMIT 20", [kind],
        ):  # fmt: skip
            yield Finding(
                f"{kind} {pk}", "没有变更记录，是绕过系统加入的", "was added past the system: nothing tells of it"
            )
