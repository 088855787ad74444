"""Which of the two databases a test runs on where the whole suite has to be quick: `make test` takes turns, half of the
tests on SQLite and half on PostgreSQL, always the same. Both for each test: in CI, in a drill, and whenever pytest is
called by hand.
"""

import os
import zlib
from collections import defaultdict

import pytest

TURNS = os.environ.get("WENGUO_TURNS") == "1" and os.environ.get("WENGUO_DRILL") != "1"


def not_its_turn(items: list[pytest.Item]) -> set[pytest.Item]:
    """Of tests that would run on both databases, one run each, unless the test is about the databases."""
    runs: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        vendor = item.callspec.params.get("vendor") if hasattr(item, "callspec") else None
        if vendor and not item.get_closest_marker("both_databases"):
            runs[item.nodeid.replace(vendor, "*")].append(item)
    return {both[zlib.crc32(test.encode()) % 2] for test, both in runs.items() if len(both) == 2}
