"""Reads warnings.toml, which a pack that watches for nothing doesn't have."""

from pathlib import Path
from typing import Any

from wenguo.policy.row import Label
from wenguo.policy.source import Fault, Row, Source
from wenguo.policy.warnings import TEST, DangerWords, Groups, Identity, Reading, Rule, Test, Watch


def load_warnings(root: Path, faults: list[Fault]) -> tuple[Watch | None, list[Row]]:
    """What is watched for, and the rows of numbers that it brings; None and none where there is no such file.

    What is malformed is added to `faults`.
    """
    path = root / "warnings.toml"
    if not path.exists():
        return None, []
    source = Source(root, path)
    row = Row(source.data, source, "", 0, faults)
    numbers = row.rows("number", "number")
    watch = Watch(
        of=row.words("of"), opens=row.take("opens", str), board=frozenset(row.words("board", ())),
        rules=_rules(row), dangers=tuple(_danger(one) for one in row.rows("danger", "danger")),
        identity=_identity(row), place=row.place, repairs=frozenset(row.words("repairs", ())),
        returns=frozenset(row.words("returns", ())),
    )  # fmt: skip
    row.done()
    return watch, numbers


def _rules(row: Row) -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for one in row.rows("warning", "warning"):
        readings = {made.key: made for made in map(_reading, one.rows("reading", "warning.reading"))}
        rule = Rule(
            key=one.take("key", str), label=one.label(), own=_groups(one), source=one.words("source"),
            evidence=Label(one.take("evidence", str), one.take("evidence_en", str)), readings=readings,
            chosen=one.take("read_as", str, ""), together=one.take("together", bool, False), place=one.place,
        )  # fmt: skip
        one.done()
        if rule.key in found:
            one.fault("key", f"warning '{rule.key}' stands twice")
        found[rule.key] = rule
    return found


def _reading(row: Row) -> Reading:
    made = Reading(row.take("key", str), row.label(), _groups(row), row.place)
    row.done()
    return made


def _groups(row: Row) -> Groups:
    """`all = [["a = x", "b >= n"], ["c in y z"]]`: each group must hold, by any of its tests."""
    groups = row.take("all", list, [])
    if not all(isinstance(group, list) and group and all(isinstance(one, str) for one in group) for group in groups):
        row.fault("all", "'all' must be groups of tests: [[\"fact >= number\", …], …]")
        return ()
    return tuple(tuple(_test(row, text) for text in group) for group in groups)


def _test(row: Row, text: str) -> Test:
    """One test; a fault where it isn't "fact sign value"."""
    parts = TEST.fullmatch(text)
    if parts is None:
        row.fault("all", f"'{text}' is no test: it needs a fact, one of >= <= = in, and what to compare with")
        return Test("", "=", ())
    fact, sign, values = parts.groups()
    if sign != "in" and " " in values:
        row.fault("all", f"'{text}' compares with more than one value: that takes 'in'")
    return Test(fact, sign, tuple(values.split()))


def _danger(row: Row) -> DangerWords:
    made = DangerWords(row.take("code", str), row.words("words"), row.words("but", ()), row.place)
    row.done()
    return made


def _identity(row: Row) -> Identity | None:
    table: dict[str, Any] = row.take("identity", dict, {})
    if not table:
        return None
    one = Row(table, row.source, "identity", 0, row.faults)
    made = Identity(one.take("codes", str), frozenset(one.words("roles")), one.take("days", int), one.place)
    one.done()
    return made
