"""Who calls, and about which car? What a branch knows of a phone, a plate, a VIN or a name. Never changes anything."""

from typing import NamedTuple

from wenguo.cases import lists
from wenguo.cases.models import Case
from wenguo.people.actors import Actor
from wenguo.people.customers import customers_named
from wenguo.people.models import Branch, Customer
from wenguo.people.rows import places, read
from wenguo.vehicles.models import Vehicle, Visit
from wenguo.vehicles.visits import visits_of

MOST_CASES = 20


class Met(NamedTuple):
    """Customers (by name there may be several), the car with its latest visits, and their cases, open ones first."""

    customers: list[Customer]
    vehicle: Vehicle | None
    visits: list[Visit]
    cases: list[Case]


def met(by: Actor, branch: Branch, phone: str = "", plate: str = "", vin: str = "", name: str = "") -> Met:
    """What `branch` knows of them; whole numbers and the whole name only. Raises NotFound for a branch out of sight."""
    found = lists.known(by, branch, phone, plate, vin)
    named = customers_named(branch, name) if name else []
    customers = [*([found.customer] if found.customer else []), *(one for one in named if one != found.customer)]
    cases = [*found.cases, *_of_customers(named, {one.pk for one in found.cases})]
    for case in cases:
        case.branch = branch
    visits = visits_of(found.vehicle).rows if found.vehicle else []
    return Met(customers, found.vehicle, visits, sorted(cases, key=_open_first)[:MOST_CASES])


def _open_first(case: Case) -> tuple[bool, int]:
    return case.stage_type != "open", -case.pk


def _of_customers(customers: list[Customer], but: set[int]) -> list[Case]:
    if not customers:
        return []
    tail = f"WHERE customer_id IN ({places(customers)}) ORDER BY id DESC LIMIT {MOST_CASES}"
    return [one for one in read(Case, tail, *(customer.pk for customer in customers)) if one.pk not in but]
