"""Reads and judges `[opening_hours]` of pack.toml: when branches that say nothing themselves are there."""

from collections.abc import Iterator

from wenguo.policy.fields import Problem
from wenguo.policy.opening import KEYS, USUAL, Opening, Periods
from wenguo.policy.periods import read_periods
from wenguo.policy.source import Fault, Row

TABLE = "opening_hours"


def load_opening(row: Row) -> Opening:
    """The table of pack.toml, with every day of the week and the public holiday; office hours where there is none."""
    data = row.take(TABLE, dict, {})
    if not data:
        return USUAL
    table = Row(data, row.source, TABLE, 0, row.faults)
    *week, holiday = (_periods(table, key) for key in KEYS)
    table.done()
    return Opening(tuple(week), holiday, table.place)


def _periods(table: Row, key: str) -> Periods:
    try:
        return read_periods(table.take(key, str))
    except Problem as problem:
        table.fault(key, f"'{key}': {problem.message % problem.fill}")
        return ()


def opening_faults(opening: Opening) -> Iterator[Fault]:
    """A week in which nobody is ever there: no working hour would ever pass."""
    if not any(opening.week):
        yield Fault(opening.place, "every day of the week is closed, so nobody ever works")
