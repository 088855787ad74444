"""What is promised, and until when. Clocks are projections of entries: written only while the door is open.

A clock keeps what it was given (an amount of time and how it is counted) and its pauses, so that its end can be
reckoned anew at any time: when a calendar changes, when it goes on after a pause, when the case becomes another kind.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wenguo.cases.acting import Act
from wenguo.cases.facts import Facts
from wenguo.cases.models import NEVER, Case, Clock, Entry
from wenguo.people.actors import today_of
from wenguo.people.calendars import calendar_of, legal_calendar
from wenguo.people.models import Branch
from wenguo.people.rows import overwrite
from wenguo.policy.clocks import ClockRule, Rung
from wenguo.policy.conditions import holds
from wenguo.policy.load import packs
from wenguo.policy.reckoning import MOMENT, Days, Pause, Term, after, due_at, part_at

KEPT = ["stopped_at", "due_at", "overdue_at", "amount", "pauses", "paused_at", "rung", "next_at"]


def turn_clocks(act: Act, entry: Entry) -> list[Clock]:
    """Stops, rests and resumes clocks after `entry` (not yet stored), sets the case's next due time, returns new
    clocks to be stored."""
    fresh: list[Clock] = []
    closed, facts = act.case.stage_type == "closed", Facts(act.case, act.by.today)
    for rule in act.process.clocks.values():
        clock = next((one for one in act.running if one.kind == rule.key), None)
        starts = not closed and _starts(rule, act, entry) and holds(rule.when, facts)
        if clock and (starts or closed or rule.stops_by(act.step.do, entry.went_to)):
            clock.stopped_at = max(clock.started_at, entry.happened_at if act.step.do in rule.stops else entry.at)
            overwrite(clock)
        elif clock:
            was = _kept(clock)
            if _rests_or_goes_on(clock, rule, entry, facts) | _is_given_otherwise(clock, rule, act, facts):
                plan(clock, rule, facts, act.now)
            if _kept(clock) != was:
                overwrite(clock)
        if starts:
            fresh.append(_started(rule, act, entry, facts))
    ticking = [one.due_at for one in (*act.running, *fresh) if one.stopped_at is None and one.paused_at is None]
    act.case.next_due_at = min(ticking, default=NEVER)
    return fresh


def _kept(clock: Clock) -> list[Any]:
    return [getattr(clock, one) for one in KEPT]


def _starts(rule: ClockRule, act: Act, entry: Entry) -> bool:
    """Whether this act starts it; one that runs to an agreed moment needs that moment."""
    agreed = rule.counts != MOMENT or bool(act.values.get(rule.due))
    return agreed and rule.starts_by(act.step.do, entry.came_from, entry.went_to)


def _started(rule: ClockRule, act: Act, entry: Entry, facts: Facts) -> Clock:
    """The clock, due at the moment that the form asked for, where the rule says so and it was answered."""
    nth = Clock.objects.filter(case=act.case, kind=rule.key).count() + 1 if act.case.pk else 1
    since = _since(rule, act) or entry.at
    clock = Clock(case=act.case, kind=rule.key, nth=nth, started_at=min(since, entry.at), counts=rule.counts)
    if rule.due and act.values.get(rule.due):
        clock.counts, clock.due_at = MOMENT, datetime.fromisoformat(act.values[rule.due])
    else:
        clock.amount = _amount(rule, act, facts)
    if rule.rests(entry.went_to, facts):
        _rest(clock, entry.at)
    plan(clock, rule, facts, act.now)
    return clock


def _since(rule: ClockRule, act: Act) -> datetime | None:
    """The moment that the form named, or the beginning of the day, where the rule counts from there: of a statute's
    days that day itself isn't counted, so its hour makes no difference."""
    told = act.values.get(rule.since) if rule.since else None
    if not told:
        return None
    moment = datetime.fromisoformat(told)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(act.case.branch.zone))).astimezone(UTC)


def _amount(rule: ClockRule, act: Act, facts: Facts) -> int:
    """What the pack gives such a case; for those that are nothing special the branch's own number."""
    given = rule.amount_for(facts)
    return act.numbers.get(rule.number_key(act.process.name), given) if given == rule.amount else given


def _rests_or_goes_on(clock: Clock, rule: ClockRule, entry: Entry, facts: Facts) -> bool:
    """Whether from this act on the time stops counting, or counts again."""
    rests = rule.rests(entry.went_to, facts)
    if rests == (clock.paused_at is not None):
        return False
    if rests:
        _rest(clock, entry.at)
    else:
        clock.pauses = [*clock.pauses[:-1], [clock.pauses[-1][0], entry.at.isoformat()]]
        clock.paused_at = None
    return True


def _rest(clock: Clock, at: datetime) -> None:
    clock.paused_at = at
    clock.pauses = [*clock.pauses, [at.isoformat(), None]]


def _is_given_otherwise(clock: Clock, rule: ClockRule, act: Act, facts: Facts) -> bool:
    """Whether the case has become one that is given more or less time, or for which other rungs hold. What has been
    counted and paused so far stays."""
    amount = _amount(rule, act, facts) if rule.instead and clock.counts == rule.counts else clock.amount
    changed, clock.amount = amount != clock.amount, amount
    return changed or any(rung.when for rung in rule.rungs)


def plan(clock: Clock, rule: ClockRule, facts: Facts, now: datetime) -> None:
    """Sets when `clock` (unsaved) is due and when somebody next hears of it, as its calendars say today.

    One that was told overdue, and is due only later after all, is told anew.
    """
    days = days_of(facts.case.branch)
    if clock.counts != MOMENT:
        clock.due_at = due_at(term_of(clock), days)
    if clock.overdue_at and clock.due_at > now:
        clock.overdue_at, clock.rung = None, ""
    rung = rule.rung_after(clock.rung, facts)
    clock.next_at = NEVER if rung is None or clock.paused_at else rung_at(clock, rung, days)


def days_of(branch: Branch) -> Days:
    """The days of `branch` as its calendars say today. One that has no opening hours is taken to work when the country
    does: a promise must be due some day."""
    shop, law = calendar_of(branch), legal_calendar()
    return Days(shop if any(shop.week.values()) else law, law, ZoneInfo(branch.zone))


def term_of(clock: Clock) -> Term:
    """What `clock` was given, and what of it doesn't count."""
    pauses = tuple(Pause(_moment(since), until and _moment(until)) for since, until in clock.pauses)
    fixed = clock.due_at if clock.counts == MOMENT else None
    return Term(clock.started_at, clock.amount, clock.counts, pauses, fixed)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def rung_at(clock: Clock, rung: Rung, days: Days) -> datetime:
    """When `rung` of the clock's ladder is reached: hours after the end count as the clock counts, days are plain."""
    if rung.verb == "reminded":
        return part_at(term_of(clock), rung.order.percent, days)
    later = timedelta(hours=rung.order.hours)
    return clock.due_at + later if rung.at.endswith("d") else after(clock.due_at, later, clock.counts, days)


def rule_of(clock: Clock, case: Case) -> ClockRule | None:
    """The pack's rule; None where a later pack dropped it."""
    return packs()[case.pack].processes[case.process].clocks.get(clock.kind)


def next_rung(clock: Clock, case: Case, now: datetime) -> Rung | None:
    """The rung of which somebody hears next; None where there is none, or the pack no longer knows the clock."""
    rule = rule_of(clock, case)
    return rule.rung_after(clock.rung, Facts(case, today_of(now))) if rule else None
