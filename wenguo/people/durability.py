"""What an acknowledged change survives, as the database is set up."""

from typing import NamedTuple

from django.db import connection


class Durability(NamedTuple):
    """`mode`: synchronous (a second machine has each change before it is acknowledged), asynchronous (a second machine
    follows, and may lack the latest changes), local (one PostgreSQL), file (SQLite on one disk), unsafe (not even a
    crash is survived: the database answers before it has written), or standby (it only reads).

    `waits`: synchronous, but no standby is connected, so that every change waits for one.
    """

    mode: str
    survives_crash: bool = True
    survives_machine: bool = False
    waits: bool = False


# In both languages: what each mode means to whoever answers for the data.
SAYS = {
    "synchronous": ("已应答的修改在另一台机器上也有", "a second machine has every acknowledged change"),
    "asynchronous": (
        "备机异步跟随：主机损毁时，最近已应答的修改可能丢失",
        "a standby follows asynchronously: the latest acknowledged changes may be lost with the primary",
    ),
    "local": ("只有一台数据库：机器损毁时只剩备份", "one database without a standby: only a backup survives its loss"),
    "file": (
        "数据在这台机器的一个文件里：机器损毁时只剩备份",
        "one file on this machine: only a backup survives its loss",
    ),
    "unsafe": (
        "数据库在写盘前就应答：断电会丢数据",
        "the database answers before it has written: a crash loses changes",
    ),
    "standby": ("连接的是备机，只能读", "this is a standby: it only reads"),
    "unknown": ("问不到数据库", "the database can't be asked"),
}


def durability() -> Durability:
    """Asked of the database itself, whose settings may differ by role and database."""
    return _of_file() if connection.vendor == "sqlite" else _of_server()


def _of_file() -> Durability:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        safe = cursor.fetchone()[0] >= 2  # FULL
    return Durability("file" if safe else "unsafe", safe)


# Whoever may not look closer (pg_monitor) sees that somebody streams, not how far they are: `state` is empty then.
ASKED = """
    SELECT pg_is_in_recovery(), current_setting('fsync'), current_setting('synchronous_commit'),
           current_setting('synchronous_standby_names'),
           (SELECT count(*) FROM pg_stat_replication WHERE coalesce(state, 'streaming') = 'streaming')
"""


def _of_server() -> Durability:
    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        reads, fsync, commit, names, standbys = cursor.fetchone()
    if reads:
        return Durability("standby", survives_crash=False)
    if fsync != "on" or commit == "off":
        return Durability("unsafe", survives_crash=False)
    if names.strip() and commit != "local":
        return Durability("synchronous", survives_machine=True, waits=not standbys)
    return Durability("asynchronous" if standbys else "local")
