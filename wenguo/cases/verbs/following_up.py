"""Call back until satisfied (R090, R091), then close."""

from datetime import datetime
from typing import Any

from wenguo.cases.models import Case, Contact
from wenguo.cases.verbs import CHOICE, TEXT, YES_NO, add, verb
from wenguo.people.actors import Actor


@verb("satisfied")
def satisfied(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    add(case, Contact(way="call", reached=True, person_id=by.person))
    return "satisfied"


@verb("reopened", takes={"reason": TEXT})
def not_satisfied(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    case.round += 1
    add(case, Contact(way="call", reached=True, person_id=by.person))
    return "reopened"


@verb("not_reached", aside=True)
def not_reached(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    add(case, Contact(way="call", reached=False, person_id=by.person))
    return "not_reached"


@verb("contacted", takes={"way": CHOICE, "reached": YES_NO}, must=("way",), aside=True)
def contacted(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    add(case, Contact(way=data["way"], reached=bool(data["reached"]), person_id=by.person))
    return "contacted"
