"""Cars and customers of special care as lists show them: what is proposed, who is watched, who is owed a letter."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from wenguo.people.actors import Actor
from wenguo.people.models import Branch, Customer
from wenguo.people.rows import first, places, plain, read
from wenguo.policy.focus import Proposal
from wenguo.vehicles.focus import rules
from wenguo.vehicles.models import Care, Focus, Vehicle, Visit
from wenguo.vehicles.standing import in_warranty

MOST = 50  # proposals, and rows of a page
WEIGHED = 200  # orders of which it is reckoned whether they fell into the free-repair period
LATELY = 90  # days back in which an ended focus is still owed a letter
# No proposal for a car that is watched, or of which somebody has decided since.
UNDECIDED = """NOT EXISTS (SELECT 1 FROM vehicles_focus focus WHERE focus.{column} = {row}.{column}
    AND (focus.state = 'watched' OR COALESCE(focus.ended_at, focus.since) >= {row}.{moment}))"""


class Proposed(NamedTuple):
    """A car or a customer that may need special care, and why: with which order or complaint, and when."""

    why: Proposal
    branch: Branch
    vehicle: Vehicle | None
    customer: Customer | None
    at: datetime
    about: str  # number of the order or the complaint


class Marks(NamedTuple):
    """Which of some cars and customers are watched, each by its id."""

    vehicles: dict[int, Focus]
    customers: dict[int, Focus]

    def of(self, vehicle: int | None, customer: int | None) -> Focus | None:
        return self.vehicles.get(vehicle or 0) or self.customers.get(customer or 0)


def marks(vehicles: Iterable[int | None], customers: Iterable[int | None]) -> Marks:
    """Those of these cars and customers that are watched. One question, none where there is nothing to ask about."""
    cars, people = ({one for one in ids if one} for ids in (vehicles, customers))
    parts = [f"{name} IN ({places(ids)})" for name, ids in (("vehicle_id", cars), ("customer_id", people)) if ids]
    rows = read(Focus, f"WHERE state = 'watched' AND ({' OR '.join(parts)})", *cars, *people) if parts else []
    by_car = {one.vehicle_id: one for one in rows if one.vehicle_id}
    return Marks(by_car, {one.customer_id: one for one in rows if one.customer_id})


def focuses(branches: Iterable[Branch], state: str, before: int = 0) -> list[Focus]:
    """Those of these branches in this state, the latest first, with car and customer; one more than a page holds."""
    ids = {one.pk: one for one in branches}
    if not ids:
        return []
    behind, key = ("AND id < %s", [before]) if before else ("", [])
    tail = f"WHERE branch_id IN ({places(ids)}) AND state = %s {behind} ORDER BY id DESC LIMIT {MOST + 1}"
    rows = read(Focus, tail, *ids, state, *key)
    _fill(rows, ids)
    return rows


def _fill(rows: list[Focus], branches: dict[int, Branch]) -> None:
    """Branches, cars and customers of these rows, read together."""
    cars = Vehicle.objects.in_bulk({one.vehicle_id for one in rows if one.vehicle_id})
    people = Customer.objects.in_bulk({one.customer_id for one in rows if one.customer_id})
    for one in rows:
        one.branch = branches[one.branch_id]
        one.vehicle = cars.get(one.vehicle_id or 0)
        one.customer = people.get(one.customer_id or 0)


def focus_of(by: Actor, pk: int) -> Focus | None:
    """The focus of this id where it is within sight, with its branch, car and customer."""
    found = first(Focus, "WHERE id = %s", pk)
    branches = {one.pk: one for one in by.branches()}
    if found is None or found.branch_id not in branches:
        return None
    _fill([found], branches)
    return found


def by_pack(branches: Iterable[Branch]) -> dict[str, dict[int, Branch]]:
    """Branches by their pack and id: what a pack says is asked of all of them at once."""
    found: dict[str, dict[int, Branch]] = {}
    for one in branches:
        found.setdefault(one.pack, {})[one.pk] = one
    return found


def proposed(branches: Iterable[Branch], now: datetime) -> list[Proposed]:
    """Cars that came in lately and that the pack proposes for it, the latest first."""
    found: dict[int, Proposed] = {}
    for house in by_pack(branches).values():
        said = rules(next(iter(house.values())))
        for rule in said.proposals.values():
            for one in _by_visits(house, rule, now - timedelta(days=said.days)) if rule.visits else ():
                if one.vehicle and one.vehicle.pk not in found:
                    found[one.vehicle.pk] = one
    return sorted(found.values(), key=lambda one: one.at, reverse=True)[:MOST]


def _by_visits(house: dict[int, Branch], rule: Proposal, since: datetime) -> Iterator[Proposed]:
    """The cars of these branches with such an order, each with its latest one."""
    quality = (
        "AND EXISTS (SELECT 1 FROM vehicles_visitproblem problem WHERE problem.visit_id = visit.id"
        " AND NOT problem.void AND NOT problem.not_quality)"
    )
    undecided = UNDECIDED.format(column="vehicle_id", row="visit", moment="in_at")
    sql = f"""SELECT visit.id FROM vehicles_visit visit WHERE visit.branch_id IN ({places(house)})
        AND visit.in_at >= %s AND visit.kind IN ({places(rule.visits)}) {quality if rule.quality else ""}
        AND {undecided} ORDER BY visit.in_at DESC LIMIT {WEIGHED if rule.in_warranty else MOST}"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [*house, plain(since), *rule.visits])
        ids = [row[0] for row in cursor.fetchall()]
    visits = read(Visit, f"WHERE id IN ({places(ids)}) ORDER BY in_at DESC", *ids) if ids else []
    cars = Vehicle.objects.in_bulk({one.vehicle_id for one in visits})
    for visit in visits:
        car = cars[visit.vehicle_id]
        car.branch = house[visit.branch_id]
        if not rule.in_warranty or in_warranty(car, visit):
            yield Proposed(rule, car.branch, car, None, visit.in_at, visit.order_no)


def last_cares(focuses: Iterable[Focus], *, turned_to: bool = False) -> dict[int, Care]:
    """The latest of each focus; `turned_to`: of letters and visits alone, for a call-back asks and gives nothing."""
    shown = {one.pk: one for one in focuses}
    rows = read(Care, f"WHERE focus_id IN ({places(shown)}) ORDER BY done_on, id", *shown) if shown else []
    return {
        one.focus_id: one
        for one in rows
        if one.focus_id and not (turned_to and one.way == rules(shown[one.focus_id].branch).call_back)
    }


def ended_without_care(branches: Iterable[Branch], now: datetime) -> list[Focus]:
    """Focuses that ended lately, without a letter or visit since: they are owed one (R019)."""
    house = {one.pk: one for one in branches}
    if not house:
        return []
    tail = f"WHERE branch_id IN ({places(house)}) AND state = 'ended' AND ended_at >= %s ORDER BY id DESC LIMIT {MOST}"
    rows = read(Focus, tail, *house, now - timedelta(days=LATELY))
    _fill(rows, house)
    cared = last_cares(rows, turned_to=True)
    return [one for one in rows if one.pk not in cared or cared[one.pk].done_on < _ended_on(one)]


def _ended_on(focus: Focus) -> date:
    assert focus.ended_at is not None  # it ended
    return focus.ended_at.astimezone(ZoneInfo(focus.branch.zone)).date()
