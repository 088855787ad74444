"""The coach: what to do and say now, beside the forms for which the pack has words (T1-T4, R112-R118)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from wenguo.cases.facts import Facts
from wenguo.cases.models import Case
from wenguo.people.actors import Actor
from wenguo.policy.load import packs
from wenguo.policy.pack import Pack, Step
from wenguo.policy.words import FAULT, STAGE, Advice, advice
from wenguo.web.forms import read_post
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.within_sight import opening, seen, shop_meant


class Coach(NamedTuple):
    """`watched`: fields of the form that change the advice; `ask_at`: where their answers are sent for it."""

    advice: Advice
    watched: list[str]
    ask_at: str


def at_intake(pack: Pack, typed: Mapping[str, Any]) -> Coach | None:
    """Beside the form that opens a case, for what is typed so far; None where the pack has no words for it."""
    return _coach(pack, pack.processes[pack.opens].opening, {}, typed, reverse("coach"))


def beside(step: Step, case: Case, by: Actor, typed: Mapping[str, Any]) -> Coach | None:
    """Beside the form of `step`: for the case as it stands, and what is typed on top."""
    pack = packs()[case.pack]
    facts = Facts(case, by.today)
    known = {key: facts.get(key) for key in pack.words.keys(step.do)} | {STAGE: case.stage}
    return _coach(pack, step, known, typed, reverse("coach_step", args=[case.number, step.do]))


def _coach(pack: Pack, step: Step, known: dict[str, Any], typed: Mapping[str, Any], ask_at: str) -> Coach | None:
    if step.do not in pack.words.by_verb:
        return None
    keys = pack.words.keys(step.do) - {FAULT}  # whose fault it was is decided by a step, never by choosing in a form
    watched = [field.key for field in pack.form_of(step).fields if field.key in keys]
    known |= {key: typed[key] for key in watched if key in typed}
    return Coach(advice(pack.words, step.do, known, get_language() or ""), watched, ask_at)


@signed_in
@require_POST
def ask(request: StaffRequest) -> HttpResponse:
    """The advice for a complaint being registered. By POST, and only codes are sent: nothing stands in an address."""
    branch = shop_meant(request.actor, request.POST.get("branch", ""))
    if branch is None:
        return HttpResponse()
    pack = packs()[branch.pack]
    return _answer(request, at_intake(pack, read_post(pack.form_of(opening(branch).opening), request.POST)))


@signed_in
@require_POST
def ask_beside(request: StaffRequest, number: str, verb: str) -> HttpResponse:
    """The advice for a step of a case, as its form is filled in."""
    case = seen(number, request.actor)
    pack = packs()[case.pack]
    step = pack.processes[case.process].steps.get(verb)
    if step is None:
        raise Http404
    return _answer(request, beside(step, case, request.actor, read_post(pack.form_of(step), request.POST)))


def _answer(request: StaffRequest, coach: Coach | None) -> HttpResponse:
    return page(request, "coach/words.html", advice=coach.advice) if coach else HttpResponse()
