"""Cars and repair orders as a dealer's own system knows them: it puts them here, as often as it likes."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponse
from ninja import Router

from wenguo.api.reading import STRICT, body_of, branch_of
from wenguo.api.replies import Call, reply
from wenguo.api.shapes import refusals
from wenguo.api.vehicle_shapes import VehicleTold, VisitTold, body
from wenguo.cases.asking import asking
from wenguo.cases.masks import MASKS
from wenguo.cases.refusals import Invalid
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.chain import stamp
from wenguo.people.models import Branch
from wenguo.policy.fields import Asking, Problem
from wenguo.policy.forms import Wrong
from wenguo.policy.load import packs
from wenguo.policy.money import typed_yuan
from wenguo.vehicles.dms import vehicle_told, visit_told
from wenguo.vehicles.models import Vehicle, Visit
from wenguo.vehicles.vins import is_doubtful
from wenguo.vehicles.visits import days_in_workshop

router = Router()
MOST_FEN = 10_000_000_000
Told = TypeVar("Told")
Tell = Callable[[Branch, str, dict[str, Any], Asking, Actor], tuple[Told, bool]]
CAR = {"vin": {"type": "string"}, "plate": {"type": "string"}}


@router.put(
    "vehicles/{vin}",
    response={200: VehicleTold, 201: VehicleTold, **refusals(413, 415, 422)},
    operation_id="put_vehicle",
    summary="Tell what a car is",
    openapi_extra=body(("vehicle", "reading"), "vin", {}),
)
def put_vehicle(request: Call, vin: str) -> HttpResponse:
    """Makes the car with this VIN at `branch` (its code), or brings it up to date; the same body again changes nothing.

    What isn't sent stays, what is sent empty is emptied. A plate moves to this car from any other. `mileage_km` is how
    far it had run on the day `read_on` (today unless told).
    """
    raw = body_of(request)
    branch = branch_of(raw.pop("branch", None), request.auth)
    _refuse_second(raw, "vin")
    vehicle, new = _tell(vehicle_told, branch, vin, raw, request.auth)
    return reply(_vehicle(vehicle, branch, request.auth), 201 if new else 200)


@router.put(
    "visits/{order_no}",
    response={200: VisitTold, 201: VisitTold, **refusals(413, 415, 422)},
    operation_id="put_visit",
    summary="Tell of a visit to the workshop",
    openapi_extra=body(("visit",), "order_no", CAR),
)
def put_visit(request: Call, order_no: str) -> HttpResponse:
    """Makes the repair order of this number at `branch` (its code), or brings it up to date; the same body again
    changes nothing.

    A new one needs `kind`, `in_at`, and `vin` or `plate` of the car, which is made where it isn't known. What isn't
    sent stays, what is sent empty is emptied; `items` and `parts` are sent whole. Money is in fen; a moment without
    zone is in that of the branch. A mileage that went back is kept, and marked on the car's page.
    """
    raw = _with_rows(request)
    branch = branch_of(raw.pop("branch", None), request.auth)
    _refuse_second(raw, "order_no")
    visit, new = _tell(visit_told, branch, order_no, _as_typed(raw), request.auth)
    return reply(_visit(visit, branch), 201 if new else 200)


def _refuse_second(raw: dict[str, Any], name: str) -> None:
    """What the address names can't be named again by the body."""
    if name in raw:
        raise Invalid({name: Problem("There is no such field here.")})


def _tell(tell: Tell[Told], branch: Branch, name: str, raw: dict[str, Any], by: Actor) -> tuple[Told, bool]:
    """What was stored, and whether it is new. Raises Invalid."""
    try:
        return tell(branch, name, raw, asking(branch, by, now()), by)
    except Wrong as wrong:
        raise Invalid(wrong.problems) from wrong


def _with_rows(request: Call) -> dict[str, Any]:
    """The fields of the body. `parts` may hold rows; those are judged later, everything else here."""
    try:
        return body_of(request)
    except Invalid as nested:
        others = {key: problem for key, problem in nested.fields.items() if key != "parts"}
        if others or not nested.fields:
            raise Invalid(others) from nested
        return STRICT.decode(request.body.decode())


def _as_typed(raw: dict[str, Any]) -> dict[str, Any]:
    """A visit as its form is filled in on a page: money in yuan, items a line each. Raises Invalid."""
    found, wrong = dict(raw), {}
    for key in raw:
        try:
            found[key] = _value(key, raw[key])
        except Problem as problem:
            wrong[key] = problem
    if wrong:
        raise Invalid(wrong)
    return found


def _value(key: str, value: Any) -> Any:
    if key.endswith("_fen"):
        return _yuan(value)
    if key == "items" and isinstance(value, list):
        if not all(isinstance(one, str) for one in value):
            raise Problem("This must be text.")
        return "\n".join(value)
    if key == "parts" and value is not None:
        return [_row(one) for one in _rows(value)]
    return value


def _rows(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Problem("This must be a list of rows.")
    return value


def _row(row: Any) -> Any:
    return (
        {key: _yuan(one) if key == "amount_fen" else one for key, one in row.items()} if isinstance(row, dict) else row
    )


def _yuan(fen: Any) -> str | None:
    if fen is None:
        return None
    if not isinstance(fen, int) or isinstance(fen, bool) or not 0 <= fen <= MOST_FEN:
        raise Problem("Money is a whole number of fen, not negative.")
    return typed_yuan(fen)


def _vehicle(vehicle: Vehicle, branch: Branch, by: Actor) -> dict[str, Any]:
    clear = bool(packs()[branch.pack].sees_contact & by.roles_at(branch))
    masked = {"plate": MASKS["plate"], "vin": MASKS["vin"]}
    numbers = {key: getattr(vehicle, key) for key in ("plate", "temporary_plate", "vin", "engine_no")}
    if not clear:
        numbers = {key: masked[key](text) if key in masked else "***"[: len(text)] for key, text in numbers.items()}
    days = {key: getattr(vehicle, key) for key in ("launched_on", "invoiced_on", "delivered_on")}
    return {
        "id": vehicle.pk, "branch": branch.code, **numbers, "vin_doubtful": is_doubtful(vehicle.vin),
        "brand": vehicle.brand, "series": vehicle.series, "model": vehicle.model,
        **{key: day.isoformat() if day else None for key, day in days.items()}, "mileage_km": vehicle.mileage_km,
    }  # fmt: skip


def _visit(visit: Visit, branch: Branch) -> dict[str, Any]:
    until = max(visit.in_at, visit.out_at or now())
    empty = {"number": "", "quantity": None, "amount_fen": None}
    plain = (
        "kind", "mileage_km", "advisor", "technician", "complaint", "items", "labour_hours", "labour_fen",
        "material_fen", "total_fen", "quality", "payer",
    )  # fmt: skip
    return {
        "order_no": visit.order_no, "branch": branch.code, "vehicle": visit.vehicle_id,
        "in_at": stamp(visit.in_at), "out_at": stamp(visit.out_at) if visit.out_at else None,
        "days": days_in_workshop(visit.in_at, until), "parts": [empty | one for one in visit.parts],
        **{key: getattr(visit, key) for key in plain},
    }  # fmt: skip
