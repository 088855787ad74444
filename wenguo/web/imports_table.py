"""What the pages of an import show: the first rows as they would be read, and how far it has come."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import get_language, gettext, ngettext

from wenguo.cases.sentences import sentence
from wenguo.channels import beginning
from wenguo.channels.layouts import Layout
from wenguo.channels.models import ImportRun
from wenguo.channels.rejects import unpacked
from wenguo.channels.rows import Row
from wenguo.channels.running import left
from wenguo.reports.kinds import columns, imports_of
from wenguo.web.words import short

UNDERWAY = ("waiting", "running")


class Choice(NamedTuple):
    """A column of the file: its title, the field that it is, and a word from its first rows."""

    nth: int
    title: str
    field: str
    example: str


class Shown(NamedTuple):
    """A row as it would be read: a text by column of the preview, what is wrong by column, and what is wrong at all."""

    number: int
    cells: list[tuple[str, str]]
    problems: list[str]


@dataclass
class Preview:
    """`names`: (field, label) of everything that a column can be. `heads`: of the columns that are read."""

    choices: list[Choice]
    names: list[tuple[str, str]]
    heads: list[tuple[str, str]] = field(default_factory=list)
    rows: list[Shown] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    shift: int = 0
    bad: int = 0
    history: int = 0
    days: int = 0  # after which a complaint is history that nobody says is open

    @classmethod
    def empty(cls, run: ImportRun) -> "Preview":
        return cls([], [])

    @classmethod
    def of(cls, run: ImportRun, at: datetime, language: str) -> "Preview":
        """The preview of a file. Raises Problem where it can't be read."""
        layout, found = Layout.kept(run.columns), beginning.preview(run, at)
        labels = {one.key: one.label.word(language) for one in columns(beginning.pack_of(run), run.kind)}
        heads = [(key, labels[key]) for key in dict.fromkeys(layout.fields) if key]
        made = cls(_choices(layout, found), [*labels.items()], heads, shift=layout.shift)
        made.rows = [_shown(row, layout, heads, labels, language) for row in found]
        made.bad = sum(bool(row.problems) for row in found)
        made.history = sum(row.values.get("closed") is True for row in found)
        made.days = imports_of(beginning.pack_of(run)).history_days
        made.missing = [labels[key] for key in beginning.missing(run)]
        return made


def _choices(layout: Layout, found: list[Row]) -> list[Choice]:
    first: dict[str, str] = {}
    for row in found:
        for _, title, text in layout.placed(row.line):
            first.setdefault(title, short(text, 24))
    return [
        Choice(nth, title, key, first.get(title, ""))
        for nth, (title, key) in enumerate(zip(layout.titles, layout.fields, strict=True))
        if title or key
    ]


def _shown(row: Row, layout: Layout, heads: list[tuple[str, str]], labels: dict[str, str], language: str) -> Shown:
    cells, wrong = layout.cells(row.line), {key: sentence(one, language) for key, one in row.problems.items()}
    elsewhere = [f"{labels.get(key, key)}: {words}" for key, words in wrong.items() if key not in dict(heads)]
    return Shown(row.line.number, [(short(cells.get(key, ""), 40), wrong.get(key, "")) for key, _ in heads], elsewhere)


@dataclass(frozen=True)
class Progress:
    """How far an import has come, in words and numbers."""

    run: ImportRun
    underway: bool
    percent: int
    left: str
    said: str
    problem: str

    @classmethod
    def of(cls, run: ImportRun, at: datetime) -> "Progress":
        underway = run.state in UNDERWAY
        percent = round(100 * run.done_rows / run.total) if run.total else 0
        rest = left(run, at) if run.state == "running" else None
        problem = _problem(run)
        return cls(run, underway, percent, _time(rest), STATES[run.state](), problem)


def _problem(run: ImportRun) -> str:
    return sentence(unpacked(run.problem), get_language() or "") if run.problem else ""


def _time(seconds: int | None) -> str:
    if seconds is None:
        return ""
    minutes = round(timedelta(seconds=seconds) / timedelta(minutes=1))
    if minutes < 1:
        return gettext("Less than a minute left")
    return ngettext("%(num)s minute left", "%(num)s minutes left", minutes) % {"num": minutes}


STATES = {
    "looked_at": lambda: gettext("Preview, nothing brought in yet"),
    "waiting": lambda: gettext("Waiting to begin"),
    "running": lambda: gettext("Under way"),
    "done": lambda: gettext("Finished"),
    "cancelled": lambda: gettext("Stopped"),
    "failed": lambda: gettext("Broken off"),
}
