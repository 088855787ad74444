"""What an acknowledged change survives, as the database is set up."""

from typing import NamedTuple

from django.db import connection


class Durability(NamedTuple):
    """`mode`: synchronous (a second machine has it too), local (one PostgreSQL), file (SQLite on one disk), or unsafe
    (not even a crash is survived: the database answers before it has written)."""

    mode: str
    survives_crash: bool
    survives_machine: bool


def durability() -> Durability:
    """Asked of the database itself, whose settings may differ by role and database."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous")
            safe = cursor.fetchone()[0] >= 2  # FULL
        return Durability("file" if safe else "unsafe", safe, False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit'), "
            "current_setting('synchronous_standby_names')"
        )
        fsync, commit, standbys = cursor.fetchone()
    safe = fsync == "on" and commit != "off"
    if safe and standbys.strip() and commit != "local":
        return Durability("synchronous", True, True)
    return Durability("local" if safe else "unsafe", safe, False)
