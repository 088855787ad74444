"""What the clock does, through the same door: it rechecks under the lock, so a second tick does nothing."""

from datetime import datetime
from typing import Any

from wenguo.cases.models import Case
from wenguo.cases.refusals import NothingDue
from wenguo.cases.verbs import tell, verb
from wenguo.people.actors import Actor
from wenguo.policy.load import packs
from wenguo.policy.pack import Label


@verb("overdue", aside=True, system=Label("超时提醒", "Overdue"))
def overdue(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """A promise wasn't kept in time: says so once per clock. `data`: clock (its kind) and nth."""
    running = case.clocks.filter(kind=data["clock"], nth=data["nth"], stopped_at=None, overdue_at=None, due_at__lte=now)
    if not running.update(overdue_at=now):
        raise NothingDue("Nothing is due here.")
    rule = packs()[case.pack].processes[case.process].clocks.get(data["clock"])
    tell(case, *(rule.tell if rule else ()))
    return "overdue"


@verb("relocated", system=Label("流程调整", "Moved by a new version"))
def relocated(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """A new pack version renamed the stage: the case moves with it. `data`: to (the new stage)."""
    if data["to"] == case.stage:
        raise NothingDue("Nothing is due here.")
    case.stage = data["to"]
    return "relocated"
