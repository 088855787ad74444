"""What keeps a seal from missing a row that is being written while it looks."""

from django.db import connection

SEAL_LOCK = 0x77656E  # "wen"


def hold_off_seal() -> None:
    """Until this transaction ends no seal is drawn. Whoever writes to the record calls this before anything else.

    On PostgreSQL a row gets its id before others can see it: a seal up to a later id would never cover it. Many may
    hold the lock at once; the seal waits until nobody does. SQLite has one writer at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [SEAL_LOCK])


def wait_for_writers(patience: str) -> None:
    """Returns once nobody writes to the record; nobody begins to until this transaction ends.

    Raises OperationalError after `patience` ("2s"): those who want to write wait behind us meanwhile.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{patience}'")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
