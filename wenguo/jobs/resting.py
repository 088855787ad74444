"""Which receivers are left alone for a while because they don't answer."""

from datetime import datetime, timedelta
from typing import NamedTuple

from wenguo.notify.parcels import Receiver

PATIENCE = 3  # failures in a row before a receiver is left alone
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(minutes=10)


class Silence(NamedTuple):
    failures: int
    until: datetime


class Resting:
    """Kept in memory: after a restart each is asked once more."""

    def __init__(self) -> None:
        self._silent: dict[Receiver, Silence] = {}

    def rests(self, receiver: Receiver, now: datetime) -> bool:
        silence = self._silent.get(receiver)
        # A rest that ends later than any could was begun by a clock that was set back since.
        return silence is not None and now < silence.until <= now + LONGEST

    def failures(self, receiver: Receiver) -> int:
        """How often in a row it didn't answer."""
        silence = self._silent.get(receiver)
        return silence.failures if silence else 0

    def failed(self, receiver: Receiver, now: datetime) -> None:
        failures = self.failures(receiver) + 1
        rest = min(SHORTEST * 2 ** min(failures - PATIENCE, 10), LONGEST) if failures >= PATIENCE else timedelta(0)
        self._silent[receiver] = Silence(failures, now + rest)

    def answered(self, receiver: Receiver) -> None:
        self._silent.pop(receiver, None)


RESTING = Resting()
