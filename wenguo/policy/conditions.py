"""When something of a pack holds: `when = { category = ["billing"], severity = ["major"] }`."""

from collections.abc import Mapping
from typing import Any

Conditions = dict[str, tuple]


def holds(conditions: Conditions, values: Mapping[str, Any]) -> bool:
    """Whether every named field has one of the named values, a list at least one of them (True for no conditions).

    What isn't answered counts as no.
    """
    for key, wanted in conditions.items():
        value = values.get(key) or False
        if not (any(one in wanted for one in value) if isinstance(value, list) else value in wanted):
            return False
    return True


def first_that_holds(rows: Any, values: Mapping[str, Any]) -> Any:
    """The first row whose `when` holds, or None."""
    return next((row for row in rows if holds(row.when, values)), None)


def as_wide(conditions: Conditions, other: Conditions) -> bool:
    """Whether `conditions` hold wherever `other` does."""
    return all(key in other and set(other[key]) <= set(values) for key, values in conditions.items())
