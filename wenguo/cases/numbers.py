"""Numbers of the pack as a case's branch has them."""

from datetime import date

from wenguo.cases.models import Case
from wenguo.people.tree import tree
from wenguo.policy.load import packs


def number(case: Case, key: str, today: date) -> int:
    """The number `key` in force at the case's branch: overlaid there or above, else as the pack says."""
    return tree().numbers_at(case.branch, today).get(key, packs()[case.pack].numbers[key].value)
