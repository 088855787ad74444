"""The closed lists of facts beside the pack's own: what a step may need, and what a warning may compare with."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Max, Q

from wenguo.cases.measuring import (
    Look,
    mileage,
    months_on_market,
    months_owned,
    same_fault_days,
    same_fault_repairs,
    special_identity,
    vehicles_together,
)
from wenguo.cases.models import Case
from wenguo.cases.numbers import number
from wenguo.policy.pack import COLUMNS
from wenguo.policy.row import Label


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


class Measure(NamedTuple):
    """A fact that warnings compare: what it is, in which unit, where it comes from. None: not known."""

    label: Label
    unit: Label
    source: str
    ask: Callable[[Look], int | bool | None]


MONTHS, KM, TIMES, DAYS, CARS = (
    Label("个月", "months"), Label("公里", "km"), Label("次", "times"), Label("天", "days"), Label("台", "vehicles"),
)  # fmt: skip
MEASURES: dict[str, Measure] = {
    "months_owned": Measure(
        Label("交车到故障发生的月数", "Months from delivery to the fault"), MONTHS,
        "Vehicle.delivered_on, else invoiced_on; the day on which the first entry says it happened", months_owned,
    ),
    "mileage": Measure(
        Label("行驶里程", "Mileage"), KM, "the fact mileage_km, else the car's latest reading that counts", mileage,
    ),
    "months_on_market": Measure(
        Label("车型上市到故障发生的月数", "Months from the model's launch to the fault"), MONTHS,
        "Vehicle.launched_on; the day on which the first entry says it happened", months_on_market,
    ),
    "same_fault_repairs": Measure(
        Label("同一故障的维修次数", "Repairs of the same fault"), TIMES,
        "visits with the same quality problem; unnamed, repair orders with the comebacks after them; the most frequent",
        same_fault_repairs,
    ),
    "same_fault_days": Measure(
        Label("同一故障的累计在厂天数", "Days in the workshop for the same fault"), DAYS,
        "days of those visits, every 24 hours begun; a car that is still here counts until now; the longest fault",
        same_fault_days,
    ),
    "vehicles_together": Measure(
        Label("同一事项的车辆台数", "Vehicles in the same matter"), CARS,
        "cars of cases linked by hand, and of cases with the same model, part and symptom within w5_days",
        vehicles_together,
    ),
    "special_identity": Measure(
        Label("需要特别关注", "Needs special attention"), Label("是否", "yes or no"),
        "SpecialIdentity, until its last day", special_identity,
    ),
}  # fmt: skip


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
