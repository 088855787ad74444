"""Whether this process lives, and whether it may be sent people: for load balancers and monitors."""

import shutil
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from wenguo.cases import triggers
from wenguo.cases.models import Loop
from wenguo.people.businessclock import now
from wenguo.people.durability import SAYS, Durability, durability
from wenguo.web.safety import plain

LEAST_FREE = 200 * 1024 * 1024  # bytes of disk


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else."""
    return plain("ok")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """503 as long as a change could not be kept safely.

    A late loop is told and nothing more: taking every web process away would not bring it back. So is the replication
    mode: one database without a second machine is a choice. A standby, though, takes no change.
    """
    told: dict[str, Any] = {name: _passes(check) for name, check in CHECKS.items()}
    well = all(told.values())
    kept = _kept()
    zh, en = SAYS[kept.mode]
    more: dict[str, Any] = {"replication": kept.mode, "replication_says": {"zh": zh, "en": en}, "loops": _loop_ages()}
    more |= {"replication_waits": True} if kept.waits else {}
    well = well and kept.mode != "standby"
    answer = {"ready": well, **told, **more}
    return JsonResponse(answer, status=200 if well else 503, json_dumps_params={"ensure_ascii": False})


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, OSError):
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _disk() -> bool:
    return shutil.disk_usage(settings.HOME).free >= LEAST_FREE


_up_to_date = False


def _migrations() -> bool:
    """Whether the schema is this version's. Asked until it is: reading all migrations takes a while."""
    global _up_to_date
    if not _up_to_date:
        executor = MigrationExecutor(connection)
        _up_to_date = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _up_to_date


def _triggers() -> bool:
    return not triggers.installed(connection)


CHECKS = {"database": _database, "disk": _disk, "migrations": _migrations, "triggers": _triggers}


def _kept() -> Durability:
    """How safe an acknowledged change is; its mode is unknown while nobody can be asked."""
    try:
        return durability()
    except DatabaseError:
        return Durability("unknown", survives_crash=False)


def _loop_ages() -> dict[str, int]:
    """Seconds since each loop's last beat."""
    try:
        return {loop.name: int((now() - loop.beat_at).total_seconds()) for loop in Loop.objects.order_by("name")}
    except DatabaseError:
        return {}
