"""How often one fault of a car was repaired, and how long that kept it: what W6 counts."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from wenguo.people.rows import read
from wenguo.vehicles.models import Vehicle, Visit
from wenguo.vehicles.visits import days_in_workshop


class Repaired(NamedTuple):
    """A fault: how often the car was in for it, this time included, and the days of those visits."""

    times: int
    days: int


NONE = Repaired(0, 0)


def same_fault(
    vehicle: Vehicle, now: datetime, kinds: Collection[str], returns: Collection[str]
) -> tuple[Repaired, Repaired]:  # fmt: skip
    """The fault that was repaired most often, and the one that kept the car longest.

    Only visits of `kinds` count, each by every 24 hours begun; a car that is still here counts until `now`. One of the
    kinds `returns` (外返) is for the fault of the visit before it; any other visit is for a fault of its own.
    """
    visits = read(Visit, "WHERE vehicle_id = %s ORDER BY in_at, id", vehicle.pk)
    faults: list[Repaired] = []
    for visit in visits:
        if visit.kind not in kinds:
            continue
        before = faults.pop() if visit.kind in returns and faults else NONE
        stay = days_in_workshop(visit.in_at, max(visit.in_at, visit.out_at or now)) if visit.in_at <= now else 0
        faults.append(Repaired(before.times + 1, before.days + stay))
    return max(faults, default=NONE), max(faults, key=lambda one: one.days, default=NONE)
