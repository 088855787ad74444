"""One moment of the database, while people go on working: a connection that sees no later change."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

from wenguo.jobs import Refused
from wenguo.jobs.backup.tables import Table, tables
from wenguo.jobs.versions import counting, unknown

ALIAS = "snapshot"


@contextmanager
def snapshot() -> Iterator[str]:
    """The alias of a connection that reads, and sees the database as it stands now until the block ends.

    SQLite: a reading transaction in WAL mode; nobody waits for it. PostgreSQL: REPEATABLE READ.
    """
    ours = connections["default"]
    settings = copy.deepcopy(ours.settings_dict)
    if ours.vendor == "sqlite":
        settings["OPTIONS"]["transaction_mode"] = "DEFERRED"  # IMMEDIATE would keep every writer out
    reading = type(ours)(settings, ALIAS)
    connections[ALIAS] = reading
    try:
        with transaction.atomic(using=ALIAS):
            if reading.vendor == "postgresql":
                with reading.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield ALIAS
    finally:
        reading.close()
        del connections[ALIAS]


def standing(alias: str) -> tuple[list[tuple[str, str]], list[Table]]:
    """Migrations that the database has had, and its tables as they stand after these; an older version's as well."""
    loader = MigrationExecutor(connections[alias]).loader
    had = sorted(counting(loader.applied_migrations, loader))
    if not had:
        raise Refused("数据库里还没有任何表 · nothing has been made in this database yet: there is nothing to back up")
    if newer := unknown(had, loader):
        raise Refused(f"数据库来自更新的版本 · the database comes from a newer version: {', '.join(newer)}")
    return had, tables(loader.project_state(had).apps)
