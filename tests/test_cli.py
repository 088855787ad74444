"""The command line: what it does, and that a mistake gets a sentence and an exit code, never a traceback."""

import dataclasses
import hashlib
import json
import subprocess
import sys
from datetime import timedelta

import psycopg
import pytest
from django.contrib.auth import authenticate
from django.db import connections

from tests.databases import Database, connected
from tests.people import NOW, actor, at_stage
from tests.record import without_entry
from tests.serving import ROOT
from wenguo.cases import triggers
from wenguo.cases.models import Case, Clock, Entry, Notice
from wenguo.cli import main
from wenguo.jobs import schema
from wenguo.people.businessclock import now
from wenguo.people.models import Amendment, Branch, Staff, Token
from wenguo.policy.load import default_pack

ON_EITHER = pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)  # where the database makes no difference


def wenguo(database: Database, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command as a process of its own on `database`."""
    return subprocess.run(
        [sys.executable, "-m", "wenguo", *arguments], env=database.environment() | environment,
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip


def refusal(capsys, *arguments: str) -> str:
    """What the command says when it refuses."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("wenguo: ") and "Traceback" not in said
    return said


def printed(capsys, *arguments: str) -> str:
    capsys.readouterr()
    main(list(arguments))
    return capsys.readouterr().out


# ---- staff and tokens ----


def test_a_new_staff_member_can_sign_in_and_holds_the_role(database, monkeypatch, capsys):
    monkeypatch.setenv("WENGUO_NEW_PASSWORD", "a long way home")
    main(["user", "add", "zhang", "--role", "reception", "--branch", "HZ", "--name", "张小雨"])
    staff = authenticate(username="zhang", password="a long way home")
    assert staff is not None and staff.name == "张小雨"
    assert actor("zhang", now()).roles_at(Branch.objects.get(code="HZ")) == {"reception"}


def test_no_password_ever_stands_in_the_record(database, monkeypatch):
    monkeypatch.setenv("WENGUO_NEW_PASSWORD", "a long way home")
    main(["user", "add", "zhang", "--role", "reception", "--branch", "HZ"])
    staff = Staff.objects.get(username="zhang")
    for amendment in Amendment.objects.all():
        told = amendment.body + "".join(amendment.private.values_list("value", flat=True))
        assert "scrypt" not in told and staff.password not in told


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["alice", "--role", "reception", "--branch", "HZ"], "alice"),
        (["zhang", "--role", "sorcerer", "--branch", "HZ"], "service_manager"),  # it names those that there are
        (["zhang", "--role", "reception", "--branch", "XX"], "HZ"),
    ],
)
def test_a_wrong_name_role_or_branch_is_told(database, monkeypatch, capsys, arguments, why):
    monkeypatch.setenv("WENGUO_NEW_PASSWORD", "a long way home")
    assert why in refusal(capsys, "user", "add", *arguments)
    assert not Staff.objects.filter(username="zhang").exists()


def test_a_weak_password_is_refused(database, monkeypatch, capsys):
    monkeypatch.setenv("WENGUO_NEW_PASSWORD", "12345")
    refusal(capsys, "user", "add", "zhang", "--role", "reception", "--branch", "HZ")
    assert not Staff.objects.filter(username="zhang").exists()


@ON_EITHER
def test_without_a_terminal_and_without_a_password_nobody_is_added(own_database):
    done = wenguo(own_database, "user", "add", "zhang", "--role", "reception", "--branch", "HZ")
    assert done.returncode == 1 and "WENGUO_NEW_PASSWORD" in done.stderr


def test_a_token_is_printed_and_only_its_hash_kept(database, capsys):
    token = printed(capsys, "token", "alice").strip()
    kept = Token.objects.get()
    assert kept.digest == hashlib.sha256(token.encode()).hexdigest() and kept.staff.username == "alice"
    assert len(token) >= 32
    assert "nobody" in refusal(capsys, "token", "nobody")


# ---- packs ----


@ON_EITHER
def test_the_packs_that_ship_have_no_faults(database, capsys):
    assert printed(capsys, "pack", "check") == ""


@ON_EITHER
def test_a_faulty_pack_is_told_with_file_and_line(database, tmp_path, capsys):
    source = ROOT / "wenguo" / "packs" / "auto_dealer"
    for path in source.rglob("*.toml"):
        target = tmp_path / "auto_dealer" / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text().replace('then = { assigned = "investigating" }', 'then = { a = "nowhere" }'))
    with pytest.raises(SystemExit) as ended:
        main(["pack", "check", str(tmp_path / "auto_dealer")])
    told = capsys.readouterr().out
    assert ended.value.code == 1 and "processes/complaint.toml:" in told and "nowhere" in told


@ON_EITHER
def test_a_folder_without_a_pack_is_told(database, tmp_path, capsys):
    assert "pack.toml" in refusal(capsys, "pack", "check", str(tmp_path))


@ON_EITHER
def test_a_process_is_drawn_and_a_step_explained(database, capsys):
    assert printed(capsys, "pack", "diagram", "auto_dealer", "complaint").startswith("stateDiagram-v2\n")
    told = printed(capsys, "explain", "not_satisfied", "--branch", "HZ")
    assert "complaint.toml:" in told


@ON_EITHER
@pytest.mark.parametrize(
    "arguments",
    [
        ["pack", "diagram", "no_pack", "complaint"],
        ["pack", "diagram", "auto_dealer", "no_process"],
        ["explain", "no_verb"],
        ["explain", "closed", "--pack", "no_pack"],
        ["explain", "closed", "--process", "no_process"],
        ["explain", "closed", "--branch", "no_branch"],
    ],
)
def test_an_unknown_word_is_answered_with_those_that_there_are(database, capsys, arguments):
    assert "there is: " in refusal(capsys, *arguments)


# ---- the loops, once ----


def test_tick_and_send_take_one_round(database, capsys):
    case = at_stage("receiving", now=now() - timedelta(days=60))
    due = case.clocks.count()
    assert f"{due} taken" in printed(capsys, "tick")
    assert "0 taken" in printed(capsys, "tick")
    bells = Notice.objects.count()
    assert f"{bells} notices" in printed(capsys, "send")


# ---- routes ----


@ON_EITHER
def test_every_route_says_its_methods_and_who_may_call_it(database, capsys):
    told = json.loads(printed(capsys, "routes", "--json"))
    by_path = {route["path"]: route for route in told}
    assert by_path["/"]["who"] == "staff" and by_path["/login/"]["who"] == "anyone"
    assert by_path["/healthz"]["methods"] == ["GET", "HEAD"]
    assert by_path["/api/v1/cases/{number}/steps/not_satisfied"] == {
        "path": "/api/v1/cases/{number}/steps/not_satisfied", "methods": ["POST"], "who": "token",
        "name": "step_not_satisfied",
    }  # fmt: skip
    assert by_path["/api/v1/openapi.json"]["who"] == "anyone"
    assert all(route["methods"] and route["who"] in ("staff", "token", "anyone") for route in told)


# ---- migrate ----


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


# ---- sample data ----


def test_sample_data_fills_an_empty_database_through_the_door_and_no_other(empty_database):
    done = wenguo(empty_database, "demo", "--cases", "4", "--seed", "7", WENGUO_DEMO_PASSWORD="very-own-password")
    assert (done.returncode, done.stderr) == (0, "")
    assert Case.objects.count() == 4 and without_entry() == []
    assert authenticate(username="manager", password="very-own-password")
    again = wenguo(empty_database, "demo")
    assert again.returncode == 1 and "Traceback" not in again.stderr
    assert Case.objects.count() == 4


# ---- mistakes ----


@ON_EITHER
@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["serve", "--port", "99999"], ["demo", "--cases", "none"]])
def test_a_command_that_is_not_understood_ends_with_two(database, capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_a_database_out_of_reach_is_told(tmp_path):
    nowhere = Database("postgresql", tmp_path, "postgres://app:x@127.0.0.1:1/none")
    code = "from wenguo.jobs import schema; schema.PATIENCE = 1; from wenguo.cli import main; main(['tick'])"
    done = subprocess.run(
        [sys.executable, "-c", f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'wenguo.settings'\n"
         f"import django; django.setup()\n{code}"],
        env=nowhere.environment(), cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "waiting for the database" in done.stdout and "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    home = Database("sqlite", tmp_path / "file" / "home")
    done = wenguo(home, "tick")
    assert done.returncode == 1 and "Traceback" not in done.stderr


@ON_EITHER
def test_a_reader_that_has_seen_enough_is_no_error(own_database):
    done = subprocess.run(
        f"'{sys.executable}' -m wenguo routes --json | head -1", shell=True, cwd=ROOT, env=own_database.environment(),
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stderr == ""


def test_the_time_given_for_tests_is_only_taken_in_tests(own_database):
    at_stage("receiving")
    due = Clock.objects.order_by("due_at")[0].due_at
    early = {"WENGUO_NOW": (due - timedelta(hours=1)).isoformat()}
    assert "0 taken" in wenguo(own_database, "tick", **early).stdout
    assert "0 taken" not in wenguo(own_database, "tick", WENGUO_TEST="0", **early).stdout
    assert Entry.objects.filter(verb="overdue", at__gt=NOW).exists()
