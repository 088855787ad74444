"""A car on a page: what it is, how far it had run, its visits to the workshop and its complaints.

Whoever holds a role at its branch reads it and writes a visit or a reading down; to others it doesn't exist.
"""

from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from wenguo.cases.masks import MASKS
from wenguo.cases.models import Case, CaseVehicle
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.rows import first
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.policy.pack import Label, Pack
from wenguo.vehicles.advice import Advice, advice
from wenguo.vehicles.defects import due_on, reports_of
from wenguo.vehicles.focus import may
from wenguo.vehicles.focus_lists import marks
from wenguo.vehicles.models import DefectReport, Reading, Vehicle, Visit, VisitProblem, VisitWait, judged, readings_of
from wenguo.vehicles.vins import is_doubtful, model_year
from wenguo.vehicles.visits import Page, days_in_workshop, visits_of, workshop_days
from wenguo.web import words
from wenguo.web.law_words import card
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.safety import is_htmx
from wenguo.web.typed import word
from wenguo.web.warning_parts import on_vehicle

LARGEST_ID = 2**63
READINGS, CASES = 20, 50  # rows shown of each
SECRET = ("plate", "temporary_plate", "vin", "engine_no")
SAVED = ("vehicle", "reading", "visit", "problem", "wait", "defect")


class Stay(NamedTuple):
    """A visit in words. `here`: the car is still in the workshop; `parts`: (name, number, quantity, yuan).

    `problems`: (row, what is said of it, how grave it is); `waits`: (row, why).
    """

    visit: Visit
    kind: str
    payer: str
    quality: str
    days: int
    here: bool
    parts: list[tuple[str, str, str, str]]
    work: str
    problems: list[tuple[VisitProblem, list[str], list[str]]]
    waits: list[tuple[VisitWait, str]]

    @property
    def has_details(self) -> bool:
        """Whether there is more to tell than when it was, how far the car had run and what it cost."""
        one = self.visit
        told = (
            one.items, one.parts, one.labour_hours, one.labour_fen, one.material_fen, one.advisor, one.technician,
            one.agreed_at, one.done_at, one.guarantee_days, one.guarantee_km,
        )  # fmt: skip
        return bool(self.quality or self.work or any(value not in ("", None, []) for value in told))


class Ran(NamedTuple):
    """One reading: how far, when, whether it went back, and who says so: a complaint, an order, or a person."""

    km: int
    read_on: date
    went_back: bool
    reason: str
    case_number: str
    order_no: str
    person: str


class Complaint(NamedTuple):
    number: str
    stage: str
    open: bool
    opened_at: datetime
    about: str
    kind: str


def vehicle_seen(pk: int, by: Actor) -> Vehicle:
    """The car, or Http404 in the same words whether it isn't there or isn't within sight."""
    vehicle = first(Vehicle, "WHERE id = %s", pk) if pk < LARGEST_ID else None
    if vehicle is None:
        raise Http404
    vehicle.branch = tree().branches[vehicle.branch_id]
    if not by.sees(vehicle.branch):
        raise Http404
    return vehicle


def sees_numbers(vehicle: Vehicle, by: Actor) -> bool:
    """Whether this person's work needs plate, VIN and engine number whole."""
    return bool(packs()[vehicle.branch.pack].sees_contact & by.roles_at(vehicle.branch))


@signed_in
@require_safe
def show(request: StaffRequest, vehicle: int) -> HttpResponse:
    """The page of a car; for our script that asks with `visits` only the further ones."""
    car, at = vehicle_seen(vehicle, request.actor), now()
    visits = visits_of(car, _after(request))
    lists: dict[str, Any] = {"car": car, "zone": car.branch.zone, "stays": _stays(visits, car, at), "more": visits.next}
    if _after(request) and is_htmx(request):
        return page(request, "vehicle/visits.html", **lists)
    return page(request, "vehicle/show.html", **lists, **_told(car, request.actor, at), saved=_saved(request))


def _after(request: StaffRequest) -> int:
    given = request.GET.get("visits", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


def _saved(request: StaffRequest) -> str:
    given = request.GET.get("saved", "")
    return given if given in SAVED else ""


def _told(car: Vehicle, by: Actor, at: datetime) -> dict[str, Any]:
    """All that the page shows beside the visits."""
    readings = list(judged(readings_of(car)))
    cases = _cases(car)
    return {
        "numbers": numbers(car, sees_numbers(car, by)),
        "doubtful": is_doubtful(car.vin),
        "year": model_year(car.vin, at.astimezone(ZoneInfo(car.branch.zone)).year),
        "days": workshop_days(car, at),
        "far": on_vehicle(car, at),
        "ran": _ran(readings[-READINGS:][::-1]),
        "earlier": len(readings) > READINGS,
        "unexplained": any(went_back and not one.reason for one, went_back in readings[-1:]),
        "complaints": [_complaint(case) for case in cases[:CASES]],
        "further": len(cases) > CASES,
        "law": card(law_advice(car, by, at)),
        "extra": [],
        "case": None,
        "watched": marks([car.pk], []).of(car.pk, None),
        "may_watch": may(by, car.branch, "decides"),
        "defects": defect_lines(car, by),
    }


def defect_lines(car: Vehicle, by: Actor) -> list[tuple[DefectReport, date | None, bool]]:
    """Reports of possible defects of the car: the last day for what is still to be told, and whether it is over."""
    found = [(one, due_on(one, car.branch, by.today)) for one in reports_of(car)]
    return [(one, due, due is not None and due < by.today) for one, due in found]


def law_advice(car: Vehicle, by: Actor, at: datetime) -> Advice:
    """What the law gives for the car today, in words that this person may read."""
    today = at.astimezone(ZoneInfo(car.branch.zone)).date()
    return advice(car, car.branch, today, frozenset(one.pk for one in by.branches()))


def numbers(car: Vehicle, clear: bool) -> dict[str, str]:
    """The numbers by which the car can be recognised, masked unless `clear`."""
    whole = {key: getattr(car, key) for key in SECRET}
    return whole if clear else {key: _masked(key, text) for key, text in whole.items()}


def _masked(key: str, text: str) -> str:
    return MASKS[key](text) if key in MASKS else "***" if text else ""


def _stays(visits: Page, car: Vehicle, at: datetime) -> list[Stay]:
    pack = packs()[car.branch.pack]
    prefetch_related_objects(visits.rows, "problems", "waits")
    return [_stay(one, pack, at) for one in visits.rows]


def _stay(visit: Visit, pack: Pack, at: datetime) -> Stay:
    until = max(visit.in_at, visit.out_at or at)
    return Stay(
        visit, _code(pack, "visit_kind", visit.kind), _code(pack, "visit_payer", visit.payer),
        _code(pack, "visit_quality", visit.quality), days_in_workshop(visit.in_at, until), visit.out_at is None,
        [_part(one) for one in visit.parts], _code(pack, "repair_work", visit.work),
        [_problem(one, pack) for one in _kept(visit.problems)],
        [(one, _code(pack, "wait_reason", one.why)) for one in _kept(visit.waits)],
    )  # fmt: skip


def _kept(rows: Any) -> list[Any]:
    return sorted((one for one in rows.all() if not one.void), key=lambda one: one.pk)


def _problem(one: VisitProblem, pack: Pack) -> tuple[VisitProblem, list[str], list[str]]:
    """A problem with what is said of it, and with what makes it grave."""
    said = [_code(pack, "car_system", one.system), one.part, _code(pack, "replaced", one.replaced)]
    said += [gettext("no quality problem")] if one.not_quality else []
    grave = [_code(pack, "danger_sign", one.sign), gettext("severe safety fault") if one.severe else ""]
    return one, [text for text in said if text], [text for text in grave if text]


def _code(pack: Pack, list_name: str, key: str) -> str:
    return word(pack.code(list_name, key)) if key else ""


def _part(part: dict[str, Any]) -> tuple[str, str, str, str]:
    amount = words.money(part["amount_fen"]) if "amount_fen" in part else ""
    return part["name"], part.get("number", ""), str(part.get("quantity", "")), amount


def _ran(readings: list[tuple[Reading, bool]]) -> list[Ran]:
    visits = [one.visit_id for one, _ in readings if one.visit_id]
    orders = dict(Visit.objects.filter(pk__in=visits).values_list("pk", "order_no")) if visits else {}
    return [
        Ran(one.km, one.read_on, back, one.reason, one.case_number, orders.get(one.visit_id or 0, ""), _person(one))
        for one, back in readings
    ]


def _person(reading: Reading) -> str:
    kind, _, pk = reading.entered_by.partition(":")
    return tree().names.get(int(pk), "") if kind == "staff" else gettext("System")


def _cases(car: Vehicle) -> list[Case]:
    """The newest complaints about this car, one more than is shown; also those that name it beside another."""
    first_of = Case.objects.filter(vehicle=car).order_by("-id").values_list("pk", flat=True)[: CASES + 1]
    beside = CaseVehicle.objects.filter(vehicle=car).order_by("-case").values_list("case", flat=True)[: CASES + 1]
    found = Case.objects.filter(pk__in=[*first_of, *beside], branch=car.branch_id).order_by("-id")
    return list(found[: CASES + 1])


def _complaint(case: Case) -> Complaint:
    pack = packs()[case.pack]
    stage = pack.processes[case.process].stages.get(case.stage)
    label = stage.label if stage else Label(case.stage, case.stage)
    process = pack.processes.get(case.process)
    about = words.short(case.facts.get("content")) or (word(process.label) if process else "")
    kind = _code(pack, "category", case.category)
    return Complaint(case.number, word(label), case.stage_type == "open", case.opened_at, about, kind)
