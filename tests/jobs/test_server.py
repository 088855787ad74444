"""The server as a process: what is left when parts of it are killed, and who runs the loops."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.databases import Database
from tests.people import at_stage
from tests.serving import ROOT, Serving
from wenguo.cases.models import Entry, Loop
from wenguo.jobs.loops import JOBS

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
ONE_DATABASE = pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
MEGABYTES = 120  # parent and worker together


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it comes true in so many seconds."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and wasn't fetched yet doesn't."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def port_is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@LINUX
def test_when_the_parent_is_killed_its_worker_ends_and_the_port_is_free(own_database):
    with Serving(own_database) as serving:
        (worker,) = serving.workers()
        os.kill(serving.process.pid, signal.SIGKILL)
        serving.process.wait()
        assert until(lambda: not alive(worker) and port_is_free(serving.port), 3)


@LINUX
@ONE_DATABASE
def test_a_worker_that_is_killed_is_replaced_every_time(own_database):
    with Serving(own_database) as serving:
        for _ in range(8):
            (worker,) = serving.workers()
            os.kill(worker, signal.SIGKILL)
            assert until(lambda: serving.workers() not in ([worker], []))  # noqa: B023
            assert until(serving.answers)


@ONE_DATABASE
def test_connections_wait_at_the_port_while_a_worker_starts_anew(own_database):
    with Serving(own_database) as serving:
        os.kill(serving.workers()[0], signal.SIGKILL)
        for _ in range(20):
            assert urllib.request.urlopen(f"{serving.url}/healthz", timeout=5).status == 200


@LINUX
def test_a_polite_end_stops_everything_and_gives_the_loops_back(own_database):
    with Serving(own_database) as serving:
        assert until(lambda: Loop.objects.exclude(name__startswith="tick ").count() == len(JOBS))
        (worker,) = serving.workers()
        serving.process.send_signal(signal.SIGTERM)
        assert serving.process.wait(10) == 0
        assert not alive(worker) and port_is_free(serving.port)
        assert not Loop.objects.filter(until__gt=datetime.now(UTC)).exists()


@ONE_DATABASE
def test_a_second_server_at_the_same_port_is_refused(own_database):
    with Serving(own_database) as serving:
        second = subprocess.run(
            [sys.executable, "-m", "wenguo", "serve", "--port", str(serving.port)],
            env=own_database.environment(), cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        assert second.returncode == 1
        assert "--port" in second.stderr and "Traceback" not in second.stderr
        assert serving.answers()


@LINUX
@ONE_DATABASE
def test_it_stays_small(own_database):
    with Serving(own_database) as serving:
        for _ in range(60):
            urllib.request.urlopen(f"{serving.url}/login/", timeout=5).read()
        used = 0
        for pid in [serving.process.pid, *serving.workers()]:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            used += int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)[1])
        assert used < MEGABYTES * 1024


@LINUX
def test_a_worker_notices_even_without_the_kernel_that_its_parent_is_gone():
    code = (
        "import multiprocessing, sys; from wenguo.jobs import server; sys.platform = 'other'\n"
        "def work():\n"
        "    import os, time; server.end_with_parent(); print(os.getpid(), flush=True); time.sleep(60)\n"
        "multiprocessing.set_start_method('fork'); multiprocessing.Process(target=work).start()"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "wenguo.settings"}
    code = f"import django; django.setup(); {code}"
    parent = subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=ROOT, stdout=subprocess.PIPE)
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert until(lambda: not alive(worker), 4)
    parent.stdout.close()


def told() -> int:
    return Entry.objects.filter(verb="overdue").count()


@pytest.fixture
def overdue_soon(own_database: Database) -> Callable[[], int]:
    """Opens a case whose clocks all ran out; returns how many there are."""

    def open_one() -> int:
        return at_stage("receiving", now=datetime.now(UTC) - timedelta(days=60)).clocks.count()

    return open_one


def test_the_loops_of_a_server_take_what_is_due(own_database, overdue_soon):
    due = overdue_soon()
    with Serving(own_database):
        assert until(lambda: told() == due)


@LINUX
@pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)
def test_of_two_servers_one_runs_the_loops_and_the_other_takes_over_when_it_is_killed(own_database, overdue_soon):
    def leases() -> dict[str, int]:
        """Which process runs which loop, but for those that all of them share lane by lane."""
        rows = Loop.objects.filter(until__gt=datetime.now(UTC)).exclude(name__startswith="tick")
        return {row.name: int(row.holder.split(":")[-2]) for row in rows}

    with ExitStack() as both:
        servers = [both.enter_context(Serving(own_database)) for _ in range(2)]
        due = overdue_soon()
        assert until(lambda: told() == due)
        assert until(lambda: len(leases()) == len(JOBS) - 1)
        first = leases()
        for _ in range(20):
            assert leases() == first  # they stay where they are
            time.sleep(0.1)
        (held,) = [one for one in servers if first["send"] in one.workers()]
        (other,) = [one for one in servers if one is not held]
        held.kill()
        due += overdue_soon()
        assert until(lambda: told() == due, 30)
        # Those that go round every few seconds; one that is due once an hour has as long to be taken over.
        quick = [job.name for job in JOBS if job.every < 10 and not job.lanes]
        assert until(lambda: [leases().get(name) for name in quick] == other.workers() * len(quick), 30)
        time.sleep(1)
        assert told() == due
