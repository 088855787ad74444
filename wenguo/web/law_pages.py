"""The law on pages of its own: the tables with their numbers and readings, the use fee of a car, threefold damages."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from wenguo.cases import refusals
from wenguo.cases.asking import asking
from wenguo.law.compensation import fraud, triple_damages, use_compensation
from wenguo.law.document import amounts_of, readings
from wenguo.law.grounds import yuan
from wenguo.law.sanbao import FIRST
from wenguo.law.tables import Rule, Statute, Text, Value, in_force, statutes
from wenguo.people.businessclock import now
from wenguo.people.models import Branch
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong, clean
from wenguo.policy.load import packs
from wenguo.policy.money import typed_yuan
from wenguo.vehicles.entering import HIGHEST, coefficient_problem
from wenguo.vehicles.standing import law_car
from wenguo.web.case_pages import Screen
from wenguo.web.forms import Sheet, rows
from wenguo.web.law_words import Article, Line, article, line, words
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.typed import word
from wenguo.web.vehicle_pages import numbers, sees_numbers, vehicle_seen

READ_AND_RECKON = ["GET", "HEAD", "POST"]


class Entry(NamedTuple):
    """One value of a rule: its numbers, since when, and where it stands. `first`: the rule's newest."""

    key: str
    name: str
    numbers: str
    since: str
    until: str
    article: Article
    note: str
    first: bool


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """Every statute with its numbers, and how they are read here."""
    told = [(_word(one.name), one.province, list(_entries(one))) for one in statutes()]
    return page(request, "law/tables.html", statutes=told, readings=words(readings()))


def _entries(one: Statute) -> Iterator[Entry]:
    for rule in one.rules:
        yield from (_entry(rule, value, nth == 0) for nth, value in enumerate(rule.values))


def _entry(rule: Rule, value: Value, first: bool) -> Entry:
    return Entry(
        rule.key, _word(rule.name), _word(amounts_of(rule, value)), str(value.since), str(value.until or ""),
        article(rule.key, value.source, value.verified), _word(value.note) if value.note else "", first,
    )  # fmt: skip


def _word(text: Text) -> str:
    return words([text])[0]


@signed_in
@require_http_methods(READ_AND_RECKON)
def use_fee(request: StaffRequest, vehicle: int) -> HttpResponse:
    """What the customer would pay for the use of the car (art. 27): the formula with its numbers. Nothing is stored."""
    car, at = vehicle_seen(vehicle, request.actor), now()
    asks = asking(car.branch, request.actor, at)
    facts = law_car(car, at.astimezone(asks.zone).date())
    price = typed_yuan(car.price_fen) if car.price_fen is not None else ""
    km = "" if facts.km is None else str(facts.km)
    typed = {"price_fen": price, "mileage_km": km, "use_fee": car.use_fee or HIGHEST}

    def reckon(told: dict[str, Any]) -> Fee:
        if wrong := coefficient_problem(told["use_fee"]):
            raise Wrong(wrong)
        return _reckoned(told["price_fen"], told["mileage_km"], told["use_fee"], facts.started_on)

    return _reckoning(
        request, "use_fee", car.branch, typed, reckon, car=car, numbers=numbers(car, sees_numbers(car, request.actor)),
        back=reverse("vehicle", args=[car.pk]),
    )  # fmt: skip


@signed_in
@require_http_methods(READ_AND_RECKON)
def damages(request: StaffRequest) -> HttpResponse:
    """Additional damages if fraud were established (Consumer Law art. 55). Nothing is stored."""
    branch = next((one for one in request.actor.branches() if "damages" in packs()[one.pack].forms), None)
    if branch is None:
        raise Http404

    def reckon(told: dict[str, Any]) -> Damages:
        day = date.fromisoformat(told["paid_on"])
        if day > request.actor.today:
            raise Wrong({"paid_on": Problem("This can't lie in the future.")})
        try:
            return Damages(yuan(triple_damages(told["paid_fen"], day)), line(fraud(told["paid_fen"], day)))
        except ValueError:
            raise Wrong({"paid_on": Problem("On that day this rule wasn't in force yet.")}) from None

    return _reckoning(request, "damages", branch, {}, reckon, back=reverse("law"))


def _reckoning(
    request: StaffRequest, key: str, branch: Branch, typed: dict[str, str], reckon: Callable[[dict[str, Any]], Any],
    **shown: Any,
) -> HttpResponse:  # fmt: skip
    """The form `key` of the branch's pack, and what `reckon` makes of what was typed; Http404 where it has no such."""
    pack = packs()[branch.pack]
    if (form := pack.forms.get(key)) is None:
        raise Http404
    screen, found = Screen(Sheet.fresh(form, {}, None)), None
    screen.sheet.typed |= typed
    if request.method == "POST":
        screen = Screen(Sheet.posted(form, request.POST))
        try:
            found = reckon(clean(form, screen.sheet.data(), asking(branch, request.actor, now())))
        except Wrong as wrong:
            screen.refusal = refusals.Invalid(wrong.problems)
    drawn = rows(screen.sheet, branch, request.actor, pack, screen.problems)
    return page(
        request, f"law/{key}.html", status=screen.status, screen=screen, rows=drawn, found=found,
        title=word(form.label), **shown,
    )  # fmt: skip


class Damages(NamedTuple):
    """The sum in yuan, and the ground for it."""

    sum: str
    line: Line


class Fee(NamedTuple):
    """The use fee with what it is reckoned from; money as yuan."""

    price: str
    km: int
    n: str
    sum: str
    article: Article


def _reckoned(price_fen: int, km: int, n: str, started_on: date | None) -> Fee:
    """By the numbers in force when the car's periods began."""
    on = max(started_on or FIRST, FIRST)
    fen = use_compensation(price_fen, km, n, on)
    return Fee(yuan(price_fen), km, n, yuan(fen), article("use_fee", in_force("use_fee", on).source))
