"""How often one fault of a car was repaired, and how long that kept it: what W6 counts."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from wenguo.people.rows import places, read
from wenguo.vehicles.models import Vehicle, Visit, VisitProblem
from wenguo.vehicles.standing import same_car
from wenguo.vehicles.visits import days_in_workshop


class Repaired(NamedTuple):
    """A fault: how often the car was in for it, this time included, and the days of those visits."""

    times: int
    days: int


NONE = Repaired(0, 0)


def same_fault(
    vehicle: Vehicle, now: datetime, kinds: Collection[str], returns: Collection[str]
) -> tuple[Repaired, Repaired]:  # fmt: skip
    """The fault that was repaired most often, and the one that kept the car longest, at all shops of the group.

    Somebody's word counts first: visits with the same quality problem are for the same fault. Where nobody has named
    one, a visit of `kinds` counts: one of `returns` (外返) for the faults of the visit before it, any other for a fault
    of its own. Days are every 24 hours begun; a car that is still here counts until `now`. Three queries.
    """
    cars = [one.pk for one in same_car(vehicle)]
    visits = read(Visit, f"WHERE vehicle_id IN ({places(cars)}) ORDER BY in_at, id", *cars)
    named = _named([one.pk for one in visits])
    faults: dict[str, Repaired] = defaultdict(lambda: NONE)
    before: list[str] = []
    for visit in visits:
        for_which = _faults(visit, named.get(visit.pk), before, kinds, returns)
        stay = days_in_workshop(visit.in_at, max(visit.in_at, visit.out_at or now)) if visit.in_at <= now else 0
        for key in for_which:
            faults[key] = Repaired(faults[key].times + 1, faults[key].days + stay)
        before = for_which or before
    found = list(faults.values())
    return max(found, default=NONE), max(found, key=lambda one: one.days, default=NONE)


def _faults(
    visit: Visit, named: list[VisitProblem] | None, before: list[str], kinds: Collection[str], returns: Collection[str]
) -> list[str]:  # fmt: skip
    """Keys of the faults for which the car was in; none for upkeep, accidents and what isn't the car's quality."""
    if named:
        return sorted({"".join(one.name.split()).casefold() for one in named if not one.not_quality})
    if visit.kind not in kinds:
        return []
    return before if visit.kind in returns and before else [f"visit {visit.pk}"]


def _named(visits: list[int]) -> dict[int, list[VisitProblem]]:
    """Problems that somebody has named, by visit."""
    found: dict[int, list[VisitProblem]] = defaultdict(list)
    if visits:
        for one in read(VisitProblem, f"WHERE visit_id IN ({places(visits)}) AND NOT void", *visits):
            found[one.visit_id].append(one)
    return found
