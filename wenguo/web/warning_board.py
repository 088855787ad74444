"""The board of warnings by branch and region (R111), and a warning as a paper (F07 with F08)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from wenguo.cases import lists
from wenguo.cases.board import Listed, board
from wenguo.cases.models import Case
from wenguo.cases.warnings import restricted
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.models import Branch
from wenguo.people.rows import places, read
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.vehicles.models import Vehicle, Visit
from wenguo.vehicles.visits import days_in_workshop
from wenguo.web import words
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.telling import Line, Teller
from wenguo.web.typed import word
from wenguo.web.vehicle_pages import numbers
from wenguo.web.warning_parts import ages, on_case
from wenguo.web.within_sight import seen

HOUR = timedelta(hours=1)
VISITS = 30  # on a paper, of each car, the latest


class Row(NamedTuple):
    """An open warning in words."""

    number: str
    branch: str
    age: str
    stage: str
    rules: list[tuple[str, str]]  # key and words
    about: tuple[str, ...]
    owner: str
    left: words.Left


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """What is open, and what there was; `branch` narrows it to one and all below it."""
    by, at = request.actor, now()
    within = by.branches()
    code = request.GET.get("branch", "")
    chosen = next((one for one in within if one.code == code), None)
    if code and chosen is None:
        raise Http404
    asked = [one for one in within if chosen is None or one.path.startswith(chosen.path)]
    found = board(by, asked, at)
    return page(
        request, "warnings/board.html", board=found, rows=[_row(one) for one in found.open], branches=within,
        chosen=chosen, months=[words.month(one) for one in found.months],
        figures=[(one, ages(one.hours) if one.hours is not None else "") for one in found.figures],
    )  # fmt: skip


def _row(one: Listed) -> Row:
    pack, case = packs()[one.case.pack], one.case
    watch, stage = pack.warnings, pack.processes[case.process].stages.get(case.stage)
    rules = [(key, word(watch.rules[key].label)) for key in one.rules] if watch else []
    return Row(
        case.number, words.branch_name(case.branch), ages(one.age / HOUR), word(stage.label) if stage else case.stage,
        rules, one.about, tree().names.get(case.owner_id or 0, ""), words.left(case.next_due_at, now()),
    )  # fmt: skip


class Paper(NamedTuple):
    """A car on the paper: its numbers as the reader may see them, and its visits, the latest first."""

    car: Vehicle
    numbers: dict[str, str]
    visits: list[tuple[Visit, str, int]]


@signed_in
@require_safe
def paper(request: StaffRequest, number: str) -> HttpResponse:
    """The warning notice and the fault report, to be printed. Special identities are never on it."""
    case = seen(number, request.actor)
    watch = packs()[case.pack].warnings
    if watch is None or case.process != watch.opens:
        raise Http404
    told = on_case(case, request.actor, now())
    teller = Teller(case, lists.sees_contact(case, request.actor), tree().names, now())
    hidden = {rule.key for rule in restricted(watch)}
    shown = [one for one in told.held if one.key not in hidden]
    return page(
        request, "warnings/paper.html", case=case, teller=teller, held=shown, about=told.about,
        notice=_lines(case, teller, "warning_notice"), fault=_lines(case, teller, "fault_report"),
        answers=_lines(case, teller, "warning_answer", "warning_sending", "warning_lifting"),
        cars=_cars(case, request.actor, [one.pk for one in told.cars]), owner=tree().names.get(case.owner_id or 0, ""),
        language=get_language() or "",
    )  # fmt: skip


def _lines(case: Case, teller: Teller, *forms: str) -> list[Line]:
    """What stands in the case of these forms' fields, in their order."""
    pack, found = packs()[case.pack], []
    for form in (pack.forms[key] for key in forms if key in pack.forms):
        for field in form.fields:
            value: Any = case.facts.get(field.key)
            if value not in (None, "", []):
                found.append(Line(word(field.label), teller.value(field, value), long=field.kind == "long_text"))
    return found


def _cars(case: Case, by: Actor, pks: Iterable[int]) -> list[Paper]:
    pks = list(pks)
    if not pks:
        return []
    clear = bool(packs()[case.pack].sees_contact & by.roles_at(case.branch))
    cars = read(Vehicle, f"WHERE id IN ({places(pks)}) ORDER BY id", *pks)
    visits = read(Visit, f"WHERE vehicle_id IN ({places(pks)}) ORDER BY in_at DESC, id DESC", *pks)
    found = []
    for car in cars:
        car.branch = case.branch
        stays = [one for one in visits if one.vehicle_id == car.pk][:VISITS]
        found.append(Paper(car, numbers(car, clear), [_visit(one, case.branch) for one in stays]))
    return found


def _visit(one: Visit, branch: Branch) -> tuple[Visit, str, int]:
    pack = packs()[branch.pack]
    until = max(one.in_at, one.out_at or now())
    return one, word(pack.code("visit_kind", one.kind)) if one.kind else "", days_in_workshop(one.in_at, until)
