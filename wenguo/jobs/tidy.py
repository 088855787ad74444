"""The hand that tidies up: what was begun and never finished, and what nobody will ask for again."""

from collections.abc import Callable
from datetime import datetime

from wenguo.cases.loose_files import remove_loose, remove_unfinished
from wenguo.jobs.tick import always
from wenguo.people import businessclock


def tidy(clock: Callable[[], datetime] = businessclock.now, going_on: Callable[[], bool] = always) -> int:
    """Removes uploads that belong to no case after a week; returns how many."""
    return remove_loose(clock(), going_on) + remove_unfinished(clock())
