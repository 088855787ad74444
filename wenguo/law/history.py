"""A car and its repairs as they stood at the end of one day, and what lies within which period."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from wenguo.law.days import Window, Works, window
from wenguo.law.facts import Car, Problem, Repair
from wenguo.law.names import names
from wenguo.law.promises import better
from wenguo.law.repairing import end_of
from wenguo.law.tables import Rule, rule, rules

Seen = tuple[Repair, Problem]


@dataclass(frozen=True)
class History:
    """`repairs` in their order, as known at the end of the day `on`; what came later is left out."""

    car: Car
    repairs: tuple[Repair, ...]
    on: date
    works: Works

    def start(self, key: str) -> date | None:
        """The day from which the period of the rule counts."""
        return self.car.invoiced_on if rule(key).counts_from == "invoice" else self.car.started_on

    def applies(self, key: str) -> bool:
        """Whether the rule was in force when the car's periods began, and holds at its place."""
        found, start = rule(key), self.start(key)
        return found.province in ("", self.car.province) and start is not None and found.on(start) is not None

    def amounts(self, key: str) -> Mapping[str, int]:
        """The rule's numbers, or better ones that were promised for this car."""
        start = self.start(key)
        law = rule(key).on(start) if start else None
        return better(key, law.amounts if law else {}, self.car.promised.get(key, {}))

    def window(self, key: str) -> Window | None:
        """The period of the rule, or of the rule within whose period it stands; None where it doesn't apply."""
        within = rule(key).within or key
        start = self.start(within)
        return window(start, self.amounts(within), self.works) if start and self.applies(within) else None

    def within(self, key: str) -> list[Seen]:
        """Quality problems that were reported within the period of the rule."""
        period = self.window(key)
        return [(repair, one) for repair, one in self.seen() if period and _reported(repair, period)]

    def repairs_within(self, key: str) -> list[Repair]:
        """Repairs of quality problems that were reported and agreed on within the period of the rule."""
        period = self.window(key)
        return [one for one in self.repairs if period and one.quality and _agreed(one, period)]

    def seen(self) -> Iterable[Seen]:
        """Every quality problem with its repair, in their order."""
        return ((repair, one) for repair in self.repairs for one in repair.problems if one.quality)


def _reported(repair: Repair, period: Window) -> bool:
    return period.holds(repair.in_at.date(), repair.km)


def _agreed(repair: Repair, period: Window) -> bool:
    return _reported(repair, period) and repair.agreed_at is not None and repair.agreed_at.date() <= period.last


def history(car: Car, repairs: Iterable[Repair], on: date, works: Works) -> History:
    """What was known at the end of the day `on`.

    Raises KeyError for a promise or claim that no rule knows, ValueError for a sign or replacement that is none.
    """
    repairs = list(repairs)
    _check(car, [problem for repair in repairs for problem in repair.problems])
    known = [_as_of(repair, on) for repair in repairs if repair.in_at.date() <= on]
    return History(car, tuple(sorted(known, key=lambda one: one.in_at)), on, works)


def _check(car: Car, problems: list[Problem]) -> None:
    """A misspelt word must not lose a right in silence."""
    for key in (*car.promised, *(claim for one in problems for claim in one.claims)):
        rule(key)
    for one in problems:
        if one.sign and one.sign not in names("signs"):
            raise ValueError(f"no such sign: {one.sign}")
        if one.replaced not in ("", "part", "assembly"):
            raise ValueError(f"replaced is part or assembly, not {one.replaced}")


def _as_of(repair: Repair, on: date) -> Repair:
    end = end_of(on, repair.in_at)
    return replace(repair, agreed_at=_before(repair.agreed_at, end), done_at=_before(repair.done_at, end))


def _before(moment: datetime | None, end: datetime) -> datetime | None:
    return moment if moment and moment < end else None


def windows(car: Car) -> list[Rule]:
    """The rules that are periods of a car, those of its province too."""
    named = [rule(key) for key in ("seven_days", "early_main_part", "early_danger", "sanbao", "warranty")]
    return named + [one for one in local(car) if one.counts_from]


def local(car: Car) -> list[Rule]:
    """The rules of the car's own province."""
    return [one for one in rules().values() if one.province and one.province == car.province]
