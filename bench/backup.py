"""`python -m bench.backup`: how long a backup and a restore take and how large a backup is (docs/deploy.md: RTO).

Real cases, multiplied, and photos of a megabyte each; backed up and put back by the command line, as a shop does it,
each database into a new one of its own kind.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.machine import Postgres

PHOTO = 1_000_000  # bytes
HEAD = "| database | cases | photos | backup | size | restore, checked and searchable |\n|---|---|---|---|---|---|"


def make(cases: int, photos: int) -> None:
    """Fills the database and the data folder that the environment names."""
    import django

    django.setup()
    from datetime import UTC, datetime

    from bench.multiply import Herd
    from wenguo.cases import evidence
    from wenguo.people.actors import SYSTEM

    Herd("bench-password").grow(cases)
    for nth in range(photos):
        picture = b"\x89PNG\r\n\x1a\n" + os.urandom(PHOTO)
        evidence.store(f"{nth}.png", [picture], SYSTEM, datetime.now(UTC))


def place(stack: ExitStack, postgres: Postgres | None, name: str) -> dict[str, str]:
    """The environment of a wenguo process on a new database with a data folder of its own."""
    home = stack.enter_context(tempfile.TemporaryDirectory(prefix=f"wenguo-{name}-"))
    made = os.environ | {"WENGUO_HOME": home, "DJANGO_SETTINGS_MODULE": "wenguo.settings", "DATABASE_URL": ""}
    if postgres:
        database = postgres.create_database(name)
        made |= {"WENGUO_OWNER_DATABASE_URL": database.owner_url, "DATABASE_URL": database.owner_url}
    return made


def timed(environment: dict[str, str], *arguments: str) -> float:
    """Seconds that a command takes, its start included."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def run(vendor: str, cases: int, photos: int) -> None:
    with ExitStack() as stack:
        postgres = stack.enter_context(Postgres()) if vendor == "postgresql" else None
        busy, there = place(stack, postgres, "busy"), place(stack, postgres, "there")
        timed(busy, "wenguo", "migrate")
        timed(busy, "bench.backup", "--here", "--cases", str(cases), "--photos", str(photos))
        kept = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wenguo-kept-"))) / "backup"
        backup = timed(busy, "wenguo", "backup", str(kept))
        size = sum(file.stat().st_size for file in kept.rglob("*") if file.is_file()) / 1_000_000
        restore = timed(there, "wenguo", "restore", str(kept))
        print(f"| {vendor} | {cases:,} | {photos} | {backup:.0f} s | {size:,.0f} MB | {restore:.0f} s |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.backup", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--photos", type=int, default=500)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        make(asked.cases, asked.photos)
        return
    print(HEAD, flush=True)
    for vendor in asked.databases:
        run(vendor, asked.cases, asked.photos)


if __name__ == "__main__":
    main()
