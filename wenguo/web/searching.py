"""Searching from any page. What is searched for may be a name or a phone, so it never stands in an address.

The box posts its text; the session keeps it under a chance word, and the addresses of result pages name only that.
"""

import secrets
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from wenguo.cases import search
from wenguo.cases.grams import LONGEST
from wenguo.cases.hits import Excerpt, Hit, hits
from wenguo.cases.lists import find_case
from wenguo.cases.masks import masked_phone, masked_plate
from wenguo.cases.refusals import NotFound
from wenguo.cases.sentences import sentence
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.policy.load import packs
from wenguo.web import words
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.safety import is_htmx

KEPT = "searches"  # in the session: texts by token, the latest last
MOST = 10  # texts that a session keeps


class Row(NamedTuple):
    """A hit as it is drawn; excerpts with the words for where they were written."""

    number: str
    customer: str
    phone: str
    plate: str
    stage: str
    open: bool
    opened: str
    branch: str  # only where the reader sees more than one
    excerpts: list[tuple[str, Excerpt]]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def search_page(request: StaffRequest) -> HttpResponse:
    """Takes a question and sends on to its answer; shows the answer, or an empty box."""
    if request.method == "POST":
        return _take(request)
    text, after, by = text_of(request), request.GET.get("after", ""), request.actor
    problem = search.why_not(text)
    found = search.find(text, by, after)
    carried = {"s": request.GET.get("s", "")}
    values: dict[str, Any] = {
        "rows": _rows(hits(found.cases, search.words(text), by), by),
        "more": f"?{urlencode(carried | {'after': found.next})}" if found.next else "",
    }
    if after and is_htmx(request):
        return page(request, "cases/hits.html", **values)
    return page(
        request, "cases/found.html", **values, text=text, longest=LONGEST, lost=bool(carried["s"]) and not text,
        problem=sentence(problem, get_language() or "") if problem else "",
    )  # fmt: skip


def _take(request: StaffRequest) -> HttpResponse:
    """To the case, where its very number was asked for (which is nobody's personal data); else to the answer."""
    text = request.POST.get("q", "").strip()
    try:
        target = reverse("case", args=[find_case(text.upper(), request.actor).number])
    except NotFound:
        target = f"{reverse('search')}?{urlencode({'s': keep(request, text)})}" if text else reverse("search")
    return HttpResponseRedirect(target, status=303)


def keep(request: HttpRequest, text: str) -> str:
    """Keeps what was asked for as long as the session lasts; returns the token that stands for it in addresses."""
    kept = dict(list(request.session.get(KEPT, {}).items())[1 - MOST :])
    token = next((key for key, value in kept.items() if value == text), secrets.token_urlsafe(9))
    request.session[KEPT] = {**{key: value for key, value in kept.items() if key != token}, token: text[: LONGEST + 1]}
    return token


def text_of(request: HttpRequest) -> str:
    """What is searched for, as the address says by its token `s`; "" where nothing is, or the session knows it no
    more."""
    kept = request.session.get(KEPT, {})
    return str(kept.get(request.GET.get("s", ""), ""))


def _rows(found: list[Hit], by: Actor) -> list[Row]:
    several, language, at = len(by.branches()) > 1, get_language() or "", now()
    return [_row(hit, several, language, at) for hit in found]


def _row(hit: Hit, several: bool, language: str, at: datetime) -> Row:
    case = hit.case
    stage = packs()[case.pack].processes[case.process].stages.get(case.stage)
    plate = case.vehicle.plate if case.vehicle else ""
    return Row(
        case.number,
        case.customer.name if case.customer else "",
        masked_phone(case.customer.phone if case.customer else ""),
        plate if hit.clear else masked_plate(plate),
        stage.label.word(language) if stage else case.stage,
        case.stage_type == "open",
        words.moment(case.opened_at, at, case.branch.zone),
        words.branch_name(case.branch) if several else "",
        [(one.field.label.word(language) if one.field else "", one) for one in hit.excerpts],
    )
