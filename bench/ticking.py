"""What a tick costs that finds nothing due, and one that finds something: `python -m bench.ticking`; prints a table.

Open clocks at each size, none of them due; then three hundred that are, taken by one worker. The loop runs in this
process, as it does within a worker.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from bench.__main__ import run

TIMES, DUE = 200, 300
HEAD = "| database | open clocks | what | CPU ms | p50 ms | p95 ms |\n|---|---|---|---|---|---|"


def measured(times: int, once: Callable[[], object]) -> tuple[float, float, float]:
    """Milliseconds each: CPU of this process, wall time at p50 and p95. On PostgreSQL the server's CPU is not in it."""
    once()
    walls, cpu = [], time.process_time()
    for _ in range(times):
        start = time.perf_counter()
        once()
        walls.append((time.perf_counter() - start) * 1000)
    return (time.process_time() - cpu) * 1000 / times, statistics.median(walls), statistics.quantiles(walls, n=20)[-1]


def here(sizes: list[int]) -> None:
    """On the database that the environment names, which is empty."""
    import django

    django.setup()
    from django.db import connection

    from tests.herd import copies
    from tests.people import NOW, at_stage, make_dealer
    from wenguo.cases.models import Clock
    from wenguo.jobs.tick import lanes, tick

    def idle() -> None:
        for lane in range(lanes()):
            assert tick(lambda: NOW, lambda: True, lane) == 0

    make_dealer()
    model = at_stage("receiving")
    each = model.clocks.count()
    for size in sizes:
        while (missing := size - Clock.objects.count()) > 0:
            copies(model, min(2_000, -(-missing // each)))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        cpu, p50, p95 = measured(TIMES, idle)
        print(f"| {connection.vendor} | {size:,} | nothing is due | {cpu:.2f} | {p50:.2f} | {p95:.2f} |", flush=True)
        soon = list(Clock.objects.filter(kind="answer").order_by("-id").values_list("pk", flat=True)[:DUE])
        Clock.objects.filter(pk__in=soon).update(next_at=NOW - timedelta(hours=1), rung="due")
        cpu, start = time.process_time(), time.perf_counter()
        assert tick(lambda: NOW) == len(soon)
        wall = (time.perf_counter() - start) * 1000 / DUE
        cpu = (time.process_time() - cpu) * 1000 / DUE
        print(f"| {connection.vendor} | {size:,} | each of 300 rungs | {cpu:.2f} | {wall:.2f} | |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.ticking", description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=["1000", "100000"])
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        here([int(size) for size in asked.sizes])
        return
    print(HEAD, flush=True)
    for vendor in asked.databases:
        run(vendor, ["--here", "--sizes", *asked.sizes], "bench.ticking")


if __name__ == "__main__":
    main()
