"""The closed list of facts that a step may need beside the pack's own: each a question put to the case."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Max, Q

from wenguo.cases.models import Case
from wenguo.cases.numbers import number
from wenguo.policy.pack import COLUMNS


class Asked(NamedTuple):
    """A fact that code answers. `given_by`: fields of forms that can make it hold."""

    ask: Callable[[Case, date], bool]
    given_by: tuple[str, ...] = ()


def tries(case: Case) -> int:
    """How often the customer could not be reached since they were last heard.

    They were heard when somebody reached them or wrote down their word; a case taken up again counts from the start.
    """
    heard = case.entries.filter(Q(on_behalf_of="complainant") | Q(verb="reopened")).aggregate(seq=Max("seq"))["seq"]
    found = 0
    for reached in case.contacts.filter(entry__seq__gt=heard or 0).order_by("-id").values_list("reached", flat=True):
        if reached:
            break
        found += 1
    return found


FACTS: dict[str, Asked] = {
    "customer_known": Asked(lambda case, _: case.customer_id is not None, ("phone",)),
    "vehicle_known": Asked(lambda case, _: case.vehicle_id is not None, ("plate", "vin")),
    # F04: a way to reach the customer, or why there is none; the vehicle, or why there is none.
    "reachable": Asked(lambda case, _: bool(case.customer_id or case.facts.get("no_contact_reason")), ("phone",)),
    "vehicle_told": Asked(lambda case, _: bool(case.vehicle_id or case.facts.get("no_vehicle_reason")), ("plate",)),
    # Whoever left no number can't be called in vain.
    "tried_enough": Asked(
        lambda case, today: not case.customer_id or tries(case) >= number(case, "call_attempts", today), ("reached",)
    ),
}


def given_by(fact: str) -> tuple[str, ...]:
    """Fields of forms that make `fact` hold: those of a fact of code, else the field of its own name."""
    return FACTS[fact].given_by if fact in FACTS else (fact,)


class Facts(Mapping[str, Any]):
    """What holds for a case on a day: the pack's facts, its columns of codes, and the closed list above."""

    def __init__(self, case: Case, today: date):
        self.case, self.today = case, today

    def __getitem__(self, key: str) -> Any:
        if key in FACTS:
            return FACTS[key].ask(self.case, self.today)
        return getattr(self.case, key) if key in COLUMNS else self.case.facts[key]

    def __iter__(self) -> Iterator[str]:
        return iter({**self.case.facts, **dict.fromkeys(COLUMNS), **FACTS})

    def __len__(self) -> int:
        return len(list(iter(self)))
