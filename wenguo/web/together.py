"""One step on several cases of the list: choose the step, fill its form in once, see what came of each case."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from wenguo.cases import together
from wenguo.cases.models import Case
from wenguo.cases.refusals import Invalid
from wenguo.cases.sentences import problems, sentence
from wenguo.cases.together import AT_A_TIME, Offer, Outcome, chosen, offers, take_on
from wenguo.people.actors import Actor, people_at
from wenguo.people.businessclock import now
from wenguo.policy.load import packs
from wenguo.policy.pack import Field, Form
from wenguo.web.case_pages import Screen
from wenguo.web.forms import Row, Sheet, rows
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.safety import is_htmx
from wenguo.web.typed import word


class Told(NamedTuple):
    """What came of one case, in words."""

    number: str
    done: bool
    sentence: str


@signed_in
@require_POST
def choose(request: StaffRequest) -> HttpResponse:
    """The chosen cases with the steps that may be taken on them; with `verb`, that step's form."""
    by = request.actor
    cases = chosen(request.POST.getlist("case"), by)
    if not cases:
        return HttpResponseRedirect(reverse("cases"), status=HTTPStatus.SEE_OTHER)
    found = offers(cases, by)
    wanted = next((one for one in found if one.step.do == request.POST.get("verb")), None)
    if wanted is None:
        told = [(one.step.do, word(one.step.label), len(one.cases)) for one in found]
        return page(request, "cases/together.html", cases=cases, offers=told, screen=None)
    return _draw(request, cases, wanted, Screen(Sheet.fresh(wanted.form, {}, None), posted=False))


@signed_in
@require_POST
def take(request: StaffRequest, verb: str) -> HttpResponse:
    """Takes the step on the chosen cases, by and by for our script, else on all of them."""
    by, numbers = request.actor, _numbers(request)
    cases = chosen(numbers, by)
    step = next((step for case in cases if (step := packs()[case.pack].processes[case.process].steps.get(verb))), None)
    if step is None or not step.together:
        raise Http404
    form = packs()[cases[0].pack].form_of(step)
    sheet = Sheet.posted(form, request.POST)
    try:
        outcomes = take_on(numbers, verb, by, sheet.data(), sheet.key, now, AT_A_TIME if is_htmx(request) else 1e9)
    except Invalid as refusal:
        return _draw(request, cases, Offer(step, form, cases), Screen(sheet, refusal=refusal))
    return _tell(request, form, sheet, outcomes, numbers[len(outcomes) :])


def _numbers(request: StaffRequest) -> list[str]:
    return [str(one) for one in dict.fromkeys(request.POST.getlist("case"))][: together.MOST]


def _draw(request: StaffRequest, cases: list[Case], offer: Offer, screen: Screen) -> HttpResponse:
    """The form at its place: for our script alone, else on a page with the chosen cases."""
    first = cases[0]
    drawn = [
        _for_all(row, cases, request.actor)
        for row in rows(screen.sheet, first.branch, request.actor, packs()[first.pack], screen.problems)
    ]
    template = "cases/together_form.html" if is_htmx(request) else "cases/together.html"
    return page(
        request, template, status=screen.status, cases=cases, rows=drawn, screen=screen, offers=[],
        title=word(offer.step.label), open_on=len(offer.cases), verb=offer.step.do,
    )  # fmt: skip


def _for_all(row: Row, cases: list[Case], by: Actor) -> Row:
    """A row whose people are those who may be named at every branch of these cases."""
    if row.kind != "person":
        return row
    common = set.intersection(
        *(_people(row.field, case, by) for case in {one.branch_id: one for one in cases}.values())
    )
    return replace(row, options=[(value, word_) for value, word_ in row.options if value in common])


def _people(field: Field, case: Case, by: Actor) -> set[str]:
    return {str(pk) for pk, _, _ in people_at(case.branch, field.roles, by.today)}


def _tell(
    request: StaffRequest, form: Form, sheet: Sheet, outcomes: list[Outcome], left: list[str]
) -> HttpResponse:  # fmt: skip
    """What came of each; while some are left, our script sends the rest of them."""
    done = _count(request, "done") + sum(one.refusal is None for one in outcomes)
    refused = _count(request, "refused") + sum(one.refusal is not None for one in outcomes)
    going = "done" in request.POST and is_htmx(request)
    carried = [(key, str(value)) for key in request.POST for value in request.POST.getlist(key) if key not in OWN]
    if "key" not in request.POST:
        carried.append(("key", sheet.key))
    values: dict[str, Any] = {
        "told": [_told(one, form) for one in outcomes], "left": left, "done": done, "refused": refused,
        "carried": carried, "send_to": request.path,
    }  # fmt: skip
    if going:
        return page(request, "cases/together_more.html", **values)
    template = "cases/together_outcome.html" if is_htmx(request) else "cases/together_done.html"
    return page(request, template, **values)


OWN = frozenset({"case", "done", "refused", "csrfmiddlewaretoken"})


def _count(request: StaffRequest, key: str) -> int:
    text = request.POST.get(key, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _told(one: Outcome, form: Form) -> Told:
    language = get_language() or ""
    if one.refusal is None:
        return Told(one.number, True, gettext("Had been done before") if one.repeated else gettext("Done"))
    labels = {field.key: word(field.label) for field in form.fields}
    wrong = [f"{labels.get(key, key)}: {text}" for key, text in problems(one.refusal, language).items()]
    return Told(one.number, False, " ".join([sentence(one.refusal, language), *wrong]))
