"""Branches: the tree as far as one administers it, adding to it, and renaming."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from wenguo.people.actors import Actor
from wenguo.people.administering import administered, administers
from wenguo.people.businessclock import now
from wenguo.people.editing import edit, version_of
from wenguo.people.founding import ZONES, found_branch, zone_problem
from wenguo.people.models import Branch
from wenguo.people.tree import tree
from wenguo.policy.forms import Wrong
from wenguo.policy.load import packs
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of
from wenguo.web.settings.telling import history_of, lines
from wenguo.web.typed import word
from wenguo.web.words import branch_name

DASH = "　"  # a step of the tree in a list, as wide as a sign


def administered_branch(by: Actor, code: str) -> Branch:
    """The branch of that code, with none the first that `by` administers; Http404 in the same words for others."""
    found = next((one for one in administered(by) if code in ("", one.code)), None)
    if found is None:
        raise Http404
    return found


def branch_options(by: Actor) -> dict[str, str]:
    """Branches that `by` administers, by code, each set in below the one above it."""
    branches = administered(by)
    top = min((len(one.line) for one in branches), default=0)
    return {one.code: DASH * (len(one.line) - top) + branch_name(one) for one in branches}


def _zones(now_set: str = "") -> dict[str, str]:
    return {zone: zone for zone in dict.fromkeys([*([now_set] if now_set else []), *ZONES])}


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The tree."""
    branches = administered(request.actor)
    if not branches:
        raise Http404
    top = min(len(one.line) for one in branches)
    rows = [
        (one, len(one.line) - top, word(packs()[one.pack].label) if one.pack in packs() else one.pack)
        for one in branches
    ]
    return page(request, "settings/branches.html", rows=rows, saved="saved" in request.GET)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """A new branch under one that is administered."""
    by = request.actor
    above = administered_branch(by, request.GET.get("under", ""))
    options = {name: word(pack.label) for name, pack in packs().items()}
    form = form_of("branch_add", branches=branch_options(by), zones=_zones(above.zone), packs=options)

    def save(posted: Posted) -> str:
        given = posted.values
        parent = administered_branch(by, given["parent"])
        found_branch(
            given["code"].strip(), given["name"].strip(), (given["name_en"] or "").strip(), parent, now(),
            pack=given["pack"] or "", zone=given["zone"] or "", by=by.code,
        )  # fmt: skip
        return f"{reverse('branches')}?saved"

    return ask(
        request, form, save, {"parent": above.code, "zone": above.zone, "pack": above.pack}, back=reverse("branches")
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, code: str) -> HttpResponse:
    """Another name or zone; the code stays for ever. And what was changed before."""
    by = request.actor
    branch = administered_branch(by, code)
    stands = {"name": branch.name, "name_en": branch.name_en, "zone": branch.zone}
    form = form_of("branch_edit", zones=_zones(branch.zone))

    def save(posted: Posted) -> str:
        given: dict[str, Any] = {key: (value or "").strip() for key, value in posted.values.items()}
        reason = given.pop("reason", "")
        if "zone" in given and (wrong := zone_problem(given["zone"])):
            raise Wrong({"zone": wrong})
        edit(branch, by.code, given, reason, posted.version, now())
        return f"{reverse('branches')}?saved"

    history = history_of(request, {"branch": [branch.pk]}, lambda told: lines(told, branch))
    return ask(
        request, form, save, stands, version_of(branch), back=reverse("branches"), history=history, zone=branch.zone,
        about=f"{branch.code} · {branch_name(branch)}",
    )  # fmt: skip


def branch_of(pk: int, by: Actor) -> Branch:
    """An administered branch by its id."""
    found = tree().branches.get(pk)
    if found is None or not administers(by, found):
        raise Http404
    return found


urlpatterns = [
    path("", show, name="branches"),
    path("add/", add, name="branch_add"),
    path("<slug:code>/", change, name="branch_edit"),
]
