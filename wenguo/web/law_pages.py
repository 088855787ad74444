"""The law on pages of its own: the tables with their numbers and readings, and the use fee of a car."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from wenguo.cases import refusals
from wenguo.cases.asking import asking
from wenguo.law.compensation import use_compensation
from wenguo.law.document import amounts_of, readings
from wenguo.law.grounds import yuan
from wenguo.law.sanbao import FIRST
from wenguo.law.tables import Rule, Statute, Text, Value, in_force, statutes
from wenguo.people.businessclock import now
from wenguo.policy.forms import Wrong, clean
from wenguo.policy.load import packs
from wenguo.policy.money import typed_yuan
from wenguo.vehicles.entering import HIGHEST, coefficient_problem
from wenguo.vehicles.standing import law_car
from wenguo.web.case_pages import Screen
from wenguo.web.forms import Sheet, rows
from wenguo.web.law_words import Article, article, words
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.typed import word
from wenguo.web.vehicle_pages import numbers, sees_numbers, vehicle_seen


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
@require_http_methods(["GET", "HEAD", "POST"])
def use_fee(request: StaffRequest, vehicle: int) -> HttpResponse:
    """What the customer would pay for the use of the car (art. 27): the formula with its numbers. Nothing is stored."""
    car, at = vehicle_seen(vehicle, request.actor), now()
    pack = packs()[car.branch.pack]
    if (form := pack.forms.get("use_fee")) is None:
        raise Http404
    asks = asking(car.branch, request.actor, at)
    facts = law_car(car, at.astimezone(asks.zone).date())
    sheet = Sheet.fresh(form, {}, None)
    price = typed_yuan(car.price_fen) if car.price_fen is not None else ""
    km = "" if facts.km is None else str(facts.km)
    sheet.typed |= {"price_fen": price, "mileage_km": km, "use_fee": car.use_fee or HIGHEST}
    screen, found = Screen(sheet), None
    if request.method == "POST":
        screen = Screen(Sheet.posted(form, request.POST))
        try:
            told = clean(form, screen.sheet.data(), asks)
            if wrong := coefficient_problem(told["use_fee"]):
                raise Wrong(wrong)
            found = _reckoned(told["price_fen"], told["mileage_km"], told["use_fee"], facts.started_on)
        except Wrong as wrong:
            screen.refusal = refusals.Invalid(wrong.problems)
    drawn = rows(screen.sheet, car.branch, request.actor, pack, screen.problems)
    return page(
        request, "law/use_fee.html", status=screen.status, screen=screen, rows=drawn, car=car, found=found,
        title=word(form.label), numbers=numbers(car, sees_numbers(car, request.actor)),
    )  # fmt: skip


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
