"""An import at work: row by row through the doors, with its place kept, so that it goes on wherever it was cut off.

Every row ends as something stored or in the reject file. What a row of a complaint stored is found again by what it
was opened for; rows of all other kinds are stored together with the place that the run has reached.
"""

import os
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction

from wenguo.cases.models import Case
from wenguo.cases.refusals import Refusal
from wenguo.channels.doors import DOORS, opened_for
from wenguo.channels.layouts import Layout
from wenguo.channels.models import ImportRun
from wenguo.channels.rejects import Why, packed, to_line, why
from wenguo.channels.rows import Reader, Row, content_of, key_of
from wenguo.people.actors import SYSTEM, Actor, actor_of
from wenguo.people.models import Staff
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.policy.load import default_pack, packs
from wenguo.reports.kinds import columns
from wenguo.reports.reading_sheets import Line, Sheet, look_at

BATCH = 50  # rows between two places that are kept
Clock = Callable[[], datetime]


def folder_of(run: ImportRun) -> Path:
    """Where the file of a run and its reject file lie."""
    return settings.HOME / "imports" / str(run.pk)


def file_of(run: ImportRun) -> Path:
    return folder_of(run) / "table"


def rejects_of(run: ImportRun) -> Path:
    return folder_of(run) / "rejects.jsonl"


def actor_for(run: ImportRun, now: datetime) -> Actor:
    """Who the run acts as: whoever began it, with the posts they hold today."""
    return actor_of(Staff.objects.get(pk=run.staff_id), now, "import") if run.staff_id else SYSTEM.through("import")


class First(NamedTuple):
    """The row that told something first, and a digest of all it says."""

    number: int
    content: str


class Twins(NamedTuple):
    """What the whole file says of its rows: how many there are, and where the same thing is told twice."""

    total: int
    firsts: dict[str, First]

    def of(self, kind: str, layout: Layout, line: Line) -> Problem | None:
        """Why this row isn't taken: an earlier one says the same, or says something else of the same thing."""
        first = self.firsts.get(key_of(kind, layout, line)) if self.firsts else None
        if first is None or first.number == line.number:
            return None
        if first.content == content_of(layout, line):
            return Problem("The same as row %(row)s.", row=first.number)
        return Problem("Row %(row)s has the same number, but says something else.", row=first.number)


def find_twins(sheet: Sheet, layout: Layout, kind: str) -> Twins:
    """Reads the file once, and once more where rows repeat each other. Keeps eight bytes a row."""
    keys = array("Q", (_short(key_of(kind, layout, line)) for line in layout.rows(sheet)))
    repeated = {key for key, count in Counter(keys).items() if count > 1} if len(set(keys)) < len(keys) else set()
    firsts: dict[str, First] = {}
    for line in layout.rows(sheet) if repeated else ():
        key = key_of(kind, layout, line)
        if _short(key) in repeated and key not in firsts:
            firsts[key] = First(line.number, content_of(layout, line))
    return Twins(len(keys), firsts)


def _short(digest: str) -> int:
    return int(digest[:16], 16)


def work(run: ImportRun, clock: Clock, going_on: Callable[[], bool], say: Callable[[ImportRun], None]) -> None:
    """Takes the run on from its place to the end, or until `going_on` says no or somebody cancels it.

    `say` hears of it after each batch. A file that can't be read to its end fails the run, with the reason.
    """
    try:
        _Work(run, clock).all(going_on, say)
    except Problem as problem:
        run.state, run.problem, run.ended_at = "failed", packed(problem), clock()
        run.save(update_fields=["state", "problem", "ended_at"])


class _Work:
    def __init__(self, run: ImportRun, clock: Clock):
        self.run, self.clock = run, clock
        self.sheet, self.layout = look_at(file_of(run)), Layout.kept(run.columns)
        self.twins = find_twins(self.sheet, self.layout, run.kind)
        self.by = actor_for(run, clock())
        self.reader = Reader(run.kind, self.layout, run.branch, self.by, run.history, clock())
        pack = packs()[run.branch.pack] if run.branch else default_pack()
        self.titles = {field.key: f"{field.label.says} · {field.label.en}" for field in columns(pack, run.kind)}
        self.titles |= {key: title for key, title in zip(self.layout.fields, self.layout.titles, strict=True) if key}
        self.resumed = run.started_at is not None  # rows of the first batch may have been stored before it was cut off
        run.total, run.started_at = self.twins.total, run.started_at or clock()
        run.save(update_fields=["total", "started_at"])

    def all(self, going_on: Callable[[], bool], say: Callable[[ImportRun], None]) -> None:
        lines = islice(self.layout.rows(self.sheet), self.run.done_rows, None)
        with self._rejects() as file:
            while batch := list(islice(lines, BATCH)):
                if not going_on() or not self._batch(batch, file):
                    return
                self.resumed = False
                say(self.run)
        ended = ImportRun.objects.filter(pk=self.run.pk, state="running")
        ended.update(state="done", ended_at=self.clock())
        self.run.refresh_from_db()

    def _rejects(self) -> BinaryIO:
        """The reject file, cut back to what was kept together with the place."""
        path = rejects_of(self.run)
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
        file.truncate(self.run.reject_bytes)
        return file

    def _batch(self, batch: list[Line], file: BinaryIO) -> bool:
        """Whether it went on; not once somebody cancelled the run."""
        if self.run.kind == "complaints":
            return self._keep(*self._ended(batch), len(batch), file)
        with transaction.atomic():
            return self._keep(*self._ended(batch), len(batch), file)

    def _ended(self, batch: list[Line]) -> tuple[Counter[str], list[bytes]]:
        """How the rows ended, and those of them that go into the reject file."""
        count: Counter[str] = Counter()
        refused: list[bytes] = []
        for line in batch:
            ended, reasons = self._end(line)
            count[ended] += 1
            if reasons:
                refused.append(to_line(line, reasons))
        return count, refused

    def _end(self, line: Line) -> tuple[str, Why]:
        if twin := self.twins.of(self.run.kind, self.layout, line):
            return "rejected", [("", twin)]
        row = self.reader.read(line)
        if row.problems or row.branch is None:
            return "rejected", [(self.titles.get(key, key), one) for key, one in row.problems.items()]
        try:
            return ("added" if self._told(row) else "known"), []
        except (Refusal, Wrong) as failure:
            return "rejected", why(failure, self.titles)

    def _told(self, row: Row) -> bool:
        assert row.branch is not None
        tell = DOORS[self.run.kind]
        if self.run.kind == "complaints":
            new = tell(row, row.branch, self.by, self.clock())
            return new or (self.resumed and self._by_us(row))
        try:
            with transaction.atomic():
                return tell(row, row.branch, self.by, self.clock())
        except IntegrityError:  # somebody stored the same in the same moment: a second try finds what they wrote
            with transaction.atomic():
                return tell(row, row.branch, self.by, self.clock())

    def _by_us(self, row: Row) -> bool:
        """Whether the case of this row was opened by this very run, before it was cut off."""
        entries = Case.objects.filter(opened_for=opened_for(row), entries__seq=1, entries__at__gte=self.run.started_at)
        return entries.filter(entries__channel="import").exists()

    def _keep(self, count: Counter[str], refused: list[bytes], rows: int, file: BinaryIO) -> bool:
        """Writes down the place: first the reject file, then the row that says how much of it counts."""
        run = self.run
        for line in refused:
            file.write(line)
        if refused:
            file.flush()
            os.fsync(file.fileno())
        run.done_rows += rows
        run.added, run.known, run.rejected = (
            run.added + count["added"], run.known + count["known"], run.rejected + count["rejected"],
        )  # fmt: skip
        run.reject_bytes += sum(map(len, refused))
        kept = ("done_rows", "added", "known", "rejected", "reject_bytes")
        ImportRun.objects.filter(pk=run.pk).update(**{key: getattr(run, key) for key in kept})
        return ImportRun.objects.filter(pk=run.pk, state="running").exists()


def left(run: ImportRun, now: datetime) -> int | None:
    """Seconds until it will have ended at the pace so far; None where nobody can tell yet."""
    if not run.total or not run.done_rows or not run.started_at:
        return None
    return round((now - run.started_at).total_seconds() / run.done_rows * (run.total - run.done_rows))


def lines_of(run: ImportRun) -> Iterator[Line]:
    """The rows of a run's file under its header. Raises Problem."""
    return Layout.kept(run.columns).rows(look_at(file_of(run)))
