"""`make bench`: both databases at each size; writes bench/figures.md. `python -m bench --help`: how to run a part."""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from bench.measure import reference_ms
from tests.machine import Postgres

HEAD = """# Figures

Made by `make bench` on {day}: {machine}, {cores} cores, Python {python}, {reference:.0f} ms for a million
additions. One client on one connection, {times} requests
each after a warm-up. CPU is the whole server's user and system time per request; the floor is the same statements sent
by bare SQL (a create without its commit's fsync). Times in milliseconds.

| database | cases | what | CPU | p50 | p95 | floor CPU | floor p50 |
|---|---|---|---|---|---|---|---|
"""


def run(vendor: str, arguments: list[str], module: str = "bench.run") -> str:
    """The table rows of one database, as `module` prints them there."""
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="wenguo-bench-"))
        environment = os.environ | {"WENGUO_HOME": home, "DJANGO_SETTINGS_MODULE": "wenguo.settings"}
        environment.pop("DATABASE_URL", None)
        if vendor == "postgresql":
            database = stack.enter_context(Postgres()).create_database("bench")
            # The copies are written by the tables' owner; the server is the app, as in production.
            environment |= {"WENGUO_OWNER_DATABASE_URL": database.owner_url, "DATABASE_URL": database.owner_url}
            environment |= {"BENCH_APP_URL": database.app_url}
        subprocess.run([sys.executable, "-m", "wenguo", "migrate"], env=environment, check=True)
        rows = []
        with subprocess.Popen(
            [sys.executable, "-m", module, *arguments], env=environment, stdout=subprocess.PIPE, text=True
        ) as running:
            for line in running.stdout or ():
                print(line, end="", flush=True)
                if line.startswith("|"):
                    rows.append(line)
        if running.returncode:
            raise SystemExit(running.returncode)
        return "".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=["10000", "100000"])
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    asked = parser.parse_args()
    head = HEAD.format(
        day=date.today(),
        machine=platform.machine(),
        cores=os.cpu_count(),
        python=platform.python_version(),
        times=200,
        reference=reference_ms(),
    )
    rows = [run(vendor, asked.sizes) for vendor in asked.databases]
    Path(__file__).with_name("figures.md").write_text(head + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
