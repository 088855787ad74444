"""TOML tables read key by key, where every slip is a LawError with file and line."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any


class LawError(ValueError):
    """A table of the law that can't be used: file, line and what is wrong."""


@dataclass
class Table:
    """One table of a file. What has been read is remembered, so that done() can refuse the rest."""

    file: str
    name: str
    lines: dict[str, int]
    data: dict[str, Any]
    seen: set[str] = field(default_factory=set)

    def wrong(self, key: str, what: str) -> LawError:
        line = self.lines.get(key, self.lines.get("", 1))
        return LawError(f"{self.file}:{line}: [{self.name}] {key} {what}".replace("  ", " "))

    def text(self, key: str, default: str | None = None) -> str:
        """Raises LawError where it is no text, or missing or empty without a default."""
        found = self._take(key, default)
        if not isinstance(found, str) or (default is None and not found.strip()):
            raise self.wrong(key, "must be text")
        return found

    def texts(self, key: str) -> list[str]:
        found = self._take(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise self.wrong(key, "must be a list of texts")
        return found

    def flag(self, key: str, default: bool) -> bool:
        found = self._take(key, default)
        if not isinstance(found, bool):
            raise self.wrong(key, "must be true or false")
        return found

    def number(self, key: str) -> int:
        found = self._take(key, None)
        if type(found) is not int or found < 1:
            raise self.wrong(key, "must be a whole number above 0")
        return found

    def day(self, key: str) -> date:
        found = self._take(key, None)
        if type(found) is not date:
            raise self.wrong(key, "must be a day such as 2022-01-01")
        return found

    def tables(self, key: str) -> list["Table"]:
        """The tables [[name.key]], each with its own lines."""
        found = self._take(key, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self.wrong(key, f"must be tables [[{self.name}.{key}]]")
        return [
            Table(self.file, f"{self.name}.{key}", _nth(self.lines, f"{key}#{nth}."), one)
            for nth, one in enumerate(found)
        ]

    def done(self) -> None:
        """Raises LawError for a key that nobody asked for."""
        for key in self.data:
            if key not in self.seen:
                raise self.wrong(key, "is no key that is known here")

    def _take(self, key: str, default: Any) -> Any:
        self.seen.add(key)
        return self.data.get(key, default)


def read_table(path: Path) -> dict[str, Table]:
    """The tables of a TOML file by name. Raises LawError, also for what isn't TOML or stands outside any table."""
    text = path.read_text(encoding="utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as slip:
        raise LawError(f"{path.name}: not TOML: {slip}") from slip
    lines = dict(_lines(text))
    for name, one in data.items():
        if not isinstance(one, dict):
            raise LawError(f"{path.name}:{lines.get(name, 1)}: '{name}' must stand in a table")
    return {name: Table(path.name, name, _nth(lines, f"{name}."), one) for name, one in data.items()}


def _nth(lines: dict[str, int], start: str) -> dict[str, int]:
    return {key.removeprefix(start): line for key, line in lines.items() if key.startswith(start)}


def _lines(text: str) -> Iterable[tuple[str, int]]:
    """Where each key stands: "obligation.says", "obligation.values#0.days"; a table's head is "obligation."."""
    table, counts = "", dict[str, int]()
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\[\[([\w.]+)\]\]", line):
            nth = counts[head[1]] = counts.get(head[1], -1) + 1
            table = f"{head[1]}#{nth}."
            yield table, number
        elif head := re.match(r"\[([\w.]+)\]", line):
            table = f"{head[1]}."
            yield table, number
        elif key := re.match(r"([\w-]+)\s*=", line):
            yield f"{table}{key[1]}", number
