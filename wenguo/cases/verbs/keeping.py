"""Keeping the record right: corrections, who is who. (Notes and evidence need no code.)"""

from datetime import datetime
from typing import Any

from wenguo.cases.models import Case, Party
from wenguo.cases.verbs import MILEAGE, PERSON, PHONE, PLATE, TEXT, VIN, add, end, verb
from wenguo.cases.verbs.receiving import customer_for
from wenguo.people.actors import Actor
from wenguo.people.amend import amend
from wenguo.vehicles.models import vehicle_for


@verb(
    "corrected",
    takes={"correction_reason": TEXT, "phone": PHONE, "customer_name": TEXT, "plate": PLATE, "vin": VIN,
           "mileage_km": MILEAGE},
)  # fmt: skip
def corrected(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """What isn't sent stays. A new phone or car links the case to that customer or vehicle; others keep theirs."""
    name = data.get("customer_name") or ""
    if data.get("phone"):
        case.customer = customer_for(case.branch, data["phone"], name, by, now)
    if name and case.customer:
        amend(case.customer, by.code, {"name": name}, "corrected", now)
    if name or data.get("phone"):
        end(case, "complainant")
        add(case, Party(kind="complainant", customer=case.customer, name=name))
    plate, vin, km = data.get("plate") or "", data.get("vin") or "", data.get("mileage_km")
    if km and case.vehicle and not (plate or vin):  # a reading of the car that is known
        plate, vin = case.vehicle.plate, case.vehicle.vin
    if plate or vin:
        case.vehicle = vehicle_for(case.branch, plate, vin, km, by.code, now, case.number)
    return "corrected"


@verb("named", takes={"accused": PERSON}, must=("accused",))
def accused_named(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    if not case.parties.filter(kind="accused", staff=data["accused"], ended=False).exists():
        add(case, Party(kind="accused", staff_id=data["accused"]))
    return "named"


@verb("handed_over", takes={"new_owner": PERSON, "reason": TEXT}, must=("new_owner",))
def handed_over(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    case.owner_id = data["new_owner"]
    return "handed_over"
