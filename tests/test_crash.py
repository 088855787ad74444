"""kill -9 while clerks are at work: nothing acknowledged is lost, nothing stands twice, all of it is on record.

Eight clients register complaints by the API and send each again, with the same key, until it is acknowledged; meanwhile
worker, parent or the whole group is killed again and again.
"""

import http.client
import json
import os
import random
import secrets
import signal
import threading
import time
from collections import Counter as Times
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from tests.databases import Database
from tests.drill import often
from tests.people import DORA
from tests.record import faults, without_entry
from tests.serving import Serving
from wenguo.cases.models import Case, Counter, Idempotency, Notice
from wenguo.jobs.newcomers import new_token

pytestmark = pytest.mark.both_databases

CLIENTS = 8
# In a drill a hundred, on either database: worker, parent, whole group.
KILLS = often({"sqlite": (60, 5, 5), "postgresql": (24, 3, 3)}, {"sqlite": (4, 1, 1), "postgresql": (4, 1, 1)})
SLOWEST = 30  # seconds from a kill to the next acknowledgement


@dataclass
class Load:
    """Clients who register complaints until stop(). `acknowledged`: every number told for a key, by key."""

    port: int
    token: str
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    refused: list[tuple[int, bytes]] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> "Load":
        self.ending.clear()
        self.threads = [threading.Thread(target=self._client) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()
        return self

    def stop(self) -> None:
        """No new complaints; those not yet acknowledged are sent until they are."""
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def count(self) -> int:
        return len(self.acknowledged)

    def _client(self) -> None:
        while not self.ending.is_set():
            self.send(secrets.token_hex(8))

    def send(self, key: str) -> None:
        """Sends one complaint until somebody says its number."""
        body = {"process": "complaint", "branch": "HZ", "content": f"抖动 {key}", **DORA}
        status, reply, until = 0, b"", time.monotonic() + 2 * SLOWEST
        while time.monotonic() < until:
            try:
                status, reply = self._post(key, json.dumps(body).encode())
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)  # nobody there, or gone in the middle of it
                continue
            if status in (200, 201):
                with self.lock:
                    self.acknowledged.setdefault(key, []).append(json.loads(reply)["number"])
                return
            if status not in (429, 503):
                break
            time.sleep(0.05)
        self.refused.append((status, reply))

    def _post(self, key: str, body: bytes) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": key}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", "/api/v1/cases", body, headers)
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()


def kill(serving: Serving, whom: str) -> None:
    """Kills by SIGKILL; whatever doesn't come back by itself is started again."""
    if whom == "worker":
        for worker in serving.workers():
            os.kill(worker, signal.SIGKILL)
        return
    if whom == "parent":
        os.kill(serving.process.pid, signal.SIGKILL)
        serving.process.wait()
    else:
        serving.kill()
    serving.start()


def violations(load: Load) -> list[str]:
    """Every way in which what is stored differs from what was acknowledged. To be asked when nobody writes."""
    numbers = list(Case.objects.values_list("number", flat=True))
    told = [number for answers in load.acknowledged.values() for number in set(answers)]
    keys = set(Idempotency.objects.values_list("key", flat=True))
    last = sum(Counter.objects.values_list("last", flat=True))
    return [
        *(f"{number} was acknowledged and is lost" for number in set(told) - set(numbers)),
        *(f"{key} was acknowledged and is lost" for key in load.acknowledged.keys() - keys),  # its number given again
        *(f"{number} was told for {count} complaints" for number, count in Times(told).items() if count > 1),
        *(f"{key} got several numbers" for key, answers in load.acknowledged.items() if len(set(answers)) > 1),
        *([f"{len(numbers)} cases for {load.count()} complaints"] if len(numbers) != load.count() else []),
        *([f"{len(keys)} keys for {load.count()} complaints"] if len(keys) != load.count() else []),
        *([f"numbers have gaps: {last} given, {len(numbers)} there"] if last != len(numbers) else []),
        *(f"{number} has no entry" for number in without_entry()),
        *([] if Notice.objects.values("entry").distinct().count() == len(numbers) else ["somebody wasn't told"]),
        *faults(),
    ]


def acknowledgement(load: Load, serving: Serving) -> float:
    """Waits for the next one; how long that took, in seconds."""
    since, before = time.monotonic(), load.count()
    while load.count() == before:
        waited = time.monotonic() - since
        assert waited < SLOWEST and not load.refused, (load.refused, serving.log.read_text()[-2000:])
        time.sleep(0.002)
    return time.monotonic() - since


def killed(serving: Serving, load: Load, whom: list[str], chance: random.Random) -> list[float]:
    """Kills one after another, each 30 to 200 ms after an acknowledgement; the seconds each recovery took."""
    recoveries = []
    for one in whom:
        acknowledgement(load, serving)
        time.sleep(chance.uniform(0.03, 0.2))
        kill(serving, one)
        recoveries.append(acknowledgement(load, serving))
    return recoveries


def test_kills_lose_nothing_and_double_nothing(own_database: Database, vendor, record_property):
    chance = random.Random(20260316)
    whom = [one for one, count in zip(("worker", "parent", "group"), KILLS[vendor], strict=True) for _ in range(count)]
    chance.shuffle(whom)
    with Serving(own_database) as serving:
        load = Load(serving.port, new_token("alice", datetime.now(UTC))).start()
        try:
            recoveries = killed(serving, load, whom, chance)
        finally:
            load.stop()
        keys = list(load.acknowledged)
        for key in chance.sample(keys, min(50, len(keys))):  # sent once more by somebody who never got the answer
            load.send(key)
        assert violations(load) == []
    assert not load.refused
    record_property("acknowledged", load.count())
    record_property("slowest recovery", max(recoveries))
    print(f"\n{vendor}: {len(whom)} kills, {load.count()} complaints, slowest recovery {max(recoveries):.1f} s")


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("fault", "seen"), [("early", "is lost"), ("split", "has no entry")])
def test_a_planted_fault_is_found(own_database: Database, fault, seen):
    chance = random.Random(1)
    with Serving(own_database, "-m", "tests.crash_app", environment={"WENGUO_CRASH_FAULT": fault}) as serving:
        load = Load(serving.port, new_token("alice", datetime.now(UTC)))
        for _ in range(5):
            load.start()
            try:
                killed(serving, load, ["worker"] * 4, chance)
            finally:
                load.stop()
            time.sleep(0.2)  # by then even what was answered early is written, if ever
            found = violations(load)
            if any(seen in one for one in found):
                return
    pytest.fail(f"the harness didn't see the fault; it saw {found[:5]}")
