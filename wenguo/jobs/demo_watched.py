"""Special care in the sample: at each shop the service manager takes up what weighs most, and somebody calls back."""

from datetime import datetime
from typing import Any

from wenguo.cases.asking import asking
from wenguo.cases.watching import all_proposed
from wenguo.people.actors import actor_of, people_at
from wenguo.people.models import Branch, Staff
from wenguo.people.tree import tree
from wenguo.vehicles.focus import note_care, rules_of, watch
from wenguo.vehicles.models import Focus


def watch_some(told: dict[str, Any], now: datetime) -> None:
    """At every branch that proposes somebody and watches nobody yet; `told` are the words of the sample."""
    house = tree().branches.values()
    for branch in [one for one in house if not any(other.parent_id == one.pk for other in house)]:
        rules = rules_of(branch)
        if rules is None or Focus.objects.filter(branch=branch).exists():
            continue
        managers = people_at(branch, tuple(rules.decides), now.date())
        looks_after = people_at(branch, rules.looks_after, now.date())
        found = [one for one in all_proposed([branch], now) if one.vehicle][: len(told["watched"])]
        for one, row in zip(found, told["watched"], strict=False):
            if managers and looks_after and one.vehicle:
                _watch(branch, one.vehicle, one.why.key, row, managers[0][0], looks_after[0][0], now)


def _watch(branch: Branch, car: Any, why: str, row: dict[str, Any], manager: int, mechanic: int, now: datetime) -> None:
    by = actor_of(Staff.objects.get(pk=manager), now)
    car.branch = branch
    asks = asking(branch, by, now)
    focus = watch(car, why, {"reason": row["reason"], "technician": str(mechanic)}, asks, by)
    for care in row.get("care", []):
        note_care(branch, focus, "", care | {"done_on": by.today.isoformat()}, asks, by)
