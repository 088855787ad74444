"""Measures one database (the environment says which): `python -m bench.run SIZE … `; prints a table of figures."""

import hashlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 (Django first)

from bench.floor import replayed, statements_of  # noqa: E402
from bench.measure import Client, Figure, measured, memory_mb  # noqa: E402
from bench.multiply import Herd, settle_all  # noqa: E402
from tests.machine import free_port  # noqa: E402
from wenguo.cases.door import open_steps, take  # noqa: E402
from wenguo.cases.lists import clocks, desk, find_case, open_tasks, story, unread  # noqa: E402
from wenguo.cases.models import Case  # noqa: E402
from wenguo.people.actors import actor_of  # noqa: E402
from wenguo.people.models import Branch, Staff, Token  # noqa: E402

PASSWORD = "bench-password"
TIMES = 200


@contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """A real server on the database at hand: its first process and its port."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "wenguo", "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL, start_new_session=True,
        env=os.environ | {"WENGUO_API_RATE": "-1", "DATABASE_URL": os.environ.get("BENCH_APP_URL", "")},
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while True:
            try:
                Client(port).ask("GET", "/healthz")
                break
            except OSError:
                assert time.monotonic() < until, "the server doesn't answer"
                time.sleep(0.1)
        yield server.pid, port
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def by_http(start: int) -> dict[str, Figure | float]:
    """Create by the API; desk and case page as the service manager of a shop, each by one keep-alive client."""
    token = secrets.token_hex(16)
    clerk = Staff.objects.get(username="reception")
    digest = hashlib.sha256(token.encode()).hexdigest()
    Token.objects.create(staff=clerk, name="bench", digest=digest, created_at=datetime.now(UTC))
    numbers = list(Case.objects.filter(branch__code="HZ").order_by("-id").values_list("number", flat=True)[:TIMES])
    with serving() as (server, port):
        program, manager = Client(port, token), Client(port)
        manager.sign_in("manager", PASSWORD)

        def page(path: str) -> None:
            status, _ = manager.ask("GET", path)
            assert status == 200, f"{path}: {status}"

        return {
            "create (API)": measured(server, TIMES, lambda nth: program.register(start + nth)),
            "my desk": measured(server, TIMES, lambda nth: page("/")),
            "open a case": measured(server, TIMES, lambda nth: page(f"/cases/{numbers[nth % len(numbers)]}/")),
            "memory": memory_mb(server),
        }


def by_sql() -> dict[str, Figure]:
    """The statements behind the same three, without anything around them."""
    now = datetime.now(UTC)
    clerk, manager = (actor_of(Staff.objects.get(username=login), now) for login in ("reception", "manager"))
    number = Case.objects.filter(branch__code="HZ", stage="investigating").order_by("-id")[0].number

    def opened() -> None:
        case = find_case(number, manager)
        for read in (story, clocks, open_tasks):
            read(case)
        open_steps(case, manager)
        unread(manager)

    return {
        "create (API)": replayed(_creating(clerk, now), TIMES, write=True),
        "my desk": replayed(statements_of(lambda: desk(manager)), TIMES, write=False),
        "open a case": replayed(statements_of(opened), TIMES, write=False),
    }


def _creating(clerk: Any, now: datetime) -> list[tuple[str, Any]]:
    """The statements of one intake, taken from a real one that is then undone."""
    intake = {"content": "更换刹车片后三天又响", "phone": "17999999999", "plate": "浙B99999", "read_back": True}
    branch = Branch.objects.get(code="HZ")
    case = Case(number="bench", pack=branch.pack, process="complaint", branch=branch, stage="new", stage_type="new",
                opened_at=now, turn_role="")  # fmt: skip
    with transaction.atomic():
        sent = statements_of(lambda: take(case, "registered", clerk, intake, now))
        transaction.set_rollback(True)
    return sent


def main(sizes: list[int]) -> None:
    herd = Herd(PASSWORD)
    for round_, size in enumerate(sizes, 1):
        herd.grow(size)
        settle_all()
        http, floor = by_http(round_ * 1_000), by_sql()
        memory = http.pop("memory")
        for name, figure in http.items():
            assert isinstance(figure, Figure)
            bare = floor[name]
            print(
                f"| {connection.vendor} | {size:,} | {name} | {figure.cpu:.1f} | {figure.p50:.1f} | {figure.p95:.1f}"
                f" | {bare.cpu:.2f} | {bare.p50:.2f} |", flush=True,
            )  # fmt: skip
        print(f"| {connection.vendor} | {size:,} | memory of `serve` (PSS) | {memory:.0f} MB | | | | |", flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
