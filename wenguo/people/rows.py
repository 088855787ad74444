"""Rows by plain SQL, for what every page reads and every act writes.

Building each of their statements anew by the ORM was half of what a page or an act cost (measured).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

Row = TypeVar("Row", bound=models.Model)
AS_IT_IS = frozenset({str, int, bool, type(None)})  # types that both databases take as they are, but for JSON


def store(row: models.Model) -> None:
    """Inserts one new row and gives it its id. Fields without a value take their defaults, as in save()."""
    fields, head, places = _statement(type(row))
    with connection.cursor() as cursor:
        cursor.execute(f"{head} {places} RETURNING id", _values(row, fields))
        (row.pk,) = cursor.fetchone()
    _stored(row)


def overwrite(row: models.Model) -> None:
    """Writes a row that was read, as it stands now, over what is stored."""
    fields, statement = _overwriting(type(row))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*_values(row, fields), row.pk])


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
    database = connections[DEFAULT_DB_ALIAS]
    head, names, readers = _selection(kind, database.vendor)
    with database.cursor() as cursor:
        cursor.execute(f"{head} {tail}", [plain(value) for value in values])
        rows = [list(row) for row in cursor.fetchall()]
    for place, column, convert in readers:
        for row in rows:
            row[place] = convert(row[place], column, database)
    return [kind.from_db(database.alias, names, row) for row in rows]


def first(kind: type[Row], tail: str, *values: Any) -> Row | None:
    """The first such row, or None."""
    return next(iter(read(kind, f"{tail} LIMIT 1", *values)), None)


@cache
def _selection(kind: type[models.Model], vendor: str) -> tuple[str, list[str], list[tuple[int, Any, Any]]]:
    """The statement's head, the fields' names, and what turns a column's value into Python's: (place, column, how)."""
    table, fields = kind._meta.db_table, kind._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return f'SELECT {columns} FROM "{table}"', [field.attname for field in fields], readers(kind, fields)


def readers(kind: type[models.Model], fields: Iterable[Any]) -> list[tuple[int, Any, Any]]:
    """What turns the columns of these fields, as they come from the database, into Python's: (place, column, how)."""
    database, found = connections[DEFAULT_DB_ALIAS], []
    for place, field in enumerate(fields):
        column: Any = field.get_col(kind._meta.db_table)
        how = [*database.ops.get_db_converters(column), *column.get_db_converters(database)]
        found += [(place, column, convert) for convert in how]
    return found


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


@cache
def _overwriting(kind: type[models.Model]) -> tuple[list[Any], str]:
    """Fields (without the id), and the statement that writes all of them."""
    fields, _, _ = _statement(kind)
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    return fields, f'UPDATE "{kind._meta.db_table}" SET {columns} WHERE id = %s'


def _values(row: models.Model, fields: list[Any]) -> list[Any]:
    for field in fields:
        # A row that pointed to another before that one was stored knows its id only now.
        if field.is_relation and getattr(row, field.attname) is None and field.is_cached(row):
            other = field.get_cached_value(row)
            setattr(row, field.attname, other.pk if other else None)
    database = connections[DEFAULT_DB_ALIAS]  # asked for once: behind `connection` each value would ask again
    return [_prepared(field, getattr(row, field.attname), database) for field in fields]


def _prepared(field: Any, value: Any, database: BaseDatabaseWrapper) -> Any:
    """A value as the driver takes it. Most need nothing; to let Django look at each was an eighth of an act."""
    if type(value) in AS_IT_IS and not isinstance(field, models.JSONField):
        return value
    return field.get_db_prep_save(value, database)


def _stored(row: models.Model) -> None:
    row._state.adding, row._state.db = False, connection.alias
