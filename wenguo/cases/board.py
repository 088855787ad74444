"""The board of warnings: what is open, how many there were by branch and month, how fast they were lifted (R111).

Never changes a case. Two queries, and one for the criteria of what is listed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from wenguo.cases.models import Case, CaseLink, Hit, SpecialIdentity
from wenguo.cases.warnings import WARNS_OF, restricted
from wenguo.people.actors import Actor
from wenguo.people.models import Branch
from wenguo.people.rows import places, plain, read
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.policy.warnings import Watch

MOST = 200  # open warnings listed: more than a group can look at
MONTHS = 6  # shown


class Listed(NamedTuple):
    """An open warning: how long it has been open, the criteria that held (keys), the complaints it is about."""

    case: Case
    age: timedelta
    rules: tuple[str, ...]
    about: tuple[str, ...]


class Figures(NamedTuple):
    """Warnings of a branch and all below it: open now, begun by month (the newest last), lifted, and the hours that it
    took in the middle (None: none was)."""

    branch: Branch
    depth: int
    open: int
    months: tuple[int, ...]
    lifted: int
    hours: int | None


class Board(NamedTuple):
    """`whole`: whether the list holds all that is open. `months`: first days, the newest last."""

    open: list[Listed]
    whole: bool
    months: tuple[date, ...]
    figures: list[Figures]


def shows_board(by: Actor) -> bool:
    """Whether a role of this person has the board in its menu."""
    held = {role for _, role in by.posts}
    return any(pack.warnings and held & pack.warnings.board for pack in packs().values())


def sees_identity(by: Actor, branch: Branch) -> bool:
    """Whether this person's posts are among the few that may know of special identities there."""
    watch = packs()[branch.pack].warnings
    return bool(watch and watch.identity and watch.identity.roles & by.roles_at(branch))


def board(by: Actor, branches: list[Branch], now: datetime) -> Board:
    """The board of these branches, which `by` sees; `now` is UTC."""
    processes = sorted({pack.warnings.opens for pack in packs().values() if pack.warnings})
    first = _months(now)[0]
    if not (branches and processes):
        return Board([], True, _months(now), [])
    where = (
        f"process IN ({places(processes)}) AND branch_id IN ({places(branches)}) AND opened_for IS NOT NULL",
        [*processes, *(one.pk for one in branches)],
    )  # fmt: skip
    rows = read(Case, f"WHERE {where[0]} AND stage_type = 'open' ORDER BY opened_at, id LIMIT {MOST + 1}", *where[1])
    return Board(
        _listed(rows[:MOST], by, now), len(rows) <= MOST, _months(now),
        _figures(branches, _counted(*where, first), now),
    )  # fmt: skip


def _months(now: datetime) -> tuple[date, ...]:
    """First days of the months shown; the installation's calendar is near enough for a month."""
    year, month = now.year, now.month
    found = []
    for _ in range(MONTHS):
        found.append(date(year, month, 1))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return tuple(reversed(found))


def _listed(rows: list[Case], by: Actor, now: datetime) -> list[Listed]:
    """These warnings with what they are about, the one that most speaks for first, then the oldest."""
    house = tree()
    about: dict[int, list[tuple[int, str]]] = defaultdict(list)
    pks = [one.pk for one in rows]
    links = CaseLink.objects.filter(case__in=pks, kind=WARNS_OF).order_by("other_id")
    for warning, pk, number in links.values_list("case_id", "other_id", "other__number"):
        about[warning].append((pk, number))
    of = [pk for some in about.values() for pk, _ in some]
    held: dict[int, list[str]] = defaultdict(list)
    for case, rule in Hit.objects.filter(case__in=of).order_by("id").values_list("case_id", "rule"):
        held[case].append(rule)
    special = set(SpecialIdentity.objects.filter(case__in=of, warned=True).values_list("case_id", flat=True))
    found = []
    for row in rows:
        row.branch = house.branches[row.branch_id]
        rules = [rule for pk, _ in about[row.pk] for rule in held[pk]]
        if special.intersection(pk for pk, _ in about[row.pk]) and sees_identity(by, row.branch):
            rules += [rule.key for rule in restricted(_watch(row))]
        shown = tuple(dict.fromkeys(rules))
        found.append(Listed(row, now - row.opened_at, shown, tuple(number for _, number in about[row.pk])))
    return sorted(found, key=lambda one: (-len(one.rules), one.case.opened_at))


def _watch(warning: Case) -> Watch:
    watch = packs()[warning.pack].warnings
    assert watch is not None  # else there were no such case
    return watch


def _counted(where: str, values: list[Any], since: date) -> list[tuple[int, datetime, datetime | None]]:
    """(branch, opened, lifted) of warnings that began since that day, and of those that are open still."""
    opened = datetime(since.year, since.month, since.day, tzinfo=ZoneInfo("UTC")) - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM cases_case WHERE {where} AND (opened_at >= %s OR stage_type = 'open')",
            [*values, plain(opened)],
        )
        pks = [pk for (pk,) in cursor.fetchall()]
    found: list[tuple[int, datetime, datetime | None]] = []
    for start in range(0, len(pks), 500):
        some = Case.objects.filter(pk__in=pks[start : start + 500])
        found += list(some.values_list("branch_id", "opened_at", "closed_at"))
    return found


def _figures(
    branches: Iterable[Branch], counted: list[tuple[int, datetime, datetime | None]], now: datetime
) -> list[Figures]:  # fmt: skip
    """A line for each branch in sight, with everything below it, in the order of the tree."""
    branches = sorted(branches, key=lambda one: one.path)
    months, all_of = _months(now), tree().branches
    lowest = min((len(one.line) for one in branches), default=0)
    found = []
    for branch in branches:
        within = [row for row in counted if all_of[row[0]].path.startswith(branch.path)]
        zone = ZoneInfo(branch.zone)
        begun = Counter(opened.astimezone(zone).date().replace(day=1) for _, opened, _ in within)
        hours = [(closed - opened) / timedelta(hours=1) for _, opened, closed in within if closed]
        found.append(Figures(
            branch, len(branch.line) - lowest, sum(closed is None for *_, closed in within),
            tuple(begun[month] for month in months), len(hours), round(median(hours)) if hours else None,
        ))  # fmt: skip
    return found
