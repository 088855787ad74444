"""Limits of money at a branch (R014, R054, R071): who sees and sets them, what holds, and how that came about.

A limit is a branch number; amounts are in fen. One that is set anew is a new row, so that the old ones stay readable.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import OuterRef, Subquery

from wenguo.people.actors import Actor
from wenguo.people.amend import amend
from wenguo.people.models import Amendment, Branch, BranchNumber
from wenguo.people.tree import INHERITED, tree
from wenguo.policy.load import packs
from wenguo.policy.money import COUNTERSIGN, TOTAL, Money, limit_key
from wenguo.policy.pack import Pack

LIMITS = "limit."  # how the branch numbers begin that are limits
PAGE = 50  # rows of the history read at once
KIND = BranchNumber.__name__.lower()  # as amendments name it


class Limit(NamedTuple):
    """What holds: `fen` (None: nobody has set it) and the branch that set it (None: the pack)."""

    fen: int | None = None
    branch: Branch | None = None


class Coming(NamedTuple):
    """What will hold from a later day."""

    since: date
    fen: int | None


class Change(NamedTuple):
    """One row of the history. None in `before` and `after`: not set at this branch, so what holds above counts."""

    id: int
    key: str
    before: int | None
    after: int | None
    since: date
    reason: str
    by: str  # the actor's code; "" where no amendment tells of it
    at: datetime | None


def money_at(branch: Branch) -> Money | None:
    """What the branch's pack says of money; None where it knows none."""
    pack = packs().get(branch.pack)
    return pack.money if pack else None


def sees_limits(by: Actor, branch: Branch) -> bool:
    """Whoever decides on money at the branch, agrees to it, or sets the limits."""
    money = money_at(branch)
    return money is not None and bool(by.roles_at(branch) & _concerned(money))


def sets_limits(by: Actor, branch: Branch) -> bool:
    """Whoever holds at the branch, or above it, one of the roles that the pack names for it."""
    money = money_at(branch)
    return money is not None and bool(by.roles_at(branch) & {*money.set_by})


def _concerned(money: Money) -> set[str]:
    return {*money.set_by, *money.countersign, *(role for ladder in money.ladders for role in ladder.roles)}


def sees_any_limits(by: Actor) -> bool:
    """The same for some branch. Every page asks: only the branches where the person holds posts are looked at."""
    house = tree().branches
    return any(sees_limits(by, house[int(path.strip("/").rpartition("/")[2])]) for path, _ in by.posts)


def limit_keys(pack: Pack, money: Money) -> list[str]:
    """The branch numbers of all limits: each role with each kind of cost and the total; then the countersigning."""
    roles = dict.fromkeys(role for ladder in money.ladders for role in ladder.roles)
    keys = [limit_key(role, kind) for role in roles for kind in (*pack.codes[money.lines], TOTAL)]
    return [*keys, *([COUNTERSIGN] if money.countersign else [])]


def limits_at(branch: Branch, on: date, *, own: bool = True) -> dict[str, Limit]:
    """What holds at the branch on that day, by branch number; without `own`, what would if it set nothing itself.

    Raises LookupError for a pack without money.
    """
    pack, money, house = packs()[branch.pack], money_at(branch), tree()
    if money is None:
        raise LookupError(f"the pack {branch.pack} has no money.toml")
    found = {key: Limit(money.limits.get(key)) for key in limit_keys(pack, money)}
    for pk in branch.line if own else branch.line[:-1]:
        numbers = house.own_numbers(pk, on)
        found |= {key: Limit(fen, house.branches[pk]) for key, fen in numbers.items() if key in found}
    return found


def own_limits(branch: Branch, on: date) -> dict[str, int]:
    """Those that the branch has set itself; among them may be other numbers of the branch."""
    return tree().own_numbers(branch.pk, on)


def coming(branch: Branch, on: date) -> dict[str, Coming]:
    """By branch number the next change after that day that is settled already, here or above."""
    house, found = tree(), dict[str, Coming]()
    rows = [row for pk in branch.line for row in house.numbers.get(pk, ())]
    before = limits_at(branch, on)
    for since in sorted({span.since for _, _, span in rows if span.since > on}):
        after = limits_at(branch, since)
        for key in after:
            if after[key].fen != before[key].fen:
                found.setdefault(key, Coming(since, after[key].fen))
        before = after
    return found


@transaction.atomic(savepoint=False)
def set_limits(
    branch: Branch, by: Actor, limits: Mapping[str, int | None], since: date, reason: str, now: datetime
) -> int:
    """Sets `limits` (fen by branch number; None: as above again) from the day `since`, all or none.

    Returns how many differ from what the branch had set for that day; the others are left as they are.
    """
    stands = own_limits(branch, since)
    changed = {key: fen for key, fen in limits.items() if stands.get(key) != fen}
    for key, fen in changed.items():
        value = INHERITED if fen is None else fen
        row = {"branch": branch, "key": key, "value": value, "since": since, "reason": reason}
        amend(BranchNumber(), by.code, row, reason, now)
    return len(changed)


def history(branch: Branch, before: int | None = None) -> list[Change]:
    """What was set at this branch, newest first: at most PAGE changes whose ids are smaller than `before`."""
    earlier = BranchNumber.objects.filter(
        branch=branch, key=OuterRef("key"), since__lte=OuterRef("since"), pk__lt=OuterRef("pk")
    )
    rows = BranchNumber.objects.filter(branch=branch, key__startswith=LIMITS)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    stood = earlier.order_by("-since", "-pk").values("value")[:1]
    found = list(rows.annotate(stood=Subquery(stood)).order_by("-pk")[:PAGE])
    told = {one.thing: one for one in Amendment.objects.filter(kind=KIND, thing__in=[row.pk for row in found], seq=1)}
    return [_change(row, told.get(row.pk)) for row in found]


def _change(row: BranchNumber, told: Amendment | None) -> Change:
    before: int | None = row.stood  # type: ignore[attr-defined]  # annotated above
    return Change(
        row.pk, row.key, _fen(before), _fen(row.value), row.since, row.reason,
        told.actor if told else "", told.at if told else None,
    )  # fmt: skip


def _fen(value: int | None) -> int | None:
    return None if value == INHERITED else value
