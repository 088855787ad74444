"""What an audit says: where in the record something is wrong, and what, in both languages. Never a personal value."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection


class Finding(NamedTuple):
    """`where`: a case's number with the entry's, a kind of thing with its id, a seal. The words say what is wrong."""

    where: str
    says: str
    en: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says} · {self.en}"


@contextmanager
def as_it_stands(snapshot: str = "") -> Iterator[None]:
    """Within, everything is read as it stood at one moment, while others go on writing; nothing can be written.

    `snapshot`: that of another connection to PostgreSQL, which stands at the same moment.
    """
    if connection.in_atomic_block:
        yield
        return
    begin = "BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            if snapshot:
                cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
            if connection.vendor == "postgresql":  # else each piece of a table reads all of it: no disk is that slow
                cursor.execute("SET LOCAL random_page_cost = 1.1")
            cursor.execute("SELECT id FROM cases_seal LIMIT 1")  # the moment is that of the first statement
            yield
        finally:
            cursor.execute("ROLLBACK")


@contextmanager
def nobody_writes() -> Iterator[None]:
    """Within, writers to SQLite wait."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def moment(column: str) -> str:
    """SQL that reads a moment as text; stamped() makes of it what was hashed."""
    if connection.vendor == "sqlite":
        return f"{column} || ''"  # else the driver makes a moment of it
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def stamped(text: Any) -> Any:
    """The moment as it was hashed, from what moment() reads; what is none stays, and fits no hash."""
    if isinstance(text, str) and len(text) in (19, 26) and text[10] == " ":
        return f"{text[:10]}T{text[11:]}{'.000000' if len(text) == 19 else ''}Z"
    return text


def asked(sql: str, values: Iterable[Any] = ()) -> list[tuple]:
    """The rows that a statement gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return cursor.fetchall()
