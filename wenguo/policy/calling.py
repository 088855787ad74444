"""When customers like to be called: the hours that the codes of `preferred_time` stand for, in the branch's zone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from wenguo.policy.row import Place

PREFERRED = "preferred_time"  # the fact, and the list of its codes
CALLS = "calls"  # the worklist of a stage: whoever's turn it is calls the customer


@dataclass(frozen=True)
class CallingHours:
    """What one code means: on these days of the week (Monday is 1), from `since` until just before `until`."""

    key: str
    since: time
    until: time
    days: frozenset[int]
    place: Place

    def holds(self, local: datetime) -> bool:
        """Whether `local`, a moment in the branch's zone, lies in them."""
        return local.isoweekday() in self.days and self.since <= local.time() < self.until


def convenient(hours: Mapping[str, CallingHours], codes: Iterable[str], local: datetime) -> bool | None:
    """Whether the customer likes to be called at `local`; None where nothing is known that could say so."""
    known = [hours[code] for code in codes if code in hours]
    return any(one.holds(local) for one in known) if known else None
