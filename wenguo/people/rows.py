"""New rows by plain INSERT. An act writes a dozen of them; building each statement by the ORM was half its cost."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models


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


@cache
def _statement(kind: type[models.Model]) -> tuple[list[Any], str, str]:
    """Fields (without the id), and both halves of the statement; the same text on both databases."""
    fields = [field for field in kind._meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table = kind._meta.db_table
    return fields, f'INSERT INTO "{table}" ({columns}) VALUES', f"({', '.join(['%s'] * len(fields))})"


def _values(row: models.Model, fields: list[Any]) -> list[Any]:
    for field in fields:
        # A row that pointed to another before that one was stored knows its id only now.
        if field.is_relation and getattr(row, field.attname) is None and field.is_cached(row):
            other = field.get_cached_value(row)
            setattr(row, field.attname, other.pk if other else None)
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


def _stored(row: models.Model) -> None:
    row._state.adding, row._state.db = False, connection.alias
