"""Reads and judges `[[calling_hours]]` of pack.toml: what the codes of `preferred_time` mean."""

import re
from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any

from wenguo.policy.calling import PREFERRED, CallingHours
from wenguo.policy.row import Label
from wenguo.policy.source import Fault, Row

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def load_hours(row: Row) -> CallingHours:
    """One row, on every day of the week unless it names some."""
    days = row.take("days", list, list(range(1, 8)))
    if not (days and all(map(_is_day, days))):
        row.fault("days", "'days' must be days of the week, 1 (Monday) to 7")
    key, since, until = row.take("key", str), _clock(row, "since"), _clock(row, "until")
    return CallingHours(key, since, until, frozenset(filter(_is_day, days)), row.place)


def _is_day(value: Any) -> bool:
    return type(value) is int and 1 <= value <= 7


def _clock(row: Row, key: str) -> time:
    text = row.take(key, str)
    if CLOCK.fullmatch(text):
        return time.fromisoformat(text)
    row.fault(key, f"'{key}' must be a time like 08:30")
    return time.min


def hours_faults(hours: Mapping[str, CallingHours], codes: Mapping[str, Label]) -> Iterator[Fault]:
    """Hours of a code that doesn't exist, and hours that never come."""
    for one in hours.values():
        if one.key not in codes:
            yield Fault(one.place.of("key"), f"unknown code of '{PREFERRED}' '{one.key}'")
        if one.since >= one.until:
            yield Fault(one.place.of("until"), f"the hours of '{one.key}' end before they begin")
