"""Receive and calm (R050-R056): register, settle on the spot, assign the investigation (R060)."""

from datetime import datetime
from typing import Any

from wenguo.cases.models import Case, Party, Task
from wenguo.cases.money import settle_at_once
from wenguo.cases.verbs import AMOUNTS, MILEAGE, MOMENT, PERSON, PHONE, PLATE, TEXT, VIN, YES_NO, add, end, verb
from wenguo.people.actors import Actor
from wenguo.people.amend import amend
from wenguo.people.models import Branch, Customer
from wenguo.people.rows import first
from wenguo.vehicles.models import vehicle_for


@verb(
    "registered", "settled",
    takes={
        "content": TEXT, "phone": PHONE, "customer_name": TEXT, "plate": PLATE, "vin": VIN, "mileage_km": MILEAGE,
        "settled_now": YES_NO, "settled_how": TEXT, "settled_costs": AMOUNTS,
    },
)  # fmt: skip
def registered(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    name = data["customer_name"] or ""
    case.customer = customer_for(case.branch, data["phone"], name, by, now)
    case.vehicle = vehicle_for(
        case.branch, data["plate"] or "", data["vin"] or "", data["mileage_km"], by.code, now,
        case.number,
    )  # fmt: skip
    add(case, Party(kind="complainant", customer=case.customer, name=name))
    if not data["settled_now"]:
        return "registered"
    settle_at_once(case, by, data["settled_how"], data["settled_costs"], "settled_costs", now)
    return "settled"


@verb("settled", takes={"settled_how": TEXT, "settled_costs": AMOUNTS}, must=("settled_how",))
def settled_on_the_spot(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    settle_at_once(case, by, data["settled_how"], data["settled_costs"], "settled_costs", now)
    return "settled"


def customer_for(branch: Branch, phone: str | None, name: str, by: Actor, now: datetime) -> Customer | None:
    """The branch's customer with this phone, made if new; a first name is filled in, never overwritten."""
    if not phone:
        return None
    found = first(Customer, "WHERE branch_id = %s AND phone = %s", branch.pk, phone)
    if found is None:
        fresh = {"branch": branch, "phone": phone, "name": name}
        return amend(Customer(branch=branch), by.code, fresh, "first complaint", now)
    return amend(found, by.code, {"name": name}, "name told", now) if name and not found.name else found


ASSIGNMENT = {"investigator": PERSON, "duty": TEXT, "due_at": MOMENT}


@verb("assigned", takes=ASSIGNMENT, must=ASSIGNMENT)
def assigned(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    _investigator(case, data)
    return "assigned"


@verb("reassigned", takes=ASSIGNMENT, must=ASSIGNMENT)
def reassigned(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    case.tasks.filter(kind="investigation", done_at=None).update(done_at=now)
    _investigator(case, data)
    return "reassigned"


def _investigator(case: Case, data: dict[str, Any]) -> None:
    """One investigator at a time, with written duties and a limit (R060)."""
    end(case, "investigator")
    add(
        case,
        Party(kind="investigator", staff_id=data["investigator"]),
        Task(
            kind="investigation", person_id=data["investigator"], text=data["duty"],
            due_at=datetime.fromisoformat(data["due_at"]),
        ),
    )  # fmt: skip
