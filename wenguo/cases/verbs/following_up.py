"""Call back until satisfied (R090, R091), speak with the customer in between, take up again what was closed."""

from datetime import datetime
from typing import Any

from wenguo.cases import refusals
from wenguo.cases.facts import tries
from wenguo.cases.models import Case, Contact
from wenguo.cases.numbers import number
from wenguo.cases.verbs import CHOICE, MOMENT, TEXT, YES_NO, add, verb
from wenguo.people.actors import Actor
from wenguo.policy.fields import Problem


@verb("satisfied", "call_again", takes={"call_again_at": MOMENT, "solved": YES_NO})
def satisfied(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """The customer is content and the problem is gone (R090); a second call that was agreed ends it, not this one."""
    if not data["solved"]:
        raise refusals.Invalid({"solved": Problem("If it isn't solved, please choose “not satisfied”.")})
    add(case, Contact(way="call", reached=True, person_id=by.person))
    return "call_again" if data["call_again_at"] else "satisfied"


@verb("reopened", "not_investigated", takes={"reason": TEXT})
def not_satisfied(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    add(case, Contact(way="call", reached=True, person_id=by.person))
    return _new_round(case)


@verb("not_reached", "given_up")
def not_reached(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """Nobody answered; after the number of attempts that the branch sets, the customer counts as unreachable."""
    enough = not case.customer_id or tries(case) + 1 >= number(case, "call_attempts", by.today)
    add(case, Contact(way="call", reached=False, person_id=by.person))
    return "given_up" if enough else "not_reached"


@verb("contacted", takes={"way": CHOICE, "reached": YES_NO}, must=("way",), aside=True)
def contacted(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    add(case, Contact(way=data["way"], reached=bool(data["reached"]), person_id=by.person))
    return "contacted"


@verb("reopened", "not_investigated", takes={"reason": TEXT}, must=("reason",))
def reopened(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """A case that was closed is taken up again, as a new round."""
    return _new_round(case)


def _new_round(case: Case) -> str:
    """The next round; one that was settled or withdrawn before anybody looked into it still needs that (R065)."""
    case.round += 1
    return "reopened" if case.entries.filter(verb="investigated").exists() else "not_investigated"
