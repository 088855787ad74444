"""An upgrade from an earlier version's data: backed up first, whole afterwards, also when it is broken off."""

import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.databases import Database
from tests.keeping.places import put_back, within
from tests.people import NOW
from tests.serving import ROOT, wenguo
from wenguo.cases import triggers
from wenguo.jobs import schema
from wenguo.jobs.backup import automatic, writing
from wenguo.people.models import Branch
from wenguo.policy.fields import canonical
from wenguo.vehicles.models import Reading, Vehicle

# What the first version's tables looked like, at which later migrations change and add.
EARLIER = [
    ("people", "0001_initial"),
    ("vehicles", "0001_initial"),
    ("cases", "0001_initial"),
    ("sessions", "0001_initial"),
]
CARS = 300


@pytest.fixture
def earlier(templates):
    """A database of the first version with a shop, its cars, and cases with entries in it."""
    place = templates.untouched()
    with within(place, owner=True):
        executor = MigrationExecutor(connection)
        executor.migrate(EARLIER)
        old = executor.loader.project_state(EARLIER).apps
        branch = old.get_model("people", "Branch").objects.create(code="HZ", name="店", path="/1/", pack="auto_dealer")
        vehicle, amendment = old.get_model("vehicles", "Vehicle"), old.get_model("people", "Amendment")
        vehicle.objects.bulk_create(
            vehicle(branch=branch, plate=f"浙A{nth:05d}", mileage_km=nth * 100) for nth in range(1, CARS + 1)
        )
        first = {"kind": "vehicle", "seq": 1, "at": NOW, "actor": "staff:7", "prev": "0" * 64}
        amendment.objects.bulk_create(
            amendment(**first, thing=pk, hash=f"{pk:064d}", body=canonical({"after": {"mileage_km": pk * 100}}))
            for pk in vehicle.objects.values_list("pk", flat=True)
        )
    yield place
    templates.drop(place)


def upgraded(place: Database) -> subprocess.CompletedProcess[str]:
    return wenguo(place, "migrate", WENGUO_OWNER_DATABASE_URL=place.owner_url)


def backups(place: Database) -> list[Path]:
    folder = place.home / "backups"
    return sorted(folder.glob("before-upgrade-*")) if folder.exists() else []


def is_whole(place: Database) -> None:
    """Everything of the earlier version is there, in this version's tables."""
    with within(place):
        executor = MigrationExecutor(connection)
        assert not schema.waiting(executor) and triggers.installed(connection) == []
        assert Branch.objects.get().name == "店"
        assert Vehicle.objects.count() == Reading.objects.count() == CARS
        assert all(one.km == one.vehicle.mileage_km for one in Reading.objects.select_related("vehicle"))


def test_an_upgrade_keeps_everything_and_makes_a_backup_first_which_can_be_restored(earlier, templates):
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
def test_without_room_for_the_backup_there_is_no_upgrade(earlier, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "sync_file", full)
    with within(earlier, owner=True):
        with pytest.raises(OSError, match="No space"):
            schema.upgrade("", NOW, lambda line: None)
        assert "vehicles_reading" not in connection.introspection.table_names()
    assert backups(earlier) == []


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_the_last_few_backups_are_kept(earlier):
    with within(earlier):
        (earlier.home / "backups" / "mine").mkdir(parents=True)
        for day in range(automatic.KEEP + 2):
            automatic.before_upgrade(NOW + timedelta(days=day), lambda line: None)
    names = [path.name for path in backups(earlier)]
    assert len(names) == automatic.KEEP and names[0] == "before-upgrade-20260318T020000Z"
    assert (earlier.home / "backups" / "mine").exists()


def test_an_upgrade_that_is_killed_goes_on_at_the_next_start(earlier):
    chance, kills = random.Random(4), 0
    environment = earlier.environment() | {"WENGUO_OWNER_DATABASE_URL": earlier.owner_url}
    for _ in range(4):
        running = subprocess.Popen(
            [sys.executable, "-m", "wenguo", "migrate"], env=environment, cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(chance.uniform(1.0, 4.0))
        kills += running.poll() is None
        running.kill()
        running.wait()
    assert kills
    done = upgraded(earlier)
    assert (done.returncode, done.stderr) == (0, "")
    is_whole(earlier)
