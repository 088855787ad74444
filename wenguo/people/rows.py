"""Rows by plain SQL, for what every page reads and every act writes.

Building each of their statements anew by the ORM was half of what a page or an act cost (measured).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


def store(row: models.Model) -> None:
    """Inserts one new row and gives it its id. Fields without a value take their defaults, as in save()."""
    fields, head, places = _statement(type(row))
    with connection.cursor() as cursor:
        cursor.execute(f"{head} {places} RETURNING id", _values(row, fields))
        (row.pk,) = cursor.fetchone()
    _stored(row)


def store_all(rows: Sequence[models.Model]) -> None:
    """Inserts new rows of one kind in one statement; their ids stay unknown."""
    if not rows:
        return
    fields, head, places = _statement(type(rows[0]))
    with connection.cursor() as cursor:
        values = [value for row in rows for value in _values(row, fields)]
        cursor.execute(f"{head} {', '.join([places] * len(rows))}", values)
    for row in rows:
        _stored(row)


def read(kind: type[Row], tail: str, *values: Any) -> list[Row]:
    """Whole rows of one table; `tail` goes on from there: "WHERE case_id = %s ORDER BY seq"."""
    return list(kind._default_manager.raw(f"{_selection(kind)} {tail}", [plain(value) for value in values]))


def first(kind: type[Row], tail: str, *values: Any) -> Row | None:
    """The first such row, or None."""
    return next(iter(read(kind, f"{tail} LIMIT 1", *values)), None)


@cache
def _selection(kind: type[models.Model]) -> str:
    columns = ", ".join(f'"{field.column}"' for field in kind._meta.concrete_fields)
    return f'SELECT {columns} FROM "{kind._meta.db_table}"'


def plain(value: Any) -> Any:
    """Moments as the database compares them."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def places(values: Collection[Any]) -> str:
    """The places of a list of values: %s, %s, %s."""
    return ", ".join(["%s"] * len(values))


@cache
def _statement(kind: type[models.Model]) -> tuple[list[Any], str, str]:
    """Fields (without the id), and both halves of the statement; the same text on both databases."""
    fields = [field for field in kind._meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table = kind._meta.db_table
    return fields, f'INSERT INTO "{table}" ({columns}) VALUES', f"({places(fields)})"


def _values(row: models.Model, fields: list[Any]) -> list[Any]:
    for field in fields:
        # A row that pointed to another before that one was stored knows its id only now.
        if field.is_relation and getattr(row, field.attname) is None and field.is_cached(row):
            other = field.get_cached_value(row)
            setattr(row, field.attname, other.pk if other else None)
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


def _stored(row: models.Model) -> None:
    row._state.adding, row._state.db = False, connection.alias
