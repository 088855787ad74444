"""Statutory terms that a pack's clock may name: those rules of the tables that say `clock = true`."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from wenguo.law.tables import Rule, Value, rules

HOURS = {"hours": 1, "days": 24, "workdays": 24}  # plain hours that one of a unit has at least


@dataclass(frozen=True)
class Term:
    """The longest time a statute leaves, valid from `since` on, with its `source` (article).

    It is `count` of `unit` (hours, days or workdays). `hours`: the plain hours it has at least (no holiday counted),
    so that a promise checked against them is never laxer than the statute. `most`: it binds whoever has the clock; else
    it is somebody else's, whom the clock only watches.
    """

    name: str
    hours: int
    since: date
    source: str
    unit: str = "hours"
    count: int = 0
    until: date | None = None
    verified: bool = True
    most: bool = True


@cache
def _terms() -> dict[str, list[Term]]:
    """Every term by name, its values newest first."""
    return {key: [_term(rule, value) for value in rule.values] for key, rule in rules().items() if rule.clock}


def _term(rule: Rule, value: Value) -> Term:
    (unit,) = value.amounts.keys() & HOURS.keys()
    count = value[unit]
    hours = count * HOURS[unit]
    return Term(
        rule.key, hours, value.since, value.source, unit, count, value.until, value.verified, rule.bound == "most"
    )


def term(name: str, on: date) -> Term | None:
    """The value of the term `name` in force on the day `on`.

    None when nothing was in force on it. Raises KeyError for a term that no statute here knows.
    """
    values = _terms()[name]
    return next((one for one in values if one.since <= on and (one.until is None or on <= one.until)), None)


def term_names() -> frozenset[str]:
    """Names that a pack's clock may give as its `statute`."""
    return frozenset(_terms())
