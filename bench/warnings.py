"""What early warning adds to an act: `python -m bench.warnings [--databases …] [--size …]`; prints a table.

The same act on the same case with and without the evaluation, each rolled back, turn by turn. Cases, cars and repair
orders went through the door and are then copied by SQL (entries aren't: the evaluation reads those of its own case);
of each complaint a few others have the same model and fault.
"""

import argparse
import random
import statistics
import time
from datetime import UTC, datetime
from typing import Any

TIMES = 150  # cases, as far as there are so many open ones
HEAD = """| database | cases | what | act without, CPU ms | act with, CPU ms | added, CPU ms |
|---|---|---|---|---|---|"""
MADE = 200  # cases that go through the door
TICKED = {"judgement": ["strong_complaint"], "danger": ["power_loss"], "symptom": "stalling", "component": "engine"}
ACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "a contact, nothing ticked": ("contacted", {"way": "call", "reached": "on", "note": "已联系"}),
    "a judgement: strong complaint, part and symptom; nothing warns": ("judged", TICKED),
    "a judgement that opens a warning": ("judged", TICKED | {"judgement": ["strong_complaint", "violent"]}),
}


def measure(size: int) -> None:
    """Prints a row for each act."""
    import django

    django.setup()
    from django.db import connection

    from wenguo.cases.models import Case
    from wenguo.jobs import demo

    demo.fill(MADE, 1, 12, "bench-password", datetime.now(UTC), lambda line: None)
    cases = _cases()
    _grow(size)
    _alike()
    for what, (verb, data) in ACTS.items():
        taken = [_both(case, verb, data) for case in cases]
        plain, watched = (statistics.median(one[nth] for one in taken) for nth in (0, 1))
        added = statistics.median(one[1] - one[0] for one in taken)
        row = (connection.vendor, f"{Case.objects.count():,}", what, *(f"{ms:.2f}" for ms in (plain, watched, added)))
        print(f"| {' | '.join(row)} |", flush=True)


def _grow(size: int) -> None:
    """Copies of what is there, cars before their visits and cases, until there are `size` cases."""
    from django.core.management.color import no_style
    from django.db import connection

    from wenguo.cases.models import Case
    from wenguo.vehicles.models import Vehicle, Visit

    times = -(-size // Case.objects.count()) - 1
    apart = {kind: kind.objects.latest("pk").pk + 1 for kind in (Vehicle, Visit, Case)}
    steps = f"(WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {times}) SELECT i FROM s) step"
    for kind, by in apart.items():
        copied = {
            "id": f"one.id + {by} * step.i", "vehicle_id": f"one.vehicle_id + {apart[Vehicle]} * step.i",
            "number": "one.number || '-' || step.i", "order_no": "one.order_no || '-' || step.i",
            "opened_for": "one.opened_for || '-' || step.i",
            "plate": f"CASE one.plate WHEN '' THEN '' ELSE 'P' || (one.id + {by} * step.i) END",
            "vin": f"CASE one.vin WHEN '' THEN '' ELSE 'V' || (one.id + {by} * step.i) END",
        }  # fmt: skip
        columns = [field.column for field in kind._meta.concrete_fields]
        values = ", ".join(copied.get(column, f'one."{column}"') for column in columns)
        names, table = ", ".join(f'"{column}"' for column in columns), kind._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} one CROSS JOIN {steps}")
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), list(apart)):
            cursor.execute(sql)
        cursor.execute("ANALYZE")


def _alike() -> None:
    """Every complaint says something of model and fault; about three of a branch say the same."""
    from wenguo.cases.models import Case, SameFault

    SameFault.objects.all().delete()
    chance, rows = random.Random(1), []
    cases = Case.objects.filter(process="complaint", vehicle__isnull=False)
    for pk, branch, vehicle, opened in cases.values_list("pk", "branch_id", "vehicle_id", "opened_at").iterator():
        model, fault = f"车系{chance.randrange(200)}", f"engine/{chance.randrange(50)}"
        rows.append(SameFault(case_id=pk, branch_id=branch, vehicle_id=vehicle, model=model, fault=fault,
                              opened_at=opened))  # fmt: skip
    SameFault.objects.bulk_create(rows, batch_size=1000)


def _cases() -> list[Any]:
    """Open complaints with a car, at which somebody may take the acts."""
    from wenguo.cases.models import Case

    found = Case.objects.filter(process="complaint", stage_type="open", vehicle__isnull=False).exclude(
        hit__isnull=False
    )
    return list(found.select_related("branch").order_by("-pk")[:TIMES])


def _both(case: Any, verb: str, data: dict[str, Any]) -> tuple[float, float]:
    """Milliseconds of CPU without and with the evaluation."""
    from wenguo.cases import door

    heed = door.heed
    found = []
    for how in (lambda *_: None, heed):
        door.heed = how
        try:
            found.append(_once(case, verb, data))
        finally:
            door.heed = heed
    return found[0], found[1]


def _once(case: Any, verb: str, data: dict[str, Any]) -> float:
    from django.db import transaction

    from wenguo.cases import door
    from wenguo.cases.models import Case
    from wenguo.people.actors import actor_of
    from wenguo.people.models import Staff
    from wenguo.people.tree import one_organisation

    at = datetime.now(UTC)
    by = actor_of(Staff.objects.get(pk=case.owner_id), at)
    with transaction.atomic():
        locked = Case.objects.select_related("branch").get(pk=case.pk)

        def take(_: Any) -> float:
            start = time.process_time()
            door.take(locked, verb, by, data, at)
            return time.process_time() - start

        spent: float = one_organisation(take)(None)  # as within a request
        transaction.set_rollback(True)
    return spent * 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.warnings", description=__doc__)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--here", action="store_true", help="measure the database that the environment names")
    asked = parser.parse_args()
    if asked.here:
        measure(asked.size)
        return
    from bench.__main__ import run as run_in

    print(HEAD)
    for vendor in asked.databases:
        run_in(vendor, ["--here", "--size", str(asked.size)], "bench.warnings")


if __name__ == "__main__":
    main()
