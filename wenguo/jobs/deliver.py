"""The postman's second half: carries to receivers outside what waits for them, each receiver in a thread of its own.

Whoever doesn't answer is left alone for a while, ever longer, and holds up nobody else.
"""

import logging
import random
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any

from django.db import connections

from wenguo.jobs.resting import RESTING, Resting
from wenguo.jobs.tick import always
from wenguo.notify.carrying import carry
from wenguo.notify.failures import Failed
from wenguo.notify.parcels import Receiver, of, receivers, waiting_for
from wenguo.people import businessclock

log = logging.getLogger(__name__)
SOONEST, LATEST = timedelta(seconds=10), timedelta(hours=1)  # between two tries
TRIES = 30  # about a day; then it is given up, until somebody has it sent anew
THREADS = 8
TURN, ROUND = 20.0, 60.0  # seconds: of one receiver at a time, and of all
chance = random.SystemRandom()
Clock = Callable[[], datetime]
GoingOn = Callable[[], bool]


def deliver(clock: Clock = businessclock.now, going_on: GoingOn = always, resting: Resting = RESTING) -> int:
    """One round for every receiver for whom something waits; returns how many messages left. `clock` tells the time in
    UTC. Takes no new turn once `going_on` says no."""
    sent, until = 0, time.monotonic() + ROUND
    turns: dict[Future[int], Receiver] = {}
    idle: set[Receiver] = set()  # to whom nothing could be sent in this round
    with ThreadPoolExecutor(THREADS, thread_name_prefix="deliver") as pool:
        while True:
            if going_on() and time.monotonic() < until:
                for receiver in _ready(clock(), resting, {*turns.values(), *idle}):
                    turns[pool.submit(_apart, receiver, clock, going_on, resting)] = receiver
            if not turns:
                return sent
            for done in wait(turns, timeout=0.5, return_when=FIRST_COMPLETED).done:
                receiver, left = turns.pop(done), done.result()
                sent += left
                if not left:
                    idle.add(receiver)


def _ready(now: datetime, resting: Resting, busy: set[Receiver]) -> list[Receiver]:
    """Receivers whose turn it is, those who answer first."""
    free = [one for one in receivers(now) if one not in busy and not resting.rests(one, now)]
    return sorted(free, key=resting.failures)


def _apart(receiver: Receiver, clock: Clock, going_on: GoingOn, resting: Resting) -> int:
    """A turn in a thread, which has database connections of its own."""
    try:
        return turn(receiver, clock, going_on, resting)
    except Exception:
        log.exception("a turn of %s failed", receiver.channel)
        resting.failed(receiver, clock())
        return 0
    finally:
        connections.close_all()


def turn(receiver: Receiver, clock: Clock, going_on: GoingOn = always, resting: Resting = RESTING) -> int:
    """Carries what waits for one receiver, for a limited time; how many messages left."""
    sent, until = 0, time.monotonic() + TURN
    for rows in waiting_for(receiver, clock()):
        failure = _carried(receiver, rows, clock)
        sent += failure is None
        if failure and failure.whole:
            resting.failed(receiver, clock())
            break
        resting.answered(receiver)
        if not going_on() or time.monotonic() > until:
            break
    return sent


def _carried(receiver: Receiver, rows: list[Any], clock: Clock) -> Failed | None:
    """Carries one parcel, and keeps what came of it."""
    try:
        carry(receiver, rows)
    except Failed as slip:
        failure = slip
    except Exception:
        log.exception("%s %s can't be carried", receiver.channel, rows[0].pk)
        failure = Failed("error", whole=False)
    else:
        of(receiver, rows).update(sent_at=clock(), failure="")
        return None
    _put_off(receiver, rows, failure, clock())
    return failure


def _put_off(receiver: Receiver, rows: list[Any], failure: Failed, now: datetime) -> None:
    tries = rows[0].tries
    if failure.final or tries >= TRIES:
        log.warning("%s %s is given up after %s tries: %s", receiver.channel, rows[0].pk, tries, failure.code)
        of(receiver, rows).update(given_up_at=now, failure=failure.code)
    else:
        of(receiver, rows).update(next_try_at=now + pause(tries), failure=failure.code)


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries: twice as long each time, within limits, and never all at one moment."""
    return min(SOONEST * 2 ** min(tries - 1, 20), LATEST) * chance.uniform(0.8, 1.2)
