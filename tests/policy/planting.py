"""A copy of a pack that ships, in which a test plants a fault, and what the check says of it."""

import re
import shutil
from datetime import date
from pathlib import Path

from wenguo.cases.acting import RELATIONS
from wenguo.cases.facts import FACTS, MEASURES
from wenguo.cases.verbs import load_verbs
from wenguo.policy.check import Vocabulary, check_folder
from wenguo.policy.load import PACKS

VOCABULARY = Vocabulary(load_verbs(), RELATIONS, frozenset(FACTS), frozenset(MEASURES))
TODAY = date(2026, 11, 1)
ROAD = "processes/complaint.toml"


class PackCopy:
    """The pack for car dealers under a folder of the test."""

    def __init__(self, parent: Path):
        self.folder = parent / "auto_dealer"
        shutil.copytree(PACKS / "auto_dealer", self.folder)

    def plant(self, file: str, table: str, row: str, old: str, new: str, at: str = "") -> str:
        """Puts `new` in place of `old` in the table headed `table` that has the line `row`.

        Returns "file:line" of the line that begins with `at`, or with `new`.
        """
        text = (self.folder / file).read_text(encoding="utf-8")
        start, end = self._bounds(text, table, row)
        block = text[start:end]
        assert block.count(old) == 1, f"{old!r} must stand once in {table} {row}"
        block = block.replace(old, new)
        (self.folder / file).write_text(text[:start] + block + text[end:], encoding="utf-8")
        return self._place(file, text[:start] + block, start, at or new)

    def append(self, file: str, text: str, at: str) -> str:
        """Adds `text` at the end of the file and returns "file:line" of its line that begins with `at`."""
        path = self.folder / file
        before = path.read_text(encoding="utf-8") + "\n"
        path.write_text(before + text, encoding="utf-8")
        return self._place(file, before + text, len(before), at)

    def place(self, file: str, table: str, row: str, at: str) -> str:
        """ "file:line" of the line that begins with `at` in that table."""
        text = (self.folder / file).read_text(encoding="utf-8")
        start, end = self._bounds(text, table, row)
        return self._place(file, text[:end], start, at)

    def faults(self, on: date = TODAY) -> list[str]:
        """What the check says of the copy, each as "file:line: message"."""
        return [str(fault) for fault in check_folder(self.folder, VOCABULARY, on)]

    @staticmethod
    def _bounds(text: str, table: str, row: str) -> tuple[int, int]:
        heads = [head.start() for head in re.finditer(r"^\[", text, re.MULTILINE)] + [len(text)]
        found = [
            (start, end)
            for start, end in zip([0, *heads], heads, strict=False)
            if text[start:end].startswith(table) and f"\n{row}" in text[start:end]
        ]
        assert len(found) == 1, f"{table} with {row} stands {len(found)} times"
        return found[0]

    @staticmethod
    def _place(file: str, text: str, start: int, at: str) -> str:
        line = re.compile("^" + re.escape(at.split("\n")[0]), re.MULTILINE).search(text, start)
        assert line, f"no line begins with {at!r}"
        return f"auto_dealer/{file}:{text.count(chr(10), 0, line.start()) + 1}"


def step(copy: PackCopy, verb: str, old: str, new: str, at: str = "") -> str:
    """Plants a fault in the step of that verb."""
    return copy.plant(ROAD, "[[step]]", f'do = "{verb}"\n', old, new, at)


def clock(copy: PackCopy, key: str, old: str, new: str, at: str = "") -> str:
    """Plants a fault in the clock of that key."""
    return copy.plant(ROAD, "[[clock]]", f'key = "{key}"\n', old, new, at)


def stage(copy: PackCopy, key: str, old: str, new: str, at: str = "") -> str:
    """Plants a fault in the stage of that key."""
    return copy.plant(ROAD, "[[stage]]", f'key = "{key}"\n', old, new, at)


def field(copy: PackCopy, file: str, form: str, key: str, old: str, new: str, at: str = "") -> str:
    """Plants a fault in the field of that key."""
    return copy.plant(f"forms/{file}.toml", f"[[{form}.field]]", f'key = "{key}"\n', old, new, at)
