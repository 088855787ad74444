"""restore(): a backup into a new or empty place, all of it or nothing."""

import gzip
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.management.color import no_style
from django.db import DataError, IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from wenguo.cases.evidence import path_of
from wenguo.cases.reindexing import rebuild
from wenguo.jobs import Refused, schema
from wenguo.jobs.backup.automatic import has_data
from wenguo.jobs.backup.files import copy, digest_of, sync_folder
from wenguo.jobs.backup.manifest import Kept, KeptTable, Manifest, verified
from wenguo.jobs.backup.progress import Progress
from wenguo.jobs.backup.tables import BATCH, Table, tables
from wenguo.jobs.versions import counting, unknown

Say = Callable[[str], None]


def restore(source: Path, app_url: str, now: datetime, say: Say) -> Manifest:
    """Puts the backup in `source` into the database and data folder at hand, then brings it up to this version.

    Every byte is checked before anything is written; files come first, then all rows in one transaction (SQLite: in a
    new file that gets its name at the end), so that half a restore never looks whole. On PostgreSQL this runs as the
    tables' owner, and the role of `app_url` gets its rights. Raises Refused where the place isn't empty.
    """
    manifest = verified(source, say)
    had = _known(manifest)
    with _place():
        _refuse_unless_empty(had)
        _restore_evidence(manifest.evidence, source, say)
        _restore_rows(manifest, had, source, say)
        schema.upgrade(app_url, now, say, backup=False)
        rebuild(say)
    return manifest


def _known(manifest: Manifest) -> set[tuple[str, str]]:
    loader = MigrationLoader(None)  # of the program, whatever the database
    had = counting(((app, name) for app, name in manifest.migrations), loader)
    if newer := unknown(had, loader):
        raise Refused(f"备份来自更新的版本 · the backup comes from a newer version: {', '.join(newer)}")
    return had


@contextmanager
def _place() -> Iterator[None]:
    """Where rows go: on SQLite a file under another name, which becomes the database once all is well."""
    if connection.vendor != "sqlite":
        yield
        return
    target = Path(connection.settings_dict["NAME"])
    _refuse_used(target)
    building = target.with_name(".restoring.sqlite3")
    _remove(building)
    target.parent.mkdir(parents=True, exist_ok=True)
    connection.close()
    connection.settings_dict["NAME"] = building
    try:
        yield
        connection.close()
        building.replace(target)
        sync_folder(target.parent)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = target
        _remove(building)


def _remove(file: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _refuse_used(file: Path) -> None:
    """Raises Refused where the SQLite file holds anything or some process has it open; an empty one is taken away."""
    if not file.exists():
        return
    if has_data():
        raise Refused(NOT_EMPTY)
    connection.close()
    # SQLite leaves WAL mode only for whoever is alone with the file.
    with sqlite3.connect(file, timeout=0, isolation_level=None) as alone:
        try:
            mode = alone.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.OperationalError:
            mode = "wal"
    alone.close()
    if mode != "delete":
        raise Refused("数据库正在使用 · the database is in use: end `wenguo serve` first")
    _remove(file)


NOT_EMPTY = "数据库里已有数据,不予恢复 · the database isn't empty: a backup goes only into an empty or new one"


def _refuse_unless_empty(had: set[tuple[str, str]]) -> None:
    if has_data():
        raise Refused(NOT_EMPTY)
    loader = MigrationExecutor(connection).loader
    there = counting(loader.applied_migrations, loader)
    if there and there != had:
        raise Refused(
            "这个空数据库的结构与备份的版本不同,请用全新的数据库 · the empty database is of another version "
            "than the backup: make a new database and restore into that"
        )


def _restore_evidence(files: list[Kept], source: Path, say: Say) -> None:
    """Copies evidence. Files of this backup may be there already, from a restore that was broken off."""
    folder = Path(settings.HOME) / "evidence"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.rglob("incoming-*"):
        left.unlink()
    strange = {path.name for path in folder.rglob("*") if path.is_file()} - {one.sha256 for one in files}
    if strange:
        raise Refused(f"证据文件夹不是空的 · {folder} holds files that aren't of this backup: {len(strange)}")
    progress = Progress("恢复证据 · restoring evidence", sum(one.bytes for one in files), say)
    for one in files:
        target = path_of(one.sha256)
        if not (target.is_file() and digest_of(target) == one.sha256):
            target.parent.mkdir(exist_ok=True)
            if copy(source / one.file, target) != one.sha256:
                target.unlink()
                raise Refused(f"备份在恢复时变了 · the backup changed while it was restored: {one.file}")
        progress.done(one.bytes)
    for inside in [*folder.glob("??"), folder]:
        sync_folder(inside)


def _restore_rows(manifest: Manifest, had: set[tuple[str, str]], source: Path, say: Say) -> None:
    if connection.vendor == "sqlite":  # changes tables outside of transactions only; the file has no name yet
        _make_tables(had)
        # A row may come before what it refers to, and SQLite would look through whole tables for each of those.
        with connection.constraint_checks_disabled(), transaction.atomic():
            _load(manifest, had, source, say)
        return
    with transaction.atomic():
        _make_tables(had)
        _load(manifest, had, source, say)
        _set_sequences(had)


def _make_tables(had: set[tuple[str, str]]) -> None:
    """The tables of the version that the backup comes from."""
    executor = MigrationExecutor(connection)
    if executor.loader.applied_migrations:
        return
    nodes = executor.loader.graph.node_map
    newest = [key for key in sorted(had)
              if not any(child.key in had and child.key[0] == key[0] for child in nodes[key].children)]  # fmt: skip
    executor.migrate(newest)


def _tables(had: set[tuple[str, str]]) -> dict[str, Table]:
    state = MigrationExecutor(connection).loader.project_state(sorted(had))
    return {table.name: table for table in tables(state.apps)}


def _load(manifest: Manifest, had: set[tuple[str, str]], source: Path, say: Say) -> None:
    known = _tables(had)
    if {one.name: one.columns for one in manifest.tables} != {name: one.columns for name, one in known.items()}:
        raise Refused("备份的表与其版本不符 · the tables of this backup aren't those of its version")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # a migration that added a reference has it checked at once from then on
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for name in known:  # migrations may have put rows in; the backup has its own
            cursor.execute(f'DELETE FROM "{name}"')
    progress = Progress("恢复数据 · restoring rows", sum(one.rows for one in manifest.tables), say)
    for one in manifest.tables:
        _load_table(known[one.name], one, source, progress)
    try:
        connection.check_constraints()  # before the commit: what waits for it would keep triggers from being made
    except IntegrityError as failure:
        why = "备份里有一行引用的记录不存在 · a row of the backup refers to a row that isn't there"
        raise Refused(f"{why}: {str(failure).splitlines()[0]}") from failure


# What databases, readers of values and gzip raise for a line that is no row of the table.
UNFIT = (DataError, IntegrityError, ValueError, TypeError, ArithmeticError, EOFError, gzip.BadGzipFile)


def _load_table(table: Table, kept: KeptTable, source: Path, progress: Progress) -> None:
    count = 0
    try:
        with gzip.open(source / kept.file) as lines, connection.cursor() as cursor:
            while batch := [table.values(line) for line in islice(lines, BATCH)]:
                table.insert(cursor, batch)
                count += len(batch)
                progress.done(len(batch))
    except UNFIT as failure:
        why = "有一行放不进这个数据库 · a row can't be put into this database"
        raise Refused(f"{why}: {table.name}, after {count} rows ({type(failure).__name__})") from failure
    if count != kept.rows:
        raise Refused(f"行数不符 · {table.name} has {count} rows where the manifest says {kept.rows}")


def _set_sequences(had: set[tuple[str, str]]) -> None:
    """New rows get ids after the highest of those that were put in."""
    kinds = [table.model for table in _tables(had).values()]
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), kinds):
            cursor.execute(sql)
