"""Tables written by a test and brought in as the page or the command line would."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.people import NOW, actor
from wenguo.channels.beginning import take_in
from wenguo.channels.models import ImportRun
from wenguo.channels.rejects import told
from wenguo.channels.running import rejects_of, work
from wenguo.people.models import Branch, Staff


def begun(kind: str, content: bytes | str, *, by: str = "customer_admin", branch: str = "HZ", **more: Any) -> ImportRun:
    """An import of this file, laid out and not yet agreed to; `by` is a login, or "" for the system."""
    staff = Staff.objects.get(username=by) if by else None
    run = ImportRun(
        kind=kind, branch=Branch.objects.get(code=branch) if branch else None, staff=staff, file_name="表.csv",
        by=actor(by).code if by else "system", created_at=NOW, **more,
    )  # fmt: skip
    take_in(run, [content.encode() if isinstance(content, str) else content])
    return run


def brought_in(kind: str, content: bytes | str, **more: Any) -> ImportRun:
    """The same, run to its end."""
    return finished(begun(kind, content, **more))


def finished(run: ImportRun, going_on: Callable[[], bool] = lambda: True) -> ImportRun:
    """The import as far as it comes."""
    ImportRun.objects.filter(pk=run.pk).update(state="running")
    run = ImportRun.objects.select_related("branch").get(pk=run.pk)
    work(run, lambda: NOW, going_on, lambda run: None)
    return ImportRun.objects.select_related("branch").get(pk=run.pk)


def refused(run: ImportRun, language: str = "zh-hans") -> list[tuple[int, str]]:
    """(row, reason) of every row in the reject file."""
    titles = tuple(run.columns["titles"])
    rows = list(told(rejects_of(run), run.reject_bytes, titles, language))[1:]
    return [(row[0], row[1]) for row in rows]


def counts(run: ImportRun) -> tuple[int, int, int]:
    """Rows added, known before, refused."""
    return run.added, run.known, run.rejected


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
