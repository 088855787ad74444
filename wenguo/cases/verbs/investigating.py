"""Investigate and decide the cause (R060-R066)."""

from datetime import datetime
from typing import Any

from wenguo.cases.models import Case, Finding, Party
from wenguo.cases.verbs import CHOICE, TEXT, add, end, verb
from wenguo.people.actors import Actor


@verb("investigated", takes={"findings": TEXT})
def investigated(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    case.tasks.filter(kind="investigation", done_at=None).update(done_at=now)
    return "investigated"


DECISION = {"cause": CHOICE, "fault": CHOICE, "explanation": TEXT}


@verb("decided", takes=DECISION, must=DECISION)
def cause_decided(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    end(case, "decider")
    add(
        case,
        Party(kind="decider", staff_id=by.person),
        Finding(
            round=case.round, cause=data["cause"], fault=data["fault"], explanation=data["explanation"],
            decided_by_id=by.person,
        ),
    )  # fmt: skip
    return "decided"
