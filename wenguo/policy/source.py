"""TOML files read row by row, where every slip is a Fault with file and line."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wenguo.policy.row import Label, Place


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
        try:
            text = path.read_text(encoding="utf-8")
            self.data = tomllib.loads(text)
        except OSError:
            raise PackFaults([Fault(Place(self.file, 1), "this file is missing")]) from None
        except UnicodeDecodeError as slip:
            raise PackFaults([Fault(Place(self.file, 1), "not UTF-8")]) from slip
        except tomllib.TOMLDecodeError as slip:
            found = re.search(r"line (\d+)", str(slip))
            line = int(found[1]) if found else len(text.splitlines())
            raise PackFaults([Fault(Place(self.file, line), f"not TOML: {slip}")]) from slip
        self.lines: dict[tuple[str, int], dict[str, int]] = {}
        for table, nth, key, line in _line_numbers(text):
            self.lines.setdefault((table, nth), {}).setdefault(key, line)

    def place(self, table: str, nth: int = 0, key: str = "") -> Place:
        """The line of `key` in the nth table of that name; of the table's head when the key isn't there.

        A table within another that is written on one line, { … }, stands where that one's key does.
        """
        if (table, nth) not in self.lines and (around := re.fullmatch(r"(.+)#(\d+)\.(\w+)", table)):
            return self.place(around[1], int(around[2]), around[3])
        keys = self.lines.get((table, nth), {})
        head = keys.get("", 1)
        return Place(self.file, keys.get(key, head), {} if key else keys)

    def tables(self, faults: list[Fault]) -> dict[str, dict]:
        """The tables at the top of the file; anything else there is a fault."""
        for key in self.data:
            if not isinstance(self.data[key], dict):
                faults.append(Fault(self.place("", 0, key), f"'{key}' must be a table: [{key}]"))
        return {key: table for key, table in self.data.items() if isinstance(table, dict)}


def _line_numbers(text: str) -> Iterable[tuple[str, int, str, int]]:
    """(table, which of that name, key, line). A key of a plain table also counts for the file: "roles.finance".

    A table within another is named after it and counted anew in each: the first of "step#3.also_needs".
    """
    counts: dict[str, int] = {}
    table, inside = ("", 0), False
    for number, line in enumerate(text.splitlines(), 1):
        quotes = line.count('"""') + line.count("'''")
        if inside:
            pass
        elif head := re.match(r"\s*\[\[?\s*([\w.\-]+)\s*\]\]?", line):
            address = _address(head[1], counts)
            counts[address] = counts.get(address, -1) + 1
            table = (address, counts[address])
            yield *table, "", number
            yield "", 0, head[1], number
        elif key := re.match(r"""\s*["']?([\w\-]+)["']?\s*(?:\.[^=]*)?=""", line):
            yield *table, key[1], number
            yield "", 0, f"{table[0]}.{key[1]}", number
        inside ^= quotes % 2 == 1


def _address(head: str, counts: dict[str, int]) -> str:
    """What stands in the brackets, with the number of each table around it, as met by now: `counts`."""
    *around, name = head.split(".")
    address = ""
    for table in around:
        address = _within(address + table, counts.get(address + table, 0), "")
    return address + name


def _within(table: str, nth: int, name: str) -> str:
    """How the tables `name` within the nth `table` are called."""
    return f"{table}#{nth}.{name}"


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

    def pairs(self, key: str, kind: type, shape: str, default: dict | None = None) -> dict[str, Any]:
        """A small table whose values are all of one kind: text, or a list."""
        table = self.take(key, dict, default)
        for value in table.values():
            parts = value if isinstance(value, list) else [value]
            if not isinstance(value, kind) or not all(isinstance(part, str | int) for part in parts):
                self.fault(key, f"'{key}' must be {shape}")
                return {}
        return table

    def conditions(self, key: str = "when") -> dict[str, tuple]:
        """{ field = [values] }; none where the key isn't there."""
        return {field: tuple(values) for field, values in self.pairs(key, list, "{ field = [values] }", {}).items()}

    def rows(self, key: str, table: str) -> list["Row"]:
        """The tables of the list `key`, each written as [[table]]."""
        found = self.take(key, list, [])
        if not all(isinstance(one, dict) for one in found):
            self.fault(key, f"'{key}' must be tables: [[{table}]]")
            return []
        inside = _within(self.table, self.nth, key) if self.table else key
        return [Row(one, self.source, inside, nth, self.faults) for nth, one in enumerate(found)]

    def label(self) -> Label:
        """What it is called, in both languages."""
        label = Label(self.take("says", str), self.take("en", str))
        for key, word in (("says", label.says), ("en", label.en)):
            if key in self.data and not word.strip():
                self.fault(key, f"'{key}' is empty")
        return label

    def whole(self, key: str) -> int | None:
        """A whole number, or None where there is none."""
        return self.take(key, int) if key in self.data else None

    def done(self) -> None:
        """Complains about keys that nobody took: a misspelt key must not pass in silence."""
        for key in self.data.keys() - self.taken:
            self.fault(key, f"unknown key '{key}'")
