"""Carry out and have the customer accept (R080-R083)."""

from datetime import datetime
from typing import Any

from wenguo.cases.models import Case
from wenguo.cases.verbs import TEXT, verb
from wenguo.people.actors import Actor


@verb("carried_out", takes={"work_done": TEXT})
def carried_out(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    case.tasks.filter(kind="execution", done_at=None).update(done_at=now)
    return "carried_out"
