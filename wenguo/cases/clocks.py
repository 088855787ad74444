"""What is promised, and until when. Clocks are projections of entries: written only while the door is open."""

from datetime import datetime, timedelta

from wenguo.cases.acting import Act
from wenguo.cases.facts import Facts
from wenguo.cases.models import NEVER, Clock, Entry
from wenguo.policy.conditions import holds
from wenguo.policy.pack import ClockRule


def turn_clocks(act: Act, entry: Entry) -> list[Clock]:
    """Stops clocks after `entry` (not yet stored), sets the case's next due time, returns new clocks to be stored."""
    fresh: list[Clock] = []
    closed = act.case.stage_type == "closed"
    facts = Facts(act.case, act.by.today)
    for rule in act.process.clocks.values():
        clock = next((one for one in act.running if one.kind == rule.key), None)
        starts = not closed and rule.starts_by(act.step.do, entry.came_from, entry.went_to) and holds(rule.when, facts)
        if clock and (starts or closed or rule.stops_by(act.step.do, entry.went_to)):
            clock.stopped_at = max(clock.started_at, entry.happened_at if act.step.do in rule.stops else entry.at)
            clock.save(update_fields=["stopped_at"])
        if starts:
            fresh.append(_started(rule, act, entry))
    ticking = [clock.due_at for clock in [*act.running, *fresh] if clock.stopped_at is None]
    act.case.next_due_at = min(ticking, default=NEVER)
    return fresh


def _started(rule: ClockRule, act: Act, entry: Entry) -> Clock:
    nth = Clock.objects.filter(case=act.case, kind=rule.key).count() + 1 if act.case.pk else 1
    return Clock(kind=rule.key, nth=nth, started_at=entry.at, due_at=_due(rule, act, entry.at))


def _due(rule: ClockRule, act: Act, at: datetime) -> datetime:
    """The moment asked for in the form, where the rule says so; else plain hours after `at`."""
    if rule.due and act.values.get(rule.due):
        return datetime.fromisoformat(act.values[rule.due])
    hours = act.numbers.get(number_key(act.process.name, rule), rule.hours)
    return at + timedelta(hours=hours)


def number_key(process: str, rule: ClockRule) -> str:
    """The name under which a branch may overlay the rule's hours."""
    return f"{process}.{rule.key}.hours"
