"""Promises beside the law: better ones count, laxer ones are pointed out."""

from collections.abc import Mapping
from datetime import date

from wenguo.law.grounds import Ground, noted
from wenguo.law.names import name
from wenguo.law.tables import Text, rule
from wenguo.law.terms import HOURS

MONTHS = {"years": 12, "months": 1}  # in a unit


def better(key: str, law: Mapping[str, int], promised: Mapping[str, int]) -> Mapping[str, int]:
    """The law's numbers, each replaced by the promised one where that is better for the customer (Order 43 art. 4).

    Raises ValueError for a promise in a unit in which the rule has nothing to compare.
    """
    if not law:
        return law
    law, promised = _alike(key, law, promised)
    pick = min if rule(key).bound == "most" else max
    return {unit: pick(number, promised.get(unit, number)) for unit, number in law.items()}


def laxer_than_law(key: str, promised: Mapping[str, int], on: date) -> list[Ground]:
    """Where a promise for the rule `key` is worse for the customer than the law allows on the day `on`; [] where nowhere.

    `promised`: whole numbers by unit, {"days": 60, "km": 20000}; time may be given in hours, days or workdays alike
    (as plain hours), or in months or years alike. A rule without `bound` limits no promise. Raises KeyError for an
    unknown rule, ValueError for a unit that the rule doesn't have.
    """
    found = rule(key)
    now = found.on(on)
    if now is None or not found.bound:
        return []
    law, given = _alike(key, now.amounts, promised)
    worse = [
        unit for unit in given if (given[unit] > law[unit]) == (found.bound == "most") and given[unit] != law[unit]
    ]
    return [
        Ground(key, now.source, *_sentence(found.name, found.bound, unit, given[unit], law[unit]),
               about=unit, verified=now.verified, remarks=noted(key, now))
        for unit in worse
    ]  # fmt: skip


def _sentence(title: Text, bound: str, unit: str, given: int, law: int) -> tuple[str, str]:
    words, most = name("units", unit), bound == "most"
    says = (
        f"{title.says}：承诺{given}{words.says}，规定{'不超过' if most else '不少于'}{law}{words.says}；请按规定调整。"
    )
    limit = "at most" if most else "at least"
    return says, f"{title.en}: {given} {words.en} promised, the rule asks for {limit} {law}; please adjust the promise."


def _alike(
    key: str, law: Mapping[str, int], promised: Mapping[str, int]
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Both in the same units. Months are compared with months and hours with hours where the units differ."""
    for smaller, sizes in (("months", MONTHS), ("hours", HOURS)):
        if promised.keys() & sizes.keys() - law.keys() and law.keys() & sizes.keys():
            law, promised = _as(smaller, sizes, law), _as(smaller, sizes, promised)
    if strange := promised.keys() - law.keys():
        raise ValueError(f"{key} has no {', '.join(sorted(strange))}")
    return law, promised


def _as(smaller: str, sizes: Mapping[str, int], amounts: Mapping[str, int]) -> dict[str, int]:
    kept = {unit: number for unit, number in amounts.items() if unit not in sizes}
    if len(kept) == len(amounts):
        return kept
    return {**kept, smaller: sum(amounts[unit] * sizes[unit] for unit in amounts.keys() & sizes.keys())}
