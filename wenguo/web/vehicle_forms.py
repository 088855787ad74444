"""What is written down of a car by hand: its own data, a reading of its mileage, a visit with what was wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from wenguo.cases import refusals
from wenguo.cases.asking import asking
from wenguo.people.businessclock import now
from wenguo.people.rows import first
from wenguo.policy.fields import Asking
from wenguo.policy.forms import Wrong
from wenguo.policy.load import packs
from wenguo.policy.pack import Form
from wenguo.vehicles.entering import ROWS, enter_reading, enter_vehicle, enter_visit
from wenguo.vehicles.lines import as_line
from wenguo.vehicles.models import Vehicle, Visit, VisitProblem, VisitWait
from wenguo.vehicles.problems import drop_row, enter_row
from wenguo.vehicles.standing import names_used
from wenguo.web import law_pages, vehicle_pages
from wenguo.web.case_pages import Screen
from wenguo.web.form_groups import parts
from wenguo.web.forms import Sheet, digest, rows
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.typed import Typed, as_typed, word
from wenguo.web.vehicle_pages import SECRET, numbers, sees_numbers, vehicle_seen

Enter = Callable[[dict[str, Any], Asking], Any]
BESIDE: dict[str, tuple[type[VisitProblem] | type[VisitWait], str]] = {
    "problem": (VisitProblem, "visit_problem"), "wait": (VisitWait, "visit_wait"),
}  # fmt: skip


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, vehicle: int) -> HttpResponse:
    """The car's own data. Whoever may not see its numbers isn't asked for them."""
    car, by = vehicle_seen(vehicle, request.actor), request.actor
    form = form_of(car, "vehicle")
    if not sees_numbers(car, by):
        form = replace(form, fields=tuple(one for one in form.fields if one.key not in SECRET))
    fresh = standing(form, {one.key: getattr(car, one.key) for one in form.fields}, car)
    return ask(request, car, fresh, lambda raw, asks: enter_vehicle(car, packs()[car.branch.pack], raw, asks, by))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def take_reading(request: StaffRequest, vehicle: int) -> HttpResponse:
    """How far the car has run, today unless another day is given."""
    car, by = vehicle_seen(vehicle, request.actor), request.actor
    fresh = Sheet.fresh(form_of(car, "reading"), {}, None)
    fresh.typed["read_on"] = _local(car).date().isoformat()
    return ask(request, car, fresh, lambda raw, asks: enter_reading(car, packs()[car.branch.pack], raw, asks, by))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: StaffRequest, vehicle: int, visit: int = 0) -> HttpResponse:
    """A visit that is new, or that was written down before."""
    car, by = vehicle_seen(vehicle, request.actor), request.actor
    form = form_of(car, "visit")
    form = replace(form, fields=tuple(one for one in form.fields if one.key not in ROWS))  # each has its own page
    if visit:
        stored = _visit(car, visit)
        fresh = standing(form, {one.key: _held(stored, one.key) for one in form.fields}, car)
    else:
        stored = Visit(branch=car.branch, vehicle=car)
        fresh = Sheet.fresh(form, {}, None)
        fresh.typed["in_at"] = _local(car).strftime("%Y-%m-%dT%H:%M")
    return ask(request, car, fresh, lambda raw, asks: enter_visit(stored, packs()[car.branch.pack], raw, asks, by))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def enter_beside(request: StaffRequest, vehicle: int, visit: int, what: str, row: int = 0) -> HttpResponse:
    """A problem or a time of waiting of a visit, new or written down before; with `drop` posted it counts no more."""
    car, by = vehicle_seen(vehicle, request.actor), request.actor
    kind, form_key = BESIDE[what]
    form, of = form_of(car, form_key), _visit(car, visit)
    if not row:
        stored: VisitProblem | VisitWait = kind(visit=of)
        fresh = Sheet.fresh(form, {}, None)
    else:
        stored = _row(kind, of, row)
        fresh = standing(form, {one.key: _held(stored, one.key) for one in form.fields}, car)
    if request.method == "POST" and row and "drop" in request.POST:
        drop_row(stored, by, now())
        return _back(car, what)
    enter = partial(enter_row, stored, packs()[car.branch.pack], by=by)
    used = names_used(car, frozenset(one.pk for one in by.branches())) if kind is VisitProblem else []
    return ask(
        request, car, fresh, lambda raw, asks: enter(raw, asks), saved=what, may_drop=bool(row), of=of, used=used
    )


def _row(kind: type[VisitProblem] | type[VisitWait], visit: Visit, pk: int) -> VisitProblem | VisitWait:
    tail = "WHERE id = %s AND visit_id = %s AND NOT void"
    found = first(kind, tail, pk, visit.pk) if pk < vehicle_pages.LARGEST_ID else None
    if found is None:
        raise Http404
    found.visit = visit
    return found


def form_of(car: Vehicle, key: str) -> Form:
    """The form of the car's pack, or Http404 where that has none."""
    if (form := packs()[car.branch.pack].forms.get(key)) is None:
        raise Http404
    return form


def _local(car: Vehicle) -> datetime:
    return now().astimezone(ZoneInfo(car.branch.zone))


def _visit(car: Vehicle, pk: int) -> Visit:
    found = Visit.objects.filter(pk=pk, vehicle=car).first() if pk < vehicle_pages.LARGEST_ID else None
    if found is None:
        raise Http404
    found.branch, found.vehicle = car.branch, car
    return found


def _held(row: Visit | VisitProblem | VisitWait, key: str) -> Any:
    """What stands in a field of a stored row, as `as_typed` reads it."""
    value = getattr(row, key, None)
    match key, row:
        case "items", Visit():
            return "\n".join(row.items)
        case "parts", Visit():
            form = packs()[row.branch.pack].forms["visit_part"]
            return "\n".join(as_line(one, form) for one in row.parts)
    return value.isoformat() if isinstance(value, datetime) else value


def standing(form: Form, held: dict[str, Any], car: Vehicle) -> Sheet:
    """A form that shows what stands; only what the person changes in it is sent on."""
    zone = ZoneInfo(car.branch.zone)
    typed: dict[str, Typed] = {one.key: as_typed(one, held[one.key], zone) for one in form.fields}
    return Sheet(form, typed, shown={key: digest(value) for key, value in typed.items()})


def _back(car: Vehicle, saved: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('vehicle', args=[car.pk])}?saved={saved}", status=HTTPStatus.SEE_OTHER)


def ask(
    request: StaffRequest, car: Vehicle, fresh: Sheet, through: Enter, saved: str = "", **more: Any
) -> HttpResponse:  # fmt: skip
    """The form, or on POST back to the car's page, or the form again with what is wrong and all that was typed."""
    screen = Screen(fresh)
    if request.method == "POST":
        sheet = Sheet.posted(fresh.form, request.POST)
        try:
            through(sheet.data(), asking(car.branch, request.actor, now()))
        except Wrong as wrong:
            screen = Screen(sheet, refusal=refusals.Invalid(wrong.problems))
        else:
            return _back(car, saved or fresh.form.key)
    drawn = rows(screen.sheet, car.branch, request.actor, packs()[car.branch.pack], screen.problems)
    return page(
        request, "vehicle/form.html", status=screen.status, screen=screen, rows=drawn,
        parts=parts(screen.sheet.form, drawn), car=car, title=word(fresh.form.label),
        numbers=numbers(car, sees_numbers(car, request.actor)),
        **({"of": None, "may_drop": False, "duty": None, "used": []} | more),
    )  # fmt: skip


urlpatterns = [
    path("<int:vehicle>/", vehicle_pages.show, name="vehicle"),
    path("<int:vehicle>/edit/", edit, name="vehicle_edit"),
    path("<int:vehicle>/reading/", take_reading, name="vehicle_reading"),
    path("<int:vehicle>/use-fee/", law_pages.use_fee, name="use_fee"),
    path("<int:vehicle>/visit/", enter, name="vehicle_visit"),
    path("<int:vehicle>/visit/<int:visit>/", enter, name="vehicle_visit_edit"),
    *(
        address
        for what in BESIDE
        for address in (
            path(f"<int:vehicle>/visit/<int:visit>/{what}/", enter_beside, {"what": what}, name=f"visit_{what}"),
            path(
                f"<int:vehicle>/visit/<int:visit>/{what}/<int:row>/",
                enter_beside,
                {"what": what},
                name=f"visit_{what}_edit",
            ),
        )
    ),
]
