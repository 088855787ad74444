"""Reads a pack folder into rows; every slip is a Fault with file and line."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from wenguo.policy.fields import KINDS
from wenguo.policy.pack import ClockRule, Field, Form, Label, Pack, Place, Process, Stage, Step

PACKS = Path(__file__).resolve().parent.parent / "packs"


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong in a pack: where it stands and what is wrong."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class PackFaults(Exception):
    """A pack that can't be used; `faults` says why, in the order of files and lines."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = sorted(faults)
        super().__init__("\n".join(map(str, self.faults)))


class Source:
    """One TOML file: its tables, and the line of each table and key (tomllib forgets them)."""

    def __init__(self, root: Path, path: Path):
        self.file = path.relative_to(root.parent).as_posix()
        text = path.read_text(encoding="utf-8")
        try:
            self.data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as slip:
            line = int(found[1]) if (found := re.search(r"line (\d+)", str(slip))) else 1
            raise PackFaults([Fault(Place(self.file, line), f"not TOML: {slip}")]) from slip
        self.lines = dict(_line_numbers(text))

    def place(self, table: str, nth: int = 0, key: str = "") -> Place:
        """The line of `key` in the nth table of that name; of the table's head when the key isn't there."""
        head = self.lines.get((table, nth, ""), 1)
        return Place(self.file, self.lines.get((table, nth, key), head))


def _line_numbers(text: str) -> Iterable[tuple[tuple[str, int, str], int]]:
    table, counts = ("", 0), {}
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*\[\[?\s*([\w.\-]+)\s*\]\]?", line):
            counts[head[1]] = counts.get(head[1], -1) + 1
            table = (head[1], counts[head[1]])
            yield (*table, ""), number
        elif key := re.match(r"\s*([\w\-]+)\s*=", line):
            yield (*table, key[1]), number


class Row:
    """One table being read: takes typed values, and complains about what is missing, wrong or left over."""

    def __init__(self, data: dict, source: Source, table: str, nth: int, faults: list[Fault]):
        self.data, self.source, self.table, self.nth, self.faults = data, source, table, nth, faults
        self.taken: set[str] = set()

    @property
    def place(self) -> Place:
        return self.source.place(self.table, self.nth)

    def fault(self, key: str, message: str) -> None:
        self.faults.append(Fault(self.source.place(self.table, self.nth, key), message))

    def take(self, key: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        """The value under `key`; `default` where it isn't there (None: it must be)."""
        self.taken.add(key)
        if key not in self.data:
            if default is None:
                self.fault(key, f"'{key}' is missing")
                return "" if kind is str else kind() if isinstance(kind, type) else None
            return default
        value = self.data[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault(key, f"'{key}' has the wrong type")
            return default if default is not None else (kind() if isinstance(kind, type) else None)
        return value

    def words(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of words."""
        value = self.take(key, list, list(default) if default is not None else None)
        if not all(isinstance(word, str) for word in value):
            self.fault(key, f"'{key}' must be a list of words")
            return ()
        return tuple(value)

    def label(self) -> Label:
        return Label(self.take("says", str), self.take("en", str))

    def whole(self, key: str) -> int | None:
        """A whole number, or None where there is none."""
        return self.take(key, int) if key in self.data else None

    def done(self) -> None:
        """Complains about keys that nobody took: a misspelt key must not pass in silence."""
        for key in self.data.keys() - self.taken:
            self.fault(key, f"unknown key '{key}'")


def load_pack(root: Path) -> Pack:
    """Reads the pack in folder `root`. Raises PackFaults for anything malformed; meaning is judged by check.py."""
    faults: list[Fault] = []
    source = Source(root, root / "pack.toml")
    row = Row(source.data, source, "", 0, faults)
    codes = _codes(root, faults)
    forms = _forms(root, codes, faults)
    roles = {key: _label(value, source, "roles", key, faults) for key, value in row.take("roles", dict).items()}
    pack = Pack(
        name=row.take("name", str), version=row.take("version", str), label=row.label(),
        default=row.take("default", bool, False), opens=row.take("opens", str), roles=roles,
        sees_contact=frozenset(row.words("sees_contact", ())), codes=codes, forms=forms,
        processes=_processes(root, faults),
        facts=frozenset(one.key for form in forms.values() for one in form.fields if one.fact),
    )  # fmt: skip
    row.done()
    if faults:
        raise PackFaults(faults)
    return pack


def _label(value: Any, source: Source, table: str, key: str, faults: list[Fault]) -> Label:
    if isinstance(value, dict) and set(value) == {"says", "en"}:
        return Label(value["says"], value["en"])
    faults.append(Fault(source.place(table, 0, key), f"'{key}' must be {{ says = …, en = … }}"))
    return Label(key, key)


def _codes(root: Path, faults: list[Fault]) -> dict[str, dict[str, Label]]:
    source = Source(root, root / "codes.toml")
    return {
        name: {key: _label(value, source, name, key, faults) for key, value in table.items()}
        for name, table in source.data.items()
    }


def _forms(root: Path, codes: dict, faults: list[Fault]) -> dict[str, Form]:
    forms: dict[str, Form] = {}
    for path in sorted((root / "forms").glob("*.toml")):
        source = Source(root, path)
        for name, table in source.data.items():
            row = Row(table, source, name, 0, faults)
            rows = row.take("field", list, [])
            fields = tuple(
                _field(Row(one, source, f"{name}.field", nth, faults), codes) for nth, one in enumerate(rows)
            )
            if name in forms:
                row.fault("", f"form '{name}' stands twice")
            forms[name] = Form(name, row.label(), fields, row.take("prefill", bool, False), row.place)
            row.done()
    return forms


def _field(row: Row, codes: dict) -> Field:
    helped = Label(row.take("help", str, ""), row.take("help_en", str, ""))
    field = Field(
        key=row.take("key", str), kind=row.take("kind", str), label=row.label(),
        help=helped if helped.says else None, required=row.take("required", bool, False),
        required_if=_conditions(row, "required_if"), required_unless=row.take("required_unless", str, ""),
        asked_if=_conditions(row, "asked_if"), codes=row.take("codes", str, ""),
        options=codes.get(row.data.get("codes", ""), {}), roles=row.words("roles", ()),
        fact=row.take("fact", bool, False), per_round=row.take("per_round", bool, False),
        default=row.take("default", (str, bool), ""), smallest=row.whole("smallest"), largest=row.whole("largest"),
        longest=row.whole("longest"), future=row.take("future", bool, False), place=row.place,
    )  # fmt: skip
    if field.kind not in KINDS:
        row.fault("kind", f"unknown kind of field '{field.kind}'")
    elif KINDS[field.kind].coded and field.codes not in codes:
        row.fault("codes", f"unknown list of codes '{field.codes}'")
    row.done()
    return field


def _conditions(row: Row, key: str) -> dict[str, tuple]:
    table = row.take(key, dict, {})
    if not all(isinstance(values, list) for values in table.values()):
        row.fault(key, f"'{key}' must be {{ field = [values] }}")
        return {}
    return {field: tuple(values) for field, values in table.items()}


def _processes(root: Path, faults: list[Fault]) -> dict[str, Process]:
    processes = {}
    for path in sorted((root / "processes").glob("*.toml")):
        source = Source(root, path)
        row = Row(source.data, source, "", 0, faults)
        process = Process(
            name=row.take("name", str), label=row.label(), owner=row.take("owner", str, ""),
            stages=_keyed(row, "stage", _stage), steps=_keyed(row, "step", _step),
            clocks=_keyed(row, "clock", _clock), moved=row.take("moved", dict, {}), place=row.place,
        )  # fmt: skip
        row.done()
        processes[process.name] = process
    return processes


def _keyed(parent: Row, table: str, read: Any) -> dict:
    rows = {}
    for nth, data in enumerate(parent.take(table, list, [])):
        row = Row(data, parent.source, table, nth, parent.faults)
        made = read(row)
        row.done()
        key = made.do if isinstance(made, Step) else made.key
        if key in rows:
            row.fault("do" if table == "step" else "key", f"{table} '{key}' stands twice")
        rows[key] = made
    return rows


def _stage(row: Row) -> Stage:
    kind = row.take("type", str, "open")
    if kind not in ("open", "closed"):
        row.fault("type", f"a stage is 'open' or 'closed', not '{kind}'")
    turn = row.words("turn", () if kind == "closed" else None)
    return Stage(row.take("key", str), row.label(), kind, turn, row.place)


def _step(row: Row) -> Step:
    tell = row.take("tell", dict, {})
    return Step(
        do=row.take("do", str), label=row.label(), at=row.words("at"), who=row.words("who"),
        never=row.words("never", ()), needs=row.words("needs", ()), form=row.take("form", str, ""),
        then=row.take("then", dict), tell={outcome: tuple(words) for outcome, words in tell.items()},
        speaks_for=row.take("speaks_for", str, ""), plain=row.take("plain", bool, False),
        main=row.take("main", bool, False), place=row.place,
    )  # fmt: skip


def _clock(row: Row) -> ClockRule:
    return ClockRule(
        key=row.take("key", str), label=row.label(), hours=row.take("hours", int), at=row.words("at", ()),
        starts=row.words("starts", ()), due=row.take("due", str, ""), stops=row.words("stops", ()), tell=row.words("tell", ()),
        statute=row.take("statute", str, ""), restarts=row.take("restarts", bool, False), place=row.place,
    )  # fmt: skip


@cache
def packs() -> dict[str, Pack]:
    """Every pack that ships, by name. Raises PackFaults when one is malformed."""
    found = (load_pack(path.parent) for path in sorted(PACKS.glob("*/pack.toml")))
    return {pack.name: pack for pack in found}


def default_pack() -> Pack:
    """The pack a new installation starts with."""
    return next(pack for pack in packs().values() if pack.default)
