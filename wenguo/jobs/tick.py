"""The hand that moves: takes what has become due through the door, as SYSTEM. A second tick does nothing."""

import heapq
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models
from django.db.models import F

from wenguo.cases.clocks import next_rung
from wenguo.cases.door import act
from wenguo.cases.models import Clock, Errand
from wenguo.cases.reckoning import follow_calendars
from wenguo.cases.refusals import NothingDue, Refusal
from wenguo.people import businessclock
from wenguo.people.actors import SYSTEM
from wenguo.people.rows import first
from wenguo.people.tree import same_organisation

log = logging.getLogger(__name__)
BATCH = 100  # rows
LANES = 4  # in which workers share what is due; a case is always of the same one, so its promises are told in order
HANDFUL = 200  # rows of one lane before a worker looks at the next: about a second's work


def always() -> bool:
    return True


def lanes() -> int:
    """In how many lanes the database at hand lets workers go side by side: SQLite has one writer at a time."""
    return LANES if connection.vendor == "postgresql" else 1


def tick(
    clock: Callable[[], datetime] = businessclock.now, going_on: Callable[[], bool] = always, lane: int | None = None
) -> int:
    """Takes everything that is due, oldest first; returns how much that was. `clock` tells the time in UTC.

    Ends early once `going_on` says no. A row that fails is logged and left for the next tick; the others go on.
    `lane`: only a handful, and only of cases in that lane.
    """
    done = 0
    if not lane:
        follow_calendars(clock())
    for row, take in _due(clock(), lane):
        if not going_on() or (lane is not None and done == HANDFUL):
            break
        try:
            with same_organisation():
                done += take(row, clock())
        except Exception:
            # Whatever is wrong with one case, the promises of all others must still be told.
            log.exception("%s %s can't be taken", type(row).__name__, row.pk)
            _fresh_connection()
    return done


def _fresh_connection() -> None:
    """A connection that broke is dropped; the next statement opens another one."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _due(now: datetime, lane: int | None) -> Iterator[tuple[Any, Callable[[Any, datetime], bool]]]:
    for clock in due_rungs(now, lane):
        yield clock, climb
    errands = Errand.objects.filter(done_at=None, due_at__lte=now).select_related("case")
    for errand in _in_batches(_in_lane(errands, lane)):
        yield errand, run_errand


def _in_lane(rows: models.QuerySet, lane: int | None) -> models.QuerySet:
    return rows if lane is None else rows.alias(lane=F("case_id") % lanes()).filter(lane=lane)


STILL_RUNNING = "WHERE id = %s AND stopped_at IS NULL AND next_at > %s AND next_at <= %s"


def due_rungs(now: datetime, lane: int | None = None) -> Iterator[Clock]:
    """Every clock with a rung that is reached, in the order of those moments; once for each of its rungs, so that after
    a standstill all is told in the order in which it would have been."""
    due = Clock.objects.filter(stopped_at=None, next_at__lte=now).select_related("case__branch")
    waiting = _in_lane(due, lane)
    last = datetime.min.replace(tzinfo=UTC), 0
    while batch := list(_beyond(waiting, last)[:BATCH]):
        end = batch[-1].next_at, batch[-1].pk
        heap = [(clock.next_at, clock.pk, clock) for clock in batch]
        while heap:
            reached, pk, clock = heapq.heappop(heap)
            yield clock
            again = first(Clock, STILL_RUNNING, pk, reached, now)
            if again and (again.next_at, pk) <= end:  # what lies beyond comes with a later batch
                again.case = clock.case
                heapq.heappush(heap, (again.next_at, pk, again))
        last = end


def _beyond(rows: models.QuerySet, last: tuple[datetime, int]) -> models.QuerySet:
    """Those after the one with that moment and id, the oldest first."""
    moment, pk = last
    return rows.filter(models.Q(next_at__gt=moment) | models.Q(next_at=moment, id__gt=pk)).order_by("next_at", "id")


def _in_batches(rows: models.QuerySet) -> Iterator[Any]:
    """Every row once, oldest first, some at a time: what failed is passed by, not met again and again."""
    rows = rows.order_by("due_at", "id")
    batch = list(rows[:BATCH])
    while batch:
        yield from batch
        last = batch[-1]
        batch = list(
            rows.filter(models.Q(due_at__gt=last.due_at) | models.Q(due_at=last.due_at, id__gt=last.pk))[:BATCH]
        )


def climb(clock: Clock, now: datetime) -> bool:
    """Takes a clock to the next rung of its ladder: soon due, overdue, raised. False where it is no longer due: the
    door looks again under the lock."""
    rung = next_rung(clock, clock.case, now)
    verb = rung.verb if rung else "overdue"
    which = {"rung": rung.at} if rung and verb != "overdue" else {}
    try:
        act(clock.case, verb, SYSTEM, {"clock": clock.kind, "nth": clock.nth} | which, now)
    except NothingDue:
        return False
    return True


def run_errand(errand: Errand, now: datetime) -> bool:
    """Takes an errand's step; its key makes sure that a crash before `done_at` doesn't take it twice."""
    try:
        done = act(errand.case, errand.verb, SYSTEM, errand.data, now, key=f"errand:{errand.pk}")
    except Refusal as refusal:  # the case has moved on: asking again wouldn't help
        log.warning("errand %s is refused: %s", errand.pk, refusal.code)
        done = None
    Errand.objects.filter(pk=errand.pk, done_at=None).update(done_at=now)
    return done is not None and not done.repeated
