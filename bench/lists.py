"""The list of cases at 100,000 and 1,000,000: `python -m bench.lists [--databases …] [--sizes …]`; prints a table.

500 shops in two regions; each case is the row of one that went through the door, copied by SQL with other codes and
moments (entries and the like aren't: no list reads them). The chief of a shop, and of a region of 250 shops.
"""

import argparse
import sys
from datetime import UTC, datetime

from bench.__main__ import run

PASSWORD = "bench-password"
TIMES = 200
PAGES = {
    "my desk, to compare": "/",
    "all, newest first": "/cases/",
    "open, due first": "/cases/?state=open",
    "overdue": "/cases/?overdue=yes",
    "one category": "/cases/?category=billing",
    "two codes, oldest first": "/cases/?category=billing&component=brakes&sort=opened",
    "next to nothing fits": "/cases/?cause=expectation_gap&component=wheels&category=other",
    "my turn": "/cases/?mine=yes",
}


def build(size: int) -> None:
    """Brings the database at hand to `size` cases."""
    from django.db import connection

    from bench.multiply import settle_all
    from wenguo.cases.models import Case

    if not Case.objects.exists():
        _found()
    columns = [field.column for field in Case._meta.concrete_fields if field.column != "id"]
    made = {
        "number": "'B-' || (base.n + step.i)",
        "branch_id": "(SELECT id FROM shops WHERE nth = (base.n + step.i) * 7919 / 10 % 500)",
        "opened_at": "{moment}", "next_due_at": "CASE WHEN stage_type = 'open' THEN {due} ELSE next_due_at END",
        "category": _pick("category"), "component": _pick("component"), "cause": _pick("cause"),
    }  # fmt: skip
    days = "(((base.n + step.i) * 6007 % 1000000) / 1000.0)"
    if connection.vendor == "sqlite":
        moments = {"moment": f"datetime('2026-11-01', '-' || {days} || ' days')"}
        moments["due"] = f"datetime('2026-11-24', '+' || ({days} / 100) || ' days')"
        series = "(WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s LIMIT 10000) SELECT i FROM s)"
    else:
        moments = {"moment": f"timestamptz '2026-11-01' - {days} * interval '1 day'"}
        moments["due"] = f"timestamptz '2026-11-24' + {days} / 100 * interval '1 day'"
        series = "(SELECT generate_series(1, 10000) AS i)"
    # One of ten is open, as in a shop that has kept its cases for some years.
    one = "model.stage_type = CASE WHEN (base.n + step.i) % 10 = 0 THEN 'open' ELSE 'closed' END"
    chosen = ", ".join(made[name].format(**moments) if name in made else f"model.{name}" for name in columns)
    with connection.cursor() as cursor:
        for start in range(Case.objects.count(), size, 10_000):
            cursor.execute(
                f"INSERT INTO cases_case ({', '.join(columns)}) SELECT {chosen}"
                f" FROM (SELECT CAST({start} AS bigint) AS n) base CROSS JOIN {series} step JOIN models model ON {one}"
            )
            print(f"  {start + 10_000}", end="\r", file=sys.stderr, flush=True)
        cursor.execute("ANALYZE")
    settle_all()


def _pick(name: str) -> str:
    from wenguo.policy.load import default_pack

    codes = list(default_pack().codes[name])
    whens = " ".join(f"WHEN {nth} THEN '{code}'" for nth, code in enumerate(codes))
    return f"CASE (base.n + step.i) * 31 / 7 % {len(codes)} {whens} END"


def _found() -> None:
    """The group: two regions of 250 shops each, a chief of one region, a chief of one shop; two cases as models."""
    from django.contrib.auth.hashers import make_password
    from django.db import connection

    from tests.people import at_stage, make_dealer
    from wenguo.people.models import Branch, Post, Staff
    from wenguo.people.tree import touch

    make_dealer()
    group, first = Branch.objects.get(code="G1"), Branch.objects.get(code="HD")
    other = _branch("NB", group)
    shops = [_branch(f"S{nth:03}", first if nth % 2 else other) for nth in range(500)]
    Staff.objects.update(password=make_password(PASSWORD))
    Post.objects.filter(staff__username="bob").update(branch=shops[1])
    touch()
    at_stage("receiving"), at_stage("closed", phone="13900139000", plate="浙B00001")
    with connection.cursor() as cursor:
        numbered = "SELECT id, CAST(substr(code, 2) AS integer) AS nth FROM people_branch WHERE code LIKE 'S___'"
        cursor.execute(f"CREATE TABLE shops AS {numbered}")
        cursor.execute("CREATE INDEX shops_nth ON shops (nth)")
        cursor.execute("CREATE TABLE models AS SELECT * FROM cases_case")


def _branch(code: str, parent: "object") -> "object":
    from wenguo.people.models import Branch

    made = Branch.objects.create(code=code, name=f"{code}店", parent=parent, pack=parent.pack, path=code)  # type: ignore
    made.path = f"{parent.path}{made.pk}/"  # type: ignore[attr-defined]
    made.save()
    return made


def measure(size: int) -> None:
    """Prints a row for each page and person: CPU of the whole server, and of the walk alone."""
    import time

    from django.db import connection

    from bench.measure import Client, measured
    from bench.run import serving
    from wenguo.cases.filters import read_filters
    from wenguo.cases.listing import find_keys
    from wenguo.people.actors import actor_of
    from wenguo.people.models import Staff

    now = datetime.now(UTC)
    with serving() as (server, port):
        for login, who in (("bob", "one shop"), ("region_manager", "250 shops")):
            client, by = Client(port), actor_of(Staff.objects.get(username=login), now)
            client.sign_in(login, PASSWORD)
            for name, path in PAGES.items():
                asked = dict(pair.split("=") for pair in path.partition("?")[2].split("&") if pair)
                filters = read_filters({key: [value] for key, value in asked.items()}, by).filters
                start = time.perf_counter()
                for _ in range(TIMES):
                    found = find_keys(by, filters, None, now, 50)
                walk = (time.perf_counter() - start) * 1000 / TIMES

                def page(_: int, client: Client = client, path: str = path) -> None:
                    status, _text = client.ask("GET", path)
                    assert status == 200, f"{path}: {status}"

                figure = measured(server, TIMES, page)
                print(
                    f"| {connection.vendor} | {size:,} | {who} | {name} | {len(found.keys)}{'+' if found.next else ''}"
                    f" | {figure.cpu:.1f} | {figure.p50:.1f} | {figure.p95:.1f} | {walk:.2f} |", flush=True,
                )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.lists", description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=["100000", "1000000"])
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if not asked.here:
        print(
            "| database | cases | who | what | rows | CPU | p50 | p95 | walk |\n|---|---|---|---|---|---|---|---|---|"
        )
        for vendor in asked.databases:
            run(vendor, ["--here", "--sizes", *asked.sizes], "bench.lists")
        return
    import django

    django.setup()
    for size in asked.sizes:
        build(int(size))
        measure(int(size))


if __name__ == "__main__":
    main()
