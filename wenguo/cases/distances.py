"""How far it still is until a criterion holds, or stops to hold: repairs and days of W6, days and kilometres of W2."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wenguo.cases.facts import DAYS, KM, MEASURES, MONTHS, TIMES
from wenguo.cases.measuring import Look
from wenguo.cases.models import Case
from wenguo.law.days import months_after
from wenguo.policy.load import packs
from wenguo.policy.row import Label
from wenguo.policy.warnings import Rule, Test
from wenguo.vehicles.models import Vehicle

COUNTED = (TIMES, DAYS, KM, MONTHS)  # units that a distance is told in


class Distance(NamedTuple):
    """A measure of a row: what it is now and its limit. `left`: how much is still missing until the row holds, or how
    much is left until it no longer does (`ends`); 0 and less: it is past. `until`: the last day, for months."""

    rule: Rule
    measure: str
    label: Label
    unit: Label
    have: int
    limit: int
    ends: bool
    until: date | None
    left: int


def distances(look: Look) -> list[Distance]:
    """Every measure of every row that a number says the limit of, as far as it is known; of months the days left."""
    watch = look.watch
    found = (_distances(rule, look) for rule in watch.rules.values()) if watch else ()
    return [one for some in found for one in some]


def distances_of(vehicle: Vehicle, now: datetime) -> list[Distance]:
    """The same for a car of which nobody complains now."""
    pack = packs()[vehicle.branch.pack]
    nobody = Case(pack=pack.name, process=pack.opens, branch=vehicle.branch, vehicle=vehicle, opened_at=now, facts={})
    return distances(Look(nobody, now, stirred=False, identity=False))


def _distances(rule: Rule, look: Look) -> Iterator[Distance]:
    for test in (one for group in rule.groups for one in group):
        measure = MEASURES.get(test.fact)
        if measure is None or measure.unit not in COUNTED or test.sign not in (">=", "<="):
            continue
        have = measure.ask(look)
        if have is not None or test.sign == ">=":
            yield _distance(rule, test, int(have or 0), look)


def _distance(rule: Rule, test: Test, have: int, look: Look) -> Distance:
    measure, limit, ends = MEASURES[test.fact], look.number(test.values[0]), test.sign == "<="
    until = _last_day(test.fact, limit, look) if measure.unit is MONTHS else None
    today = look.now.astimezone(ZoneInfo(look.case.branch.zone)).date()
    left = (until - today).days if until else limit - have
    unit = DAYS if until else measure.unit
    return Distance(rule, test.fact, measure.label, unit, have, limit, ends, until, left)


def _last_day(fact: str, months: int, look: Look) -> date | None:
    """The last day on which so many months haven't passed."""
    car = look.vehicle
    if car is None:
        return None
    since = car.launched_on if fact == "months_on_market" else car.delivered_on or car.invoiced_on
    return months_after(since, months) if since else None
