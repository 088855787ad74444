"""The list of all cases within somebody's sight, by what they ask for: one function for page, export and programs."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import isqrt
from typing import NamedTuple

from django.db import connection

from wenguo.cases import lists
from wenguo.cases.filters import Filters, conditions
from wenguo.cases.lists import Page
from wenguo.cases.search import find
from wenguo.cases.walks import Condition, Found, Order, Place, Stretch, among, key_of, text_of, walk
from wenguo.people.actors import Actor
from wenguo.people.models import Branch
from wenguo.people.rows import plain
from wenguo.people.tree import tree

FEW = 4  # branches that are always walked one by one
BATCH = 500  # rows that an export reads at once
HITS = 500  # cases that say it, of which a page takes those that fit
# By the moment that the list is sorted by: the index of a branch, and that of all branches.
INDEXES = {"next_due_at": ("case_branch", "case_due"), "opened_at": ("case_branch_opened", "case_opened")}


class Ids(NamedTuple):
    """Ids of the cases of one page in the list's order, and the key after which the next page starts ("": none)."""

    ids: list[int]
    next: str


def listed(by: Actor, filters: Filters, after: str, now: datetime, limit: int = 0, text: str = "") -> Page:
    """One page as lists show it, `limit` rows at most (0: as many as a page shows); see listed_ids."""
    found = listed_ids(by, filters, after, now, limit or lists.PAGE, text)
    return Page(lists.briefs(found.ids), found.next)


def listed_ids(by: Actor, filters: Filters, after: str, now: datetime, limit: int, text: str = "") -> Ids:
    """One page. It may be short and go on all the same, where few of the rows that were looked at fit.

    `after` is the `next` of the page before. With `text` only cases that say all its words, the newest first whatever
    the filters' order.
    """
    if text:
        return _said(by, filters, after, now, limit, text)
    found = find_keys(by, filters, key_of(after), now, limit)
    return Ids([pk for _, pk in found.keys], text_of(found.next))


def _said(by: Actor, filters: Filters, after: str, now: datetime, limit: int, text: str) -> Ids:
    """Of the next HITS cases that say it, those that fit."""
    hits = find(text, by, after, HITS)
    found = _fitting(hits.cases, by, filters, now)
    return Ids(found[:limit], str(found[limit - 1]) if len(found) > limit else hits.next)


def _fitting(ids: list[int], by: Actor, filters: Filters, now: datetime) -> list[int]:
    """Those of these cases that fit, the newest first."""
    branches = [one.pk for one in filters.branches(by)]
    if not ids or not branches or not filters.types:
        return []
    fits = [
        among("id", ids), among("branch_id", branches), among("stage_type", filters.types),
        *conditions(filters, by, now),
    ]  # fmt: skip
    where, values = " AND ".join(one.sql for one in fits), [plain(value) for one in fits for value in one.values]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM cases_case WHERE {where} ORDER BY id DESC", values)
        return [pk for (pk,) in cursor.fetchall()]


def every(by: Actor, filters: Filters, now: datetime, text: str = "") -> Iterator[lists.Brief]:
    """All of them, read in batches."""
    after = ""
    while True:
        page = listed(by, filters, after, now, BATCH, text)
        yield from page.rows
        if not page.next:
            return
        after = page.next


def find_keys(by: Actor, filters: Filters, after: Place | None, now: datetime, limit: int) -> Found:
    """Keys of one page."""
    order, fits = filters.order, list(conditions(filters, by, now))
    bounds = [one for one in fits if one.columns == (order.column,)]
    rest = [one for one in fits if one not in bounds]
    branches = filters.branches(by)
    if "mine" in filters.chosen and order.column == "next_due_at" and "branch" not in filters.chosen:
        stretches, rest = lists.waiting_for(by), [one for one in rest if "turn_role" not in one.columns]
    elif not branches:
        return Found([], None)
    else:
        stretches, among_them = _stretches(order, branches, filters.types)
        rest += among_them
    return walk(order, [_bounded(one, bounds) for one in stretches], rest, after, limit)


def _stretches(
    order: Order, branches: Sequence[Branch], types: tuple[str, ...]
) -> tuple[list[Stretch], list[Condition]]:  # fmt: skip
    """Where to look, and what of the branches is then still to be asked of each row.

    A few branches are walked one by one and merged. Of many, the walk is through all cases in the list's order, and
    takes those of these branches: of b branches out of B that is B/b rows for each one taken, and one by one it is b;
    whoever takes the smaller of the two looks at no more than the root of B.
    """
    one_by_one, together = INDEXES[order.column]
    whole = len(tree().branches)
    if len(branches) <= max(FEW, isqrt(whole)):
        pairs = [(one.pk, kind) for one in branches for kind in types]
        return [Stretch(one_by_one, "branch_id = %s AND stage_type = %s", pair) for pair in pairs], []
    found = [Stretch(together, "stage_type = %s", (kind,)) for kind in types]
    return found, [] if len(branches) == whole else [among("branch_id", [one.pk for one in branches])]


def _bounded(stretch: Stretch, bounds: Sequence[Condition]) -> Stretch:
    """The stretch between bounds of the very moment that the list is sorted by."""
    where = " AND ".join([stretch.where, *(one.sql for one in bounds)])
    return stretch._replace(where=where, values=(*stretch.values, *(value for one in bounds for value in one.values)))
