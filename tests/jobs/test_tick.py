"""What was promised and not kept is told exactly once, whoever ticks, however often, at the same time or not."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.databases import at_once
from tests.herd import copies
from tests.people import NOW, at_stage, take
from tests.serving import ROOT
from wenguo.cases.clocks import days_of, rule_of, rung_at
from wenguo.cases.facts import Facts
from wenguo.cases.models import Case, Clock, Entry, Errand, Notice
from wenguo.jobs import tick as ticking
from wenguo.jobs.tick import tick
from wenguo.people.actors import SYSTEM, holders, today_of
from wenguo.policy.clocks import CLOCKWORK
from wenguo.policy.load import packs

LATER = NOW + timedelta(days=30)


def clockwork() -> list[tuple]:
    """What the clock said of which case."""
    return sorted(Entry.objects.filter(verb__in=CLOCKWORK).values_list("case__number", "verb", "body"))


def _reached(entry: Entry):
    """When the rung was reached of which this entry tells."""
    said = json.loads(entry.body)["data"]
    clock = Clock.objects.get(case=entry.case_id, kind=said["clock"], nth=said["nth"])
    rule = rule_of(clock, entry.case)
    rung = next(one for one in rule.rungs if one.at == said.get("rung", "due"))
    return rung_at(clock, rung, days_of(entry.case.branch))


def due_count(now=LATER) -> int:
    """How many rungs of running clocks are reached by then and not yet told."""
    return sum(len(rungs_reached(clock, now)) for clock in Clock.objects.filter(stopped_at=None))


def rungs_reached(clock: Clock, now) -> list[str]:
    rungs, last = [], clock.rung
    while rung := rule_of(clock, clock.case).rung_after(last, Facts(clock.case, today_of(now))):
        if rung_at(clock, rung, days_of(clock.case.branch)) > now:
            break
        rungs.append(rung.at)
        last = rung.at
    return rungs


def test_a_promise_not_kept_is_told_once_and_a_second_tick_does_nothing(database):
    case = at_stage("receiving")
    due = due_count()
    assert due and tick(lambda: LATER) == due
    assert tick(lambda: LATER + timedelta(days=9)) == 0
    entries = Entry.objects.filter(case=case, verb__in=CLOCKWORK)
    assert [entry.actor for entry in entries] == [SYSTEM.code] * due
    assert not case.clocks.filter(stopped_at=None, overdue_at=None).exists()
    assert {clock.overdue_at for clock in case.clocks.all()} == {LATER}


def test_nothing_is_told_before_its_time(database):
    case = at_stage("receiving")
    first = case.clocks.order_by("next_at")[0]
    assert tick(lambda: first.next_at - timedelta(seconds=1)) == 0
    due = due_count(first.next_at)
    assert tick(lambda: first.next_at) == due > 0
    assert tick(lambda: first.due_at - timedelta(seconds=1)) == due_count(first.due_at - timedelta(seconds=1)) == 0
    tick(lambda: first.due_at)
    first.refresh_from_db()
    assert first.overdue_at == first.due_at


def test_a_clock_that_was_stopped_says_nothing(database):
    case = at_stage("investigating")
    stopped = case.clocks.exclude(stopped_at=None).values_list("kind", flat=True)
    assert "assignment" in stopped
    tick(lambda: LATER)
    assert not Entry.objects.filter(verb="overdue", body__contains='"assignment"').exists()


def test_the_people_whom_the_pack_names_are_told(database):
    case = at_stage("receiving")
    tick(lambda: LATER)
    rules = packs()[case.pack].processes[case.process].clocks
    for entry in Entry.objects.filter(case=case, verb="overdue"):
        kind = next(kind for kind in rules if f'"{kind}"' in entry.body)
        roles = set(rules[kind].tell)
        wanted = {one for people in holders(case.branch, roles, today_of(LATER)).values() for one in people}
        wanted |= {case.owner_id} if "owner" in roles else set()
        told = set(Notice.objects.filter(entry=entry).values_list("recipient", flat=True))
        assert wanted and wanted <= told


def test_being_overdue_neither_moves_the_case_nor_refuses_a_typing_colleague(database):
    case = at_stage("receiving")
    tick(lambda: LATER)
    now_at = Case.objects.get(pk=case.pk)
    assert (now_at.stage, now_at.version) == (case.stage, case.version)


def test_the_oldest_promise_is_told_first_across_batches(database, monkeypatch):
    monkeypatch.setattr(ticking, "BATCH", 2)
    for nth in range(4):
        at_stage("receiving", now=NOW + timedelta(minutes=nth % 3))
    due = due_count()
    assert tick(lambda: LATER) == due > 4
    told = [one for entry in Entry.objects.filter(verb__in=CLOCKWORK).order_by("id") if (one := _reached(entry))]
    assert told == sorted(told) and len(told) == due


def test_one_bad_row_does_not_stop_the_others(database, monkeypatch, caplog):
    monkeypatch.setattr(ticking, "BATCH", 1)
    bad, good = at_stage("receiving"), at_stage("receiving", now=NOW + timedelta(minutes=1))
    Case.objects.filter(pk=bad.pk).update(pack="gone")
    due = sum(len(rungs_reached(clock, LATER)) for clock in good.clocks.all())
    assert tick(lambda: LATER) == due > good.clocks.count()
    assert not good.clocks.filter(overdue_at=None).exists()
    assert "can't be taken" in caplog.text
    Case.objects.filter(pk=bad.pk).update(pack=bad.pack)
    assert tick(lambda: LATER) == due  # as soon as it can be


def test_a_tick_ends_early_when_it_is_told_to(database):
    for _ in range(3):
        at_stage("receiving")
    going = iter([True, False])
    assert tick(lambda: LATER, lambda: next(going)) == 1


def test_ticks_in_three_threads_at_once_tell_nothing_twice(own_database):
    for nth in range(8):
        at_stage("receiving", now=NOW + timedelta(minutes=nth))
    due = due_count()
    done = at_once(*[lambda: tick(lambda: LATER)] * 3)
    assert sum(done) == due, done
    assert len(set(clockwork())) == len(clockwork()) == due


def test_ticks_of_two_processes_at_once_tell_nothing_twice(own_database):
    for nth in range(6):
        at_stage("receiving", now=NOW + timedelta(minutes=nth))
    due = due_count()
    environment = own_database.environment() | {"WENGUO_NOW": LATER.isoformat()}
    command = [sys.executable, "-m", "wenguo", "tick"]
    running = [subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate()[0].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert len(set(clockwork())) == len(clockwork()) == due, said


@pytest.fixture
def errand(database) -> Errand:
    case = at_stage("receiving")
    row = {"case": case, "cause": case.entries.get(), "verb": "noted", "due_at": NOW + timedelta(hours=1)}
    return Errand.objects.create(**row, data={"note": "同一车辆另有投诉"})


def test_an_errand_is_taken_through_the_door_once_it_is_due(errand):
    assert tick(lambda: NOW) == 0
    at = NOW + timedelta(hours=1)
    assert tick(lambda: at) == 1
    errand.refresh_from_db()
    assert errand.done_at == at
    assert tick(lambda: at) == 0
    entry = errand.case.entries.get(verb="noted")
    assert (entry.actor, entry.at) == (SYSTEM.code, at)


def test_an_errand_whose_end_was_lost_in_a_crash_is_not_taken_twice(errand):
    at = NOW + timedelta(hours=1)
    tick(lambda: at)
    Errand.objects.update(done_at=None)
    assert tick(lambda: at) == 0
    assert errand.case.entries.filter(verb="noted").count() == 1
    assert Errand.objects.exclude(done_at=None).exists()


def test_an_errand_that_is_refused_is_laid_aside_and_logged(errand, caplog):
    take(errand.case, "withdrawn")
    Errand.objects.update(verb="handed_over", data={})
    assert tick(lambda: NOW + timedelta(hours=1)) == 0
    assert Errand.objects.exclude(done_at=None).exists() and "is refused" in caplog.text


def test_ticks_at_once_take_an_errand_once(own_database):
    case = at_stage("receiving")
    for nth in range(5):
        Errand.objects.create(case=case, cause=case.entries.get(), verb="noted", data={"note": str(nth)}, due_at=NOW)
    assert sum(at_once(*[lambda: tick(lambda: NOW)] * 3)) == 5
    assert case.entries.filter(verb="noted").count() == 5


def plans(asked: list[str]) -> list[str]:
    """How the database goes about these statements, of those that read what is due."""
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    found = []
    with connection.cursor() as cursor:
        for sql in asked:
            if sql.startswith("SELECT") and ("cases_clock" in sql or "cases_errand" in sql):
                cursor.execute(f"{explain} {sql}")
                found.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return found


def touched() -> int:
    """Rows of clocks and errands that this transaction has read, whether by an index or without."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables "
            "WHERE relname IN ('cases_clock', 'cases_errand')"
        )
        return cursor.fetchone()[0]


def test_a_tick_that_finds_nothing_due_reads_no_row_however_many_clocks_run(database):
    model = at_stage("receiving")
    tick(lambda: NOW)  # the first one ever looks at the calendars
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # as small as it is here, it might rather read the whole table
            cursor.execute("SET LOCAL enable_seqscan = off")
    counts = []
    for more in (1, 400):
        copies(model, more)
        before = touched() if connection.vendor == "postgresql" else 0
        with CaptureQueriesContext(connection) as asked:
            assert tick(lambda: NOW) == 0
        counts.append(len(asked))
        if connection.vendor == "postgresql":
            assert touched() == before
    assert counts[0] == counts[1] <= 5
    found = plans([one["sql"] for one in asked])
    assert len(found) == 2 and all("clock_next" in one or "errand_due" in one for one in found), found
