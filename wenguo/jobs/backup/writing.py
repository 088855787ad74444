"""back_up(): everything that can't be made anew, of one moment, in a folder that says what must be in it."""

import gzip
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.db import connections

from wenguo.cases.evidence import path_of
from wenguo.jobs import Refused
from wenguo.jobs.backup import manifest as manifests
from wenguo.jobs.backup.files import Hashing, copy, link_or_copy, sync_file, sync_folder
from wenguo.jobs.backup.manifest import Kept, KeptTable, Manifest, evidence_file, table_file
from wenguo.jobs.backup.progress import Progress
from wenguo.jobs.backup.snapshot import snapshot, standing
from wenguo.jobs.backup.tables import LEFT_OUT, Table
from wenguo.people.chain import stamp

Say = Callable[[str], None]
PACKING = 3  # gzip's level: further ones cost far more time than they save room


def back_up(target: Path, now: datetime, say: Say, *, link: bool = False) -> Manifest:
    """Writes a backup into the new folder `target`; whoever uses the database meanwhile isn't kept waiting.

    `link`: evidence by hard links where the file system allows, which costs neither room nor time. Only a whole backup
    ever carries the name `target`. Raises Refused where that is there already.
    """
    if target.exists() or target.is_symlink():
        raise Refused(f"目标已存在 · {target} is there already: a backup goes into a folder of its own")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Of its owner only, from the first moment: it holds personal data.
    building = Path(tempfile.mkdtemp(prefix=f".{target.name}-unfinished-", dir=target.parent))
    try:
        with snapshot() as alias:
            made = _written(building, alias, now, say, link)
        manifests.write(made, building)
        building.rename(target)
        sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return made


def _written(folder: Path, alias: str, now: datetime, say: Say, link: bool) -> Manifest:
    had, tables = standing(alias)
    progress = Progress("备份数据 · backing up rows", sum(table.last(alias) for table in tables), say)
    (folder / "tables").mkdir()
    kept = [_written_table(table, folder, alias, progress) for table in tables]
    evidence, lost = _evidence(folder, _named(tables, alias), say, link)
    return Manifest(
        stamp(now), connections[alias].vendor, [list(one) for one in had], kept, evidence, lost, dict(LEFT_OUT)
    )


def _written_table(table: Table, folder: Path, alias: str, progress: Progress) -> KeptTable:
    rows = 0
    with (folder / table_file(table.name)).open("xb") as file:
        hashing = Hashing(file)
        with gzip.GzipFile(filename="", mode="wb", compresslevel=PACKING, fileobj=hashing, mtime=0) as packed:
            for rows, line in enumerate(table.lines(alias), 1):
                packed.write(line)
                if rows % 1_000 == 0:
                    progress.done(1_000)
        sync_file(file)
    return KeptTable(
        table_file(table.name), hashing.size, hashing.digest.hexdigest(), table.name, table.columns, rows
    )  # fmt: skip


def _named(tables: list[Table], alias: str) -> Iterator[tuple[str, int]]:
    """(SHA-256, size) of every file that the snapshot names, once each. A file is stored before its row and never
    taken away, so all of them are there, whatever was added since."""
    for table in tables:
        if table.name == "cases_evidence":
            rows = table.model._base_manager.using(alias).order_by("sha256").values_list("sha256", "size")
            yield from (key for key, _ in groupby(rows.iterator(1_000)))


def _evidence(folder: Path, named: Iterator[tuple[str, int]], say: Say, link: bool) -> tuple[list[Kept], list[str]]:
    files = list(named)
    progress = Progress("备份证据 · backing up evidence", sum(size for _, size in files), say)
    kept, lost = [], []
    for sha256, size in files:
        target = folder / evidence_file(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        if _taken(path_of(sha256), target, sha256, size, link):
            kept.append(Kept(evidence_file(sha256), size, sha256))
        else:
            lost.append(sha256)
        progress.done(size)
    return kept, lost


def _taken(source: Path, target: Path, sha256: str, size: int, link: bool) -> bool:
    """Whether the file is in the backup now. One that is missing or isn't what its name says stays out."""
    if not source.is_file() or source.stat().st_size != size:
        return False
    if link:
        link_or_copy(source, target)
        return True
    if copy(source, target) == sha256:
        return True
    target.unlink()
    return False
