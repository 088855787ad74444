"""Drafts: what a clerk has typed and not yet sent, kept on the server, one per person and form."""

import json
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from wenguo.cases.models import Case, Draft, Idempotency
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.rows import read
from wenguo.policy.load import packs
from wenguo.policy.pack import Form
from wenguo.web.forms import Sheet
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.safety import is_htmx
from wenguo.web.within_sight import opening, opening_form, seen, shop_meant

LARGEST = 200_000  # signs of JSON: several times what the longest form takes
NEW = "new"


def draft_of(by: Actor, case: Case | None, verb: str) -> Draft | None:
    return Draft.objects.filter(staff=by.staff_id, case=case, verb=verb).first()


def drafted_verbs(by: Actor, case: Case) -> set[str]:
    """Steps of the case for which this person has a draft."""
    return {one.verb for one in read(Draft, "WHERE staff_id = %s AND case_id = %s", by.staff_id, case.pk)}


def forget(by: Actor, case: Case | None, verb: str) -> None:
    Draft.objects.filter(staff=by.staff_id, case=case, verb=verb).delete()


@signed_in
@require_POST
def keep(request: StaffRequest, form: str) -> HttpResponse:
    """Keeps what is typed, or with `discard` throws it away. `form` is "new/VERB" or "NUMBER/VERB"."""
    number, _, verb = form.partition("/")
    case = None if number == NEW else seen(number, request.actor)
    asked = _form(case, verb) if case else _opening_form(request, verb)
    if "discard" in request.POST:
        forget(request.actor, case, verb)
        return _back(request, case, verb)
    sheet = Sheet.posted(asked, request.POST)
    data = _storable({
        "typed": sheet.typed, "version": sheet.version, "shown": sheet.shown, "branch": request.POST.get("branch", "")
    })  # fmt: skip
    if len(json.dumps(data, ensure_ascii=False)) > LARGEST:
        return page(request, "forms/draft.html", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, saved_at=None)
    if not _sent(request.actor, sheet.key):  # the last autosave may arrive after the form itself
        _store(request.actor, case, verb, data)
    return page(request, "forms/draft.html", saved_at=now(), zone=case.branch.zone if case else "")


def _form(case: Case, verb: str) -> Form:
    pack = packs()[case.pack]
    step = pack.processes[case.process].steps.get(verb)
    if step is None:
        raise Http404
    return pack.form_of(step)


def _opening_form(request: StaffRequest, verb: str) -> Form:
    """The form of a new case at the shop that is chosen on the page."""
    branch = shop_meant(request.actor, request.POST.get("branch", ""))
    if branch is None or opening(branch).opening.do != verb:
        raise Http404
    return opening_form(branch)


def _sent(by: Actor, key: str) -> bool:
    return Idempotency.objects.filter(actor=by.code, key=key).exists()


def _store(by: Actor, case: Case | None, verb: str, data: dict[str, Any]) -> None:
    values = {"data": data, "saved_at": now()}
    mine = Draft.objects.filter(staff=by.staff_id, case=case, verb=verb)
    if by.staff_id is None or mine.update(**values):
        return
    try:
        Draft.objects.create(staff_id=by.staff_id, case=case, verb=verb, **values)
    except IntegrityError:  # another window of the same person was first
        mine.update(**values)


def _storable(value: Any) -> Any:
    """Without the one sign that no database keeps in JSON; the form itself is told so when it is sent."""
    if isinstance(value, dict):
        return {_storable(key): _storable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_storable(part) for part in value]
    return value.replace("\0", "") if isinstance(value, str) else value


def _back(request: HttpRequest, case: Case | None, verb: str) -> HttpResponse:
    """To the form again, now empty; a script that asked for a part of the page gets that part."""
    if case is None and is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": reverse("intake")})
    target = reverse("step", args=[case.number, verb]) if case else reverse("intake")
    return HttpResponseRedirect(target, status=HTTPStatus.SEE_OTHER)
