"""Search after the fact: customers and cars are amended outside of any act, and cases then say something else."""

from collections.abc import Callable
from datetime import datetime

from wenguo.cases import reindexing
from wenguo.jobs.tick import always
from wenguo.people import businessclock


def follow(clock: Callable[[], datetime] = businessclock.now, going_on: Callable[[], bool] = always) -> int:
    """Brings search up to date with the latest amendments; returns how many cases say something else now."""
    return reindexing.follow()
