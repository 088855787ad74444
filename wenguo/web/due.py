"""Why is this due then? Every promise of a case, reckoned before the reader's eyes: start, time given, days, rests."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.http import HttpResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from wenguo.cases import lists
from wenguo.cases.clocks import days_of, rule_of, rung_at, term_of
from wenguo.cases.facts import Facts
from wenguo.cases.models import Case, Clock
from wenguo.law.terms import Term as Statute
from wenguo.law.terms import term, term_names
from wenguo.people.actors import today_of
from wenguo.people.businessclock import now
from wenguo.people.tree import tree
from wenguo.policy.clocks import ClockRule, Rung
from wenguo.policy.conditions import holds
from wenguo.policy.reckoning import MOMENT, WORKING_HOURS, Days, day_by_day
from wenguo.web import words
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.telling import Teller
from wenguo.web.within_sight import seen

MANY = 12  # days that are listed one by one; of more, those in the middle are told together


class Line(NamedTuple):
    """A step of the reckoning: the day or what it is, how it counts, and how much there is so far."""

    what: str
    how: str
    so_far: str = ""
    rests: bool = False


class Step(NamedTuple):
    """A rung of the ladder: when it is reached, who hears of it. `state`: told, next, or later."""

    what: str
    at: datetime
    people: list[str]
    state: str


class Promise(NamedTuple):
    """One clock with its reckoning. `state`: running, late, resting, kept, or over (stopped after its time)."""

    clock: Clock
    label: str
    state: str
    started_by: str
    given: str
    lines: list[Line]
    ladder: list[Step]
    statute: Statute | None


@signed_in
@require_safe
def show(request: StaffRequest, number: str) -> HttpResponse:
    """Running promises first, the next one due on top; then those that are over."""
    case, at = seen(number, request.actor), now()
    teller = Teller(case, lists.sees_contact(case, request.actor), tree().names, at)
    told = [_told(clock, teller, at) for clock in _clocks(case)]
    running = [one for one in told if one.clock.stopped_at is None]
    over = [one for one in told if one.clock.stopped_at is not None]
    return page(request, "case/due.html", case=case, teller=teller, running=running, over=over)


def _clocks(case: Case) -> list[Clock]:
    found = list(Clock.objects.filter(case=case).select_related("cause").order_by("due_at", "id"))
    return sorted(found, key=lambda clock: (clock.paused_at is not None, clock.stopped_at is not None))


def _told(clock: Clock, teller: Teller, at: datetime) -> Promise:
    case, days = teller.case, days_of(teller.case.branch)
    rule = rule_of(clock, case)
    statute = term(rule.statute, today_of(at)) if rule and rule.statute in term_names() else None
    return Promise(
        clock, teller.promise(clock.kind), _state(clock, at), teller.title(clock.cause), _given(clock),
        [*_days(clock, days), *_pauses(clock, case, at)],
        _ladder(clock, rule, teller, days, at) if rule and clock.stopped_at is None else [], statute,
    )  # fmt: skip


def _state(clock: Clock, at: datetime) -> str:
    if clock.stopped_at is not None:
        return "kept" if clock.stopped_at <= clock.due_at else "over"
    if clock.paused_at is not None:
        return "resting"
    return "late" if clock.due_at < at else "running"


def _given(clock: Clock) -> str:
    """The time it was given, in words."""
    count, num = clock.amount, {"num": clock.amount}
    match clock.counts:
        case "hours":
            return ngettext("%(num)s hour round the clock", "%(num)s hours round the clock", count) % num
        case "working_hours":
            return ngettext("%(num)s hour of business", "%(num)s hours of business", count) % num
        case "workdays":
            return ngettext("%(num)s day of business", "%(num)s days of business", count) % num
        case "legal_workdays":
            return ngettext("%(num)s legal working day", "%(num)s legal working days", count) % num
        case "legal_days":
            return (
                ngettext("%(num)s day as the Civil Code counts", "%(num)s days as the Civil Code counts", clock.amount)
                % num
            )
    return gettext("until a moment that was agreed on")


def _days(clock: Clock, days: Days) -> list[Line]:
    """Day by day what counts, where not every hour does."""
    lines = [
        Line(
            _day(one.day), _how(one.kind, one.amount, clock.counts),
            _so_far(one.so_far) if one.kind == "works" else "", one.kind == "rest",
        )
        for one in day_by_day(term_of(clock), days)
    ]  # fmt: skip
    if len(lines) <= MANY:
        return lines
    half = MANY // 2
    left_out = len(lines) - 2 * half
    between = ngettext("%(num)s more day", "%(num)s more days", left_out) % {"num": left_out}
    return [*lines[:half], Line("…", between, rests=True), *lines[-half:]]


def _day(day: date) -> str:
    return gettext("%(day)s, %(weekday)s") % {"day": words.day(day, with_year=False), "weekday": words.weekday(day)}


def _how(kind: str, amount: timedelta, counts: str) -> str:
    if kind == "rest":
        return gettext("doesn't count")
    return words.length(amount) if counts == WORKING_HOURS else gettext("counts")


def _so_far(so_far: timedelta | int) -> str:
    return words.length(so_far) if isinstance(so_far, timedelta) else gettext("day %(num)s") % {"num": so_far}


def _pauses(clock: Clock, case: Case, at: datetime) -> Iterator[Line]:
    if clock.counts == MOMENT:
        return
    zone = case.branch.zone
    for since, until in term_of(clock).pauses:
        begun = words.moment(since, at, zone)
        if until is None:
            yield Line(gettext("since %(moment)s") % {"moment": begun}, gettext("rests, doesn't count"), rests=True)
        else:
            span = gettext("%(since)s to %(until)s") % {"since": begun, "until": words.moment(until, at, zone)}
            yield Line(span, gettext("rested, so it is due later by that time"), rests=True)


def _ladder(clock: Clock, rule: ClockRule, teller: Teller, days: Days, at: datetime) -> list[Step]:
    """Who hears of it when. Of rungs for other kinds of cases nobody hears."""
    facts = Facts(teller.case, today_of(at))
    following = rule.rung_after(clock.rung, facts)
    return [
        Step(
            words.rung(rung.at), rung_at(clock, rung, days), _people(rung, teller),
            "next" if rung is following else "later" if following and rung.order > following.order else "told",
        )
        for rung in rule.rungs if holds(rung.when, facts) and (rung.tell or rung.hands_to)
    ]  # fmt: skip


def _people(rung: Rung, teller: Teller) -> list[str]:
    people = [teller.role(word) for word in rung.tell]
    return (
        [*people, gettext("goes over to %(role)s") % {"role": teller.role(rung.hands_to)}] if rung.hands_to else people
    )
