"""A real standby takes over under load: what was acknowledged is there where replication is synchronous; where it is
not, `/readyz` and the doctor have said so, and the test shows why."""

import json
import os
import random
import signal
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

import psycopg
import pytest

from tests.databases import Database, Templates, connected
from tests.machine import Postgres
from tests.serving import Serving
from tests.test_crash import SLOWEST, Load, violations
from wenguo.jobs.doctor import Finding, examine
from wenguo.jobs.newcomers import new_token

POSTGRESQL = pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)


class Pair(NamedTuple):
    """A primary, its standby, and the database that the two of them hold."""

    primary: Postgres
    standby: Postgres
    database: Database


class Spread(Load):
    """Clients of several web processes, each asking whichever it meets."""

    ports: tuple[int, ...] = ()

    def _post(self, key: str, body: bytes) -> tuple[int, bytes]:
        return Load(random.choice(self.ports or (self.port,)), self.token)._post(key, body)


@contextmanager
def pair(templates: Templates, own: Database) -> Iterator[Pair]:
    """A copy of the tests' own server with `own` in it, kept as safe as in production, and a standby."""
    with ExitStack() as stack:
        primary = templates.postgres.standby(fsync=True)
        stack.callback(primary.stop)
        primary.promote()
        standby = primary.standby()
        stack.callback(standby.stop)
        here = own.url.replace(f":{templates.postgres.port}/", f":{primary.port},127.0.0.1:{standby.port}/")
        yield Pair(primary, standby, Database("postgresql", own.home, here, here.replace("//app:", "//owner:")))


def readiness(serving: Serving) -> dict:
    with urllib.request.urlopen(f"{serving.url}/readyz", timeout=10) as answer:
        return json.loads(answer.read())


def durability_findings() -> list[Finding]:
    return [one for one in examine(datetime.now(UTC)) if one.check == "durability"]


def standby_url(both: Pair) -> str:
    """The standby alone, as somebody would name it by mistake."""
    head, name = both.database.url.rsplit("/", 1)
    return f"{head.split('@')[0]}@127.0.0.1:{both.standby.port}/{name}"


def acknowledged(load: Load, more: int, serving: Serving) -> None:
    """Returns once so many more complaints were acknowledged."""
    wanted, until = load.count() + more, time.monotonic() + SLOWEST
    while load.count() < wanted:
        assert time.monotonic() < until and not load.refused, (load.refused, serving.log.read_text()[-2000:])
        time.sleep(0.002)


def freeze_link(primary: Postgres) -> None:
    """Nothing more reaches the standby."""
    with psycopg.connect(primary.url("postgres"), autocommit=True) as connection:
        for (pid,) in connection.execute("SELECT pid FROM pg_stat_replication"):
            os.kill(pid, signal.SIGSTOP)


def fail_over(both: Pair, load: Load, serving: Serving) -> float:
    """Kills the primary with all its processes and promotes the standby; the seconds until the next acknowledgement."""
    began = time.monotonic()
    both.primary.kill()
    both.standby.promote()
    acknowledged(load, 1, serving)
    return time.monotonic() - began


@POSTGRESQL
def test_synchronous_a_failover_loses_nothing_that_was_acknowledged(templates, own_database):
    with pair(templates, own_database) as both, connected(both.database) as connection, ExitStack() as stack:
        both.primary.setting("synchronous_standby_names", "*")
        web = [stack.enter_context(Serving(both.database, "-m", "wenguo", "web")) for _ in range(2)]
        told = readiness(web[0])
        assert told["replication"] == "synchronous" and "另一台机器" in told["replication_says"]["zh"]
        assert durability_findings() == []
        with connected(Database("postgresql", own_database.home, standby_url(both))):
            (finding,) = durability_findings()
            assert finding.wrong and "备机，只能读" in finding.what
        load = Spread(web[0].port, new_token("alice", datetime.now(UTC)))
        load.ports = tuple(one.port for one in web)
        load.start()
        try:
            acknowledged(load, 40, web[0])
            took = fail_over(both, load, web[0])
            acknowledged(load, 20, web[0])
        finally:
            load.stop()
        connection.close()
        assert violations(load) == [] and not load.refused
        print(f"\nsynchronous: {load.count()} complaints, none lost, {took:.1f} s from the kill to the next one")
        assert readiness(web[1])["replication"] == "local"  # until the new primary has a standby of its own
        both.standby.setting("synchronous_standby_names", "*")
        (finding,) = durability_findings()
        assert finding.wrong and "every change waits" in finding.what
        assert readiness(web[1])["replication_waits"]


@POSTGRESQL
def test_asynchronous_is_called_out_for_what_it_may_lose(templates, own_database):
    with (
        pair(templates, own_database) as both,
        connected(both.database) as connection,
        Serving(both.database, "-m", "wenguo", "web") as web,
    ):
        told = readiness(web)
        assert told["replication"] == "asynchronous" and "may be lost" in told["replication_says"]["en"]
        (finding,) = durability_findings()
        assert "异步" in finding.what and "synchronous_standby_names" in finding.mend
        load = Load(web.port, new_token("alice", datetime.now(UTC))).start()
        try:
            acknowledged(load, 20, web)
            freeze_link(both.primary)
            acknowledged(load, 10, web)
            fail_over(both, load, web)
        finally:
            load.stop()
        connection.close()
        lost = [one for one in violations(load) if "lost" in one]
        print(f"\nasynchronous: {len(lost)} of {load.count()} acknowledged complaints lost")
        assert lost
