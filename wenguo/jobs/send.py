"""The postman: carries notices out by their channels, each at least once, with one stable id (Notice.id)."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from wenguo.cases.models import Notice
from wenguo.jobs.tick import BATCH, always
from wenguo.notify import CHANNELS
from wenguo.people import businessclock

log = logging.getLogger(__name__)
CLAIM = timedelta(minutes=2)  # after a crash another one tries again
SOONEST, LATEST = timedelta(seconds=10), timedelta(hours=1)  # between two tries


def send(clock: Callable[[], datetime] = businessclock.now, going_on: Callable[[], bool] = always) -> int:
    """Delivers every notice that waits; returns how many left. `clock` tells the time in UTC.

    Ends early once `going_on` says no. What couldn't be delivered is tried again later, ever more seldom.
    """
    sent = 0
    while going_on() and (mine := _claimed(clock())):
        for notice in mine:
            if not going_on():
                break
            sent += _delivered(notice, clock())
    return sent


def _claimed(now: datetime) -> list[Notice]:
    """Some waiting notices that nobody else will touch for a while. Two postmen never get the same one."""
    with transaction.atomic():
        waiting = Notice.objects.filter(sent_at=None, next_try_at__lte=now).order_by("next_try_at", "id")
        mine = list(waiting.select_for_update(skip_locked=True)[:BATCH])
        Notice.objects.filter(pk__in=[notice.pk for notice in mine]).update(next_try_at=now + CLAIM)
    return mine


def _delivered(notice: Notice, now: datetime) -> bool:
    try:
        CHANNELS[notice.channel](notice)
    except Exception:
        log.exception("notice %s can't be delivered by %s", notice.pk, notice.channel)
        Notice.objects.filter(pk=notice.pk).update(next_try_at=now + _wait(notice, now))
        return False
    return bool(Notice.objects.filter(pk=notice.pk, sent_at=None).update(sent_at=now))


def _wait(notice: Notice, now: datetime) -> timedelta:
    """As long again as it has waited so far, within limits."""
    return min(max(now - notice.entry.at, SOONEST), LATEST)
