"""Carry out and have the customer accept (R080-R083)."""

from datetime import datetime
from typing import Any

from wenguo.cases.models import Case, Party
from wenguo.cases.verbs import PERSON, TEXT, add, end, verb
from wenguo.people.actors import Actor


@verb("executor_changed", takes={"executor": PERSON, "reason": TEXT}, must=("executor",))
def executor_changed(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """Somebody else does the work; what was promised, and until when, stays."""
    case.tasks.filter(kind="execution", done_at=None).update(person_id=data["executor"])
    end(case, "executor")
    add(case, Party(kind="executor", staff_id=data["executor"]))
    return "executor_changed"


@verb("carried_out", takes={"work_done": TEXT})
def carried_out(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    case.tasks.filter(kind="execution", done_at=None).update(done_at=now)
    case.remedies.filter(state="accepted").update(state="given")
    return "carried_out"
