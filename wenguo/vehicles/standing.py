"""A car and its repairs as the law asks about them: rows of ours turned into the plain facts of wenguo/law/.

The law counts every repair of a car, whichever shop did it. So visits of the same VIN at all branches of the group
count; but the words of a branch that the asker doesn't see are withheld: only that it counted is told (decisions/0024).
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from wenguo.law.facts import Car, Problem, Repair, Wait
from wenguo.law.guarantee import WORKS, Job
from wenguo.law.history import history
from wenguo.law.tables import Text
from wenguo.people.calendars import works
from wenguo.people.rows import places, read
from wenguo.people.tree import tree
from wenguo.vehicles.models import Reading, Vehicle, Visit, VisitProblem, VisitWait, counting

Seen = frozenset[int] | None  # ids of branches whose words the asker may read; None: all
ELSEWHERE = Text("其他门店登记的问题", "a problem recorded at another shop")
PART = "其他门店登记的零部件 (part recorded at another shop)"
WITHIN = {"ningbo": "zhejiang"}  # the province whose local rules on the three guarantees hold there as well
PROMISED = {"warranty": ("warranty_months", "warranty_km"), "sanbao": ("sanbao_months", "sanbao_km")}
KNOWN = ("invoiced_on", "delivered_on", "replaced_on", "province", *(key for pair in PROMISED.values() for key in pair))


class Stay(NamedTuple):
    """A visit with what was wrong and what was waited for; rows put down by mistake are left out."""

    visit: Visit
    problems: list[VisitProblem]
    waits: list[VisitWait]


class Standing(NamedTuple):
    """What the law has to know of a car, the earliest visit first.

    `jobs`: what this branch repaired and owes a guarantee on. `stays`: the visits that may be shown; `elsewhere`: how
    many others counted. `place`: where the car was bought, a code of the pack.
    """

    car: Car
    repairs: tuple[Repair, ...]
    jobs: tuple[Job, ...]
    stays: tuple[Stay, ...]
    elsewhere: int
    place: str


def standing_of(vehicle: Vehicle, on: date, seen: Seen = None) -> Standing:
    """The car as it stands on the day `on`; five questions to the database, however long its history."""
    cars = same_car(vehicle)
    stays = _stays(cars)
    shown = tuple(one for one in stays if _may_show(one.visit, seen))
    own = [one.visit for one in stays if one.visit.vehicle_id == vehicle.pk]
    return Standing(
        _car(cars, on), tuple(as_repairs(stays, seen)), tuple(jobs_of(own)), shown, len(stays) - len(shown),
        _known(cars, "province") or "",
    )  # fmt: skip


def law_car(vehicle: Vehicle, on: date) -> Car:
    """The car as law.facts has it on the day `on`; what this branch doesn't know is taken from the group's others."""
    return _car(same_car(vehicle), on)


def repairs_of(vehicle: Vehicle, seen: Seen = None) -> list[Repair]:
    """Every visit of the car as law.facts has it, those at the group's other branches included, the earliest first.

    `seen`: the branches whose words the asker may read; None for whoever shows them to nobody.
    """
    return list(as_repairs(_stays(same_car(vehicle)), seen))


def here_now(vehicle: Vehicle) -> list[Repair]:
    """Repairs of this branch's row of the car that aren't done yet; one question where there is none."""
    if not Visit.objects.filter(vehicle=vehicle, done_at=None, out_at=None).exists():
        return []
    return [one for one in as_repairs(_stays([vehicle]), None) if one.done_at is None]


def names_used(vehicle: Vehicle, seen: Seen = None) -> list[str]:
    """What problems of this car were called before, as far as the asker may read it, in the order they came."""
    stays = [one for one in _stays(same_car(vehicle)) if _may_show(one.visit, seen)]
    return list(dict.fromkeys(problem.name for one in stays for problem in one.problems))


def same_car(vehicle: Vehicle) -> list[Vehicle]:
    """This row, then those of the same VIN at other branches of the same group."""
    if not vehicle.vin:
        return [vehicle]
    roots = {pk: one.line[0] for pk, one in tree().branches.items()}
    group = roots[vehicle.branch_id]
    others = read(Vehicle, "WHERE vin = %s AND NOT vin = '' ORDER BY id", vehicle.vin)
    return [vehicle, *(one for one in others if one.pk != vehicle.pk and roots[one.branch_id] == group)]


def _stays(cars: list[Vehicle]) -> list[Stay]:
    ids = [one.pk for one in cars]
    visits = read(Visit, f"WHERE vehicle_id IN ({places(ids)}) ORDER BY in_at, id", *ids)
    inside = f"WHERE visit_id IN (SELECT id FROM vehicles_visit WHERE vehicle_id IN ({places(ids)})) AND NOT void"
    problems: dict[int, list[VisitProblem]] = {}
    waits: dict[int, list[VisitWait]] = {}
    if visits:
        for problem in read(VisitProblem, f"{inside} ORDER BY id", *ids):
            problems.setdefault(problem.visit_id, []).append(problem)
        for wait in read(VisitWait, f"{inside} ORDER BY since, id", *ids):
            waits.setdefault(wait.visit_id, []).append(wait)
    return [Stay(one, problems.get(one.pk, []), waits.get(one.pk, [])) for one in visits]


def _may_show(visit: Visit, seen: Seen) -> bool:
    return seen is None or visit.branch_id in seen


def _known(cars: list[Vehicle], key: str) -> Any:
    """What the first of the rows that knows it says."""
    return next((value for one in cars if (value := getattr(one, key)) not in (None, "")), None)


def _car(cars: list[Vehicle], on: date) -> Car:
    known = {key: _known(cars, key) for key in KNOWN}
    place = known["province"] or ""
    return Car(
        invoiced_on=known["invoiced_on"], delivered_on=known["delivered_on"], replaced_on=known["replaced_on"],
        km=_km(cars, on), household=not any(one.business_use for one in cars), province=WITHIN.get(place, place),
        transferred=any(one.transferred for one in cars), resold=any(one.resold for one in cars),
        promised=_promised(known),
    )  # fmt: skip


def _promised(known: dict) -> dict[str, dict[str, int]]:
    found = {}
    for key, (months, km) in PROMISED.items():
        if told := {unit: known[name] for unit, name in (("months", months), ("km", km)) if known[name]}:
            found[key] = told
    return found


def _km(cars: list[Vehicle], on: date) -> int | None:
    """How far it had run at the end of the day: the last reading that counts, whoever took it."""
    ids = [one.pk for one in cars]
    tail = f"WHERE vehicle_id IN ({places(ids)}) AND read_on <= %s ORDER BY read_on, id"
    readings = counting(read(Reading, tail, *ids, on))
    return readings[-1].km if readings else None


def as_repairs(stays: Iterable[Stay], seen: Seen) -> Iterator[Repair]:
    """The visits for the law, with names for problems by which the same is the same."""
    stays, branches = list(stays), tree().branches
    names = _Names(one for stay in stays if _may_show(stay.visit, seen) for one in stay.problems)
    for stay in stays:
        visit, zone = stay.visit, ZoneInfo(branches[stay.visit.branch_id].zone)
        yield Repair(
            in_at=visit.in_at.astimezone(zone), km=visit.mileage_km, undrivable=visit.undrivable,
            agreed_at=None if visit.not_agreed else (visit.agreed_at or visit.in_at).astimezone(zone),
            done_at=_local(visit.done_at or visit.out_at, zone),
            problems=tuple(names.problem(one) for one in stay.problems),
            waits=tuple(Wait(one.why, one.since.astimezone(zone), _local(one.until, zone)) for one in stay.waits),
        )  # fmt: skip


class _Names:
    """Keys and words of problems. Words that only branches out of sight use are withheld, but stay distinct."""

    def __init__(self, shown: Iterable[VisitProblem]):
        shown = list(shown)
        self.problems = {_key(one.name) for one in shown}
        self.parts = {one.part for one in shown}
        self.withheld: dict[str, int] = {}

    def problem(self, one: VisitProblem) -> Problem:
        """As law.facts has it."""
        key, plain = _key(one.name), _key(one.name) in self.problems
        wear = {"months": one.wear_months, "km": one.wear_km} if one.wear_months else {}
        return Problem(
            key=key if plain else self._nth(key), name=one.name if plain else ELSEWHERE, system=one.system,
            part=one.part if not one.part or one.part in self.parts else f"{PART} {self._nth('part ' + one.part)}",
            replaced=one.replaced, sign=one.sign, severe=one.severe, quality=not one.not_quality,
            wear={unit: number for unit, number in wear.items() if number} or None,
            claims=tuple(one.claims),
        )  # fmt: skip

    def _nth(self, word: str) -> str:
        return f"elsewhere-{self.withheld.setdefault(word, len(self.withheld) + 1)}"


def _key(name: str) -> str:
    """The same problem is written the same but for blanks and capitals."""
    return "".join(name.split()).casefold()


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone) if moment else None


def jobs_of(visits: Iterable[Visit]) -> Iterator[Job]:
    """Finished items of these visits, each with the guarantee that this branch owes on it."""
    branches = tree().branches
    for visit in visits:
        done = _local(visit.done_at or visit.out_at, ZoneInfo(branches[visit.branch_id].zone))
        promised = {"days": visit.guarantee_days, "km": visit.guarantee_km}
        if done is None:
            continue
        for item in visit.items:
            yield Job(
                item, done.date(), visit.mileage_km, visit.work if visit.work in WORKS else "minor",
                promised={unit: number for unit, number in promised.items() if number},
            )  # fmt: skip


def in_warranty(vehicle: Vehicle, visit: Visit) -> bool:
    """Whether the car came within its free-repair period, by what this row alone knows of it."""
    known = {key: getattr(vehicle, key) for key in KNOWN}
    car = Car(
        invoiced_on=known["invoiced_on"], delivered_on=known["delivered_on"], replaced_on=known["replaced_on"],
        household=not vehicle.business_use, resold=vehicle.resold, promised=_promised(known),
    )  # fmt: skip
    day = visit.in_at.date()
    period = history(car, (), day, works).window("warranty") if car.household and not car.resold else None
    return period is not None and period.holds(day, visit.mileage_km)
