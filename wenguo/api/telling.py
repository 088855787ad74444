"""What other systems tell and are told of cars, repair orders and customers: the same way for all three."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import prefetch_related_objects

from wenguo.cases.asking import asking
from wenguo.cases.lookup import Met
from wenguo.cases.masks import MASKS
from wenguo.cases.models import NEVER, Case
from wenguo.cases.refusals import Invalid
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.chain import stamp
from wenguo.people.models import Branch, Customer
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.policy.load import packs
from wenguo.vehicles.models import Vehicle, Visit
from wenguo.vehicles.vins import is_doubtful
from wenguo.vehicles.visits import days_in_workshop

Told = TypeVar("Told")
PROBLEM = ("name", "system", "part", "replaced", "sign", "severe", "not_quality", "wear_months", "wear_km", "claims")


def refuse_second(raw: dict[str, Any], name: str) -> None:
    """What the address names can't be named again by the body."""
    if name in raw:
        raise Invalid({name: Problem("There is no such field here.")})


def tell(take: Callable[..., tuple[Told, bool]], branch: Branch, *told: Any, by: Actor) -> tuple[Told, bool]:
    """What was stored, and whether it is new. Raises Invalid."""
    try:
        return take(branch, *told, asking(branch, by, now()), by)
    except Wrong as wrong:
        raise Invalid(wrong.problems) from wrong


def sees_whole(branch: Branch, by: Actor) -> bool:
    """Whether this person's work at the branch needs phone, plate and VIN whole."""
    return bool(packs()[branch.pack].sees_contact & by.roles_at(branch))


def customer_json(customer: Customer, branch: Branch, by: Actor) -> dict[str, Any]:
    """The customer; the phone masked for those whose work doesn't need it."""
    phone = customer.phone if sees_whole(branch, by) else MASKS["phone"](customer.phone)
    return {
        "id": customer.pk, "branch": branch.code, "external_id": customer.external_id, "name": customer.name,
        "phone": phone,
    }  # fmt: skip


def met_json(met: Met, branch: Branch, by: Actor) -> dict[str, Any]:
    """Whoever calls, with their car, its latest visits and their cases."""
    return {
        "customers": [customer_json(one, branch, by) for one in met.customers],
        "vehicle": vehicle_json(met.vehicle, branch, by) if met.vehicle else None,
        "visits": visits_json(met.visits, branch),
        "cases": [_case(one) for one in met.cases],
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "number": case.number, "process": case.process, "stage": case.stage, "stage_type": case.stage_type,
        "opened_at": stamp(case.opened_at),
        "next_due_at": None if case.next_due_at == NEVER else stamp(case.next_due_at),
    }  # fmt: skip


def vehicle_json(vehicle: Vehicle, branch: Branch, by: Actor) -> dict[str, Any]:
    """The car; numbers masked for those whose work doesn't need them."""
    clear = sees_whole(branch, by)
    masked = {"plate": MASKS["plate"], "vin": MASKS["vin"]}
    numbers = {key: getattr(vehicle, key) for key in ("plate", "temporary_plate", "vin", "engine_no")}
    if not clear:
        numbers = {key: masked[key](text) if key in masked else "***"[: len(text)] for key, text in numbers.items()}
    days = {key: getattr(vehicle, key) for key in ("launched_on", "invoiced_on", "delivered_on", "replaced_on")}
    promised = (
        "province", "business_use", "transferred", "resold", "price_fen", "warranty_months", "warranty_km",
        "sanbao_months", "sanbao_km", "use_fee",
    )  # fmt: skip
    return {
        "id": vehicle.pk, "branch": branch.code, **numbers, "vin_doubtful": is_doubtful(vehicle.vin),
        "brand": vehicle.brand, "series": vehicle.series, "model": vehicle.model,
        **{key: day.isoformat() if day else None for key, day in days.items()}, "mileage_km": vehicle.mileage_km,
        **{key: getattr(vehicle, key) for key in promised},
    }  # fmt: skip


def visits_json(visits: list[Visit], branch: Branch) -> list[dict[str, Any]]:
    """The visits with their rows, which two questions read for all of them together."""
    prefetch_related_objects(visits, "problems", "waits")
    return [visit_json(one, branch) for one in visits]


def visit_json(visit: Visit, branch: Branch) -> dict[str, Any]:
    """The visit; money in fen."""
    until = max(visit.in_at, visit.out_at or now())
    empty = {"number": "", "quantity": None, "amount_fen": None}
    plain = (
        "kind", "mileage_km", "advisor", "technician", "complaint", "items", "labour_hours", "labour_fen",
        "material_fen", "total_fen", "quality", "payer", "work", "not_agreed", "undrivable", "guarantee_days",
        "guarantee_km",
    )  # fmt: skip
    return {
        "order_no": visit.order_no, "branch": branch.code, "vehicle": visit.vehicle_id,
        "in_at": stamp(visit.in_at),
        **{key: _stamped(getattr(visit, key)) for key in ("out_at", "agreed_at", "done_at")},
        "problems": [{key: getattr(one, key) for key in PROBLEM} for one in _kept(visit.problems)],
        "waits": [
            {"why": one.why, "since": stamp(one.since), "until": _stamped(one.until)}
            for one in _kept(visit.waits)
        ],
        "days": days_in_workshop(visit.in_at, until), "parts": [empty | one for one in visit.parts],
        **{key: getattr(visit, key) for key in plain},
    }  # fmt: skip


def _stamped(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None


def _kept(rows: Any) -> list[Any]:
    """The rows beside a visit, in the order in which they were first told, without those put down by mistake."""
    return sorted((one for one in rows.all() if not one.void), key=lambda one: one.pk)
