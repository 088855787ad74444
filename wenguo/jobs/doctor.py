"""What is wrong with this installation, in plain words, and how to mend it: collected from the parts, never guessed."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from wenguo.cases import ailments, evidence, reindexing, triggers
from wenguo.jobs import rules, schema
from wenguo.notify import ailments as notify
from wenguo.people import ailments as people
from wenguo.people.ailments import Ailment
from wenguo.people.durability import SAYS, durability

LEAST_FREE, LITTLE_FREE = 200, 1024  # megabytes of disk: below the first nothing is taken any more
SKEW = 5  # seconds by which two clocks may differ
SHORT_KEY = 32  # signs


class Check(NamedTuple):
    """`find` says what is wrong; `mend`, where there is one, puts it right. `thorough`: reads the whole record, so only
    with --rebuild. `firm`: without it nothing further can be asked."""

    name: str
    find: Callable[[datetime], Iterator[Ailment]]
    mend: Callable[[datetime], None] | None = None
    thorough: bool = False
    firm: bool = False


class Finding(NamedTuple):
    check: str
    what: str
    mend: str
    wrong: bool
    mended: bool = False


def examine(now: datetime, *, fix: bool = False, rebuild: bool = False) -> list[Finding]:
    """Everything that is found. `fix` mends what a program may; `rebuild` also compares what is derived."""
    found: list[Finding] = []
    for check in CHECKS:
        if check.thorough and not rebuild:
            continue
        sick = _found(check, now)
        if sick and fix and check.mend:
            sick = _mended(check, sick, now)
        found += sick
        if check.firm and any(one.wrong and not one.mended for one in sick):
            break
    return found


def _found(check: Check, now: datetime) -> list[Finding]:
    try:
        return [Finding(check.name, *one) for one in check.find(now)]
    except (DatabaseError, OSError) as failure:
        what = f"这项检查没能做完 · this check couldn't be made ({type(failure).__name__})"
        return [Finding(check.name, what, "看数据库和磁盘是否可用 · see whether database and disk can be used", True)]


def _mended(check: Check, sick: list[Finding], now: datetime) -> list[Finding]:
    """What is still wrong after mending, and what no longer is."""
    assert check.mend
    try:
        check.mend(now)
    except (DatabaseError, OSError) as failure:
        why = f" · 修复失败 · mending failed ({type(failure).__name__})"
        return [one._replace(mend=one.mend + why) for one in sick]
    still = _found(check, now)
    words = {one.what for one in still}
    return still + [one._replace(mended=True) for one in sick if one.what not in words]


# ---- this machine and its database ----


def _database(now: datetime) -> Iterator[Ailment]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return iter(())


def _migrations(now: datetime) -> Iterator[Ailment]:
    executor = MigrationExecutor(connection)
    if newer := schema.newer(executor):
        yield Ailment(newer, "安装更新的程序 · install the newer version of this program")
    elif schema.waiting(executor):
        yield Ailment(
            "数据库结构落后 · the schema is behind this version", "运行 wenguo migrate · run `wenguo migrate`"
        )


def _triggers(now: datetime) -> Iterator[Ailment]:
    if lost := triggers.installed(connection):
        what = f"保护记录的触发器缺失或已改 · triggers that guard the record are missing or changed: {', '.join(lost)}"
        yield Ailment(what, "运行 wenguo migrate,并查 audit verify · run `wenguo migrate`, then `wenguo audit verify`")


def _packs(now: datetime) -> Iterator[Ailment]:
    for fault in rules.faults(None):
        yield Ailment(f"行业包有错 · a pack has a fault: {fault}", "wenguo pack check")


def _disk(now: datetime) -> Iterator[Ailment]:
    free = shutil.disk_usage(settings.HOME).free // 2**20
    if free < LITTLE_FREE:
        what = f"磁盘只剩 {free} MB · only {free} MB of disk are left for {settings.HOME}"
        yield Ailment(what, "清理或扩容 · make room", wrong=free < LEAST_FREE)


def _durability(now: datetime) -> Iterator[Ailment]:
    found = durability()
    says = " · ".join(SAYS[found.mode])
    if found.mode == "standby":
        yield Ailment(says, "连接主库，或提升备机 · connect to the primary, or promote this one")
    elif not found.survives_crash:
        yield Ailment(says, "PostgreSQL: fsync=on, synchronous_commit=on · SQLite: synchronous=FULL")
    elif found.waits:
        yield Ailment(
            "要求同步备机，但没有备机连接，修改都在等待 · a synchronous standby is asked for and none is connected: "
            "every change waits",
            "恢复备机，或暂时清空 synchronous_standby_names · bring the standby back, or empty "
            "synchronous_standby_names until then",
        )
    elif not found.survives_machine:
        yield Ailment(
            f"{says} ({found.mode})",
            "定时备份到别处；PostgreSQL 可设同步备机 · back up elsewhere; on PostgreSQL synchronous_standby_names",
            wrong=False,
        )


def _clock(now: datetime) -> Iterator[Ailment]:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        skew = abs((cursor.fetchone()[0] - datetime.now(UTC)).total_seconds())
    if skew > SKEW:
        what = f"本机与数据库的时间相差 {skew:.0f} 秒 · this machine's clock and the database's differ by {skew:.0f} s"
        yield Ailment(what, "两边都用 NTP 校时 · let NTP set both")


OWNED = """
SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
AND pg_has_role(current_user, relowner, 'MEMBER') AND relname IN ('cases_entry', 'people_amendment')
"""


def _ownership(now: datetime) -> Iterator[Ailment]:
    if connection.vendor != "postgresql" or settings.OWNER_DATABASE_URL:
        return  # whoever asks as the owner learns nothing about the app
    with connection.cursor() as cursor:
        cursor.execute(OWNED)
        (owned,) = cursor.fetchone()
    if owned:
        what = "程序的数据库角色拥有这些表,能关掉触发器 · the app's role owns the tables and could switch triggers off"
        yield Ailment(what, "用两个角色,见 docs/deploy.md · use two roles, see docs/deploy.md", wrong=False)


def _secrets(now: datetime) -> Iterator[Ailment]:
    kept = Path(settings.HOME) / "secret-key"
    if kept.exists() and kept.stat().st_mode & 0o077:
        yield Ailment("别人能读 secret-key · others can read the file secret-key", ailments.FIX)
    if len(settings.SECRET_KEY) < SHORT_KEY or len(set(settings.SECRET_KEY)) < 8:
        yield Ailment("密钥太短 · WENGUO_SECRET_KEY is too short to be one", "换成 50 个随机字符 · use 50 random signs")
    if os.environ.get("WENGUO_TEST") == "1" and os.environ.get("WENGUO_NOW"):
        yield Ailment("业务时钟是测试用的 · the business clock is a test's", "去掉 WENGUO_NOW · unset WENGUO_NOW")


def _mend_secrets(now: datetime) -> None:
    kept = Path(settings.HOME) / "secret-key"
    if kept.exists():
        kept.chmod(0o600)


def _search(now: datetime) -> Iterator[Ailment]:
    for fault in reindexing.faults():
        yield Ailment(f"检索与记录不符 · search says otherwise than the record: {fault}", REBUILD)


def _search_anew(now: datetime) -> None:
    reindexing.rebuild(lambda line: None)


REBUILD = "运行 wenguo doctor --rebuild --fix · run `wenguo doctor --rebuild --fix`"


def _timeless(find: Callable[[], Iterator[Ailment]]) -> Callable[[datetime], Iterator[Ailment]]:
    return lambda now: find()


CHECKS = (
    Check("database", _database, firm=True),
    Check("migrations", _migrations, firm=True),
    Check("triggers", _triggers, lambda now: triggers.install(connection)),
    Check("packs", _packs),
    Check("disk", _disk),
    Check("durability", _durability),
    Check("clock", _clock),
    Check("ownership", _ownership),
    Check("secrets", _secrets, _mend_secrets),
    Check("branches", _timeless(people.branches)),
    Check("posts", _timeless(people.posts)),
    Check("calendar", people.calendar),
    Check("stages", _timeless(ailments.places)),
    Check("turns", _timeless(ailments.turns)),
    Check("clock_kinds", _timeless(ailments.clock_kinds)),
    Check("codes", _timeless(ailments.codes)),
    Check("untold", _timeless(ailments.untold)),
    Check("due", _timeless(ailments.due_dates), lambda now: ailments.mend_due_dates()),
    Check("closed_clocks", _timeless(ailments.closed_clocks)),
    Check("orphans", _timeless(ailments.orphans)),
    Check("evidence", _timeless(evidence.ailments), lambda now: evidence.put_apart()),
    Check("loops", ailments.loops),
    Check("waiting", ailments.waiting),
    Check("undelivered", notify.undelivered),
    Check("locked", notify.locked),
    Check("drafts", ailments.drafts, ailments.mend_drafts),
    Check("facts", _timeless(ailments.facts), lambda now: ailments.mend_facts(), thorough=True),
    Check("likeness", _timeless(ailments.likeness), lambda now: ailments.mend_likeness(), thorough=True),
    Check("search", _search, _search_anew, thorough=True),
)
