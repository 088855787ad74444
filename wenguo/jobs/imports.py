"""Imports: the loop that takes on whatever was agreed to on a page, and the same from the command line."""

import hashlib
import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from wenguo.cases.sentences import sentence
from wenguo.channels.beginning import missing, take_in, tried
from wenguo.channels.layouts import Layout
from wenguo.channels.models import ColumnMap, ImportRun
from wenguo.channels.rejects import in_words, told, unpacked
from wenguo.channels.rows import Row
from wenguo.channels.running import folder_of, left, rejects_of, work
from wenguo.jobs import Refused
from wenguo.jobs.tick import always
from wenguo.people import businessclock
from wenguo.people.actors import SYSTEM
from wenguo.people.models import Branch
from wenguo.policy.fields import Problem
from wenguo.reports.exporting import export
from wenguo.reports.kinds import OURS, columns
from wenguo.reports.sheets import write_csv

log = logging.getLogger(__name__)
PIECE = 1024 * 1024  # bytes
KEPT_DAYS = 30  # the files of an import that has ended
Say = Callable[[str], None]


def bring_in(clock: Callable[[], datetime] = businessclock.now, going_on: Callable[[], bool] = always) -> int:
    """Takes every import on that waits or was cut off, oldest first; returns how many ended."""
    ended = 0
    waiting = ImportRun.objects.filter(state__in=("waiting", "running"), here=False).select_related("branch")
    for run in waiting.order_by("id"):
        if not going_on():
            break
        ImportRun.objects.filter(pk=run.pk, state="waiting").update(state="running")
        run.refresh_from_db()
        if run.state == "running":
            ended += _taken_on(run, clock, going_on)
    _forget(clock())
    return ended


def _taken_on(run: ImportRun, clock: Callable[[], datetime], going_on: Callable[[], bool]) -> bool:
    """Whether it came to an end. One that breaks is left failed, or it would break every round anew."""
    try:
        work(run, clock, going_on, lambda run: None)
    except OSError:
        log.exception("import %s can't be read", run.pk)
        problem = {"message": "The file is no longer here.", "fill": {}}
        ImportRun.objects.filter(pk=run.pk).update(state="failed", problem=problem, ended_at=clock())
    return ImportRun.objects.filter(pk=run.pk).exclude(state="running").exists()


def _forget(now: datetime) -> None:
    """The files of imports that ended long ago hold personal data that stands in the cases now."""
    old = ImportRun.objects.filter(ended_at__lt=now - timedelta(days=KEPT_DAYS), reject_bytes__gte=0)
    for run in old.order_by("id")[:100]:
        shutil.rmtree(folder_of(run), ignore_errors=True)
        ImportRun.objects.filter(pk=run.pk).update(reject_bytes=-1)


# ---- from the command line ----


def take_out(kind: str, path: Path, branch: Branch | None, language: str, now: datetime) -> int:
    """Writes a table of everything at `branch` and below it; how many rows it has. Raises Refused."""
    try:
        return export(kind, path, branch, SYSTEM, language, now)
    except Problem as problem:
        raise Refused(sentence(problem, language)) from problem


def run_here(
    kind: str, path: Path, branch: Branch | None, map_name: str, dry: bool, language: str, now: datetime, say: Say
) -> int:
    """Imports the file in this process and says how that goes; returns how many rows were refused. Raises Refused."""
    try:
        run = _unfinished(kind, path) or _begun(kind, path, branch, map_name, now)
        if lacking := missing(run):
            raise Problem("No column says this: %(columns)s.", columns=_labels(run, lacking))
        return _try(run, language, now, say) if dry else _go(run, path, language, say)
    except Problem as problem:
        raise Refused(sentence(problem, language)) from problem


def _unfinished(kind: str, path: Path) -> ImportRun | None:
    """The import of this very file that was cut off here."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    found = ImportRun.objects.filter(kind=kind, here=True, state="running", sha256=digest, by="system")
    return found.select_related("branch").order_by("-id").first()


def _begun(kind: str, path: Path, branch: Branch | None, map_name: str, now: datetime) -> ImportRun:
    saved = None
    if map_name:
        offered = ColumnMap.objects.filter(kind=kind, on=True)
        saved = offered.filter(name=map_name).select_related("branch").order_by("id").first()
        if saved is None:
            names = ", ".join(offered.order_by("name").values_list("name", flat=True))
            raise Refused(f"没有这个列对照表 “{map_name}”; 可选 · there is no such map; there is: {names or '-'}")
    branch = branch or (saved.branch if saved else None) or _only_shop()
    run = ImportRun(kind=kind, branch=branch, by="system", file_name=path.name[:255], here=True, created_at=now)
    with path.open("rb") as file:
        take_in(run, _pieces(file), saved)
    return run


def _only_shop() -> Branch | None:
    """The shop where there is just one; else the file must say it row by row."""
    parents = set(Branch.objects.exclude(parent=None).values_list("parent_id", flat=True))
    shops = [one for one in Branch.objects.order_by("path") if one.pk not in parents]
    return shops[0] if len(shops) == 1 else None


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def _labels(run: ImportRun, keys: list[str]) -> list:
    from wenguo.channels.beginning import pack_of

    return [one.label for one in columns(pack_of(run), run.kind) if one.key in keys] + [
        OURS[key] for key in keys if key in OURS
    ]


def _go(run: ImportRun, path: Path, language: str, say: Say) -> int:
    ImportRun.objects.filter(pk=run.pk).update(state="running")
    run.refresh_from_db()
    work(run, businessclock.now, always, lambda run: say(progress(run, businessclock.now())))
    if run.state == "failed":
        raise unpacked(run.problem)
    say(f"新增 · added {run.added}; 已有 · known {run.known}; 退回 · rejected {run.rejected}")
    if run.rejected:
        say(f"退回文件 · rejected rows: {_rejects_beside(run, path, language)}")
    return run.rejected


def progress(run: ImportRun, now: datetime) -> str:
    """A line on how far it has come."""
    seconds = left(run, now)
    rest = f", 还需 · left {seconds // 60}:{seconds % 60:02}" if seconds is not None else ""
    return f"{run.done_rows}/{run.total}{rest}"


def _rejects_beside(run: ImportRun, path: Path, language: str) -> Path:
    """Writes the reject file beside the table, or where that can't be written, in the data folder."""
    rows = list(Layout.kept(run.columns).titles)
    for folder in (path.parent, folder_of(run)):
        target = folder / f"{path.stem}.rejects.csv"
        try:
            write_csv(told(rejects_of(run), run.reject_bytes, tuple(rows), language), target)
        except OSError:
            continue
        return target
    raise Refused("退回文件无法写入 · the reject file can't be written")


def _try(run: ImportRun, language: str, now: datetime, say: Say) -> int:
    """A dry run: what would be refused, and nothing is stored."""
    try:
        twins, rows = tried(run, now)
        layout, bad = Layout.kept(run.columns), 0
        for row in rows:
            reasons = _reasons(run, row, twins.of(run.kind, layout, row.line))
            bad += bool(reasons)
            if reasons and bad <= 20:
                say(f"{row.line.number}: {in_words(reasons, language)}")
        say(f"试读 · dry run: 共 · rows {twins.total}, 有问题 · with problems {bad}")
        return bad
    finally:
        shutil.rmtree(folder_of(run), ignore_errors=True)
        ImportRun.objects.filter(pk=run.pk, done_rows=0).delete()


def _reasons(run: ImportRun, row: Row, twin: Problem | None) -> list[tuple[str, Problem]]:
    if twin:
        return [("", twin)]
    layout = Layout.kept(run.columns)
    titles = {key: title for key, title in zip(layout.fields, layout.titles, strict=True) if key}
    return [(titles.get(key, key), one) for key, one in row.problems.items()]
