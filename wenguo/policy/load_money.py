"""Reads what a pack says of money: money.toml, which a pack without money doesn't have."""

from pathlib import Path

from wenguo.policy.money import COUNTERSIGN, Ladder, Money, limit_key
from wenguo.policy.source import Fault, Row, Source


def load_money(root: Path, faults: list[Fault]) -> Money | None:
    """The rows of money.toml in folder `root`; None where there is none. What is malformed is added to `faults`."""
    path = root / "money.toml"
    if not path.exists():
        return None
    source = Source(root, path)
    row = Row(source.data, source, "", 0, faults)
    money = Money(
        lines=row.take("lines", str), days=row.take("days", int),
        ladders=tuple(_ladder(one) for one in row.rows("ladder", "ladder")),
        countersign=row.words("countersign", ()), set_by=row.words("set_by"), limits=_limits(row), place=row.place,
    )  # fmt: skip
    row.done()
    return money


def _ladder(row: Row) -> Ladder:
    made = Ladder(row.conditions(), row.words("roles"), row.place)
    row.done()
    return made


def _limits(row: Row) -> dict[str, int]:
    """By branch number: `[limits_fen] advisor = { cash = 0 }` and `countersign_fen`."""
    found: dict[str, int] = {}
    if (above := row.whole("countersign_fen")) is not None:
        found[COUNTERSIGN] = above
        if above < 0:
            row.fault("countersign_fen", "'countersign_fen' must be a whole number from 0")
    for role, kinds in row.take("limits_fen", dict, {}).items():
        if not isinstance(kinds, dict) or not all(type(fen) is int and fen >= 0 for fen in kinds.values()):
            row.fault(f"limits_fen.{role}", f"the limits of '{role}' must be {{ kind = fen, … }}, whole numbers from 0")
            continue
        found |= {limit_key(role, kind): fen for kind, fen in kinds.items()}
    return found
