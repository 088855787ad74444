"""What a dealer's own system (DMS) tells of cars and repair orders. Told twice, nothing changes the second time.

Of what is known already only what is sent changes; what is sent empty is emptied.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from wenguo.people.actors import Actor
from wenguo.people.amend import as_one
from wenguo.people.models import Branch
from wenguo.policy.fields import Asking, Problem
from wenguo.policy.forms import Wrong, clean, clean_sent
from wenguo.policy.load import packs
from wenguo.policy.pack import Form, Pack
from wenguo.vehicles.entering import enter_vehicle, enter_visit
from wenguo.vehicles.models import Vehicle, Visit, find_vehicle, keep_reading, readings_of, vehicle_for
from wenguo.vehicles.visits import visit_of

NUMBERS = ("plate", "vin")


@as_one
def vehicle_told(branch: Branch, vin: str, raw: dict[str, Any], asking: Asking, by: Actor) -> tuple[Vehicle, bool]:
    """The car with this VIN, made or brought up to date, and whether it is new. A plate moves to it from another.

    `raw`: the fields of the forms `vehicle` and `reading`. Raises Wrong.
    """
    pack = _keeping(branch)
    reading = {key: raw[key] for key in raw if pack.forms["reading"].field(key)}
    of_car = {key: raw[key] for key in raw if key not in reading} | {"vin": vin}
    values = clean_sent(pack.forms["vehicle"], of_car, asking, fresh=False)
    told = clean_sent(pack.forms["reading"], reading, asking, fresh=bool(reading) and "read_on" in reading)
    new = find_vehicle(branch, "", values["vin"] or "") is None
    vehicle = vehicle_for(branch, values.get("plate") or "", values["vin"] or "", None, by.code, asking.now)
    if vehicle is None:
        raise Wrong({"vin": Problem("Please fill this in.")})
    vehicle = enter_vehicle(vehicle, pack, of_car, asking, by)
    return (_read(vehicle, told, asking, by) if told.get("mileage_km") is not None else vehicle), new


def _keeping(branch: Branch) -> Pack:
    """The branch's pack, where it has forms for cars."""
    pack = packs()[branch.pack]
    if "vehicle" not in pack.forms:
        raise Wrong({"branch": Problem("This branch keeps no vehicles.")})
    return pack


def _read(vehicle: Vehicle, told: dict[str, Any], asking: Asking, by: Actor) -> Vehicle:
    """Keeps the mileage, unless it was told before; without a day it is today's."""
    readings, km = readings_of(vehicle), told["mileage_km"]
    today = asking.now.astimezone(asking.zone).date()
    read_on = date.fromisoformat(told["read_on"]) if told.get("read_on") else None
    known = any(one.km == km and one.read_on == read_on for one in readings)
    if known or (read_on is None and readings and readings[-1].km == km):
        return vehicle
    data = {"km": km, "read_on": read_on or today, "reason": told.get("reason") or ""}
    return keep_reading(vehicle, None, by.code, data, asking.now)


@as_one
def visit_told(branch: Branch, order_no: str, raw: dict[str, Any], asking: Asking, by: Actor) -> tuple[Visit, bool]:
    """The visit with this order number, made or brought up to date, and whether it is new.

    `raw`: the fields of the form `visit`, and `vin` or `plate` of the car, which a new visit needs. Raises Wrong.
    """
    pack = _keeping(branch)
    numbers = clean(_only(pack.forms["vehicle"], NUMBERS), {key: raw[key] for key in NUMBERS if key in raw}, asking)
    of_visit = {key: raw[key] for key in raw if key not in NUMBERS} | {"order_no": order_no}
    order = clean(_only(pack.forms["visit"], ("order_no",)), {"order_no": order_no}, asking)
    visit = visit_of(branch, order["order_no"].strip())
    vehicle = _car(branch, numbers["plate"] or "", numbers["vin"] or "", asking, by)
    if visit is None and vehicle is None:
        raise Wrong({"vin": Problem("Please give the VIN or the plate.")})
    new = visit is None
    visit = visit or Visit(branch=branch)
    if vehicle:
        visit.vehicle = vehicle
    return enter_visit(visit, pack, of_visit, asking, by, lenient=True), new


def _only(form: Form, keys: tuple[str, ...]) -> Form:
    return replace(form, fields=tuple(one for one in form.fields if one.key in keys))


def _car(branch: Branch, plate: str, vin: str, asking: Asking, by: Actor) -> Vehicle | None:
    """The car that was in the workshop. An old order names an old plate, so no other car loses the one it has now."""
    found = find_vehicle(branch, plate, vin)
    carried = plate if not vin or found is None or not found.vin else ""
    return vehicle_for(branch, carried, vin, None, by.code, asking.now)
