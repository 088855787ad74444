"""What somebody types or a program sends of a vehicle, a reading or a visit: judged, then stored by amend().

The forms `vehicle`, `reading`, `visit` and `visit_part` of the pack say what is asked. Of something that is there
already only what is sent changes. Everything here raises Wrong with all that is wrong, by field.
"""

import re
from datetime import date, datetime
from typing import Any

from django.db import models

from wenguo.people.actors import Actor
from wenguo.people.amend import amend, as_one
from wenguo.policy.fields import Asking, Problem
from wenguo.policy.forms import Wrong, clean, clean_sent
from wenguo.policy.pack import Form, Pack
from wenguo.vehicles.models import Reading, Vehicle, Visit, contradicting, keep_reading, readings_of
from wenguo.vehicles.visits import visit_of

MOST_ROWS = 100  # of items and of parts in one visit
REASON = "mileage_reason"  # of a visit's form: why its mileage is less than the one before
PART = ("name", "number", "quantity", "amount_fen")  # in the order in which a line gives them
PAST = ("launched_on", "invoiced_on", "delivered_on")
NOT_YET = Problem("This can't lie in the future.")
TOO_MANY = Problem("At most %(largest)s lines.", largest=MOST_ROWS)


@as_one
def enter_vehicle(vehicle: Vehicle, pack: Pack, raw: dict[str, Any], asking: Asking, by: Actor) -> Vehicle:
    """Changes what `raw` says of a stored vehicle."""
    values = _stored(Vehicle, clean_sent(pack.forms["vehicle"], raw, asking, fresh=False))
    late = {key: NOT_YET for key in PAST if values.get(key) and values[key] > _today(asking)}
    _refuse(late | _number_problems(vehicle, values))
    return amend(vehicle, by.code, values, "entered", asking.now)


@as_one
def enter_reading(vehicle: Vehicle, pack: Pack, raw: dict[str, Any], asking: Asking, by: Actor) -> None:
    """A reading of the car's mileage by hand. The same one entered twice stands once."""
    values = clean_sent(pack.forms["reading"], raw, asking, fresh=True)
    reading = {
        "km": values["mileage_km"], "read_on": date.fromisoformat(values["read_on"]), "reason": values["reason"] or "",
        "entered_by": by.code,
    }  # fmt: skip
    if Reading.objects.filter(vehicle=vehicle, visit=None, case_number="", **reading).exists():
        return
    late = {"read_on": NOT_YET} if reading["read_on"] > _today(asking) else {}
    _refuse(late | _unexplained("reason", readings_of(vehicle), **reading))
    keep_reading(vehicle, None, by.code, reading, asking.now)


@as_one
def enter_visit(
    visit: Visit, pack: Pack, raw: dict[str, Any], asking: Asking, by: Actor, *, lenient: bool = False
) -> Visit:
    """A new visit (without id yet; branch and vehicle are set), or what changes of a stored one.

    `lenient`: a mileage that went back needs no reason; a program has none to give.
    """
    values = _visit_values(visit, pack, raw, asking)
    reason = values.pop(REASON, "")
    if not visit.pk and (there := _entered_before(visit, values)):
        return there
    told = Reading.objects.filter(visit=visit).first() if visit.pk else None
    wrong = {} if lenient else _mileage_problems(visit, values, reason, told, asking)
    _refuse(wrong | _visit_problems(visit, values))
    whose = {"branch": visit.branch, "vehicle": visit.vehicle}
    visit = amend(visit, by.code, whose | values, "entered", asking.now)
    if visit.mileage_km is not None:
        reading = {"km": visit.mileage_km, "read_on": _day(visit.in_at, asking), "visit": visit}
        reading |= {"reason": reason} if reason else {}
        visit.vehicle = keep_reading(visit.vehicle, told, by.code, reading, asking.now)
    return visit


def _stored(kind: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    """Cleaned values as the columns of `kind` hold them."""
    return {key: _column(kind._meta.get_field(key), value) for key, value in values.items()}


def _column(column: Any, value: Any) -> Any:
    if isinstance(column, models.CharField | models.TextField):
        text = "" if value is None else str(value)
        return text if isinstance(column, models.TextField) else text.strip()
    if value is None or not isinstance(column, models.DateField):
        return value
    return (datetime if isinstance(column, models.DateTimeField) else date).fromisoformat(value)


def _refuse(problems: dict[str, Problem]) -> None:
    if problems:
        raise Wrong(problems)


def _today(asking: Asking) -> date:
    return _day(asking.now, asking)


def _day(moment: datetime, asking: Asking) -> date:
    """The day that `moment` is at the branch."""
    return moment.astimezone(asking.zone).date()


def _number_problems(vehicle: Vehicle, values: dict[str, Any]) -> dict[str, Problem]:
    """Why the car can't have these numbers: they are another's, or none is left to find it by."""
    others = Vehicle.objects.filter(branch=vehicle.branch_id).exclude(pk=vehicle.pk)
    taken = [key for key in ("plate", "vin") if values.get(key) and others.filter(**{key: values[key]}).exists()]
    if not (values.get("plate", vehicle.plate) or values.get("vin", vehicle.vin)):
        return {"vin": Problem("Please keep the plate or the VIN: the car is found by them.")}
    return dict.fromkeys(taken, Problem("Another car of this branch has this number."))


def _unexplained(
    key: str, readings: list[Reading], km: int, read_on: date, reason: str, **rest: Any
) -> dict[str, Problem]:
    """At the field `key`: why the mileage needs a reason and has none."""
    against = None if reason else contradicting(readings, km, read_on)
    if against is None:
        return {}
    return {
        key: Problem(
            "On %(day)s the car had run %(km)s km, which doesn't fit. Please check the mileage, or say why: instrument"
            " replaced, typing error …",
            day=against.read_on.isoformat(), km=f"{against.km:,}",
        )
    }  # fmt: skip


def _visit_values(visit: Visit, pack: Pack, raw: dict[str, Any], asking: Asking) -> dict[str, Any]:
    """The cleaned form of a visit as its columns hold it, and the reason beside them."""
    rows = raw.get("parts")
    flat = {key: value for key, value in raw.items() if key != "parts" or not isinstance(rows, list)}
    values = clean_sent(pack.forms["visit"], flat, asking, fresh=not visit.pk)
    reason = values.pop(REASON, None) or ""
    if "items" in values:
        values["items"] = _lines(values["items"])
        if len(values["items"]) > MOST_ROWS:
            raise Wrong({"items": TOO_MANY})
    if isinstance(rows, list) or "parts" in values:
        values["parts"] = _parts(rows if isinstance(rows, list) else values["parts"], pack.forms["visit_part"], asking)
    return _stored(Visit, values) | {REASON: reason}


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _parts(given: str | list | None, form: Form, asking: Asking) -> list[dict[str, Any]]:
    """Parts typed a line each, or sent as rows; each judged by the pack's form for one."""
    rows = given if isinstance(given, list) else [_columns(line) for line in _lines(given)]
    if len(rows) > MOST_ROWS:
        raise Wrong({"parts": TOO_MANY})
    return [_part(row, nth, form, asking) for nth, row in enumerate(rows, 1)]


def _columns(line: str) -> dict[str, str]:
    """The pieces of a line; commas divide only where there is neither tab nor upright stroke."""
    strong = re.search(r"[\t|｜]", line)
    pieces = re.split(r"[\t|｜]" if strong else r"[,，]", line)
    return dict(zip([*PART, *("more" for _ in pieces)], map(str.strip, pieces), strict=False))


def _part(row: Any, nth: int, form: Form, asking: Asking) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise Wrong({"parts": Problem("Line %(line)s is no part.", line=nth)})
    try:
        values = clean(form, row, asking)
    except Wrong as wrong:
        key, problem = next(iter(wrong.problems.items()))
        field = form.field(key)
        fill = {"line": nth, "what": field.label if field else key, "problem": problem}
        raise Wrong({"parts": Problem("Line %(line)s, %(what)s: %(problem)s", **fill)}) from wrong
    return {key: value for key, value in values.items() if value is not None}


def _entered_before(visit: Visit, values: dict[str, Any]) -> Visit | None:
    """The same visit where it was entered already, as when a form is sent twice. Another's number is refused."""
    there = visit_of(visit.branch, values["order_no"])
    if there is None:
        return None
    if there.vehicle_id == visit.vehicle_id and all(getattr(there, key) == value for key, value in values.items()):
        return there
    raise Wrong({"order_no": Problem("This order number was entered before.")})


def _mileage_problems(
    visit: Visit, values: dict[str, Any], reason: str, told: Reading | None, asking: Asking
) -> dict[str, Problem]:
    km = values.get("mileage_km")
    if km in (None, visit.mileage_km):
        return {}
    readings = [one for one in readings_of(visit.vehicle) if told is None or one.pk != told.pk]
    return _unexplained(REASON, readings, km, _day(values.get("in_at", visit.in_at), asking), reason)


def _visit_problems(visit: Visit, values: dict[str, Any]) -> dict[str, Problem]:
    wrong = {}
    now = {key: values.get(key, getattr(visit, key)) for key in ("in_at", "out_at", "mileage_km", "order_no")}
    if now["out_at"] and now["out_at"] < now["in_at"]:
        wrong["out_at"] = Problem("The car can't have left before it came.")
    if now["mileage_km"] is None and visit.mileage_km is not None:
        wrong["mileage_km"] = Problem("A mileage that was recorded can be corrected, but not removed.")
    if visit.pk and (there := visit_of(visit.branch, now["order_no"])) and there.pk != visit.pk:
        wrong["order_no"] = Problem("This order number was entered before.")
    return wrong
