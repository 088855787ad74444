"""The record is only ever added to, even by SQL typed by hand. On PostgreSQL the attacker is the app's own role."""

import sqlite3

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from tests.databases import Database
from tests.people import NOW, at_stage, take
from tests.record import faults
from wenguo.cases import triggers
from wenguo.cases.models import Entry, EntryPrivate, Seal
from wenguo.people.models import Amendment, AmendmentPrivate

pytestmark = pytest.mark.both_databases

TABLES = {
    "cases_entry": Entry,
    "cases_seal": Seal,
    "people_amendment": Amendment,
    "cases_entryprivate": EntryPrivate,
    "people_amendmentprivate": AmendmentPrivate,
}
ONE, LAST = "(SELECT min(id) FROM {table})", "(SELECT max(id) FROM {table})"
# A column each that somebody would like to change.
TARGET = {
    "cases_entry": "verb",
    "cases_seal": "root",
    "people_amendment": "reason",
    "cases_entryprivate": "value",
    "people_amendmentprivate": "value",
}


@pytest.fixture
def record(database):
    """At least two rows in every table of the record."""
    take(at_stage("receiving"), "noted")
    for nth in ("a", "b"):
        Seal.objects.create(at=NOW, first=1, last=2, count=2, root=nth * 64, prev=nth * 64, hash=nth * 64)
    return {table: sorted(model.objects.values_list()) for table, model in TABLES.items()}


def refused(sql: str, *values) -> bool:
    """Whether the database refuses it by an integrity error or for lack of right; nothing else counts."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except (IntegrityError, ProgrammingError) as refusal:
        cause = refusal.__cause__
        ours = triggers.ONLY_ADDED in str(cause)
        return ours or isinstance(cause, psycopg.errors.InsufficientPrivilege)
    return False


def unchanged(record) -> bool:
    return record == {table: sorted(model.objects.values_list()) for table, model in TABLES.items()}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE {table} SET {target} = 'x' WHERE id = {one}",
        "UPDATE {table} SET id = id + 1000",
        "DELETE FROM {table}",
        "DELETE FROM {table} WHERE id = {last}",
    ],
)
def test_rows_are_neither_changed_nor_deleted(record, table, attack):
    names = {"table": table, "target": TARGET[table]}
    one, last = ONE.format(table=table), LAST.format(table=table)
    assert refused(attack.format(**names, one=one, last=last))
    assert unchanged(record)


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("replace", ["REPLACE", "INSERT OR REPLACE"])
def test_no_row_is_replaced_whatever_the_connection_has_set(record, table, recursive, replace):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA recursive_triggers={recursive}")
        columns = [column.column for column in TABLES[table]._meta.concrete_fields]
        named = ", ".join(columns)
        # By its id, and by its other unique columns under a new id.
        for new_id in ("id", "id + 1000"):
            values = ", ".join(
                new_id if one == "id" else "'x'" if one == TARGET[table] else one for one in columns
            )  # fmt: skip
            assert refused(f"{replace} INTO {table} ({named}) SELECT {values} FROM {table}")
        assert refused(f"UPDATE OR REPLACE {table} SET id = {LAST.format(table=table)} WHERE id < 1000")
        cursor.execute("PRAGMA recursive_triggers=ON")
    assert unchanged(record)


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_overwritten_by_an_upsert(record, table):
    named = ", ".join(column.column for column in TABLES[table]._meta.concrete_fields)
    upsert = f"INSERT INTO {table} ({named}) SELECT {named} FROM {table} WHERE true ON CONFLICT (id) DO UPDATE"
    assert refused(f"{upsert} SET {TARGET[table]} = 'x'")
    assert unchanged(record)


@pytest.mark.parametrize("seq", [0, 1, 4, 99])
def test_an_entry_can_only_follow_the_last_one(record, seq):
    last = Entry.objects.order_by("-seq")[0]
    last.pk, last.seq, last.hash = None, seq, "f" * 64
    with pytest.raises(IntegrityError), transaction.atomic():
        last.save(force_insert=True)
    assert unchanged(record)


def test_an_amendment_can_only_follow_the_last_one(record):
    last = Amendment.objects.order_by("-seq")[0]
    last.pk, last.seq, last.hash = None, last.seq + 2, "f" * 64
    with pytest.raises(IntegrityError), transaction.atomic():
        last.save(force_insert=True)
    assert unchanged(record)


def test_a_private_value_can_be_erased_and_the_record_still_holds(record):
    assert EntryPrivate.objects.all().update(salt="", value="") > 1
    assert AmendmentPrivate.objects.all().update(salt="", value="") > 1
    assert faults() == []


@pytest.mark.parametrize(
    "half",
    [
        {"value": ""},
        {"salt": ""},
        {"salt": "", "value": "", "field": "other"},
        {"salt": "", "value": '"another word"'},
        {"salt": "0" * 32, "value": ""},
    ],
)
@pytest.mark.parametrize("model", [EntryPrivate, AmendmentPrivate])
def test_a_private_value_is_erased_whole_or_not_at_all(record, model, half):
    row = model.objects.order_by("id")[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**half)
    assert unchanged(record)


def test_an_erased_value_is_not_written_again(record):
    row = EntryPrivate.objects.order_by("id")[0]
    EntryPrivate.objects.filter(pk=row.pk).update(salt="", value="")
    with pytest.raises(IntegrityError), transaction.atomic():
        EntryPrivate.objects.filter(pk=row.pk).update(salt=row.salt, value=row.value)


@pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", TABLES)
def test_the_app_role_has_no_way_round_the_triggers(record, table):
    for attack in (
        f"TRUNCATE {table}",
        f"TRUNCATE {table} CASCADE",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"ALTER TABLE {table} DISABLE TRIGGER {table}_update",
        f"DROP TRIGGER {table}_delete ON {table}",
        f"DROP TABLE {table} CASCADE",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION record_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "DROP FUNCTION record_refuse() CASCADE",
        "SET ROLE owner",
    ):
        assert refused(attack), attack
    assert unchanged(record)


@pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)
def test_a_table_of_the_same_name_does_not_mislead_the_count(own_database):
    take(at_stage("receiving"), "noted")
    with psycopg.connect(own_database.owner_url, autocommit=True) as owner:
        owner.execute("CREATE TEMPORARY TABLE cases_entry (case_id bigint, seq integer)")
        owner.execute("INSERT INTO cases_entry SELECT id, 98 FROM cases_case")
        named = ", ".join(one.column for one in Entry._meta.concrete_fields if one.column not in ("id", "seq", "hash"))
        with pytest.raises(psycopg.IntegrityError, match=triggers.ONLY_ADDED):
            owner.execute(f"INSERT INTO public.cases_entry ({named}, seq, hash) "
                          f"SELECT {named}, 99, 'f' FROM public.cases_entry WHERE seq = 1")  # fmt: skip


@pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)
def test_even_the_owner_cannot_truncate_while_the_triggers_stand(own_database):
    take(at_stage("receiving"), "noted")
    with psycopg.connect(own_database.owner_url, autocommit=True) as owner:
        for table in TABLES:
            with pytest.raises(psycopg.IntegrityError):
                owner.execute(f"TRUNCATE {table} CASCADE")
    assert Entry.objects.count() == 2


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_another_program_on_the_file_is_refused_too(own_database: Database):
    take(at_stage("receiving"), "noted")
    with sqlite3.connect(own_database.settings()["NAME"]) as stranger:  # no recursive_triggers here
        for attack in ("DELETE FROM cases_entry", "REPLACE INTO cases_entry SELECT * FROM cases_entry"):
            with pytest.raises(sqlite3.IntegrityError, match=triggers.ONLY_ADDED):
                stranger.execute(attack)


def test_a_missing_trigger_is_named_and_installed_again(database):
    assert triggers.installed(connection) == []
    if connection.vendor == "sqlite":  # on PostgreSQL only the owner may
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER cases_entry_delete")
            cursor.execute("DROP TRIGGER cases_seal_update")
            cursor.execute("CREATE TRIGGER cases_seal_update BEFORE UPDATE ON cases_seal BEGIN SELECT 1; END")
        assert triggers.installed(connection) == ["cases_entry_delete", "cases_seal_update"]
        triggers.install(connection)
        assert triggers.installed(connection) == []


@pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)
def test_a_trigger_switched_off_or_a_changed_function_is_named(own_database):
    with psycopg.connect(own_database.owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE cases_entry DISABLE TRIGGER cases_entry_delete")
        owner.execute(
            "CREATE OR REPLACE FUNCTION record_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
        )
    assert triggers.installed(connection) == ["record_refuse", "cases_entry_delete"]


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_django_drops_the_triggers_of_a_table_that_it_rebuilds(own_database):
    """Why `wenguo migrate` installs them after every migration."""
    with connection.schema_editor() as editor:
        editor._remake_table(Entry)  # what changing a column comes to
    assert "cases_entry_delete" in triggers.installed(connection)
    triggers.install(connection)
    assert triggers.installed(connection) == []
