"""What the clock does, through the same door: it rechecks under the lock, so a second tick does nothing."""

from datetime import datetime
from typing import Any

from wenguo.cases.clocks import next_rung, plan, rule_of
from wenguo.cases.facts import Facts
from wenguo.cases.models import NEVER, Case, Clock
from wenguo.cases.refusals import NothingDue
from wenguo.cases.verbs import hand_to, tell, verb
from wenguo.people.actors import Actor, today_of
from wenguo.people.rows import first, overwrite
from wenguo.policy.pack import Label

REACHED = "WHERE case_id = %s AND kind = %s AND nth = %s AND stopped_at IS NULL AND paused_at IS NULL AND next_at <= %s"


@verb("reminded", aside=True, system=Label("临期提醒", "Due soon"))
def reminded(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """A part of the time is over. `data`: clock (its kind), nth, and the rung of its ladder."""
    _climb(case, "reminded", data, now)
    return "reminded"


@verb("overdue", aside=True, system=Label("超时提醒", "Overdue"))
def overdue(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """A promise wasn't kept in time: says so once per clock. `data`: clock (its kind) and nth."""
    _climb(case, "overdue", {"rung": "due"} | data, now)
    return "overdue"


@verb("escalated", aside=True, system=Label("超时升级", "Raised because overdue"))
def escalated(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """It is overdue for so long that others hear of it, or take over. `data`: clock (its kind), nth, rung."""
    _climb(case, "escalated", data, now)
    return "escalated"


def _climb(case: Case, verb: str, data: dict[str, Any], now: datetime) -> None:
    """Takes the clock to its next rung, if that is the one named and it is reached. Raises NothingDue."""
    clock = first(Clock, REACHED, case.pk, data["clock"], data["nth"], now)
    if clock is None:
        raise NothingDue("Nothing is due here.")
    if rule_of(clock, case) is None:  # a later pack dropped the rule: it is said once and rests
        clock.overdue_at, clock.next_at = clock.overdue_at or now, NEVER
        overwrite(clock)
        return
    rung = next_rung(clock, case, now)
    if rung is None or (rung.verb, rung.at) != (verb, data["rung"]):
        raise NothingDue("Nothing is due here.")
    clock.rung = rung.at
    if verb == "overdue":
        clock.overdue_at = now
    _plan(clock, case, now)
    tell(case, *rung.tell)
    if rung.hands_to:
        data["handed_to"] = rung.hands_to
        hand_to(case, rung.hands_to)


def _plan(clock: Clock, case: Case, now: datetime) -> None:
    if rule := rule_of(clock, case):
        plan(clock, rule, Facts(case, today_of(now)), now)
        overwrite(clock)


@verb("recalculated", aside=True, system=Label("时限重算", "Times reckoned anew"))
def recalculated(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """A calendar has changed: what is promised is due at another moment. Adds to `data` what moved from when to when.

    Raises NothingDue where nothing moves.
    """
    moved, changed = [], False
    for clock in case.clocks.filter(stopped_at=None).order_by("id"):
        was = clock.due_at, clock.next_at
        _plan(clock, case, now)
        changed = changed or was != (clock.due_at, clock.next_at)
        if was[0] != clock.due_at:
            said = {"was": was[0].isoformat(), "due": clock.due_at.isoformat()}
            moved.append({"clock": clock.kind, "nth": clock.nth} | said)
    if not changed:
        raise NothingDue("Nothing is due here.")
    data["moved"] = moved
    return "recalculated"


@verb("relocated", system=Label("流程调整", "Moved by a new version"))
def relocated(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """A new pack version renamed the stage: the case moves with it. `data`: to (the new stage)."""
    if data["to"] == case.stage:
        raise NothingDue("Nothing is due here.")
    case.stage = data["to"]
    return "relocated"
