"""Walking an index of cases: a page of a list costs the same however many cases there are and whatever is asked for.

A stretch is a part of one index in the order of the list. Within it rows are looked at one after the other, out of the
index alone, and taken where the other conditions fit; a list is one stretch or a few, merged. One page looks at no more
than LOOK rows of a stretch. Where that doesn't fill it, it is short, and its `next` goes on where looking stopped.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from wenguo.people.rows import places, plain

LOOK = 2_000  # rows of a stretch
LARGEST_ID = 2**63

Key = tuple[Any, int]  # (moment as the database gives it, id of the case)
Place = tuple[datetime, int]  # a key read back from an address


class Condition(NamedTuple):
    """A piece of SQL on columns of a case, with its values. `columns`: those it asks for."""

    sql: str
    values: tuple[Any, ...]
    columns: tuple[str, ...]


class Order(NamedTuple):
    """By which moment a list is sorted, and whether the latest comes first. The id decides between equals."""

    column: str
    backwards: bool = False

    @property
    def words(self) -> str:
        way = " DESC" if self.backwards else ""
        return f"{self.column}{way}, id{way}"

    @property
    def beyond(self) -> str:
        return f"({self.column}, id) {'<' if self.backwards else '>'} (%s, %s)"

    def sort(self, keys: list[Key]) -> list[Key]:
        return sorted(keys, reverse=self.backwards)


class Stretch(NamedTuple):
    """A part of the index `along`: what is the same for all of its rows."""

    along: str
    where: str
    values: tuple[Any, ...]


class Found(NamedTuple):
    """Keys of one page in the list's order, and the key after which the next page starts (None at the end)."""

    keys: list[Key]
    next: Key | None


def walk(
    order: Order, stretches: Sequence[Stretch], fits: Sequence[Condition], after: Place | None, limit: int
) -> Found:  # fmt: skip
    """The first `limit` cases of all stretches behind `after` that fit. One query; a second where a stretch gives
    less than a page."""
    if not stretches:
        return Found([], None)
    rows = _asked([_taken(nth, order, one, fits, after, limit) for nth, one in enumerate(stretches)])
    keys = order.sort([(moment, pk) for _, moment, pk in rows])
    ends = _cut(rows, order, limit)
    if fits:  # whoever gave less than a page has come to its end, or only as far as one looks
        less = [nth for nth in range(len(stretches)) if nth not in ends]
        looked = _asked([_last_looked(nth, order, stretches[nth], after) for nth in less])
        ends |= {nth: (moment, pk) for nth, moment, pk in looked}
    sure = _within(keys, ends, order)
    if len(sure) > limit:
        return Found(sure[:limit], sure[limit - 1])
    return Found(sure, order.sort(list(ends.values()))[0] if ends else None)


def _cut(rows: list[tuple[int, Any, int]], order: Order, limit: int) -> dict[int, Key]:
    """Stretches that gave as many rows as they may, each with its last: nothing is known of what comes behind that."""
    keys: dict[int, list[Key]] = {}
    for nth, moment, pk in rows:
        keys.setdefault(nth, []).append((moment, pk))
    return {nth: order.sort(found)[-1] for nth, found in keys.items() if len(found) > limit}


def _within(keys: list[Key], ends: dict[int, Key], order: Order) -> list[Key]:
    """The keys up to the nearest end: before it no stretch can have others."""
    if not ends:
        return keys
    nearest = order.sort(list(ends.values()))[0]
    return [key for key in keys if (key >= nearest if order.backwards else key <= nearest)]


def _taken(
    nth: int, order: Order, stretch: Stretch, fits: Sequence[Condition], after: Place | None, limit: int
) -> Condition:  # fmt: skip
    """The rows of one stretch that fit, of the first LOOK behind `after`; one more than a page takes."""
    if not fits:
        inner = _looked(order, stretch, (), after, f"{limit + 1}")
        return Condition(f"SELECT {nth} AS nth, moment, id FROM ({inner.sql}) w{nth}", inner.values, ())
    columns = sorted({column for one in fits for column in one.columns} - {order.column, "id"})
    inner = _looked(order, stretch, columns, after, f"{LOOK}")
    fit = " AND ".join(one.sql for one in fits)
    values = tuple(value for one in fits for value in one.values)
    sql = f"SELECT {nth} AS nth, moment, id FROM ({inner.sql}) w{nth} WHERE {fit} LIMIT {limit + 1}"
    return Condition(f"SELECT * FROM ({sql}) t{nth}", (*inner.values, *values), ())


def _last_looked(nth: int, order: Order, stretch: Stretch, after: Place | None) -> Condition:
    """The last row at which one page looks; none where the stretch ends before."""
    inner = _looked(order, stretch, (), after, f"1 OFFSET {LOOK - 1}")
    return Condition(f"SELECT {nth} AS nth, moment, id FROM ({inner.sql}) w{nth}", inner.values, ())


def _looked(
    order: Order, stretch: Stretch, columns: Sequence[str], after: Place | None, limit: str
) -> Condition:  # fmt: skip
    """Rows of a stretch in the list's order, behind `after`."""
    named = f" INDEXED BY {stretch.along}" if connection.vendor == "sqlite" else ""
    where = f"{stretch.where} AND {order.beyond}" if after else stretch.where
    what = ", ".join([f"{order.column} AS moment", "id", order.column, *columns])
    sql = f"SELECT {what} FROM cases_case{named} WHERE {where} ORDER BY {order.words} LIMIT {limit}"
    return Condition(sql, (*stretch.values, *map(plain, after or ())), ())


def _asked(parts: list[Condition]) -> list[tuple[int, Any, int]]:
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(one.sql for one in parts), [plain(value) for one in parts for value in one.values]
        )
        return cursor.fetchall()


def among(column: str, values: Sequence[Any]) -> Condition:
    """The column holds one of the values; on PostgreSQL as one array, for of hundreds each is quoted by itself."""
    if connection.vendor == "postgresql":
        return Condition(f"{column} = ANY(%s)", (list(values),), (column,))
    return Condition(f"{column} IN ({places(values)})", tuple(values), (column,))


def key_of(after: str) -> Place | None:
    """The key that a page's `next` names; none where it is none of ours."""
    try:
        due, pk = after.split("_")
        moment, last = datetime.fromisoformat(due), int(pk)
        in_utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return (in_utc, last) if abs(last) < LARGEST_ID else None


def text_of(key: Key | None) -> str:
    """A key as a page's `next` names it; "" for none."""
    return "{}_{}".format(*key) if key else ""
