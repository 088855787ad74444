"""Seals: whatever was added to the record since the last one, bound together, and each seal bound to the one before.

A chain of a case doesn't see its own end cut off; a seal over all cases does. What is outside (anchors.py) then only
needs the hash of one seal to vouch for everything before it. The formats are final.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction

from wenguo.cases.merkle import Tree
from wenguo.cases.models import Seal
from wenguo.people.chain import FIRST, link, stamp
from wenguo.people.rows import first, store
from wenguo.people.seal_lock import wait_for_writers

log = logging.getLogger(__name__)
TABLES = {"entry": "cases_entry", "amendment": "people_amendment"}  # what is sealed, in this order
LARGEST = 4096  # rows in one seal: the proof of a case reads all of a seal
AT_ONCE = 20_000  # rows read
PATIENCE = "2s"  # that writers may have to wait behind us
BUSY = "55P03"  # PostgreSQL's code for a lock that wasn't to be had in time


def seal_columns(seal: Seal) -> list[Any]:
    """The columns of a seal in the order in which they are hashed. Final."""
    return [seal.what, stamp(seal.at), seal.first, seal.last, seal.count, seal.root]


def seal(now: datetime, going_on: Callable[[], bool] = lambda: True) -> int:
    """Seals every row of the record that is committed and not sealed yet; returns how many. `now` is UTC.

    Where somebody writes for longer than PATIENCE (a big import), nothing is sealed and the next round tries again.
    Two who seal at once do it once: only one seal can follow another.
    """
    try:
        ends = _ends()
    except OperationalError as failure:
        if getattr(failure.__cause__, "sqlstate", "") != BUSY:
            raise
        log.warning("nothing was sealed: somebody writes to the record for longer than %s", PATIENCE)
        return 0
    sealed = 0
    for what, end in ends.items():
        while going_on() and (count := _seal_next(what, end, now)):
            sealed += count
    return sealed


@transaction.atomic
def _ends() -> dict[str, int]:
    """The last id of each table at a moment at which nobody writes: all rows up to there are committed."""
    wait_for_writers(PATIENCE)
    ends = {}
    with connection.cursor() as cursor:
        for what, table in TABLES.items():
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
            (ends[what],) = cursor.fetchone()
    return ends


def _seal_next(what: str, end: int, now: datetime) -> int:
    """One seal over the next rows up to the id `end`; how many it covers (0: none were left, or somebody was first)."""
    # Read before anything else: whoever seals meanwhile follows the same seal, and only one of us can.
    before = first(Seal, "ORDER BY id DESC")
    done = first(Seal, "WHERE what = %s ORDER BY last DESC", what)
    rows = hashes(what, done.last if done else 0, end, LARGEST)
    if not rows:
        return 0
    tree = Tree()
    for _, text in rows:
        tree.add(text)
    made = Seal(what=what, at=now, first=rows[0][0], last=rows[-1][0], count=tree.count, root=tree.root(),
                prev=before.hash if before else FIRST)  # fmt: skip
    made.hash = link(made.prev, seal_columns(made))
    try:
        with transaction.atomic():
            store(made)
    except IntegrityError:  # another process has sealed the same in this moment
        return 0
    return made.count


def hashes(what: str, after: int, until: int, most: int) -> list[tuple[int, str]]:
    """(id, hash) of the rows behind the id `after`, at most `most` and none behind `until`, in the order of ids."""
    return _hashes(TABLES[what], after, until, most)


def all_hashes(what: str) -> Iterator[tuple[int, str]]:
    """The same of the whole table."""
    return _all(TABLES[what])


def seal_hashes() -> Iterator[tuple[int, str]]:
    """The same of the seals themselves."""
    return _all(Seal._meta.db_table)


def _all(table: str) -> Iterator[tuple[int, str]]:
    after = 0
    while rows := _hashes(table, after, 2**63 - 1, AT_ONCE):
        yield from rows
        after = rows[-1][0]


def _hashes(table: str, after: int, until: int, most: int) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, hash FROM {table} WHERE id > %s AND id <= %s ORDER BY id LIMIT {most}", [after, until]
        )
        return cursor.fetchall()
