"""Bringing a database up to this version, and refusing to run on one that isn't."""

import dataclasses

import psycopg
import pytest
from django.db import connections

from tests.databases import Database, connected
from tests.people import NOW, at_stage
from tests.serving import wenguo
from wenguo.cases import triggers
from wenguo.cases.models import Case
from wenguo.jobs import schema
from wenguo.policy.load import default_pack

pytestmark = pytest.mark.both_databases


def test_migrate_makes_tables_and_triggers_as_the_owner(templates):
    made = _untouched(templates)
    try:
        done = wenguo(made, "migrate", WENGUO_OWNER_DATABASE_URL=made.owner_url)
        assert (done.returncode, done.stderr) == (0, "")
        done = wenguo(made, "migrate", WENGUO_OWNER_DATABASE_URL=made.owner_url)  # again: nothing left to do
        assert done.returncode == 0
        with connected(made) as there:
            assert triggers.installed(there) == []
            with there.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM cases_case")
                assert cursor.fetchone() == (0,)
    finally:
        templates.drop(made)


def _untouched(templates) -> Database:
    """A database in which nothing has been made; on PostgreSQL the app's role has no right in it yet."""
    made = templates.untouched()
    if made.vendor == "postgresql":
        with psycopg.connect(made.owner_url, autocommit=True) as owner:
            owner.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM app")
            owner.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM app")
    return made


@pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)
def test_the_app_works_with_the_rights_that_migrate_gave_it_and_no_more(templates):
    made = _untouched(templates)
    try:
        assert wenguo(made, "migrate", WENGUO_OWNER_DATABASE_URL=made.owner_url).returncode == 0
        done = wenguo(made, "demo", "--cases", "1")
        assert (done.returncode, done.stderr) == (0, "")
        with psycopg.connect(made.url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("TRUNCATE cases_case CASCADE")
        with psycopg.connect(made.url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DROP TABLE cases_case CASCADE")
    finally:
        templates.drop(made)


@pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_on_postgresql_nothing_starts_on_a_schema_that_is_behind(templates, command):
    made = _untouched(templates)
    try:
        done = wenguo(made, command)
        assert done.returncode == 1
        assert "wenguo migrate" in done.stderr and "Traceback" not in done.stderr
    finally:
        templates.drop(made)


@pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)
def test_missing_triggers_count_as_behind_and_migrate_mends_them(own_database):
    with psycopg.connect(own_database.owner_url, autocommit=True) as owner:
        owner.execute("DROP TRIGGER cases_entry_delete ON cases_entry")
    assert wenguo(own_database, "tick").returncode == 1
    assert wenguo(own_database, "migrate", WENGUO_OWNER_DATABASE_URL=own_database.owner_url).returncode == 0
    assert wenguo(own_database, "tick").returncode == 0


@pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)
def test_a_role_that_is_not_there_is_told(own_database):
    stranger = own_database.url.replace("//app:", "//nobody:")
    done = wenguo(
        own_database, "migrate", DATABASE_URL=stranger, WENGUO_OWNER_DATABASE_URL=own_database.owner_url
    )  # fmt: skip
    assert done.returncode == 1 and "nobody" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["tick", "migrate"])
def test_a_database_of_a_newer_version_is_left_alone(own_database, command):
    owner = {"WENGUO_OWNER_DATABASE_URL": own_database.owner_url}
    with connections["default"].cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '9999_later', %s)", [NOW])
    done = wenguo(own_database, command, **owner)
    assert done.returncode == 1
    assert "cases.9999_later" in done.stderr and "Traceback" not in done.stderr


def test_cases_at_a_renamed_stage_move_with_it_through_the_door(database, monkeypatch):
    case, other = at_stage("investigating"), at_stage("investigating")
    Case.objects.filter(pk=case.pk).update(stage="older")
    pack = default_pack()
    renamed = dataclasses.replace(pack.processes["complaint"], moved={"older": "old", "old": "investigating"})
    monkeypatch.setattr(
        schema, "packs", lambda: {pack.name: dataclasses.replace(pack, processes={"complaint": renamed})}
    )
    assert schema.relocate(NOW) == 1
    case.refresh_from_db()
    last = case.entries.order_by("-seq")[0]
    assert case.stage == "investigating"
    assert (last.verb, last.actor, last.came_from, last.went_to) == ("relocated", "system", "older", "investigating")
    assert not other.entries.filter(verb="relocated").exists()
    assert schema.relocate(NOW) == 0
