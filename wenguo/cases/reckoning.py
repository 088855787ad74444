"""When a calendar changes, what was promised by it is due at another moment: what moves, and the errands that move it.

Nobody has to remember to ask for it. Every change of a calendar is an amendment; whatever amendments have come since
the last look are followed, whoever made them.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import models, transaction

from wenguo.cases.clocks import days_of, term_of
from wenguo.cases.models import Clock, Errand, Reckoned
from wenguo.people.models import Amendment, Branch, BranchDay, NationalDay, OpeningHours, Organisation
from wenguo.people.tree import forget, tree
from wenguo.policy.reckoning import HOURS, MOMENT, due_at

RECALCULATED = "recalculated"
CALENDARS = {one.__name__.lower(): one for one in (NationalDay, BranchDay, OpeningHours, Branch)}
LOOKED_AT = 2000  # clocks of which a preview says what would move
BATCH = 1000  # errands written at once


class Move(NamedTuple):
    """A promise that is due at another moment."""

    number: str
    branch: Branch
    kind: str
    was: datetime
    due: datetime


class Moves(NamedTuple):
    """What would move, the first due first. `whole`: whether all running clocks were looked at."""

    moves: list[Move]
    whole: bool


@transaction.atomic
def what_moves(change: Callable[[], object], branch: Branch | None = None) -> Moves:
    """What would be due at another moment after `change`, which is made and then undone. `branch`: only there and
    below it. Whatever `change` raises is raised."""
    try:
        with transaction.atomic():
            change()
            found = list(_moves(_running(branch)[: LOOKED_AT + 1]))
            raise _Undone
    except _Undone:
        forget()
    return Moves(found[:LOOKED_AT], len(found) <= LOOKED_AT)


class _Undone(Exception):
    """Rolls back what was only tried."""


def _running(branch: Branch | None) -> models.QuerySet[Clock]:
    """Clocks that a calendar can move, the first due first."""
    clocks = Clock.objects.filter(stopped_at=None, paused_at=None).exclude(counts__in=(HOURS, MOMENT))
    if branch is not None:
        clocks = clocks.filter(case__branch__path__startswith=branch.path)
    return clocks.select_related("case").order_by("due_at", "id")


def _moves(clocks: models.QuerySet[Clock]) -> Iterator[Move]:
    branches = tree().branches
    for clock in clocks:
        branch = branches[clock.case.branch_id]
        due = due_at(term_of(clock), days_of(branch))
        if due != clock.due_at:
            yield Move(clock.case.number, branch, clock.kind, clock.due_at, due)


def follow_calendars(now: datetime) -> int:
    """Writes an errand for every case whose promises a calendar may have moved since the last look; returns how many.

    `now` is UTC. The clock takes them through the door (`recalculated`); where nothing moves a case is left as it is.
    Costs two small questions while nothing was amended.
    """
    seen = Reckoned.objects.filter(pk=1).values_list("amendment", flat=True).first()
    return 0 if seen == _latest() else _follow(now)


def _latest() -> int:
    return Amendment.objects.order_by("-id").values_list("id", flat=True).first() or 0


@transaction.atomic
def _follow(now: datetime) -> int:
    # Whoever changes a calendar holds this row from before its amendment has a number until it can be seen.
    Organisation.objects.select_for_update().filter(pk=1).first()
    latest = _latest()
    seen, fresh = Reckoned.objects.select_for_update().get_or_create(pk=1, defaults={"amendment": latest})
    if fresh:
        return 0
    new = Amendment.objects.filter(id__gt=seen.amendment, id__lte=latest, kind__in=CALENDARS)
    cases = _concerned(list(new.values_list("kind", "thing")))
    Errand.objects.bulk_create([Errand(case_id=one, verb=RECALCULATED, due_at=now) for one in cases], batch_size=BATCH)
    Reckoned.objects.filter(pk=1).update(amendment=latest)
    return len(cases)


def _concerned(changed: list[tuple[str, int]]) -> list[int]:
    """Ids of cases with a running clock that these changes may move, and no such errand waiting."""
    if not changed:
        return []
    clocks = Clock.objects.filter(stopped_at=None).exclude(counts__in=(HOURS, MOMENT))
    if all(kind != NationalDay.__name__.lower() for kind, _ in changed):
        within = models.Q()
        for path in _paths(changed):
            within |= models.Q(case__branch__path__startswith=path)
        clocks = clocks.filter(within)
    waiting = Errand.objects.filter(verb=RECALCULATED, done_at=None).values("case")
    return sorted(set(clocks.exclude(case__in=waiting).values_list("case_id", flat=True)))


def _paths(changed: list[tuple[str, int]]) -> set[str]:
    """Paths of the branches whose own calendars these are."""
    found: set[str] = set()
    for kind, model in CALENDARS.items():
        things = [thing for one, thing in changed if one == kind]
        if things and model is not NationalDay:
            key = "path" if model is Branch else "branch__path"
            found.update(model.objects.filter(pk__in=things).values_list(key, flat=True))
    return found
