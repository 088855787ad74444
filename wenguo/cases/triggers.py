"""The record is only ever added to: triggers that hold even against SQL typed by hand.

SQLite: Django's migrations rebuild tables and drop their triggers in silence, so `wenguo migrate` calls install() every
time. REPLACE deletes the row in its way without asking a DELETE trigger (unless recursive_triggers is on, which a
stranger's connection leaves off), so every INSERT that would meet a row is refused beforehand.
PostgreSQL: the triggers belong to the owner of the tables; the app's role can neither drop nor disable them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


class Kept(NamedTuple):
    """A table of the record. `unique`: columns that no two rows share. `chain`: columns that name one chain, whose rows
    count up in `seq`. `erases`: columns that may be emptied, all together; nothing else may ever change."""

    table: str
    columns: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    chain: tuple[str, ...] = ()
    erases: tuple[str, ...] = ()


KEPT = (
    Kept("cases_entry", (), (("id",), ("case_id", "seq"), ("hash",)), chain=("case_id",)),
    Kept("cases_approval", (), (("id",),)),
    Kept("cases_seal", (), (("id",), ("hash",), ("prev",))),
    Kept("people_amendment", (), (("id",), ("kind", "thing", "seq"), ("hash",)), chain=("kind", "thing")),
    Kept("cases_entryprivate", ("id", "entry_id", "field"), (("id",), ("entry_id", "field")),
         erases=("salt", "value")),
    Kept("people_amendmentprivate", ("id", "amendment_id", "field"), (("id",), ("amendment_id", "field")),
         erases=("salt", "value")),
)  # fmt: skip
ONLY_ADDED = "the record is only ever added to"


def install(connection: BaseDatabaseWrapper) -> None:
    """Puts every trigger in place, anew where it is there already. On PostgreSQL only the tables' owner may."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, body in FUNCTIONS.items():
                cursor.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
        for name, table, sql in _triggers(connection):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
            cursor.execute(sql)


def installed(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers (and functions) that are missing, switched off or not as they should be."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            there = dict(cursor.fetchall())
            return [name for name, _, sql in _triggers(connection) if there.get(name) != sql]
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
        names = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE proname = ANY(%s)", [list(FUNCTIONS)])
        sources = dict(cursor.fetchall())
    lost = [name for name, body in FUNCTIONS.items() if sources.get(name) != body]
    return lost + [name for name, _, _ in _triggers(connection) if name not in names]


def _triggers(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str, str]]:
    """(name, table, CREATE statement) of every trigger."""
    make = _postgres if connection.vendor == "postgresql" else _sqlite
    for kept in KEPT:
        for name, sql in make(kept):
            yield name, kept.table, sql


def _equal(columns: tuple[str, ...], left: str, operator: str) -> str:
    return " AND ".join(f"{left}{one} {operator} NEW.{one}" for one in columns)


def _sqlite(kept: Kept) -> Iterator[tuple[str, str]]:
    table = kept.table
    meets = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {_equal(columns, '', '=')})" for columns in kept.unique
    )  # fmt: skip
    if kept.chain:
        last = f"SELECT coalesce(max(seq), 0) FROM {table} WHERE {_equal(kept.chain, '', '=')}"
        meets += f" OR NEW.seq <> ({last}) + 1"
    erased = " AND ".join(f"NEW.{one} = ''" for one in kept.erases)
    allowed = f" WHEN NOT ({_equal(kept.columns, 'OLD.', 'IS')} AND {erased})" if kept.erases else ""
    for event, when in (("insert", f" WHEN {meets}"), ("update", allowed), ("delete", "")):
        name = f"{table}_{event}"
        head = f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table} FOR EACH ROW{when}"
        yield name, f"{head} BEGIN SELECT RAISE(ABORT, '{ONLY_ADDED}'); END"


REFUSED = f"RAISE EXCEPTION '{ONLY_ADDED}' USING ERRCODE = 'integrity_constraint_violation'"
# The arguments of record_next are the columns of a chain. The table is named by its number: no other table of the same
# name on somebody's search path can stand in for it.
FUNCTIONS = {
    "record_refuse": f" BEGIN {REFUSED}; END ",
    "record_next": f"""
        DECLARE same text; last integer;
        BEGIN
            SELECT string_agg(format('%1$I = ($1).%1$I', argument), ' AND ') INTO same FROM unnest(TG_ARGV) argument;
            EXECUTE format('SELECT coalesce(max(seq), 0) FROM %s WHERE %s', TG_RELID::regclass, same)
                INTO last USING NEW;
            IF NEW.seq <> last + 1 THEN {REFUSED}; END IF;
            RETURN NEW;
        END """,
}


def _postgres(kept: Kept) -> Iterator[tuple[str, str]]:
    table = kept.table
    erased = " AND ".join(f"NEW.{one} = ''" for one in kept.erases)
    same = _equal(kept.columns, "OLD.", "IS NOT DISTINCT FROM")
    allowed = f" WHEN (NOT ({same} AND {erased}))" if kept.erases else ""
    for event, each, when in (("update", "ROW", allowed), ("delete", "ROW", ""), ("truncate", "STATEMENT", "")):
        head = f"CREATE TRIGGER {table}_{event} BEFORE {event.upper()} ON {table} FOR EACH {each}{when}"
        yield f"{table}_{event}", f"{head} EXECUTE FUNCTION record_refuse()"
    if kept.chain:
        columns = ", ".join(f"'{one}'" for one in kept.chain)
        head = f"CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} FOR EACH ROW"
        yield f"{table}_insert", f"{head} EXECUTE FUNCTION record_next({columns})"
