"""Take over what began elsewhere: complaints that another system or a spreadsheet has kept until now."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wenguo.cases.models import Case, Party
from wenguo.cases.verbs import MILEAGE, MOMENT, PHONE, PLATE, TEXT, VIN, YES_NO, add, verb
from wenguo.cases.verbs.receiving import customer_for
from wenguo.people.actors import Actor
from wenguo.vehicles.models import Vehicle, find_vehicle, keep_reading, vehicle_for


@verb(
    "taken_up", "closed",
    takes={
        "content": TEXT, "phone": PHONE, "customer_name": TEXT, "plate": PLATE, "vin": VIN, "mileage_km": MILEAGE,
        "happened_at": MOMENT, "closed": YES_NO, "closed_at": MOMENT,
    },
)  # fmt: skip
def taken_over(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """One that is over keeps its own days (where its last isn't told, it counts as over on its first); what is open is
    promised from now on."""
    name = data["customer_name"] or ""
    began = _moment(data["happened_at"]) or now
    case.customer = customer_for(case.branch, data["phone"], name, by, now)
    case.vehicle = _vehicle(case, by, data, began, now)
    add(case, Party(kind="complainant", customer=case.customer, name=name))
    if not data["closed"]:
        return "taken_up"
    case.opened_at = began
    case.closed_at = max(began, _moment(data["closed_at"]) or began)
    return "closed"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _vehicle(case: Case, by: Actor, data: dict[str, Any], began: datetime, now: datetime) -> Vehicle | None:
    """The car, with its mileage of that day. An old plate takes nothing from the car that carries it now."""
    plate, vin = data["plate"] or "", data["vin"] or ""
    found = find_vehicle(case.branch, plate, vin)
    carried = plate if not vin or found is None or not found.vin else ""
    vehicle = vehicle_for(case.branch, carried, vin, None, by.code, now)
    if vehicle is None or not data["mileage_km"]:
        return vehicle
    read_on = began.astimezone(ZoneInfo(case.branch.zone)).date()
    reading = {"km": data["mileage_km"], "read_on": read_on, "case_number": case.number}
    return keep_reading(vehicle, None, by.code, reading, now)
