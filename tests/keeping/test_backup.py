"""Backups: the same rows from and into both databases, of one moment, and never a half one."""

import gzip
import json
import random
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
from django.db import connection, connections

from tests.drill import often
from tests.keeping.busy import ODD, all_rows
from tests.keeping.places import backed_up, put_back, restored, within
from tests.people import NOW, actor, at_stage
from tests.record import faults, without_entry
from tests.serving import ROOT, wenguo
from wenguo.cases import evidence, reindexing, triggers
from wenguo.cases.evidence import path_of
from wenguo.cases.models import Case, Entry, Evidence
from wenguo.jobs import Refused
from wenguo.jobs.backup import writing
from wenguo.jobs.backup.manifest import verified

# Nothing fills these yet, or nobody did in the story of `busy`.
EMPTY_BY_RIGHT = {
    "auth_group", "auth_group_permissions", "cases_hit", "cases_paper", "cases_signature", "cases_savedview",
    "cases_chosencolumns", "channels_columnmap", "channels_importrun", "web_done",
}  # fmt: skip
SQLITE = pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)


@SQLITE
def test_from_sqlite_to_postgresql_and_back_every_row_and_every_file_is_the_same(
    busy, sqlite_templates, postgresql_templates, tmp_path
):
    rows = all_rows()
    told = {name for name, found in rows.items() if not found} - EMPTY_BY_RIGHT
    assert told <= {"cases_idempotency", "cases_casevehicle", "cases_errand", "cases_caselink"}
    backed_up(busy, tmp_path / "one")
    there = restored(tmp_path / "one", postgresql_templates)
    with within(there):
        assert all_rows() == rows
        assert faults() == [] and without_entry() == [] and triggers.installed(connection) == []
        assert all(map(evidence.sound, Evidence.objects.all()))
    backed_up(there, tmp_path / "two")
    back = restored(tmp_path / "two", sqlite_templates)
    with within(back):
        assert all_rows() == rows
        assert faults() == [] and triggers.installed(connection) == []
        assert all(map(evidence.sound, Evidence.objects.all()))
    one, two = (verified(tmp_path / name, lambda line: None) for name in ("one", "two"))
    assert [(each.name, each.rows) for each in one.tables] == [(each.name, each.rows) for each in two.tables]
    postgresql_templates.drop(there)


def test_work_goes_on_in_the_restored_place(busy, templates, tmp_path):
    backed_up(busy, tmp_path / "kept")
    there = restored(tmp_path / "kept", templates)
    with within(there):
        last = Case.objects.order_by("-pk")[0]
        fresh = at_stage("investigating", phone="13700137000", plate="浙C00001")
        assert fresh.pk > last.pk and faults() == []
        with pytest.raises(Exception, match="only ever added"), connection.cursor() as cursor:
            cursor.execute("DELETE FROM cases_entry")
    templates.drop(there)


def test_odd_text_and_numbers_stand_in_the_backup_as_they_were(busy, tmp_path):
    columns = next(one for one in backed_up(busy, tmp_path / "kept").tables if one.name == "cases_draft").columns
    with gzip.open(tmp_path / "kept" / "tables" / "cases_draft.jsonl.gz") as lines:
        (row,) = map(json.loads, lines)
    typed = row[columns.index("data")]["typed"]
    assert (typed["content"], typed["empty"], typed["nothing"], typed["big"]) == (ODD, "", None, 2**60)


def test_nothing_that_would_sign_somebody_in_is_in_a_backup(busy, tmp_path):
    made = backed_up(busy, tmp_path / "kept")
    assert "django_session" in made.left_out and "django_session" not in {one.name for one in made.tables}
    assert not [path for path in (tmp_path / "kept").rglob("*") if "secret" in path.name]
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0


def test_a_backup_is_of_one_moment_while_people_go_on(busy, templates, tmp_path, monkeypatch):
    """Each table is read while another thread opens cases: none of them is half in the backup."""
    counted, real = Entry.objects.count(), writing._written_table

    def at_work() -> None:
        with within(busy):
            at_stage("receiving", phone=f"1370000{Case.objects.count():04d}", plate="")
        connections.close_all()

    def slowly(table, *more):
        if table.name in ("cases_case", "cases_entry", "cases_notice", "people_customer"):
            worker = threading.Thread(target=at_work)
            worker.start()
            worker.join()  # it must not have to wait for the backup
        return real(table, *more)

    monkeypatch.setattr(writing, "_written_table", slowly)
    made = backed_up(busy, tmp_path / "kept")
    assert Entry.objects.count() > counted
    assert {one.name: one.rows for one in made.tables}["cases_entry"] == counted
    there = restored(tmp_path / "kept", templates)
    with within(there):
        assert faults() == [] and without_entry() == []
    templates.drop(there)


def test_a_folder_that_is_there_is_left_alone(busy, tmp_path):
    (tmp_path / "kept").mkdir()
    with pytest.raises(Refused, match="is there already"):
        backed_up(busy, tmp_path / "kept")
    assert list(tmp_path.iterdir()) == [tmp_path / "kept"]


@SQLITE
def test_a_backup_that_fails_leaves_nothing_behind(busy, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "sync_file", full)
    with pytest.raises(OSError, match="No space"):
        backed_up(busy, tmp_path / "kept")
    assert list(tmp_path.iterdir()) == []


@SQLITE
def test_evidence_that_is_gone_or_was_changed_is_told_and_not_passed_off_as_kept(busy, tmp_path):
    one, two = list({each.sha256: each for each in Evidence.objects.order_by("pk")}.values())[:2]
    path_of(one.sha256).unlink()
    changed = bytearray(path_of(two.sha256).read_bytes())
    changed[0] ^= 1
    path_of(two.sha256).write_bytes(changed)
    made = backed_up(busy, tmp_path / "kept")
    assert sorted(made.lost) == sorted({one.sha256, two.sha256})
    verified(tmp_path / "kept", lambda line: None)


def test_nothing_is_restored_over_data(busy, tmp_path):
    backed_up(busy, tmp_path / "kept")
    rows = all_rows()
    with pytest.raises(Refused, match="isn't empty"):
        put_back(tmp_path / "kept", busy)
    assert all_rows() == rows


def test_a_migrated_and_empty_place_will_do(busy, templates, tmp_path):
    rows = all_rows()
    backed_up(busy, tmp_path / "kept")
    there = templates.copy("empty")
    put_back(tmp_path / "kept", there)
    with within(there):
        assert all_rows() == rows and triggers.installed(connection) == []
    templates.drop(there)


@SQLITE
def test_a_place_that_a_server_has_open_is_refused(busy, templates, tmp_path):
    backed_up(busy, tmp_path / "kept")
    there = templates.copy("empty")
    with within(there):
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases_case")
        with pytest.raises(Refused, match="in use"):
            put_back(tmp_path / "kept", there)


def test_a_restore_that_is_killed_leaves_nothing_or_all_of_it_and_may_be_done_again(busy, templates, tmp_path):
    rows, chance = all_rows(), random.Random(5)
    backed_up(busy, tmp_path / "kept")
    there = templates.untouched()
    owner = {"WENGUO_OWNER_DATABASE_URL": there.owner_url}
    for nth in range(often(20, 3)):
        running = subprocess.Popen(
            [sys.executable, "-m", "wenguo", "restore", str(tmp_path / "kept")], cwd=ROOT,
            env=there.environment() | owner, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        with suppress(subprocess.TimeoutExpired):
            running.wait(0.4 * (nth + 1) + chance.random())
        running.kill()
        running.wait()
        with within(there, owner=True):
            tables = connection.introspection.table_names()
            if "cases_case" in tables and Case.objects.exists():
                break
    done = wenguo(there, "restore", str(tmp_path / "kept"), **owner)
    assert done.returncode == 0 or "isn't empty" in done.stderr, done.stderr
    assert wenguo(there, "migrate", **owner).returncode == 0
    with within(there):
        assert all_rows() == rows and faults() == [] and triggers.installed(connection) == []
        reindexing.complete()  # as the loops do
        assert list(reindexing.faults()) == []
    templates.drop(there)


def test_by_the_command_line_from_a_running_shop(busy, templates, tmp_path):
    done = wenguo(busy, "backup", str(tmp_path / "kept"))
    assert (done.returncode, done.stderr) == (0, "")
    there = templates.untouched()
    done = wenguo(there, "restore", str(tmp_path / "kept"), WENGUO_OWNER_DATABASE_URL=there.owner_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert wenguo(there, "tick").returncode == 0
    done = wenguo(there, "restore", str(tmp_path / "kept"), WENGUO_OWNER_DATABASE_URL=there.owner_url)
    assert done.returncode == 1 and "isn't empty" in done.stderr and "Traceback" not in done.stderr
    templates.drop(there)


def test_a_file_that_was_being_stored_is_of_no_matter(busy, tmp_path):
    """Evidence that came after the snapshot isn't in it; a half-written one neither."""
    evidence.store("x.txt", [b"later"], actor("alice"), NOW)
    (path_of("ab" * 32).parent.parent / "incoming-xyz").write_bytes(b"half")
    made = backed_up(busy, tmp_path / "kept")
    assert not [one for one in made.evidence if "incoming" in one.file]
