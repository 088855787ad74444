"""An upgrade from an earlier version's data: backed up first, whole afterwards, also when it is broken off."""

import subprocess
import sys
import time
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from tests.databases import EMPTY, Database
from tests.keeping.places import backed_up, put_back, restored, rewritten, within
from tests.people import NOW
from tests.serving import ROOT, wenguo
from wenguo.cases import triggers
from wenguo.jobs import schema
from wenguo.jobs.backup import automatic, writing
from wenguo.jobs.backup.manifest import DIGEST
from wenguo.people.chain import canonical
from wenguo.people.models import Amendment, AmendmentPrivate, Branch
from wenguo.vehicles.models import Reading, Vehicle

LATER = "tests.keeping.later.settings"  # the program with migrations that change and move what is there
CARS = 300


@pytest.fixture
def earlier(templates):
    """A database of today's version, at which LATER is an upgrade, with a shop and cars and what was told of them."""
    place = templates.copy(EMPTY)
    with within(place):
        branch = Branch.objects.create(code="HZ", name="店", path="/1/", pack="auto_dealer")
        Vehicle.objects.bulk_create(
            Vehicle(branch=branch, plate=f"浙A{nth:05d}", mileage_km=nth * 100) for nth in range(1, CARS + 1)
        )
        first = {"kind": "vehicle", "seq": 1, "at": NOW, "actor": "staff:7", "prev": "0" * 64}
        Amendment.objects.bulk_create(
            Amendment(**first, thing=pk, hash=f"{pk:064d}", body=canonical({"after": {"mileage_km": pk * 100}}))
            for pk in Vehicle.objects.values_list("pk", flat=True)
        )
        AmendmentPrivate.objects.bulk_create(
            AmendmentPrivate(amendment=one, field="note", salt="s", value=f"第{one.thing}辆")
            for one in Amendment.objects.all()
        )
    yield place
    templates.drop(place)


@pytest.fixture
def later(monkeypatch):
    """This process is of the later version, too."""
    monkeypatch.setattr(settings, "MIGRATION_MODULES", import_module(LATER).MIGRATION_MODULES)


def later_program(place: Database) -> dict[str, str]:
    """What makes a process one of the later version."""
    return {"DJANGO_SETTINGS_MODULE": LATER, "WENGUO_OWNER_DATABASE_URL": place.owner_url}


def upgraded(place: Database) -> subprocess.CompletedProcess[str]:
    return wenguo(place, "migrate", **later_program(place))


def backups(place: Database) -> list[Path]:
    folder = place.home / "backups"
    return sorted(folder.glob("before-upgrade-*")) if folder.exists() else []


def is_whole(place: Database) -> None:
    """Everything of the earlier version is there, in the later version's tables."""
    with within(place):
        executor = MigrationExecutor(connection)
        assert not schema.waiting(executor) and triggers.installed(connection) == []
        assert Branch.objects.get().name == "店"
        assert Vehicle.objects.count() == Reading.objects.count() == CARS
        assert all(one.km == one.vehicle.mileage_km for one in Reading.objects.select_related("vehicle"))
        told = AmendmentPrivate.objects.select_related("amendment")
        assert Amendment.objects.filter(kind="vehicle").count() == len(told) == CARS
        assert all(one.value == f"第{one.amendment.thing}辆" for one in told)
        with connection.cursor() as cursor:
            cursor.execute("SELECT nickname FROM people_branch")
            assert cursor.fetchall() == [("老店",)]
        assert "people_nickname" in connection.introspection.table_names()


def test_an_upgrade_keeps_everything_and_makes_a_backup_first_which_can_be_restored(earlier, later, templates):
    done = upgraded(earlier)
    assert (done.returncode, done.stderr) == (0, "")
    is_whole(earlier)
    (kept,) = backups(earlier)
    assert str(kept) in done.stdout
    assert upgraded(earlier).returncode == 0 and backups(earlier) == [kept]  # nothing is left to do
    there = templates.untouched()
    put_back(kept, there)  # which takes it through the same upgrade
    is_whole(there)
    templates.drop(there)


def test_a_new_database_needs_no_backup(templates):
    place = templates.untouched()
    assert upgraded(place).returncode == 0
    assert backups(place) == []
    templates.drop(place)


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_without_room_for_the_backup_there_is_no_upgrade(earlier, later, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "sync_file", full)
    with within(earlier, owner=True):
        with pytest.raises(OSError, match="No space"):
            schema.upgrade("", NOW, lambda line: None)
        assert "people_nickname" not in connection.introspection.table_names() and not Reading.objects.exists()
    assert backups(earlier) == []


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_the_last_few_backups_are_kept(earlier):
    with within(earlier):
        (earlier.home / "backups" / "mine").mkdir(parents=True)
        for day in range(automatic.KEEP + 2):
            automatic.before_upgrade(NOW + timedelta(days=day), lambda line: None)
    names = [path.name for path in backups(earlier)]
    assert len(names) == automatic.KEEP and names[0] == "before-upgrade-20260318T020000.000000Z"
    assert (earlier.home / "backups" / "mine").exists()


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_an_upgrade_that_is_tried_again_within_the_second_backs_up_again(earlier):
    with within(earlier):
        for moment in (NOW, NOW + timedelta(milliseconds=1)):
            automatic.before_upgrade(moment, lambda line: None)
    assert len(backups(earlier)) == 2


def migrations_of_later() -> int:
    """How many of the later version's the database at hand has had."""
    return MigrationRecorder.Migration.objects.filter(app="people", name__startswith="9").count()


KILLED = {
    "while it makes the backup": lambda place: len(backups(place)) == 1,
    "while it moves data": lambda place: len(whole := backups(place)) == 2 and (whole[1] / DIGEST).exists(),
    "after one migration": lambda place: migrations_of_later() > 0,
    "after two": lambda place: migrations_of_later() > 1,
}


def test_an_upgrade_that_is_killed_goes_on_at_the_next_start(earlier, later):
    environment, kills = earlier.environment() | later_program(earlier), 0
    with within(earlier):
        for reached in KILLED.values():
            running = subprocess.Popen(
                [sys.executable, "-m", "wenguo", "migrate"], env=environment, cwd=ROOT,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            while running.poll() is None and not reached(earlier):
                time.sleep(0.002)
            kills += running.poll() is None
            running.kill()
            running.wait()
    assert kills > 1
    done = upgraded(earlier)
    assert (done.returncode, done.stderr) == (0, "")
    is_whole(earlier)


BEFORE = ("cases", "0001_initial")  # before the first release there were several; one came in their place


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_migrations_in_whose_place_another_came_count_no_more(own_database, templates, tmp_path):
    """Neither in a database that had all of them nor in a backup of it; without that other one they are unknown."""
    MigrationRecorder(connection).record_applied(*BEFORE)
    told = wenguo(own_database, "migrate", WENGUO_OWNER_DATABASE_URL=own_database.owner_url)
    assert (told.returncode, told.stderr) == (0, "") and backups(own_database) == []
    made = backed_up(own_database, tmp_path / "kept")
    assert list(BEFORE) not in made.migrations
    rewritten(tmp_path / "kept", migrations=[*made.migrations, list(BEFORE)])
    there = restored(tmp_path / "kept", templates)
    with within(there):
        assert Branch.objects.filter(code="HZ").exists() and not schema.waiting(MigrationExecutor(connection))
    templates.drop(there)
    for one in MigrationExecutor(connection).loader.graph.root_nodes("cases"):
        MigrationRecorder(connection).record_unapplied(*one)
    assert "cases.0001_initial" in schema.newer(MigrationExecutor(connection))
