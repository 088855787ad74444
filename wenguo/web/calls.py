"""The call-back list: whom to call, what was promised to them, and how the call ended, by one key or one tap.

Only draws. What came of a call is posted to the step's own address, like everywhere else. Somebody who calls sees what
the customer knows already: no amounts, no notes of ours, no findings, nobody who is complained about.
"""

from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from wenguo.cases import calls, lists
from wenguo.cases.calls import Call, Callee, Said
from wenguo.cases.models import Case
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.tree import tree
from wenguo.policy.calling import PREFERRED, convenient
from wenguo.web import words
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.safety import is_htmx
from wenguo.web.telling import Teller
from wenguo.web.within_sight import seen

SHOWN = 200  # signs of what somebody wrote; the case has the rest


class Choice(NamedTuple):
    """How a call can end: the key for it, the step's verb and words, and whether this person may say so."""

    key: int
    do: str
    label: str
    open: bool


class Told(NamedTuple):
    """One case of a card, ready to be drawn."""

    number: str
    severity: str
    round: int
    plate: str
    content: str
    plan: str
    promised: str
    ready: str  # the day that was promised, "" where none was
    done: str  # when the workshop was done, "" while it isn't
    spoken: str  # when, who and on what occasion somebody last spoke with the customer
    words: list[str]  # what was noted then
    agreed: list[tuple[str, str]]  # what was agreed to be called for, and when
    nth: int  # which attempt is next
    attempts: int  # of how many
    missed: list[str]
    choices: list[Choice]


class Card(NamedTuple):
    """A customer to be called, ready to be drawn."""

    id: str
    name: str
    phone: str
    dials: bool
    unreachable: str  # why there is no number
    left: words.Left
    due: str
    preferred: str
    convenient: bool | None  # whether they like to be called at this moment
    planned: str  # when they are to be called, where that is still to come
    branch: str
    cases: list[Told]


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The list, page by page."""
    by, at, after = request.actor, now(), request.GET.get("after", "")
    found = calls.page(by, at, after)
    values: dict[str, Any] = {
        "due": cards(found.due, by, at),
        "later": cards(found.later, by, at),
        "first_later": after in ("", calls.LATER),
        "more": f"?{urlencode({'after': found.next})}" if found.next else "",
    }
    if after and is_htmx(request):
        return page(request, "calls/rows.html", **values)
    return page(request, "calls/list.html", first=not after, **values)


@signed_in
@require_safe
def show_one(request: StaffRequest, number: str) -> HttpResponse:
    """The customer of one case as they now stand on the list, if they do; and what was `saved` of that case."""
    by, at = request.actor, now()
    case = seen(number, by)
    found = calls.callee(case, by)
    saved = _saved(case, request.GET.get("saved", ""), by, at)
    return page(request, "calls/one.html", cards=cards([found] if found else [], by, at), saved=saved)


def _saved(case: Case, seq: str, by: Actor, at: datetime) -> str:
    """What the reader has just saved, in words; "" where it wasn't they."""
    entry = calls.entry_of(case, seq, by)
    if entry is None:
        return ""
    teller = Teller(case, False, {}, at)
    title = teller.title(entry)
    return f"{title} → {teller.stage(entry.went_to)}" if entry.went_to != entry.came_from else title


def cards(found: list[Callee], by: Actor, at: datetime) -> list[Card]:
    """Everything that the page shows of these customers."""
    several = len({one.foremost.branch_id for one in found}) > 1
    return [_card(one, by, at, several) for one in found]


def _card(one: Callee, by: Actor, at: datetime, several: bool) -> Card:
    case, customer = one.foremost, one.customer
    teller = Teller(case, lists.sees_contact(case, by), tree().names, at)
    planned, left = one.planned(at), words.left(case.next_due_at, at)
    wishes, suits = _wishes(one, teller)
    name = next((call.called for call in one.calls if call.called), "")
    return Card(
        id=f"c{case.customer_id}" if case.customer_id else f"n{case.pk}",
        name=name or (customer.name if customer else ""),
        phone=teller.masked("phone", customer.phone) if customer else "",
        dials=bool(customer) and teller.open,
        unreachable="" if customer else str(case.facts.get("no_contact_reason") or ""),
        left=left, due="" if left.tone == "none" else words.moment(case.next_due_at, at, case.branch.zone),
        preferred=wishes, convenient=suits,
        planned=words.moment(planned, at, case.branch.zone) if planned else "",
        branch=words.branch_name(case.branch) if several else "",
        cases=[_told(call, one, teller.open, at) for call in one.calls],
    )  # fmt: skip


def _wishes(one: Callee, teller: Teller) -> tuple[str, bool | None]:
    """When the customer likes to be called, as any of their cases says, and whether that is now."""
    codes = list(dict.fromkeys(code for call in one.calls for code in call.case.facts.get(PREFERRED) or ()))
    asked = teller.pack.fields.get(PREFERRED)
    if not codes or asked is None:
        return "", None
    local = teller.now.astimezone(ZoneInfo(one.foremost.branch.zone))
    return teller.value(asked, codes), convenient(teller.pack.calling_hours, codes, local)


def _told(call: Call, one: Callee, opened: bool, at: datetime) -> Told:
    case, zone = call.case, call.case.branch.zone
    teller = Teller(case, opened, tree().names, at)
    vehicle = one.vehicles.get(case.vehicle_id or 0)
    remedy, task, said = call.remedy, call.task, call.words
    return Told(
        number=case.number, severity=teller.severity, round=case.round,
        plate=teller.masked("plate", vehicle.plate) if vehicle else "",
        content=words.short(case.facts.get("content"), SHOWN),
        plan=words.short(remedy.plan, SHOWN) if remedy else "",
        promised=words.short(case.facts.get("promised"), SHOWN),
        ready=words.moment(task.due_at, at, zone) if task else "",
        done=words.moment(task.done_at, at, zone) if task and task.done_at else "",
        spoken=_spoken(said, teller) if said else "",
        words=[words.short(text, SHOWN) for text in said.texts] if said else [],
        agreed=[(teller.promise(clock.kind), words.moment(clock.due_at, at, zone)) for clock in call.agreed],
        nth=len(call.missed) + 1, attempts=call.attempts, missed=[_missed(one, teller) for one in call.missed],
        choices=[
            Choice(nth, outcome.step.do, teller.word(outcome.step.label), outcome.open)
            for nth, outcome in enumerate(call.outcomes, 1)
        ],
    )  # fmt: skip


def _spoken(said: Said, teller: Teller) -> str:
    entry = said.entry
    who = teller.names.get(int(entry.actor.removeprefix("staff:")), "") if entry.actor.startswith("staff:") else ""
    when = words.moment(entry.happened_at, teller.now, teller.case.branch.zone)
    return " · ".join(filter(None, [when, who, teller.title(entry)]))


def _missed(said: Said, teller: Teller) -> str:
    when = words.moment(said.entry.happened_at, teller.now, teller.case.branch.zone)
    return " · ".join([when, *(words.short(text) for text in said.texts)])
