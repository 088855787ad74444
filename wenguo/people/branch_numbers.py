"""Numbers of the pack that a branch sets otherwise (`[[number]]`), from a day on; the nearest branch upward wins."""

from datetime import date, datetime
from typing import NamedTuple

from wenguo.people.amend import amend
from wenguo.people.models import Branch, BranchNumber
from wenguo.people.tree import INHERITED, tree
from wenguo.policy.load import packs
from wenguo.policy.pack import Number


class InForce(NamedTuple):
    """A number at a branch: what holds, which branch says so (None: the pack), what would hold if it didn't itself, and
    what is settled for later days (day, value; None: as above)."""

    number: Number
    value: int
    branch: Branch | None
    inherited: int
    coming: list[tuple[date, int | None]]


def numbers_of(branch: Branch, today: date) -> list[InForce]:
    """Every number of the branch's pack, in the pack's order."""
    return [_in_force(branch, one, today) for one in packs()[branch.pack].adjustable.values()]


def _in_force(branch: Branch, number: Number, today: date) -> InForce:
    house, value, says, inherited = tree(), number.value, None, number.value
    for pk in branch.line:
        inherited = value if pk == branch.pk else inherited
        own = house.own_numbers(pk, today)
        if number.key in own:
            value, says = own[number.key], house.branches[pk]
    coming = [
        (span.since, None if later == INHERITED else later)
        for key, later, span in house.numbers.get(branch.pk, ())
        if key == number.key and span.since > today
    ]
    return InForce(number, value, says, inherited, coming)


def set_number(
    branch: Branch, key: str, value: int | None, since: date, by: str, reason: str, now: datetime
) -> BranchNumber:
    """From the day `since` on `value` holds at the branch and below it; None: what holds above."""
    row = {
        "branch": branch, "key": key, "value": INHERITED if value is None else value, "since": since, "reason": reason,
    }  # fmt: skip
    return amend(BranchNumber(), by, row, reason, now)


def set_here(branch: Branch, key: str) -> list[int]:
    """Ids of all that was ever set here for that number."""
    return list(BranchNumber.objects.filter(branch=branch, key=key).values_list("pk", flat=True))
