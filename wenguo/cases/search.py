"""Finding cases by what they say: every word of the question, wherever it stands, for those who may see it.

What somebody can read on a case's page finds it; what they can't read there neither finds nor counts. So a phone, a
plate or a VIN is found whole by those who see it whole, and by the rest of it that the others see.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection

from wenguo.cases.grams import asked, excerpt, marked, normalised, why_not, words
from wenguo.cases.indexing import branch_gram, quoted, renew
from wenguo.cases.reindexing import complete, faults, follow, rebuild, tidy
from wenguo.cases.walks import Condition, among
from wenguo.people.actors import Actor
from wenguo.people.rows import places
from wenguo.policy.load import packs

__all__ = [  # fmt: skip
    "Found",
    "complete",
    "excerpt",
    "faults",
    "find",
    "follow",
    "marked",
    "normalised",
    "rebuild",
    "renew",
    "tidy",
    "why_not",
    "words",
]
PAGE = 25  # hits
LARGEST = 2**63 - 1  # id
# How many of the newest cases are looked at one by one, and how many hits among them make it worth to go on so.
LOOKS = ((500, 2), (20_000, 0))
FEW = 8  # branches: who sees no more asks the index for them; what others may see is sorted out afterwards


class Found(NamedTuple):
    """Ids of cases, the newest first, and the key after which the next page starts ("" at the end)."""

    cases: list[int]
    next: str


def find(text: str, by: Actor, after: str = "", limit: int = PAGE) -> Found:
    """Cases within the actor's sight that say every word of `text`, the newest first; `after` is the `next` of the page
    before. What it costs hardly depends on how many there are, nor on how many say it."""
    wanted, branches = words(text), [one.pk for one in by.branches()]
    if not wanted or not branches:
        return Found([], "")
    before = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else LARGEST
    found: list[int] = []
    if connection.vendor == "postgresql" and len(branches) > FEW:
        found, before = _newest(wanted, branches, by, before, limit + 1)
    if len(found) <= limit and before > 0:
        found += _ids(*_walk(wanted, branches, by, before, limit + 1 - len(found)))
    return Found(found[:limit], str(found[limit - 1]) if len(found) > limit else "")


def _newest(wanted: list[str], branches: list[int], by: Actor, before: int, limit: int) -> tuple[list[int], int]:
    """What the newest cases say, without the index; and the id before which the index is to be asked for the rest.

    PostgreSQL's index gives all cases that have a gram at once, which for one that is in every tenth case is most of
    the work. What is so frequent is found soon among the newest; what isn't, is asked of the index after a short look.
    """
    found: list[int] = []
    (top,) = _ids("SELECT COALESCE(max(case_id), 0) + 1 FROM cases_searchtext", [])
    before = min(before, top)
    within, (told, values) = among("one.branch_id", branches), _told(wanted, by, "one")
    for look, enough in LOOKS:
        lowest = before - look
        found += _ids(
            "SELECT one.id FROM cases_searchtext told JOIN cases_case one ON one.id = told.case_id"
            f" WHERE told.case_id < %s AND told.case_id >= %s AND {within.sql} AND {told}"
            f" ORDER BY told.case_id DESC LIMIT {limit - len(found)}",
            [before, lowest, *within.values, *values],
        )
        before = lowest
        if len(found) < enough or len(found) == limit or before <= 0:
            break
    return found, before


def _ids(sql: str, values: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [pk for (pk,) in cursor.fetchall()]


def _walk(wanted: list[str], branches: list[int], by: Actor, before: int, limit: int) -> tuple[str, list[Any]]:
    few = branches if len(branches) <= FEW else []
    match, values = _candidates(wanted, few, "AND {id} < %s ORDER BY {id} DESC")
    within, (told, told_values) = among("one.branch_id", branches), _told(wanted, by, "one")
    return (
        f"SELECT one.id FROM ({match}) hit CROSS JOIN cases_searchtext told CROSS JOIN cases_case one"
        f" WHERE told.case_id = hit.id AND one.id = hit.id AND {within.sql} AND {told}"
        f" ORDER BY hit.id DESC LIMIT {limit}"
    ), [*values, before, *within.values, *told_values]


def _candidates(wanted: Iterable[str], branches: list[int], tail: str = "") -> tuple[str, list[Any]]:
    """A query for the ids of cases that have all grams of the words (and are of one of the branches, where any)."""
    needed = sorted(set[str]().union(*map(asked, wanted)))
    at = [branch_gram(one) for one in branches]
    if connection.vendor == "sqlite":
        match = " AND ".join([*([f"({' OR '.join(map(quoted, at))})"] if at else []), *map(quoted, needed)])
        tail = tail.format(id="rowid")
        return f"SELECT rowid AS id FROM cases_searchindex WHERE cases_searchindex MATCH %s {tail}", [match]
    also = "AND grams && %s::text[]" if at else ""
    tail = tail.format(id="case_id")
    return f"SELECT case_id AS id FROM cases_searchtext WHERE grams @> %s::text[] {also} {tail}", [
        needed,
        *([at] if at else []),
    ]


def _told(wanted: Iterable[str], by: Actor, case: str) -> tuple[str, list[Any]]:
    """A condition on the row `told` of cases_searchtext: it says every word to `by`. `case`: how its case is called."""
    clear, clear_values = _clear(by, case)
    found = "strpos({}, %s) > 0" if connection.vendor == "postgresql" else "instr({}, %s) > 0"
    one = f"({found.format('told.body')} OR {found.format('told.contact')} AND ({clear}))"
    wanted = list(wanted)
    return " AND ".join([one] * len(wanted)), [
        value for word in wanted for value in (word, word, *clear_values)
    ]  # fmt: skip


def _clear(by: Actor, case: str) -> tuple[str, list[Any]]:
    """Whether `by` sees contact data of a case within their sight whole: as lists.sees_contact, as a condition."""
    ways, values, seen = [], [], by.branches()
    for name, pack in packs().items():
        if clear := [one.pk for one in seen if pack.sees_contact & by.roles_at(one)]:
            everywhere = len(clear) == len(seen)
            at = Condition("1 = 1", (), ()) if everywhere else among(f"{case}.branch_id", clear)
            ways.append(f"{case}.pack = %s AND {at.sql}")
            values += [name, *at.values]
    if by.stands_for:
        ways.append(f"{case}.owner_id IN ({places(by.stands_for)})")
        values += sorted(by.stands_for)
    return " OR ".join(ways) or "1 = 0", values
