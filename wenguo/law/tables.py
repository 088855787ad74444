"""The tables under statutes/: rules of statutes, each with dated values and the article beside them.

Read strictly: an unknown or missing key, a value of the wrong kind or an overlap of days is a LawError that names
file and line. A rule's values stand newest first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from wenguo.law.reading import LawError, Table, read_table

FOLDER = Path(__file__).with_name("statutes")
UNITS = ("hours", "days", "workdays", "months", "years", "km", "times", "fold", "fen", "permille")
BOUNDS = ("", "least", "most")
SENTENCES = ("ground", "meter", "over")
WORDS = ("bound", "within", "counts_from")


@dataclass(frozen=True)
class Text:
    """The same sentence in Chinese (`says`) and English (`en`)."""

    says: str
    en: str

    def filled(self, fields: Mapping[str, object]) -> "Text":
        """With its {places} filled: a field that is itself a Text gives each language its own words, as a day does."""
        texts = {key: _worded(one) for key, one in fields.items()}
        says = self.says.format(**{key: one.says for key, one in texts.items()})
        return Text(says, self.en.format(**{key: one.en for key, one in texts.items()}))


def _worded(field: object) -> Text:
    if isinstance(field, Text):
        return field
    says = f"{field.year}年{field.month}月{field.day}日" if isinstance(field, date) else str(field)
    return Text(says, str(field))


@dataclass(frozen=True)
class Value:
    """What a rule says from `since` on (to `until`, where it ended): whole numbers by unit, and the article.

    `verified` is False where nobody here has seen the text itself; `note` says so.
    """

    since: date
    source: str
    amounts: Mapping[str, int] = field(default_factory=dict)
    until: date | None = None
    verified: bool = True
    note: Text | None = None

    def __getitem__(self, unit: str) -> int:
        return self.amounts[unit]

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class Rule:
    """One rule: its name, the sentences it is told with, what the customer may choose, and its values."""

    key: str
    name: Text
    values: tuple[Value, ...]
    ground: Text | None = None
    meter: Text | None = None
    over: Text | None = None
    may: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    fee: bool = False
    clock: bool = False
    bound: str = ""
    within: str = ""
    counts_from: str = ""
    province: str = ""

    def on(self, day: date) -> Value | None:
        """The value in force on that day; None when there was none."""
        return next((value for value in self.values if value.holds(day)), None)


@dataclass(frozen=True)
class Statute:
    """One file: a statute or a subject with its rules in order."""

    file: str
    name: Text
    rules: tuple[Rule, ...]
    province: str = ""


@cache
def statutes() -> tuple[Statute, ...]:
    """Every file under statutes/, the national ones first. Raises LawError."""
    files = [path for path in sorted(FOLDER.glob("*.toml")) if path.name != "names.toml"]
    read = tuple(read_statute(path) for path in (*files, *sorted(FOLDER.glob("local/*.toml"))))
    keys = [rule.key for statute in read for rule in statute.rules]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise LawError(f"rules in two files: {', '.join(sorted(twice))}")
    return read


@cache
def rules() -> dict[str, Rule]:
    """Every rule by key."""
    return {rule.key: rule for statute in statutes() for rule in statute.rules}


def rule(key: str) -> Rule:
    """The rule of that key. Raises KeyError for one that no statute here knows."""
    return rules()[key]


def value(key: str, on: date) -> Value | None:
    """What the rule says on the day `on`, or None. Raises KeyError for a rule that no statute here knows."""
    return rule(key).on(on)


def in_force(key: str, on: date) -> Value:
    """What the rule says on the day `on`. Raises ValueError where it wasn't in force, KeyError for an unknown rule."""
    now = value(key, on)
    if now is None:
        raise ValueError(f"{key} was not in force on {on}")
    return now


def read_statute(path: Path) -> Statute:
    """The rules of one file. Raises LawError."""
    tables = read_table(path)
    head = tables.pop("statute", None)
    if head is None:
        raise LawError(f"{path.name}:1: no [statute]")
    name = Text(head.text("says"), head.text("en"))
    province = head.text("province", "")
    head.done()
    return Statute(path.name, name, tuple(_rule(table, province) for table in tables.values()), province)


def _rule(table: Table, province: str) -> Rule:
    name = Text(table.text("says"), table.text("en"))
    sentences = {key: _pair(table, key) for key in SENTENCES}
    lists = {key: tuple(table.texts(key)) for key in ("may", "signs")}
    flags = {key: table.flag(key, False) for key in ("fee", "clock")}
    words = {key: table.text(key, "") for key in WORDS}
    values = _in_order(table, [_value(one) for one in table.tables("values")])
    if words["bound"] not in BOUNDS:
        raise table.wrong("bound", f"must be one of {', '.join(BOUNDS[1:])}")
    table.done()
    return Rule(table.name, name, values, **sentences, **lists, **flags, **words, province=province)  # type: ignore[arg-type]


def _pair(table: Table, key: str) -> Text | None:
    """The sentence `key` and its English beside it, `key`_en; both or none."""
    says, en = table.text(key, ""), table.text(f"{key}_en", "")
    if bool(says) != bool(en):
        raise table.wrong(key, "must stand in both languages")
    return Text(says, en) if says else None


def _value(table: Table) -> Value:
    amounts = {unit: table.number(unit) for unit in UNITS if unit in table.data}
    until = table.day("until") if "until" in table.data else None
    made = Value(
        table.day("from"), table.text("source"), amounts, until, table.flag("verified", True), _pair(table, "note")
    )
    if until and until < made.since:
        raise table.wrong("until", "ends before it begins")
    table.done()
    return made


def _in_order(table: Table, values: list[Value]) -> tuple[Value, ...]:
    """Newest first. Of two in force on one day the newer counts; two may not begin on the same day."""
    if not values:
        raise table.wrong("", "no values")
    if len({one.since for one in values}) < len(values):
        raise table.wrong("", "two values begin on the same day")
    return tuple(sorted(values, key=lambda one: one.since, reverse=True))
