"""kill -9 while promises run out: everything is told once, in the order in which it fell due, within the minute.

Three workers share one PostgreSQL; SQLite, which one machine has for itself, has one. Whoever is killed comes back with
the clock set an hour or two forward or back.
"""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from tests.databases import Database
from tests.drill import often
from tests.herd import copies
from tests.people import NOW, at_stage
from tests.record import faults
from tests.serving import ROOT
from wenguo.cases.clocks import days_of, plan, rule_of, rung_at
from wenguo.cases.facts import Facts
from wenguo.cases.models import Case, Clock, Entry, Notice
from wenguo.people.actors import today_of
from wenguo.policy.clocks import CLOCKWORK

CLOCKS, KILLS = often(10_000, 240), often(20, 3)
WITHIN = 60  # seconds from the start of the workers to the last escalation
LATER = NOW + timedelta(days=30)  # all of it is overdue by then, and by no jump of a clock anything else


class Worker:
    """A real `wenguo worker`, started again after each kill with another time."""

    def __init__(self, database: Database, chance: random.Random):
        self.database, self.chance = database, chance
        self.log = database.home / f"worker-{chance.random()}.log"
        self.start()

    def start(self) -> None:
        jump = timedelta(minutes=self.chance.uniform(-120, 120))
        environment = self.database.environment() | {"WENGUO_NOW": (LATER + jump).isoformat()}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wenguo", "worker"], cwd=ROOT, env=environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def workers(database: Database, count: int, chance: random.Random) -> Iterator[list[Worker]]:
    with ExitStack() as stack:
        started = []
        for _ in range(count):
            started.append(Worker(database, chance))
            stack.callback(started[-1].kill)
        yield started


def ladder(clock: Clock, case: Case) -> list[str]:
    """The rungs of a clock, of such a case, in their order."""
    rule, facts, rungs = rule_of(clock, case), Facts(case, today_of(NOW)), [""]
    while rung := rule.rung_after(rungs[-1], facts):
        rungs.append(rung.at)
    return rungs[1:]


def all_but_the_last_rung_told(model: Case) -> None:
    """Every clock of `model` as it stands when only the end of its ladder is still to come."""
    for clock in model.clocks.all():
        clock.rung = ladder(clock, model)[-2]
        plan(clock, rule_of(clock, model), Facts(model, today_of(NOW)), NOW)
        clock.save()


def overdue_clocks() -> int:
    """Stores them, and three cases whose ladders are still whole; returns how many rungs are to be told."""
    model = at_stage("receiving", severity="major")
    all_but_the_last_rung_told(model)
    each = model.clocks.count()
    copies(model, CLOCKS // each - 1, timedelta(seconds=20))
    whole = at_stage("receiving", severity="major", phone="13900139000", plate="浙B54321")
    copies(whole, 2)
    assert Clock.objects.count() == CLOCKS + 3 * each
    return CLOCKS + 3 * sum(len(ladder(one, whole)) for one in whole.clocks.all())


def waiting() -> int:
    """Clocks of which something is still to be told. The index alone answers, so it costs the workers little."""
    return Clock.objects.filter(stopped_at=None, next_at__lte=LATER).count()


def told_until(left: float, running: list[Worker]) -> None:
    """Returns once no more than so many clocks wait."""
    until = time.monotonic() + 5 * WITHIN
    while waiting() > left:
        assert time.monotonic() < until, running[0].log.read_text()[-2000:]
        time.sleep(0.1)


def test_what_is_overdue_is_told_once_and_in_order_whoever_is_killed(own_database: Database):
    chance, expected = random.Random(20261126), overdue_clocks()
    began, cpu_before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with workers(own_database, 3 if own_database.vendor == "postgresql" else 1, chance) as running:
        for nth in range(1, KILLS + 1):
            told_until(CLOCKS * (1 - nth / (KILLS + 1)), running)
            victim = chance.choice(running)
            victim.kill()
            victim.start()
        told_until(0, running)
        took = time.monotonic() - began
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - cpu_before
    print(
        f"\n{own_database.vendor}: {expected} told by {len(running)} workers, {KILLS} kills, {took:.1f} s, "
        f"{cpu:.1f} s of the workers' CPU, load {os.getloadavg()[0]:.1f}"
    )
    said = list(_said())
    assert len(said) == len(set(said)) == expected
    assert took < WITHIN
    assert out_of_order() == [] and faults() == []
    assert set(Notice.objects.values_list("entry", flat=True)) >= set(
        Entry.objects.filter(verb__in=CLOCKWORK).values_list("pk", flat=True)
    )


def _said() -> Iterator[tuple]:
    """Which rung of which clock each entry of the clock tells."""
    for case, verb, body in Entry.objects.filter(verb__in=CLOCKWORK).values_list("case", "verb", "body"):
        said = json.loads(body)["data"]
        yield case, said["clock"], said["nth"], said.get("rung", "due"), verb


def out_of_order() -> list[str]:
    """Cases that were told of something after what fell due later."""
    found: Counter[str] = Counter()
    last: dict[int, object] = {}
    clocks = {(one.case_id, one.kind): one for one in Clock.objects.select_related("case__branch")}
    for entry in Entry.objects.filter(verb__in=CLOCKWORK).order_by("case", "seq"):
        said = json.loads(entry.body)["data"]
        clock = clocks[entry.case_id, said["clock"]]
        rung = next(one for one in rule_of(clock, clock.case).rungs if one.at == said.get("rung", "due"))
        reached = rung_at(clock, rung, days_of(clock.case.branch))
        found[clock.case.number] += reached < last.get(entry.case_id, reached)
        last[entry.case_id] = reached
    return [number for number, faulty in found.items() if faulty]
