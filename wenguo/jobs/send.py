"""The postman's first half: rings the bells, and writes down in the same moment what else follows from each.

What has to leave the house is carried by deliver.py, so that a slow mail server never holds up a bell.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, transaction

from wenguo.cases.models import WAITING, Notice
from wenguo.jobs.tick import BATCH, always
from wenguo.notify.fan_out import fan_out
from wenguo.people import businessclock

log = logging.getLogger(__name__)


def send(clock: Callable[[], datetime] = businessclock.now, going_on: Callable[[], bool] = always) -> int:
    """Rings every bell that waits; returns how many that were. `clock` tells the time in UTC.

    Ends early once `going_on` says no.
    """
    rung = 0
    while going_on() and (more := ring(clock())):
        rung += more
    return rung


@transaction.atomic
def ring(now: datetime) -> int:
    """Rings some bells. Two postmen never get the same one."""
    waiting = Notice.objects.filter(WAITING, channel="bell", next_try_at__lte=now).select_related("entry__case")
    mine = list(waiting.order_by("next_try_at", "id").select_for_update(skip_locked=True, of=("self",))[:BATCH])
    if not _followed(mine, now):
        for bell in mine:  # whatever is wrong with one of them, the others must be told
            _followed([bell], now)
    Notice.objects.filter(pk__in=[bell.pk for bell in mine]).update(sent_at=now)
    return len(mine)


def _followed(bells: list[Notice], now: datetime) -> bool:
    """Whether all that follows from these bells is stored. A bell rings even where nothing can follow from it."""
    try:
        with transaction.atomic():
            fan_out(bells, now)
    except DatabaseError:
        raise
    except Exception:
        log.exception("nothing follows from the notices %s", [bell.pk for bell in bells])
        return False
    return True
