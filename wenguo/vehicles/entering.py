"""What somebody types or a program sends of a vehicle, a reading or a visit: judged, then stored by amend().

The forms `vehicle`, `reading`, `visit`, `visit_part`, `visit_problem` and `visit_wait` of the pack say what is asked.
Of something that is there already only what is sent changes. All here raises Wrong with all that is wrong, by field.
"""

from datetime import date, datetime
from typing import Any

from wenguo.law.compensation import coefficient, use_compensation
from wenguo.people.actors import Actor
from wenguo.people.amend import amend, as_one
from wenguo.policy.fields import Asking, Problem
from wenguo.policy.forms import Wrong, clean_sent
from wenguo.policy.pack import Pack
from wenguo.vehicles.lines import MOST_ROWS, TOO_MANY, lines, read_rows
from wenguo.vehicles.models import Reading, Vehicle, Visit, contradicting, keep_reading, readings_of
from wenguo.vehicles.problems import keep_rows, read_kept
from wenguo.vehicles.stored import stored
from wenguo.vehicles.visits import visit_of

REASON = "mileage_reason"  # of a visit's form: why its mileage is less than the one before
ROWS = ("problems", "waits")  # of a visit's form: what stands in rows of their own
PAST = ("launched_on", "invoiced_on", "delivered_on", "replaced_on")
NOT_YET = Problem("This can't lie in the future.")
HIGHEST = "0.5%"  # what Order 43 art. 27 allows; use_compensation() compares
NO_PART = Problem("Line %(line)s is no part.")


@as_one
def enter_vehicle(vehicle: Vehicle, pack: Pack, raw: dict[str, Any], asking: Asking, by: Actor) -> Vehicle:
    """Changes what `raw` says of a stored vehicle."""
    values = stored(Vehicle, clean_sent(pack.forms["vehicle"], raw, asking, fresh=False))
    late = {key: NOT_YET for key in PAST if values.get(key) and values[key] > _today(asking)}
    _refuse(late | _number_problems(vehicle, values) | coefficient_problem(values.get("use_fee")))
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
    rows = read_kept(pack, {key: values.pop(key) for key in ROWS if key in values}, asking)
    if not visit.pk and (there := _entered_before(visit, values)):
        return there
    told = Reading.objects.filter(visit=visit).first() if visit.pk else None
    wrong = {} if lenient else _mileage_problems(visit, values, reason, told, asking)
    _refuse(wrong | _visit_problems(visit, values))
    whose = {"branch": visit.branch, "vehicle": visit.vehicle}
    visit = amend(visit, by.code, whose | values, "entered", asking.now)
    keep_rows(visit, rows, by.code, asking.now)
    if visit.mileage_km is not None:
        reading = {"km": visit.mileage_km, "read_on": _day(visit.in_at, asking), "visit": visit}
        reading |= {"reason": reason} if reason else {}
        visit.vehicle = keep_reading(visit.vehicle, told, by.code, reading, asking.now)
    return visit


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


def coefficient_problem(text: str | None) -> dict[str, Problem]:
    """What is wrong with the n of a booklet, as law.compensation takes it."""
    if not text:
        return {}
    try:
        coefficient(text)
    except (ValueError, ZeroDivisionError):
        return {"use_fee": Problem("This must be a share such as %(share)s.", share=HIGHEST)}
    try:
        use_compensation(1, 1, text, date(2022, 1, 1))
    except ValueError:
        return {"use_fee": Problem("At most %(most)s: the rules allow no higher coefficient.", most=HIGHEST)}
    return {}


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
    rows = {key: raw[key] for key in ("parts", *ROWS) if isinstance(raw.get(key), list)}
    flat = {key: value for key, value in raw.items() if key not in rows}
    values = clean_sent(pack.forms["visit"], flat, asking, fresh=not visit.pk) | rows
    reason = values.pop(REASON, None) or ""
    if "items" in values:
        values["items"] = lines(values["items"])
        if len(values["items"]) > MOST_ROWS:
            raise Wrong({"items": TOO_MANY})
    if "parts" in values:
        form = pack.forms["visit_part"]
        values["parts"] = read_rows("parts", values["parts"], form, asking, NO_PART, commas=True)
    apart = {key: values.pop(key) for key in ROWS if key in values}
    return stored(Visit, values) | apart | {REASON: reason}


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
    asked = ("in_at", "out_at", "agreed_at", "done_at", "not_agreed", "mileage_km", "order_no")
    now = {key: values.get(key, getattr(visit, key)) for key in asked}
    if now["out_at"] and now["out_at"] < now["in_at"]:
        wrong["out_at"] = Problem("The car can't have left before it came.")
    if now["agreed_at"] and now["not_agreed"]:
        wrong["agreed_at"] = Problem("Either a repair was agreed on, with its time, or it wasn't.")
    elif now["agreed_at"] and now["agreed_at"] < now["in_at"]:
        wrong["agreed_at"] = Problem("A repair can't be agreed on before the car came.")
    if now["done_at"] and now["done_at"] < (now["agreed_at"] or now["in_at"]):
        wrong["done_at"] = Problem("A repair can't be done before it began.")
    elif now["done_at"] and now["out_at"] and now["done_at"] > now["out_at"]:
        wrong["done_at"] = Problem("A repair can't be done after the car left.")
    if now["mileage_km"] is None and visit.mileage_km is not None:
        wrong["mileage_km"] = Problem("A mileage that was recorded can be corrected, but not removed.")
    if visit.pk and (there := visit_of(visit.branch, now["order_no"])) and there.pk != visit.pk:
        wrong["order_no"] = Problem("This order number was entered before.")
    return wrong
