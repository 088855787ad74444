"""The doctor: each kind of illness is found, named with a way to mend it, and mended where a program may."""

import json
import os
import sqlite3
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from tests.notify.telling import outlet
from tests.people import NOW, actor, at_stage
from tests.serving import wenguo
from wenguo.cases import evidence
from wenguo.cases.asking import asking
from wenguo.cases.evidence import path_of
from wenguo.cases.models import Case, Clock, Draft, Errand, Evidence, Loop, Notice, SameFault
from wenguo.cases.rounds import follow_changes
from wenguo.jobs.doctor import CHECKS, Finding, examine
from wenguo.people.models import Branch, OpeningHours, Post, Staff
from wenguo.people.tree import touch
from wenguo.vehicles.dms import vehicle_told

SQLITE = pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
LATER = NOW + timedelta(days=400)


def found(check: str, now=NOW, **how) -> list[Finding]:
    return [one for one in examine(now, **how) if one.check == check]


def test_a_sound_installation_has_nothing_wrong(database):
    at_stage("investigating")
    Notice.objects.update(sent_at=NOW)
    assert [one for one in examine(NOW, rebuild=True) if one.wrong and one.check not in ("durability", "secrets")] == []


def _stage() -> None:
    Case.objects.update(stage="unheard_of")


def _pack() -> None:
    Branch.objects.filter(code="SX").update(pack="unheard_of")


def _role() -> None:
    Post.objects.filter(staff__username="alice").update(role="sorcerer")


def _turn() -> None:
    Case.objects.update(turn_role="sorcerer")


def _kind() -> None:
    Clock.objects.filter(pk=Clock.objects.filter(stopped_at=None).latest("pk").pk).update(kind="unheard_of")


def _code() -> None:
    Case.objects.update(category="unheard_of")


def _due() -> None:
    Case.objects.update(next_due_at=LATER)


def _closed() -> None:
    Case.objects.update(stage_type="closed")


def _facts() -> None:
    Case.objects.update(facts={"content": "otherwise"})


def _untold() -> None:
    case = Case.objects.get()
    case.pk, case.number, case.next_due_at = None, "HZ-FORGED", case.next_due_at
    case.save()


def _path() -> None:
    Branch.objects.filter(code="SX").update(path="/77/")


def _hours() -> None:
    OpeningHours.objects.create(branch=Branch.objects.get(code="HZ"), monday="25:00-26:00")
    touch()


ILLNESSES = [
    (_stage, "stages"), (_pack, "branches"), (_path, "branches"), (_role, "posts"), (_turn, "turns"),
    (_kind, "clock_kinds"), (_code, "codes"), (_due, "due"), (_closed, "closed_clocks"), (_facts, "facts"),
    (_untold, "untold"), (_hours, "calendar"),
]  # fmt: skip


@pytest.fixture
def unrecorded(own_database):
    """A case that a test spoils past the door: its record doesn't tell, so nothing is asked of it at the end."""
    return at_stage("investigating")


@pytest.mark.parametrize(("illness", "check"), ILLNESSES, ids=lambda one: getattr(one, "__name__", one))
@SQLITE
def test_each_illness_is_found_by_its_check_and_by_no_sound_one(unrecorded, illness, check):
    assert found(check, rebuild=True) == []
    illness()
    (one, *_) = found(check, rebuild=True)
    assert one.what and one.mend and " · " in one.what


def test_who_has_the_same_fault_is_compared_with_what_open_cases_say_and_mended(own_database):
    case = at_stage("receiving", vin="LSVAU2180N2183294", component="brakes", symptom="noise")
    alice = actor("alice")
    told = {"brand": "禾驰", "series": "小满"}
    vehicle_told(case.branch, "LSVAU2180N2183294", told, asking(case.branch, alice, NOW), alice)
    follow_changes(NOW, lambda: True)
    assert SameFault.objects.count() == 1 and found("likeness", rebuild=True) == []
    SameFault.objects.update(model="otherwise")
    (one,) = found("likeness", rebuild=True)
    assert case.number in one.what and found("likeness") == []  # only where whole tables are compared
    assert any(one.check == "likeness" and one.mended for one in examine(NOW, fix=True, rebuild=True))
    assert SameFault.objects.get().model == "禾驰 小满" and found("likeness", rebuild=True) == []


def test_facts_and_due_dates_are_mended_from_the_record(own_database):
    case = at_stage("investigating")
    _facts()
    _due()
    told = examine(NOW, fix=True, rebuild=True)
    assert {one.check for one in told if one.mended} >= {"facts", "due"}
    case = Case.objects.get(pk=case.pk)
    assert case.facts["content"] != "otherwise" and case.next_due_at < LATER
    assert found("facts", rebuild=True) == found("due") == []


@SQLITE
def test_files_that_are_missing_changed_or_nobodys_are_told_apart(own_database):
    gone, changed, sound = (
        evidence.store(f"{nth}.txt", [f"file {nth}".encode()], actor("alice"), NOW) for nth in range(3)
    )
    path_of(gone.sha256).unlink()
    path_of(changed.sha256).write_bytes(b"file X")
    strange, half = path_of("ab" * 32), path_of("ab" * 32).parent.parent / "incoming-1"
    strange.parent.mkdir(exist_ok=True)
    for path in (strange, half):
        path.write_bytes(b"x")
    assert len(found("evidence")) == 2  # what came within the hour may still be on its way
    for path in (strange, half):
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    told = " ".join(one.what for one in found("evidence"))
    assert gone.sha256 in told and changed.sha256 in told and sound.sha256 not in told and "2 files" in told
    examine(NOW, fix=True)
    assert not strange.exists() and not half.exists() and path_of(sound.sha256).exists()
    assert (settings.HOME / evidence.APART / strange.name).read_bytes() == b"x"
    assert Evidence.objects.count() == 3


@SQLITE
def test_what_waits_too_long_is_told(own_database):
    case = at_stage("investigating")
    Errand.objects.create(case=case, cause=case.entries.first(), verb="noted", due_at=NOW)
    Draft.objects.create(staff=Staff.objects.first(), verb="registered", saved_at=NOW)
    Loop.objects.create(name="tick", holder="", until=NOW, beat_at=NOW)
    assert found("waiting") == found("loops") == found("drafts") == []
    assert len(found("waiting", LATER)) == 3 and len(found("loops", LATER)) == 1
    (old,) = found("drafts", LATER)
    assert not old.wrong
    examine(LATER, fix=True)
    assert not Draft.objects.exists()


@SQLITE
def test_notices_that_were_given_up_and_outlets_whose_key_is_gone_are_told(own_database, inside, monkeypatch):
    outlet("webhook", "http://127.0.0.1/")
    at_stage("investigating")
    Notice.objects.update(given_up_at=NOW)
    (given_up,) = found("undelivered")
    assert given_up.wrong and str(Notice.objects.count()) in given_up.what and found("locked") == []
    monkeypatch.setattr(settings, "SECRET_KEY", "another-key-" * 5)
    assert len(found("locked")) == 1


def test_lost_triggers_are_told_and_put_back_by_whoever_may(own_database, vendor):
    if vendor == "postgresql":
        return  # the app's role may not even drop them; tests/jobs/test_schema.py does as the owner
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER cases_entry_delete")
    assert "cases_entry_delete" in found("triggers")[0].what
    assert [one.mended for one in found("triggers", fix=True)] == [True]
    assert found("triggers") == []


@SQLITE
def test_rows_that_refer_to_nothing_are_told(own_database):
    at_stage("receiving")
    connection.close()
    with sqlite3.connect(own_database.home / "wenguo.sqlite3") as stranger:
        stranger.execute("DELETE FROM people_customer")
    assert "people_customer" in found("orphans")[0].what


@SQLITE
def test_an_open_secret_key_is_told_and_closed(own_database):
    kept = own_database.home / "secret-key"
    kept.write_text("x" * 60)
    kept.chmod(0o644)
    assert "secret-key" in " ".join(one.what for one in found("secrets"))
    examine(NOW, fix=True)
    assert kept.stat().st_mode & 0o777 == 0o600


@SQLITE
def test_a_database_that_is_behind_is_all_that_is_told(templates):
    place = templates.untouched()
    done = wenguo(place, "doctor", "--json")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    told = json.loads(done.stdout)
    assert told["well"] is False and [one["check"] for one in told["found"]] == ["migrations"]
    assert "wenguo migrate" in told["found"][0]["mend"]
    templates.drop(place)


def test_the_command_line_says_that_all_is_well_and_ends_with_1_where_it_is_not(own_database):
    done = wenguo(own_database, "doctor", "--rebuild")
    assert done.returncode == (1 if "WRONG" in done.stdout else 0) and "Traceback" not in done.stderr
    at_stage("receiving")
    Case.objects.update(stage="unheard_of")
    done = wenguo(own_database, "doctor")
    assert done.returncode == 1 and "unheard_of" in done.stdout and "Traceback" not in done.stderr


def test_no_two_checks_share_a_name():
    assert len({check.name for check in CHECKS}) == len(CHECKS)
