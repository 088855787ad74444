"""What is decided and written down about cars and customers of special care: each form at its own address."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods

from wenguo.cases import refusals
from wenguo.cases.asking import asking
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.models import Branch, Customer
from wenguo.people.rows import first
from wenguo.people.tree import tree
from wenguo.policy.fields import Asking
from wenguo.policy.forms import Wrong
from wenguo.policy.load import packs
from wenguo.vehicles import focus
from wenguo.vehicles.focus import NotTheirs, rules_of
from wenguo.vehicles.models import Focus, Vehicle
from wenguo.web import focus as pages
from wenguo.web import words
from wenguo.web.case_pages import Screen
from wenguo.web.errors import refused
from wenguo.web.focus import Line, focus_seen, line_of, told_of
from wenguo.web.forms import Sheet, rows
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.typed import as_typed, word
from wenguo.web.vehicle_pages import LARGEST_ID, vehicle_seen
from wenguo.web.within_sight import seen

ASKS = ["GET", "HEAD", "POST"]
Through = Callable[[dict[str, Any], Asking], Any]
OTHERS = gettext_noop("Only these roles decide this: %(roles)s.")


@signed_in
@require_http_methods(ASKS)
def decide(request: StaffRequest, kind: str, pk: int, what: str) -> HttpResponse:
    """The service manager says yes or no to a car or a customer, proposed or chosen by hand."""
    target, why = _target(kind, pk, request.actor), request.GET.get("why", "")
    through = partial(focus.watch if what == "watch" else focus.decline, target, why, by=request.actor)
    label = rules_of(target.branch)
    known = label.proposals.get(why) if label else None
    typed = {"reason": word(known.label)} if known and what == "watch" else {}
    return _ask(
        request, target.branch, f"focus_{what}", typed, lambda raw, asks: through(raw, asks),
        "watched" if what == "watch" else "declined", line_of(target, target.branch, request.actor),
    )  # fmt: skip


def _target(kind: str, pk: int, by: Actor) -> Vehicle | Customer:
    """The car or the customer, or Http404 in the same words whether it isn't there or isn't within sight."""
    if kind == "vehicle":
        found: Vehicle | Customer = vehicle_seen(pk, by)
    else:
        person = first(Customer, "WHERE id = %s", pk) if pk < LARGEST_ID else None
        if person is None or not by.sees(tree().branches[person.branch_id]):
            raise Http404
        person.branch = tree().branches[person.branch_id]
        found = person
    if rules_of(found.branch) is None:
        raise Http404
    return found


@signed_in
@require_http_methods(ASKS)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Another reason or technician."""
    found = focus_seen(pk, request.actor)
    typed = {"reason": found.reason, "technician": str(found.technician_id or "")}
    through = partial(focus.change_technician, found, by=request.actor)
    return _about(request, found, "focus_watch", typed, lambda raw, asks: through(raw, asks), "watched")


@signed_in
@require_http_methods(ASKS)
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """The service manager ends it, after a call-back at which the customer was satisfied."""
    found = focus_seen(pk, request.actor)
    through = partial(focus.end, found, by=request.actor)
    return _about(request, found, "focus_end", {}, lambda raw, asks: through(raw, asks), "ended")


@signed_in
@require_http_methods(ASKS)
def care(request: StaffRequest, pk: int) -> HttpResponse:
    """A call-back, a letter or a visit."""
    found = focus_seen(pk, request.actor)
    through = partial(focus.note_care, found.branch, found, "", by=request.actor)
    typed = {"done_on": now().astimezone(ZoneInfo(found.branch.zone)).date().isoformat()}
    return _about(request, found, "focus_care", typed, lambda raw, asks: through(raw, asks), "care")


@signed_in
@require_http_methods(ASKS)
def case_care(request: StaffRequest, number: str) -> HttpResponse:
    """A letter or a visit after a grave complaint."""
    case = seen(number, request.actor)
    if rules_of(case.branch) is None:
        raise Http404
    through = partial(focus.note_care, case.branch, None, case.number, by=request.actor)
    typed = {"done_on": now().astimezone(ZoneInfo(case.branch.zone)).date().isoformat()}
    line = Line("case", case.pk, case.number, words.branch_name(case.branch))
    return _ask(request, case.branch, "focus_care", typed, lambda raw, asks: through(raw, asks), "care", line)


def _about(
    request: StaffRequest, found: Focus, form: str, typed: dict[str, Any], through: Through, saved: str
) -> HttpResponse:  # fmt: skip
    target = reverse("focus_one", args=[found.pk])
    line = told_of(found, request.actor, None).line
    return _ask(request, found.branch, form, typed, through, saved, line, target)


def _ask(
    request: StaffRequest, branch: Branch, key: str, typed: dict[str, Any], through: Through, saved: str, line: Line,
    target: str = "",
) -> HttpResponse:  # fmt: skip
    """The form, or on POST to what was decided, or the form again with what is wrong and all that was typed."""
    pack = packs()[branch.pack]
    form = pack.forms[key]
    sheet, target = Sheet.fresh(form, {}, None), target or reverse("focus")
    zone = ZoneInfo(branch.zone)
    sheet.typed |= {one.key: as_typed(one, typed[one.key], zone) for one in form.fields if one.key in typed}
    screen = Screen(sheet)
    if request.method == "POST":
        screen = Screen(Sheet.posted(form, request.POST))
        try:
            through(screen.sheet.data(), asking(branch, request.actor, now()))
        except Wrong as wrong:
            screen.refusal = refusals.Invalid(wrong.problems)
        except NotTheirs as no:
            return refused(request, _not_theirs(no, branch))
        else:
            return HttpResponseRedirect(f"{target}?saved={saved}", status=HTTPStatus.SEE_OTHER)
    drawn = rows(screen.sheet, branch, request.actor, pack, screen.problems)
    return page(
        request, "focus/form.html", status=screen.status, screen=screen, rows=drawn, title=word(form.label), line=line,
        back=target,
    )  # fmt: skip


def _not_theirs(no: NotTheirs, branch: Branch) -> refusals.NotAllowed:
    roles = packs()[branch.pack].roles
    return refusals.NotAllowed(OTHERS, roles=gettext(", ").join(word(roles[one]) for one in no.roles if one in roles))


urlpatterns = [
    path("", pages.show, name="focus"),
    path("supervision/", pages.supervision, name="supervision"),
    *(
        path(f"{what}/{kind}/<int:pk>/", decide, {"kind": kind, "what": what}, name=f"focus_{what}_{kind}")
        for kind in ("vehicle", "customer")
        for what in ("watch", "decline")
    ),
    path("case/<number:number>/care/", case_care, name="focus_case_care"),
    path("<int:pk>/", pages.one, name="focus_one"),
    path("<int:pk>/edit/", edit, name="focus_edit"),
    path("<int:pk>/care/", care, name="focus_care"),
    path("<int:pk>/end/", end, name="focus_end"),
]
