"""`python -m bench.audit`: how fast the record is checked and sealed, beside SHA-256 and the reading alone.

The chains are those of real cases, multiplied; what `wenguo audit verify` does beyond (private values, rows, money)
is the second line. `--made`: cases that go through the door; the others are copies of them.
"""

import argparse
import hashlib
import os
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

HEAD = "| database | rows | what | a second | a CPU second of ours |\n|---|---|---|---|---|"


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds that it takes, and seconds of CPU in this process (a loaded machine makes the first one long)."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - cpu


def measure(size: int, made: int) -> None:
    """Makes `size` cases in the database of the environment and prints the table's rows."""
    import django

    django.setup()
    from django.db import connection

    from bench.multiply import Herd
    from wenguo.cases import seal
    from wenguo.cases.audit import cases, finding, seals
    from wenguo.cases.models import Entry, Seal

    Herd("bench-password", made).grow(size)
    count = Entry.objects.count()

    def told(what: str, took: tuple[float, float], rows: int = count) -> None:
        rates = " | ".join(f"{rows / max(seconds, 1e-6):,.0f}" for seconds in took)
        print(f"| {connection.vendor} | {rows:,} | {what} | {rates} |", flush=True)

    def chains(*, chains_only: bool) -> None:
        found = [
            str(one) for one in cases.case_faults(cases.Count(), chains_only=chains_only) if "计数" not in one.says
        ]
        assert found == [], found[:3]  # copies have numbers of their own, beside the count

    def sealed() -> None:
        found = [str(one) for one in seals.seal_faults(seals.Count(), None)]
        assert found == [], found[:3]

    lengths = [length + 350 for (length,) in finding.asked("SELECT length(body) FROM cases_entry")]
    texts = [b"x" * length for length in lengths]
    told("floor: bare SHA-256 of as many signs", timed(lambda: [hashlib.sha256(one).hexdigest() for one in texts]))
    told("sealing all", timed(lambda: seal.seal(datetime.now(UTC))))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told("chains", timed(lambda: chains(chains_only=True)))
    told("chains, private values, rows, money", timed(lambda: chains(chains_only=False)))
    told("seals, over entries and amendments", timed(sealed), sum(Seal.objects.values_list("count", flat=True)))
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"| {connection.vendor} | {count:,} | memory grown meanwhile | {more:.0f} MB | |", flush=True)


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
