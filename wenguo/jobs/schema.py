"""Bringing a database up to this version: tables, triggers, rights of the app's role, cases of renamed stages."""

import time
from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

from wenguo.cases import triggers
from wenguo.cases.door import act
from wenguo.cases.models import Case
from wenguo.cases.reindexing import complete
from wenguo.jobs import Refused
from wenguo.jobs.backup.automatic import before_upgrade
from wenguo.jobs.versions import counting, unknown
from wenguo.people.actors import SYSTEM
from wenguo.people.calendar_seeding import seed
from wenguo.people.models import Branch
from wenguo.policy.load import packs

OURS = ("people", "vehicles", "cases", "channels", "notify", "web")  # apps of ours that keep tables
RIGHTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
"""


PATIENCE = 60  # seconds that a database may take to come up


def wait(say: Callable[[str], None]) -> None:
    """Returns once the database answers; it may be starting as well. Raises OperationalError after PATIENCE seconds."""
    until, pause = time.monotonic() + PATIENCE, 0.5
    while True:
        try:
            return connection.ensure_connection()
        except OperationalError as failure:
            if connection.vendor == "sqlite" or time.monotonic() > until:
                raise
            say(f"等待数据库 · waiting for the database: {str(failure).strip().splitlines()[0]}")
        time.sleep(pause)
        pause = min(pause * 2, 5)


def upgrade(
    app_url: str, now: datetime, say: Callable[[str], None], *, backup: bool = True, quiet: bool = False
) -> None:
    """Migrates, installs the triggers, moves cases whose stage has a new name, and adds years to the calendar that this
    version knows. `say` hears what was done.

    `backup`: first backs up a database that holds anything and is behind; without a backup there is no upgrade.
    `quiet`: says nothing where there was nothing to do. On PostgreSQL this runs as the tables' owner; the role in
    `app_url` gets its rights. Raises Refused where that role doesn't exist or a newer version made the tables. Running
    it twice changes nothing.
    """
    executor = MigrationExecutor(connection)
    if later := newer(executor):
        raise Refused(later)
    if behind := waiting(executor):
        if backup:
            before_upgrade(now, say)
        call_command("migrate", verbosity=0, interactive=False)
        complete()
    if triggers.installed(connection):
        triggers.install(connection)
    if connection.vendor == "postgresql":
        _grant(unquote(urlsplit(app_url).username or ""))
    moved = relocate(now)
    if behind and Branch.objects.exists():
        seed(now, SYSTEM.code, "upgrade")
    if behind or moved or not quiet:
        say(f"数据库已是最新 · the database is up to date{f'; {moved} cases moved' if moved else ''}")


def _grant(role: str) -> None:
    """What the app's role may do with the owner's tables. Nothing to say where both are one."""
    if not role or role == connection.settings_dict["USER"]:
        return
    with connection.cursor() as cursor:
        try:
            cursor.execute(RIGHTS.format(role=connection.ops.quote_name(role)))
        except ProgrammingError as missing:
            raise Refused(f"{role}: {str(missing).strip()}") from missing


def relocate(now: datetime) -> int:
    """Moves cases that stand at a stage which the pack has renamed since; returns how many."""
    moved = 0
    for pack in packs().values():
        for process in pack.processes.values():
            for old in process.moved:
                cases = Case.objects.filter(pack=pack.name, process=process.name, stage=old).only("number")
                for case in list(cases.order_by("id")):
                    act(case, "relocated", SYSTEM, {"to": newest(process.moved, old)}, now)
                    moved += 1
    return moved


def newest(moved: dict[str, str], stage: str) -> str:
    """The name that a stage has today, after any number of renamings."""
    while stage in moved:
        stage = moved[stage]
    return stage


BEHIND = "数据库结构不是这个版本的,请先运行 wenguo migrate · the schema is behind: run `wenguo migrate`"


def must_be_current() -> None:
    """Raises Refused where this version can't run on the database as it stands."""
    must_be_known()
    if triggers.installed(connection):
        raise Refused(BEHIND)


def must_be_known() -> None:
    """Raises Refused where the tables aren't those of this version, so that it can't even read them."""
    executor = MigrationExecutor(connection)
    if later := newer(executor):
        raise Refused(later)
    if waiting(executor):
        raise Refused(BEHIND)


def waiting(executor: MigrationExecutor) -> bool:
    """Whether this version has migrations that the database hasn't had."""
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def newer(executor: MigrationExecutor) -> str:
    """Names migrations of ours that the database has and this version doesn't know."""
    ours = {key for key in executor.loader.applied_migrations if key[0] in OURS}
    later = unknown(counting(ours, executor.loader), executor.loader)
    return f"数据库来自更新的版本 · the database comes from a newer version: {', '.join(later)}" if later else ""
