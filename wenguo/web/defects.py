"""Possible defects on pages: written down for a car, listed with their time, printed, taken out as a table."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import translation
from django.utils.translation import get_language, gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from wenguo.cases.sentences import sentence
from wenguo.law.limits import possible_defect
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.policy.fields import Problem
from wenguo.policy.load import packs
from wenguo.vehicles.defects import FORM, due_on, enter_report, report_of, reports_seen
from wenguo.vehicles.models import DefectReport, Vehicle
from wenguo.web import words
from wenguo.web.downloads import download
from wenguo.web.forms import Sheet
from wenguo.web.law_words import line
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.typed import word
from wenguo.web.vehicle_forms import ask, form_of, standing
from wenguo.web.vehicle_pages import LARGEST_ID, numbers, sees_numbers, vehicle_seen

HEADS = (
    gettext_noop("Branch"), gettext_noop("Plate"), "VIN", gettext_noop("Became known on"),
    gettext_noop("Part of the car"), gettext_noop("Dangerous failure"), gettext_noop("What was found"),
    gettext_noop("Case number"), gettext_noop("Regulator told on"), gettext_noop("Number at the regulator"),
    gettext_noop("Maker told on"), gettext_noop("Number at the maker"), gettext_noop("Due"),
    gettext_noop("No defect because"),
)  # fmt: skip
PIECE = 500  # reports read at once for a table


class Line(NamedTuple):
    """A report in words. `due`: the last day for what is still to be told; `late`: it is over."""

    report: DefectReport
    car: str
    component: str
    sign: str
    due: date | None
    late: bool
    branch: str


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: StaffRequest, vehicle: int, report: int = 0) -> HttpResponse:
    """A report about the car, new or made before."""
    car, by = vehicle_seen(vehicle, request.actor), request.actor
    form = form_of(car, FORM)
    if report:
        stored = _report(car, report)
        fresh = standing(form, {one.key: getattr(stored, one.key) for one in form.fields}, car)
    else:
        stored = DefectReport(branch=car.branch, vehicle=car)
        fresh = Sheet.fresh(form, {}, None)
        fresh.typed |= {"learned_on": by.today.isoformat(), "case_number": _asked_for(request, by)}
    through = partial(enter_report, stored, packs()[car.branch.pack], by=by)
    learned = stored.learned_on or by.today
    return ask(
        request, car, fresh, lambda raw, asks: through(raw, asks), saved="defect",
        duty=line(possible_defect(learned)),
    )  # fmt: skip


def _asked_for(request: StaffRequest, by: Actor) -> str:
    """The complaint from whose page somebody comes; a number is no secret, and its form says whether it is in sight."""
    return request.GET.get("case", "")[:40]


def _report(car: Vehicle, pk: int) -> DefectReport:
    found = report_of(car, pk) if pk < LARGEST_ID else None
    if found is None:
        raise Http404
    return found


@signed_in
@require_safe
def paper(request: StaffRequest, vehicle: int, report: int) -> HttpResponse:
    """The report as it is printed and handed on."""
    car = vehicle_seen(vehicle, request.actor)
    found = _report(car, report)
    return page(
        request, "law/defect_paper.html", car=car, told=_line(found, request.actor), report=found,
        numbers=numbers(car, sees_numbers(car, request.actor)), duty=line(possible_defect(found.learned_on)),
    )  # fmt: skip


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """Every report within sight, the latest first."""
    after = request.GET.get("after", "")
    found = reports_seen(request.actor, int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0)
    lines = [_line(one, request.actor) for one in found.rows]
    return page(request, "law/defects.html", lines=lines, more=found.next, several=_several(request.actor))


def _several(by: Actor) -> bool:
    return len(by.branches()) > 1


def _line(one: DefectReport, by: Actor) -> Line:
    pack = packs()[one.branch.pack]
    due = due_on(one, one.branch, by.today)
    shown = numbers(one.vehicle, sees_numbers(one.vehicle, by))
    car = shown["plate"] or shown["temporary_plate"] or shown["vin"] or "—"
    return Line(
        one, car, word(pack.code("component", one.component)) if one.component else "",
        word(pack.code("danger_sign", one.sign)) if one.sign else "", due, due is not None and due < by.today,
        words.branch_name(one.branch),
    )  # fmt: skip


@signed_in
@require_safe
def export(request: StaffRequest, sheet: str) -> HttpResponseBase:
    """The whole list as a table: "csv" or "xlsx"."""
    rows, name = _told(request.actor, get_language() or ""), f"defects-{now():%Y%m%d}.{sheet}"
    try:
        return download(rows, name)
    except Problem as problem:
        said = sentence(problem, get_language() or "")
        return page(request, "cases/unfit.html", 422, problem=said, query="")


def _told(by: Actor, language: str) -> Iterator[list[Any]]:
    """Header and rows; told after the request has ended, so the language is chosen anew for each."""
    with translation.override(language):
        yield [gettext(head) for head in HEADS]
    found = reports_seen(by, limit=PIECE)
    while found.rows:
        for one in found.rows:
            with translation.override(language):
                yield _cells(one, by)
        if not found.next:
            return
        found = reports_seen(by, found.next, PIECE)


def _cells(one: DefectReport, by: Actor) -> list[Any]:
    told, shown = _line(one, by), numbers(one.vehicle, sees_numbers(one.vehicle, by))
    return [
        told.branch, shown["plate"], shown["vin"], one.learned_on, told.component, told.sign, one.what,
        one.case_number, one.regulator_on, one.regulator_no, one.maker_on, one.maker_no, told.due, one.dropped,
    ]  # fmt: skip


urlpatterns = [
    path("defects/", show, name="defects"),
    path("defects.<kind:sheet>", export, name="defects_export"),
    path("<int:vehicle>/defect/", enter, name="defect"),
    path("<int:vehicle>/defect/<int:report>/", enter, name="defect_edit"),
    path("<int:vehicle>/defect/<int:report>/paper/", paper, name="defect_paper"),
]
