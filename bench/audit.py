"""`python -m bench.audit`: how fast the record is checked and sealed, beside SHA-256 alone.

What is checked is what `wenguo audit verify` checks: real cases, multiplied, with the amendments of their customers and
cars. Rates are entries and amendments a second: of time, and of CPU of all processes at work, the database's too.
`--made`: cases that go through the door; the others are copies of them.
"""

import argparse
import hashlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

HEAD = "| database | rows | what | seconds | CPU seconds | a second | a CPU second |\n|---|---|---|---|---|---|---|"
TICKS = os.sysconf("SC_CLK_TCK")


def spent() -> float:
    """Seconds of CPU so far of this process, of those that it started and that ended, and of the PostgreSQL used."""
    ours = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in ours) + _of_postgres()


def _of_postgres() -> float:
    """What the server of DATABASE_URL and its sessions, ended ones too, used; 0 on SQLite."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ((own,),) = cursor.fetchall()
    postmaster = _stat(own)[1]
    running = [_stat(int(one.name)) for one in Path("/proc").iterdir() if one.name.isdigit()]
    ticks = sum(user + system for _, parent, user, system, *_ in running if parent == postmaster)
    return (ticks + sum(_stat(postmaster)[4:])) / TICKS


def _stat(pid: int) -> list[int]:
    """Of a process: pid, parent, ticks in user and system mode, and those of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return [pid, 0, 0, 0, 0, 0]
    return [pid, int(fields[1]), *map(int, fields[11:15])]


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds that it takes, and seconds of CPU (a loaded machine makes the first one long)."""
    began, cpu = time.perf_counter(), spent()
    work()
    return time.perf_counter() - began, spent() - cpu


def verify(processes: int, *only: str) -> None:
    """What a user does: the whole command, with its start."""
    command = [sys.executable, "-m", "wenguo", "audit", "verify", "--processes", str(processes), *only]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def measure(size: int, made: int) -> None:
    """Makes `size` cases in the database of the environment and prints the table's rows."""
    import django

    django.setup()
    from django.db import connection

    from bench.multiply import Herd
    from wenguo.cases import audit, seal
    from wenguo.cases.models import Entry
    from wenguo.people.models import Amendment

    Herd("bench-password", made).grow(size)
    entries = Entry.objects.count()
    count = entries + Amendment.objects.count()

    def told(what: str, took: tuple[float, float], rows: int = count) -> None:
        rates = " | ".join(f"{rows / max(seconds, 1e-6):,.0f}" for seconds in took)
        print(f"| {connection.vendor} | {rows:,} | {what} | {took[0]:.1f} | {took[1]:.1f} | {rates} |", flush=True)

    with connection.cursor() as cursor:
        cursor.execute("SELECT length(body) FROM cases_entry")
        texts = [b"x" * (length + 350) for (length,) in cursor.fetchall()]
    bare = timed(lambda: [hashlib.sha256(one).hexdigest() for one in texts])
    told("floor: bare SHA-256 of as many signs as entries have", bare, entries)
    told("sealing all", timed(lambda: seal.seal(datetime.now(UTC))))
    for processes in dict.fromkeys((1, os.cpu_count() or 1)):
        told(f"audit verify, {processes} at once", timed(partial(verify, processes)))
        told(f"audit verify --chains, {processes} at once", timed(partial(verify, processes, "--chains")))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert audit.verify().findings == []
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"| {connection.vendor} | {count:,} | memory grown in one process | {more:.0f} MB | | | |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.audit", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--made", type=int, default=1_000)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--here", action="store_true", help="in the database that the environment names")
    asked = parser.parse_args()
    if asked.here:
        return measure(asked.cases, asked.made)
    from bench.__main__ import run

    print(HEAD, flush=True)
    for vendor in asked.databases:
        os.environ["PYTHONUNBUFFERED"] = "1"
        run(vendor, ["--here", "--cases", str(asked.cases), "--made", str(asked.made)], "bench.audit")
    return None


if __name__ == "__main__":
    main()
