"""Cars and repair orders as a dealer's own system knows them: it puts them here, as often as it likes."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from ninja import Router

from wenguo.api.law_shapes import VehicleWithLaw, law_json
from wenguo.api.reading import STRICT, askable, body_of, branch_of
from wenguo.api.replies import Call, reply
from wenguo.api.shapes import refusals
from wenguo.api.telling import refuse_second, tell, vehicle_json, visit_json
from wenguo.api.vehicle_shapes import VehicleTold, VisitTold, body
from wenguo.cases.refusals import Invalid, NotFound
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.models import Branch
from wenguo.people.rows import read
from wenguo.policy.fields import Problem
from wenguo.policy.money import typed_yuan
from wenguo.vehicles.advice import advice
from wenguo.vehicles.dms import vehicle_told, visit_told
from wenguo.vehicles.entering import ROWS
from wenguo.vehicles.models import Vehicle

router = Router()
MOST_FEN = 10_000_000_000
VIN_SIGNS = 17
WITH_ROWS = ("parts", *ROWS)
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
    refuse_second(raw, "vin")
    vehicle, new = tell(vehicle_told, branch, vin, raw, by=request.auth)
    return reply(vehicle_json(vehicle, branch, request.auth), 201 if new else 200)


@router.get(
    "vehicles/{vin}",
    response={200: VehicleWithLaw, **refusals()},
    operation_id="get_vehicle",
    summary="A car, and what the law gives for it today",
)
def get_vehicle(request: Call, vin: str) -> HttpResponse:
    """The car with this VIN, or with this `id` as lookup tells it, at a branch within sight.

    `law`: what the customer may demand today and why, article by article, and how far it is to each threshold. That is
    advice; a person decides.
    """
    by = request.auth
    car, branch = _seen(vin, by)
    today = now().astimezone(ZoneInfo(branch.zone)).date()
    told = advice(car, branch, today, frozenset(one.pk for one in by.branches()))
    return reply(vehicle_json(car, branch, by) | {"law": law_json(told)})


def _seen(word: str, by: Actor) -> tuple[Vehicle, Branch]:
    """The first such car within sight. Raises NotFound."""
    branches = {one.pk: one for one in by.branches()}
    if word.isascii() and word.isdigit() and len(word) < VIN_SIGNS:
        found = read(Vehicle, "WHERE id = %s", int(word))
    else:
        found = read(Vehicle, "WHERE vin = %s AND NOT vin = '' ORDER BY id", askable(word).upper())
    car = next((one for one in found if one.branch_id in branches), None)
    if car is None:
        raise NotFound
    return car, branches[car.branch_id]


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
    sent stays, what is sent empty is emptied; `items`, `parts`, `problems` and `waits` are sent whole. Money is in fen;
    a moment without zone is in that of the branch. A mileage that went back is kept, and marked on the car's page.
    """
    raw = _with_rows(request)
    branch = branch_of(raw.pop("branch", None), request.auth)
    refuse_second(raw, "order_no")
    visit, new = tell(visit_told, branch, order_no, _as_typed(raw), by=request.auth)
    return reply(visit_json(visit, branch), 201 if new else 200)


def _with_rows(request: Call) -> dict[str, Any]:
    """The fields of the body. Some may hold rows; those are judged later, everything else here."""
    try:
        return body_of(request)
    except Invalid as nested:
        others = {key: problem for key, problem in nested.fields.items() if key not in WITH_ROWS}
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
    if key in WITH_ROWS and value is not None:
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
