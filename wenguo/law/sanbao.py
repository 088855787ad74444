"""三包 (Order 43): what the buyer of a household car may demand on a day, and why."""

from collections.abc import Iterable
from datetime import date

from wenguo.law.days import Works, every_day
from wenguo.law.facts import Car, Repair
from wenguo.law.findings import FINDERS, Finding
from wenguo.law.grounds import Ground, Remark, ground, remark
from wenguo.law.history import History, history, local
from wenguo.law.tables import Text

FIRST = date(2022, 1, 1)  # Order 43 in force
# To report the problem was to ask for this, so it was asked for in time.
ASKED = ("free_repair", "wear_repair", "towing", "spare_car")


def rights(car: Car, repairs: Iterable[Repair], on: date, works: Works = every_day) -> list[Ground]:
    """What the customer may demand on the day `on`, as known at its end: grounds with articles, never a verdict.

    A ground stays when its period is over, with `in_time` False and a remark, since it arose within. Mileage that
    isn't known is taken to be within the limit, with a remark. Numbers are those in force when the car's periods
    began. `works`: working days, for periods that end on a day of rest (民法典 203); by default nothing is moved.
    Empty where the three guarantees don't apply or can't be reckoned: against() says why.
    """
    seen = history(car, repairs, on, works)
    if not car.household or car.resold:
        return []
    return [_ground(seen, finding) for finding in _findings(seen)]


def _findings(seen: History) -> Iterable[Finding]:
    """All that the finders find, each thing once: the first time it arose."""
    kept: dict[tuple[str, str], Finding] = {}
    rules = (*FINDERS, *(one.key for one in local(seen.car) if one.signs))
    for key in rules:
        for one in FINDERS.get(key, FINDERS["early_danger"])(key, seen) if seen.applies(key) else ():
            kept.setdefault((key, one.about), one)
    return kept.values()


def _ground(seen: History, finding: Finding) -> Ground:
    start = seen.start(finding.key)
    assert start is not None  # what has no start is never found
    period = finding.window
    in_time = finding.key in ASKED or (period.last >= seen.on and not period.run_out(seen.car.km))
    fields = {**seen.amounts(finding.key), **finding.fields}
    return ground(
        finding.key, start, fields, since=finding.since, last=period.last, km=period.km, in_time=in_time,
        about=finding.about, remarks=tuple(_remarks(seen.car, finding, in_time)),
    )  # fmt: skip


def _remarks(car: Car, finding: Finding, in_time: bool) -> Iterable[Remark]:
    if not in_time:
        yield remark("late", FIRST, last=finding.window.last)
    if finding.window.km is not None and None in (car.km, *(repair.km for repair, _ in finding.seen)):
        yield remark("km_unknown", FIRST)
    if car.transferred:
        yield remark("follows_car", FIRST)
    for key, label in _claims(finding.seen):
        yield remark(key, FIRST, problem=label)


def _claims(seen: Iterable[tuple]) -> list[tuple[str, str | Text]]:
    """Which exemption is claimed for which problem, each once."""
    return list(dict.fromkeys((key, problem.label) for _, problem in seen for key in problem.claims))


def against(car: Car, repairs: Iterable[Repair], on: date) -> list[Ground]:
    """What may be said against demands under the three guarantees, or keeps them from being reckoned, with articles.

    That the car was maintained elsewhere is among the claims only to say that it is no reason (art. 32).
    """
    repairs = [one for one in repairs if one.in_at.date() <= on]
    keys = [key for key, holds in _obstacles(car).items() if holds]
    claims = _claims((repair, problem) for repair in repairs for problem in repair.problems)
    return [ground(key, FIRST) for key in keys] + [
        ground(key, FIRST, {"problem": label}, about=str(getattr(label, "says", label))) for key, label in claims
    ]


def _obstacles(car: Car) -> dict[str, bool]:
    start = car.started_on
    return {
        "start_unknown": start is None,
        "before_order43": start is not None and start < FIRST,
        "not_household": not car.household,
        "returned_car": car.resold,
    }
