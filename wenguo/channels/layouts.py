"""Which column of a table is which: found by the words of its header, in both languages and as other systems say it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from wenguo.channels.cells import Words
from wenguo.policy.fields import KINDS, Problem
from wenguo.policy.pack import Field, Pack
from wenguo.reports.kinds import columns, imports_of
from wenguo.reports.reading_sheets import Line, Sheet

TOP = 20  # rows among which the header stands
SAMPLE = 200  # rows by which a guess is tried
MOSTLY = 0.8  # of the sample must be understood, or a column of codes is something else
OURS = {"退回行号", "退回原因", "rejectedrow", "reasonforrejection"}  # columns of our own reject files
BY_FORM = {"text", "long_text", "yes_no"}  # kinds of field that nearly every text fits


@dataclass(frozen=True)
class Layout:
    """`header`: number of the header's row. `fields`: by position what a column is, "" for none. `shift`: how many
    columns the cells stand to the right of their titles."""

    header: int
    titles: tuple[str, ...]
    fields: tuple[str, ...]
    shift: int = 0

    @classmethod
    def kept(cls, data: Mapping[str, Any]) -> "Layout":
        """The layout that `asdict` made of one."""
        return cls(data["header"], tuple(data["titles"]), tuple(data["fields"]), data["shift"])

    def to_keep(self) -> dict[str, Any]:
        return asdict(self)

    def cells(self, line: Line) -> dict[str, str]:
        """The cells by field; empty ones are left out."""
        return {key: text for key, _, text in self.placed(line) if key}

    def placed(self, line: Line) -> Iterator[tuple[str, str, str]]:
        """(field or "", title, text) of every cell that holds anything; cells beside all titles have none."""
        for nth, text in enumerate(line.cells):
            at = nth - self.shift
            if text.strip() and at not in self.passed_over:
                inside = 0 <= at < len(self.titles)
                yield (self.fields[at], self.titles[at], text) if inside else ("", "", text)

    @cached_property
    def passed_over(self) -> frozenset[int]:
        """Columns that a reject file has before those of the table."""
        return frozenset(nth for nth, title in enumerate(self.titles) if normal(title) in OURS)

    def rows(self, sheet: Sheet) -> Iterator[Line]:
        """The rows under the header."""
        return (line for line in sheet.lines() if line.number > self.header)


def normal(word: str) -> str:
    """A title as it is compared: no blanks, no punctuation, one kind of letter."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", word).casefold())


def titles(pack: Pack, kind: str) -> dict[str, str]:
    """Fields by every title under which they are known; the pack's own words come first."""
    fields, more = columns(pack, kind), imports_of(pack).titles.get(kind, {})
    found: dict[str, str] = {}
    for field in fields:
        for word in (field.label.says, field.label.en, field.key):
            found.setdefault(normal(word), field.key)
    for key, words in more.items():
        for word in words:
            found.setdefault(normal(word), key)
    return found


def lay_out(sheet: Sheet, pack: Pack, kind: str, saved: Mapping[str, str] | None = None) -> Layout:
    """How the table seems to be laid out; with `saved` (field by title) as that says. Raises Problem for no table."""
    known = {normal(title): key for title, key in saved.items()} if saved else titles(pack, kind)
    top = list(islice(sheet.lines(), TOP + SAMPLE))
    if not top:
        raise Problem("This file is empty.")
    head = max(top[:TOP], key=lambda line: (sum(normal(cell) in known for cell in line.cells), -line.number))
    fields = {field.key: field for field in columns(pack, kind)}
    guessed = _fields(head, known)
    layout = Layout(head.number, tuple(cell.strip() for cell in head.cells), guessed)
    sample = [line for line in top if line.number > head.number][:SAMPLE]
    words = Words(pack)
    layout = _shifted(layout, sample, fields, words)
    return layout if saved else _without_strangers(layout, sample, fields, words)


def _fields(head: Line, known: Mapping[str, str]) -> tuple[str, ...]:
    """What each column is; where two claim to be the same, the one whose title stands first in the list of names."""
    rank = {title: nth for nth, title in enumerate(known)}
    best: dict[str, int] = {}
    for nth, cell in enumerate(head.cells):
        key = known.get(normal(cell), "")
        other = best.get(key)
        if key and (other is None or rank[normal(cell)] < rank[normal(head.cells[other])]):
            best[key] = nth
    return tuple(next((key for key, nth in best.items() if nth == at), "") for at in range(len(head.cells)))


def _shifted(layout: Layout, sample: Sequence[Line], fields: Mapping[str, Field], words: Words) -> Layout:
    """Where a header lost or gained a cell at its beginning, the cells are understood only beside their titles."""

    def understood(shift: int) -> tuple[int, int]:
        tried = _tried(_moved(layout, shift), sample, fields, words)
        told = [tried[key] for key in tried if not KINDS[fields[key].kind].coded]
        return sum(right - wrong for right, wrong in told), sum(right for right, _ in told)

    best = max((0, 1, -1), key=understood)
    return _moved(layout, best) if understood(best)[1] > understood(0)[1] else layout


def _moved(layout: Layout, shift: int) -> Layout:
    return Layout(layout.header, layout.titles, layout.fields, shift)


def _without_strangers(layout: Layout, sample: Sequence[Line], fields: Mapping[str, Field], words: Words) -> Layout:
    """A column whose title is a known one, but whose words are none of our codes, is another one.

    One that bears our own title is believed: its strange words are named row by row.
    """
    tried, strange = _tried(layout, sample, fields, words), set[str]()
    for title, key in zip(layout.titles, layout.fields, strict=True):
        if key in tried and KINDS[fields[key].kind].coded and not _is_ours(title, fields[key]):
            right, wrong = tried[key]
            strange |= {key} if right < MOSTLY * (right + wrong) else set()
    known = tuple("" if key in strange else key for key in layout.fields)
    return Layout(layout.header, layout.titles, known, layout.shift)


def _is_ours(title: str, field: Field) -> bool:
    return normal(title) in {normal(field.label.says), normal(field.label.en), normal(field.key)}


def _tried(
    layout: Layout, sample: Sequence[Line], fields: Mapping[str, Field], words: Words
) -> dict[str, tuple[int, int]]:
    """By field how many cells of the sample are understood, and how many aren't."""
    found: dict[str, tuple[int, int]] = {}
    for line in sample:
        for key, text in layout.cells(line).items():
            field = fields[key]
            if field.kind in BY_FORM:
                continue
            right, wrong = found.get(key, (0, 0))
            fits = words.fits(field, text)
            found[key] = (right + fits, wrong + (not fits))
    return found
