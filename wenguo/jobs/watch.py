"""The hand that warns: what changed outside of acts, and what only time changed, is put to the pack's warnings."""

from collections.abc import Callable
from datetime import datetime

from wenguo.cases.rounds import follow_changes, look_at_all
from wenguo.jobs.tick import always
from wenguo.people import businessclock


def watch(clock: Callable[[], datetime] = businessclock.now, going_on: Callable[[], bool] = always) -> int:
    """One round; returns how many complaints were warned of."""
    return follow_changes(clock(), going_on) + look_at_all(clock(), going_on)
