"""Grounds: what a rule gives, with its article. A person decides; nothing here is a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wenguo.law.tables import Text, Value, in_force, rule


@dataclass(frozen=True)
class Remark:
    """What has to be kept in mind with a ground: its rule, article and sentence."""

    key: str
    source: str
    says: str
    en: str


@dataclass(frozen=True)
class Ground:
    """What a rule gives on the facts told, in Chinese (`says`) and English (`en`), with its article (`source`).

    `may`: what the customer may choose (names.toml). `use_fee`: the fee of Order 43 art. 27 applies. `since`: the day
    it arose. `last`, `km`: the limits of its period; `in_time`: the period is still running on the day asked.
    `about`: which problem, assembly or item. `verified`: False where nobody here has seen the rule's text.
    """

    key: str
    source: str
    says: str
    en: str
    may: tuple[str, ...] = ()
    use_fee: bool = False
    since: date | None = None
    last: date | None = None
    km: int | None = None
    in_time: bool = True
    about: str = ""
    verified: bool = True
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Meter:
    """How far it is to a threshold: `done` of `limit`, `left` in `unit` (days, km, times); `reached` when it is over.

    For a count, `left` is what is missing until the rule applies; for a period, what is left of it.
    """

    key: str
    source: str
    says: str
    en: str
    done: int
    limit: int
    left: int
    unit: str
    reached: bool
    about: str = ""
    verified: bool = True


def ground(key: str, on: date, fields: Mapping[str, object] | None = None, **more: Any) -> Ground:
    """The ground of a rule with the value in force on the day `on`; `more` are further fields of Ground.

    Raises KeyError for a rule that no statute knows, ValueError where it has no sentence or wasn't in force.
    """
    found, now = rule(key), in_force(key, on)
    if found.ground is None:
        raise ValueError(f"{key} has no sentence")
    text = found.ground.filled({**now.amounts, **(fields or {})})
    remarks = (*noted(key, now), *more.pop("remarks", ()))
    more = {"may": found.may, "use_fee": found.fee, "verified": now.verified, **more}
    return Ground(key, now.source, text.says, text.en, remarks=remarks, **more)


def remark(key: str, on: date, **fields: object) -> Remark:
    """The sentence of a rule as a remark. Raises as ground() does."""
    made = ground(key, on, fields)
    return Remark(key, made.source, made.says, made.en)


def noted(key: str, now: Value) -> tuple[Remark, ...]:
    """What a value says of itself: that it wasn't verified."""
    return (Remark(key, now.source, now.note.says, now.note.en),) if now.note else ()


def yuan(fen: int) -> str:
    """Fen as yuan: 1,234.50; without fen where there are none."""
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02}" if rest else f"{whole:,}"


def sentence(key: str, on: date, reached: bool, fields: Mapping[str, object]) -> Text:
    """What a rule's meter says on the way, or once it is over. Raises ValueError where it has no meter."""
    found = rule(key)
    text = found.over if reached and found.over else found.meter
    if text is None:
        raise ValueError(f"{key} has no meter")
    return text.filled({**in_force(key, on).amounts, **fields})
