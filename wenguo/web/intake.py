"""Registering a complaint, on one page that can be filled in while the customer talks."""

import json
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from wenguo.cases import door, lists, refusals
from wenguo.cases.asking import asking
from wenguo.cases.masks import MASKS
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.models import Branch
from wenguo.policy.fields import KINDS, Problem
from wenguo.policy.load import packs
from wenguo.policy.warnings import DANGER
from wenguo.vehicles.focus_lists import marks
from wenguo.vehicles.vins import is_doubtful
from wenguo.web import coach, drafts, errors
from wenguo.web.case_pages import Screen, renew_key, send, to_case
from wenguo.web.danger_hints import hints
from wenguo.web.evidence_files import take_in
from wenguo.web.focus import measures_of
from wenguo.web.form_groups import parts
from wenguo.web.forms import Sheet, rows
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.typed import word
from wenguo.web.within_sight import opening, opening_form, shop_meant, shop_of, shops

FOUND_BY = ("phone", "plate", "vin")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: StaffRequest) -> HttpResponse:
    """The empty form or the draft left behind; on POST the new case, or the form again with what is wrong."""
    by = request.actor
    branches = shops(by)
    if not branches:
        return errors.refused(request, refusals.NotAllowed("You hold no post at a shop, so you can't register here."))
    if request.method == "POST":
        return _register(request, branches)
    branch = shop_of(branches, request.GET.get("branch", ""), by)
    form = opening_form(branch)
    draft = drafts.draft_of(by, None, opening(branch).opening.do)
    if draft:
        branch = shop_of(branches, draft.data.get("branch", ""), by)
        form = opening_form(branch)
    return _draw(request, branches, branch, Screen(Sheet.kept(form, draft) if draft else Sheet.fresh(form, {}, None)))


def _register(request: StaffRequest, branches: list[Branch]) -> HttpResponse:
    by = request.actor
    branch = shop_of(branches, request.POST.get("branch", ""), by)
    sheet = Sheet.posted(opening_form(branch), request.POST)
    try:
        take_in(sheet, request.FILES, by)
        done = send(sheet, by, lambda data: door.open_case(
            opening(branch).name, branch, by, data, now(), key=sheet.key
        ))  # fmt: skip
    except refusals.Refusal as refusal:
        return _draw(request, branches, branch, Screen(sheet, refusal=refusal))
    drafts.forget(by, None, opening(branch).opening.do)
    return to_case(request, done)


def _draw(request: StaffRequest, branches: list[Branch], branch: Branch, screen: Screen) -> HttpResponse:
    by, pack = request.actor, packs()[branch.pack]
    if isinstance(screen.refusal, refusals.KeyReused):
        renew_key(screen, by)
    drawn = rows(screen.sheet, branch, by, pack, screen.problems, focus=screen.sheet.form.fields[0].key)
    return page(
        request, "case/intake.html", status=screen.status, screen=screen, rows=drawn,
        parts=parts(screen.sheet.form, drawn), found_by=FOUND_BY[0], branch=branch, branches=branches,
        title=word(opening(branch).opening.label),
        draft_at=f"{drafts.NEW}/{opening(branch).opening.do}", **_known(branch, by, screen.sheet.typed),
        coach=coach.at_intake(pack, screen.sheet.typed),
        hints=hints(pack, str(screen.sheet.typed.get("content") or ""), screen.sheet.typed.get(DANGER) or ()),
    )  # fmt: skip


@signed_in
@require_POST
def look_up(request: StaffRequest) -> HttpResponse:
    """What the shop knows of the phone, plate or VIN being typed. By POST: nothing personal stands in an address."""
    branch = shop_meant(request.actor, request.POST.get("branch", ""))
    if branch is None:
        return HttpResponse()
    typed = {key: request.POST.get(key, "") for key in FOUND_BY}
    return page(request, "case/known.html", **_known(branch, request.actor, typed))


def _known(branch: Branch, by: Actor, typed: dict[str, Any]) -> dict[str, Any]:
    """For the side panel: customer, vehicle and their cases, as far as what is typed so far is complete."""
    read = {key: _read(branch, by, key, typed.get(key, "")) for key in FOUND_BY}
    asked = any(read.values())
    found = lists.known(by, branch, *read.values()) if asked else lists.Known(None, None, [])
    told = {
        "customer_name": found.customer.name if found.customer else "",
        "phone": found.customer.phone if found.customer else "",
        "plate": found.vehicle.plate if found.vehicle else "",
        "vin": found.vehicle.vin if found.vehicle else "",
    }
    sees = bool(packs()[branch.pack].sees_contact & by.roles_at(branch))
    stages = {key: word(stage.label) for key, stage in opening(branch).stages.items()}
    watched = marks([found.vehicle.pk if found.vehicle else None], [found.customer.pk if found.customer else None])
    return {
        "watched": watched.of(
            found.vehicle.pk if found.vehicle else None, found.customer.pk if found.customer else None
        ),
        "measures": measures_of(branch),
        "known": found, "asked": asked, "vin_doubtful": is_doubtful(read["vin"]), "stages": stages, "zone": branch.zone,
        "told": told if sees else {key: MASKS.get(key, str)(text) for key, text in told.items()},
        "fill": json.dumps(told, ensure_ascii=False) if sees else "",
    }  # fmt: skip


def _read(branch: Branch, by: Actor, key: str, text: str) -> str:
    """The number as it is stored; "" while it isn't complete."""
    form = opening_form(branch)
    field = form.field(key)
    if field is None or not text.strip():
        return ""
    try:
        return KINDS[field.kind].read(field, text, asking(branch, by, now()))
    except Problem:
        return ""
