"""The organisation in memory: branches, posts, deputies, numbers. Thousands of rows that nearly never change.

Every process keeps one Tree and asks the database one small question per request: is the stamp still the same?
amend() writes a new stamp in the transaction of each change, so nobody acts on yesterday's posts.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from wenguo.people.models import Branch, BranchNumber, Deputy, Organisation, Post, Staff

INHERITED = -1  # as the value of a branch number: no longer set here, what holds above counts again


class Span(NamedTuple):
    """A row with the days on which it holds: from `since` until the day before `until` (None: open)."""

    since: date
    until: date | None

    def holds(self, today: date) -> bool:
        return self.since <= today and (self.until is None or today < self.until)


class Held(NamedTuple):
    """A post: who holds which role at which branch, and when."""

    staff: int
    branch: int
    role: str
    span: Span


@dataclass
class Tree:
    """The organisation as it stood at `stamp`. Only active staff are in it."""

    stamp: str
    branches: dict[int, Branch] = field(default_factory=dict)  # in the order of their paths
    names: dict[int, str] = field(default_factory=dict)
    posts: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))  # by staff
    seats: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))  # by branch
    deputies: dict[int, list[tuple[int, Span]]] = field(default_factory=lambda: defaultdict(list))  # by absent
    stands_in: dict[int, list[tuple[int, Span]]] = field(default_factory=lambda: defaultdict(list))  # by deputy
    numbers: dict[int, list[tuple[str, int, Span]]] = field(default_factory=lambda: defaultdict(list))  # by branch

    def standing_for(self, staff: int, today: date) -> frozenset[int]:
        """`staff` and everybody whom they deputise today."""
        return frozenset({staff, *(absent for absent, span in self.stands_in.get(staff, ()) if span.holds(today))})

    def posts_of(self, people: Iterable[int], today: date) -> list[Held]:
        return [held for one in sorted(people) for held in self.posts.get(one, ()) if held.span.holds(today)]

    def seats_above(self, branch: Branch, today: date) -> Iterable[Held]:
        """Posts at `branch` and above it, the nearest branch first."""
        for pk in reversed(branch.line):
            yield from (held for held in self.seats.get(pk, ()) if held.span.holds(today))

    def numbers_at(self, branch: Branch, today: date) -> dict[str, int]:
        """Overlaid numbers in force at `branch`; the nearest branch upward wins, then the latest."""
        found: dict[str, int] = {}
        for pk in branch.line:
            found |= self.own_numbers(pk, today)
        return found

    def own_numbers(self, branch: int, today: date) -> dict[str, int]:
        """Numbers that the branch of this id has set itself and that are in force."""
        latest = {key: value for key, value, span in self.numbers.get(branch, ()) if span.holds(today)}
        return {key: value for key, value in latest.items() if value != INHERITED}


_kept: Tree | None = None
_of_request: ContextVar[list[Tree] | None] = ContextVar("of_request", default=None)  # empty until it is asked for


def one_organisation(get_response: Callable[..., Any]) -> Callable[..., Any]:
    """Middleware: a request sees one organisation from its first question to its last."""

    def middleware(request: Any) -> Any:
        with same_organisation():
            return get_response(request)

    return middleware


@contextmanager
def same_organisation() -> Iterator[None]:
    """Whatever is asked within sees one organisation; the database is asked for it once, not at every question."""
    token = _of_request.set([])
    try:
        yield
    finally:
        _of_request.reset(token)


def tree() -> Tree:
    """The organisation as it stands now; within a request, as it stood when that came."""
    kept = _of_request.get()
    if kept is None:
        return _asked()
    if not kept:
        kept.append(_asked())
    return kept[0]


def _asked() -> Tree:
    global _kept
    with connection.cursor() as cursor:
        cursor.execute("SELECT stamp FROM people_organisation WHERE id = 1")
        row = cursor.fetchone()
    stamp = row[0] if row else ""
    kept = _kept
    if kept is None or kept.stamp != stamp or not stamp:
        kept = _kept = _grown(stamp)
    return kept


def touch() -> None:
    """Says to every process that the organisation, or a calendar, has changed. Called by amend() alone."""
    Organisation.objects.update_or_create(pk=1, defaults={"stamp": secrets.token_hex(16)})
    forget()


def forget() -> None:
    """The request asks anew: what it has read isn't so any more, or was only tried and undone."""
    if (kept := _of_request.get()) is not None:
        kept.clear()


def _grown(stamp: str) -> Tree:
    made = Tree(stamp)
    made.branches = {one.pk: one for one in Branch.objects.order_by("path")}
    made.names = dict(Staff.objects.order_by("id").values_list("pk", "name"))
    active = set(Staff.objects.filter(is_active=True).values_list("pk", flat=True))
    for staff, branch, role, since, until in Post.objects.order_by("id").values_list(
        "staff_id", "branch_id", "role", "since", "until"
    ):
        if staff in active:
            held = Held(staff, branch, role, Span(since, until))
            made.posts[staff].append(held)
            made.seats[branch].append(held)
    for absent, deputy, since, until in Deputy.objects.order_by("id").values_list(
        "absent_id", "deputy_id", "since", "until"
    ):
        if deputy in active:
            made.deputies[absent].append((deputy, Span(since, until)))
            made.stands_in[deputy].append((absent, Span(since, until)))
    for branch, key, value, since in BranchNumber.objects.order_by("since", "id").values_list(
        "branch_id", "key", "value", "since"
    ):
        made.numbers[branch].append((key, value, Span(since, None)))
    return made
