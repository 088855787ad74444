"""Promises beside the law: better ones count, laxer ones are pointed out."""

from collections.abc import Mapping
from datetime import date

from wenguo.law.grounds import Ground, noted
from wenguo.law.names import name
from wenguo.law.tables import Text, rule
from wenguo.law.terms import HOURS

Amounts = Mapping[str, int]
MONTHS = {"years": 12, "months": 1}  # in a unit


def better(key: str, law: Amounts, promised: Amounts) -> Amounts:
    """The law's numbers, each replaced by the promised one where that is better for the customer (Order 43 art. 4).

    Raises ValueError for a promise in a unit in which the rule has nothing to compare.
    """
    if not law:
        return law
    law, promised = _alike(key, *_in_months(law, promised))
    pick = min if rule(key).bound == "most" else max
    return {unit: pick(number, promised.get(unit, number)) for unit, number in law.items()}


def laxer_than_law(key: str, promised: Amounts, on: date) -> list[Ground]:
    """Where a promise for the rule `key` is worse for the customer than the law allows on the day `on`, else [].

    `promised`: whole numbers by unit, {"days": 60, "km": 20000}. Months and years are compared, and so are hours and
    days, also with a rule in workdays (by the plain hours it has at least). A rule without `bound` limits no promise.
    Raises KeyError for an unknown rule, ValueError for a unit that can't be compared: how long workdays are, a
    calendar says.
    """
    found = rule(key)
    now = found.on(on)
    if now is None or not found.bound:
        return []
    law, given = _alike(key, *_in_hours(*_in_months(now.amounts, promised)))
    sign = 1 if found.bound == "most" else -1
    worse = [unit for unit in given if sign * given[unit] > sign * law[unit]]
    return [
        Ground(key, now.source, *_sentence(found.name, found.bound, unit, given[unit], law[unit]),
               about=unit, verified=now.verified, remarks=noted(key, now))
        for unit in worse
    ]  # fmt: skip


def _sentence(title: Text, bound: str, unit: str, given: int, law: int) -> tuple[str, str]:
    words = name("units", unit)
    least, limit = ("不超过", "at most") if bound == "most" else ("不少于", "at least")
    says = f"{title.says}：承诺{given}{words.says}，规定{least}{law}{words.says}；请按规定调整。"
    return says, f"{title.en}: {given} {words.en} promised, the rule asks for {limit} {law}; please adjust the promise."


def _alike(key: str, law: Amounts, promised: Amounts) -> tuple[Amounts, Amounts]:
    if strange := promised.keys() - law.keys():
        raise ValueError(f"{key} has no {', '.join(sorted(strange))}")
    return law, promised


def _in_months(law: Amounts, promised: Amounts) -> tuple[Amounts, Amounts]:
    """Both in months, where one has years and the other months."""
    if promised.keys() & MONTHS.keys() - law.keys() and law.keys() & MONTHS.keys():
        return _as("months", MONTHS, law), _as("months", MONTHS, promised)
    return law, promised


def _in_hours(law: Amounts, promised: Amounts) -> tuple[Amounts, Amounts]:
    """Both in plain hours, where the promise is in hours or days and the law in another unit of time."""
    if promised.keys() & {"hours", "days"} - law.keys() and law.keys() & HOURS.keys():
        return _as("hours", HOURS, law), _as("hours", HOURS, promised)
    return law, promised


def _as(smaller: str, sizes: Amounts, amounts: Amounts) -> Amounts:
    kept = {unit: number for unit, number in amounts.items() if unit not in sizes}
    if len(kept) == len(amounts):
        return kept
    return {**kept, smaller: sum(amounts[unit] * sizes[unit] for unit in amounts.keys() & sizes.keys())}
