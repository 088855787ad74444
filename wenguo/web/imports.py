"""Settings, Import and export: a table comes in by a preview that somebody agrees to, and tables go out."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wenguo.cases.sentences import sentence
from wenguo.channels import beginning
from wenguo.channels.layouts import Layout
from wenguo.channels.models import ColumnMap, ImportRun
from wenguo.channels.rejects import told
from wenguo.channels.rows import HISTORY, importable, imports_anything
from wenguo.channels.running import rejects_of
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.models import Branch
from wenguo.policy.fields import Problem
from wenguo.policy.imports import KINDS
from wenguo.reports.exporting import asked, rows
from wenguo.reports.kinds import LABELS
from wenguo.web.downloads import download
from wenguo.web.imports_table import Preview, Progress
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.within_sight import shops

SHOWN = 20  # imports listed
NAME = 60  # signs of a map's name


def importing(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Only for whom a pack names; for everybody else the page isn't there."""

    @wraps(view)
    def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not imports_anything(request.actor):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@importing
def overview(request: StaffRequest) -> HttpResponse:
    """The form for a file, what came in before, and what may be taken out; on POST on to the preview."""
    if request.method != "POST":
        return _overview(request)
    kind, file = request.POST.get("kind", ""), request.FILES.get("file")
    branches = [one for one in _shops(request.actor, kind) if one.code == request.POST.get("branch", "")]
    if kind not in KINDS or not branches:
        return _overview(request, gettext("Please choose what the file holds, and for which shop."))
    if file is None:
        return _overview(request, gettext("Please choose a file."))
    run = ImportRun(
        kind=kind, branch=branches[0], by=request.actor.code, staff=request.user, file_name=(file.name or "")[-255:],
        created_at=now(),
    )  # fmt: skip
    try:
        beginning.take_in(run, file.chunks(), _map(branches[0], kind, request.POST.get("map", "")))
    except Problem as problem:
        return _overview(request, _words(problem))
    return _to("import_run", run.pk)


def _overview(request: StaffRequest, problem: str = "") -> HttpResponse:
    by = request.actor
    kinds = [(kind, _label(kind), _shops(by, kind)) for kind in KINDS]
    branches = list({one.pk: one for _, _, found in kinds for one in found}.values())
    runs = ImportRun.objects.filter(by=by.code).select_related("branch").order_by("-id")[:SHOWN]
    typed = {key: request.POST.get(key, "") for key in ("kind", "branch", "map")}
    return page(
        request, "settings/imports.html", HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        kinds=[one for one in kinds if one[2]], branches=branches, problem=problem, typed=typed, label=_label,
        maps=beginning.maps_of(branches), runs=[Progress.of(run, now()) for run in runs],
    )  # fmt: skip


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@importing
def show(request: StaffRequest, run: int) -> HttpResponse:
    """The preview of a file until somebody agrees to it, then how far it has come. On POST: look again, or begin."""
    found = _own(request.actor, run)
    if found.state != "looked_at":
        return page(request, "settings/import_run.html", progress=Progress.of(found, now()), label=_label)
    if request.method != "POST":
        return _preview(request, found)
    try:
        found.columns = beginning.relaid(found, _chosen(request, found))
    except Problem as problem:
        return _preview(request, found, _words(problem))
    found.history = request.POST.get("history", "") if request.POST.get("history") in HISTORY else found.history
    found.save(update_fields=["columns", "history"])
    if request.POST.get("do") != "begin":
        return _preview(request, found)
    if beginning.missing(found):
        return _preview(request, found, gettext("A column that is needed has not been named yet."))
    beginning.agree(found, now(), request.POST.get("map_name", "").strip()[:NAME])
    return _to("import_run", found.pk)


def _chosen(request: StaffRequest, run: ImportRun) -> dict[int, str]:
    titles = Layout.kept(run.columns).titles
    return {nth: request.POST[f"column-{nth}"] for nth in range(len(titles)) if f"column-{nth}" in request.POST}


def _preview(request: StaffRequest, run: ImportRun, problem: str = "") -> HttpResponse:
    try:
        preview = Preview.of(run, now(), get_language() or "")
    except Problem as broken:
        preview, problem = Preview.empty(run), _words(broken)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return page(
        request, "settings/import_preview.html", status, run=run, preview=preview, problem=problem, label=_label
    )


@signed_in
@require_safe
@importing
def progress(request: StaffRequest, run: int) -> HttpResponse:
    """The part of the page that says how far it has come; it asks again by itself until the end."""
    return page(request, "settings/import_progress.html", progress=Progress.of(_own(request.actor, run), now()))


@signed_in
@require_POST
@importing
def cancel(request: StaffRequest, run: int) -> HttpResponse:
    """Stops an import after the rows at hand; what came in stays. One that nobody agreed to is taken away."""
    found = _own(request.actor, run)
    if found.state == "looked_at":
        beginning.drop(found)
        return _to("imports")
    going = ImportRun.objects.filter(pk=found.pk, state__in=("waiting", "running"))
    going.update(state="cancelled", ended_at=now())
    return _to("import_run", found.pk)


@signed_in
@require_safe
@importing
def rejects(request: StaffRequest, run: int) -> HttpResponseBase:
    """The rows that were refused, as a table that can be mended and brought in again."""
    found = _own(request.actor, run)
    titles = Layout.kept(found.columns).titles
    table = told(rejects_of(found), found.reject_bytes, titles, get_language() or "")
    return download(table, f"rejects-{found.pk}.csv")


@signed_in
@require_safe
@importing
def take_out(request: StaffRequest, kind: str, ending: str) -> HttpResponseBase:
    """A table of what this person may see: as csv while it is read, as xlsx once it is whole."""
    if kind not in KINDS or ending not in ("csv", "xlsx"):
        raise Http404
    allowed = importable(request.actor, kind)
    wanted = [one for one in allowed if one.code == request.GET.get("branch", "")]
    if not allowed or (request.GET.get("branch") and not wanted):
        raise Http404
    branch = wanted[0] if wanted else None
    table = rows(asked(kind, branch, request.actor, get_language() or "", now(), allowed))
    name = f"{kind}-{request.actor.today}.{ending}"
    try:
        return download(table, name)
    except Problem as problem:
        return _overview(request, _words(problem))


def _own(by: Actor, run: int) -> ImportRun:
    """Their own import: others' files hold what may not be theirs to see."""
    found = ImportRun.objects.filter(pk=run, by=by.code).select_related("branch").first() if run < 2**63 else None
    if found is None:
        raise Http404
    return found


def _shops(by: Actor, kind: str) -> list[Branch]:
    """Shops where this person may bring such tables in."""
    allowed = {one.pk for one in importable(by, kind)} if kind in KINDS else set()
    return [one for one in shops(by) if one.pk in allowed]


def _map(branch: Branch, kind: str, number: str) -> ColumnMap | None:
    """The saved map asked for, if it is one of the shop's and of this kind."""
    return next((one for one in beginning.maps_of([branch], kind) if str(one.pk) == number), None)


def _label(kind: str) -> str:
    return LABELS[kind].word(get_language() or "")


def _words(problem: Problem) -> str:
    return sentence(problem, get_language() or "")


def _to(name: str, *parts: Any) -> HttpResponse:
    return HttpResponseRedirect(reverse(name, args=parts), status=HTTPStatus.SEE_OTHER)
