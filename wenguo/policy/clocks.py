"""`[[clock]]` of a process: what is promised, what starts, pauses and stops it, and who hears of it when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wenguo.policy.conditions import Conditions, first_that_holds, holds
from wenguo.policy.reckoning import BY_THE_HOUR
from wenguo.policy.row import Label, Place

RUNG = re.compile(r"(\d{1,2})%|\+(\d{1,4})([hd])")
DUE = "due"  # the rung that every clock has
UNIT_WORDS = {
    "hours": Label("小时", "hours"),
    "working_hours": Label("营业小时", "working hours"),
    "workdays": Label("个营业日", "days of business"),
    "legal_workdays": Label("个法定工作日", "legal working days"),
    "legal_days": Label("日（依民法典计算）", "days (Civil Code)"),
}


class Order(NamedTuple):
    """Where a rung stands on its ladder: percent of the time, then hours after the end."""

    percent: int
    hours: int


def order_of(at: str) -> Order | None:
    """Of "75%", "due", "+4h" or "+2d"; None for anything else ("" stands before all of them)."""
    if at == DUE:
        return Order(100, 0)
    if not at:
        return Order(0, 0)
    found = RUNG.fullmatch(at)
    if not found:
        return None
    percent, after, unit = found.groups()
    return Order(int(percent), 0) if percent else Order(100, int(after) * (24 if unit == "d" else 1))


@dataclass(frozen=True)
class Rung:
    """One step of an escalation ladder: at this point, of such cases, these people hear of it; `hands_to`: the role
    that the case goes over to."""

    at: str  # "75%" of the time, "due", "+4h" or "+2d" after it
    tell: tuple[str, ...]
    hands_to: str
    when: Conditions
    place: Place

    @property
    def order(self) -> Order:
        return order_of(self.at) or Order(100, 0)

    @property
    def verb(self) -> str:
        """What the clock does there."""
        return "overdue" if self.order == (100, 0) else "reminded" if self.order.percent < 100 else "escalated"


@dataclass(frozen=True)
class Amount:
    """Another amount of time, for such cases."""

    when: Conditions
    amount: int
    place: Place


@dataclass(frozen=True)
class ClockRule:
    key: str
    label: Label
    amount: int
    counts: str  # how the amount is counted: a word of reckoning.UNITS, or MOMENT
    at: tuple[str, ...]  # stages in which it runs; leaving them stops it
    starts: tuple[str, ...]  # verbs that start it (anew); none: entering `at` does
    stops: tuple[str, ...]  # verbs that stop it
    due: str  # the moment field of the starting form that sets the due time instead of `amount`; with MOMENT, alone
    tell: tuple[str, ...]
    statute: str
    restarts: bool  # whether an act that stays within `at` starts it anew
    place: Place
    when: Conditions = field(default_factory=dict)  # starts only for such cases
    instead: tuple[Amount, ...] = ()
    rests_when: Conditions = field(default_factory=dict)  # its time doesn't count while such facts hold
    rests_at: tuple[str, ...] = ()  # nor in these stages
    rungs: tuple[Rung, ...] = ()  # in their order, `due` among them
    since: str = ""  # the date or moment field of the starting form that says from when on a statute's time counts

    def starts_by(self, verb: str, came_from: str, went_to: str) -> bool:
        """Whether `verb` starts it (anew) on the way between these stages."""
        if self.starts:
            return verb in self.starts and (not self.at or went_to in self.at)
        return went_to in self.at and (came_from not in self.at or (self.restarts and verb not in CLOCKWORK))

    def stops_by(self, verb: str, went_to: str) -> bool:
        """Whether `verb`, leading to the stage `went_to`, stops it where it runs."""
        return verb in self.stops or bool(self.at and went_to not in self.at)

    def rests(self, stage: str, facts: Mapping[str, Any]) -> bool:
        """Whether the time of such a case doesn't count at `stage`."""
        return stage in self.rests_at or (bool(self.rests_when) and holds(self.rests_when, facts))

    def amount_for(self, facts: Mapping[str, Any]) -> int:
        """How much time such a case is given by the pack."""
        other: Amount | None = first_that_holds(self.instead, facts)
        return other.amount if other else self.amount

    def rung_after(self, last: str, facts: Mapping[str, Any]) -> Rung | None:
        """The next rung after the one called `last` ("" for none yet) that holds for such a case."""
        behind = order_of(last) or Order(0, 0)
        return next((rung for rung in self.rungs if rung.order > behind and holds(rung.when, facts)), None)

    def number_key(self, process: str) -> str:
        """The name under which a branch may overlay the amount: hours, whether working or not, or days."""
        return f"{process}.{self.key}.{'hours' if self.counts in BY_THE_HOUR else self.counts}"


CLOCKWORK = frozenset({"reminded", "overdue", "escalated", "recalculated"})  # what clocks do starts no clock
LATE = frozenset({"overdue", "escalated"})  # of them, what says that a promise wasn't kept
