"""The backup before an upgrade: made by itself, the last few kept."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from wenguo.jobs.backup.writing import back_up

KEEP = 5  # backups
NAME = re.compile(r"before-upgrade-\d{8}T\d{6}(\.\d{6})?Z")
TOLD = ("people_branch", "people_staff", "cases_case", "people_amendment")  # no installation in use is without them


def has_data() -> bool:
    """Whether anybody has put something into this database."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in TOLD:
            if table in there:
                cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
                if cursor.fetchone():
                    return True
    return False


def before_upgrade(now: datetime, say: Callable[[str], None]) -> Path | None:
    """Backs the database up where it holds anything; says where to. The oldest such backups beyond KEEP are removed."""
    if not has_data():
        return None
    folder = Path(settings.HOME) / "backups"
    target = folder / f"before-upgrade-{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
    made = back_up(target, now, say, link=True)
    say(f"升级前已备份 · backed up before the upgrade: {target}")
    if made.lost:
        say(f"证据文件缺失或已改 · evidence files missing or changed: {len(made.lost)}; see `wenguo doctor`")
    for old in sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))[:-KEEP]:
        shutil.rmtree(old, ignore_errors=True)
    return target
