"""What a list of cases may be asked for: a closed table, so that no name from a request ever reaches the database.

`Filters` is what somebody chose, checked: it stands in addresses, in saved views and in the views of a pack, and
becomes conditions on columns of the case. Personal data is never among it; words are searched for elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings

from wenguo.cases.lists import reach
from wenguo.cases.walks import Condition, Order, among
from wenguo.people.actors import Actor
from wenguo.people.models import Branch
from wenguo.people.tree import tree
from wenguo.policy.fields import Problem
from wenguo.policy.load import packs
from wenguo.policy.pack import COLUMNS
from wenguo.policy.views import CODED, FILTERS, MOST, ORDERS, PERIODS, SEVERAL, YES

NOT_OFFERED = Problem("Please choose one of the list.")
NO_DAY = Problem("Please give a day, such as 2026-11-02.")
TOO_MANY = Problem("At most %(largest)s.", largest=MOST)
TOGETHER = Problem("A period by name and days of its own don't go together.")
ORDER_OF = {"due": Order("next_due_at"), "-due": Order("next_due_at", True), "opened": Order("opened_at")}
ORDER_OF["-opened"] = Order("opened_at", True)
assert ORDER_OF.keys() == ORDERS


class Read(NamedTuple):
    """What was asked for as far as it can be, and what is wrong with the rest, by name."""

    filters: "Filters"
    problems: dict[str, Problem]


@dataclass(frozen=True)
class Filters:
    """The values chosen, by filter. `sort` is one of ORDERS, or "" for what fits best."""

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""

    def one(self, key: str) -> str:
        return next(iter(self.chosen.get(key, ())), "")

    @property
    def waits(self) -> bool:
        """Whether only open cases are asked for."""
        asked = self.one("state") == "open" or bool({"turn", "mine", "overdue"} & self.chosen.keys())
        return asked or self.types == ("open",)

    @property
    def order(self) -> Order:
        """As chosen; else what is due first comes first where all is open, and the newest where it isn't."""
        return ORDER_OF[self.sort or ("due" if self.waits else "-opened")]

    @property
    def types(self) -> tuple[str, ...]:
        """Types of stages that can fit at all."""
        found = set(self.chosen.get("state", ())) or {"open", "closed"}
        if {"turn", "mine", "overdue"} & self.chosen.keys():
            found &= {"open"}
        if any(key.startswith("closed") for key in self.chosen):
            found &= {"closed"}
        if "stage" in self.chosen:
            found &= {kind for key, kind in _stages() if key in self.chosen["stage"]}
        return tuple(sorted(found))

    def without(self, key: str, value: str) -> "Filters":
        """The same with one value taken off."""
        rest = tuple(one for one in self.chosen.get(key, ()) if one != value)
        others = {name: values for name, values in self.chosen.items() if name != key}
        return Filters(others | ({key: rest} if rest else {}), self.sort)

    def pairs(self) -> list[tuple[str, str]]:
        """As an address names them."""
        found = [(key, value) for key in FILTERS for value in self.chosen.get(key, ())]
        return [*found, ("sort", self.sort)] if self.sort else found

    @property
    def query(self) -> str:
        return urlencode(self.pairs())

    def branches(self, by: Actor) -> list[Branch]:
        """Branches within sight that are asked for, with all below them."""
        within = by.branches()
        if "branch" not in self.chosen:
            return within
        paths = tuple(one.path for one in within if one.code in self.chosen["branch"])
        return [one for one in within if paths and one.path.startswith(paths)]


def read_filters(raw: Mapping[str, Sequence[str]], by: Actor) -> Read:
    """Checks what was asked for; names that are no filter are left alone, empty values are none."""
    chosen: dict[str, tuple[str, ...]] = {}
    problems: dict[str, Problem] = {}
    for key in FILTERS:
        values = tuple(dict.fromkeys(one for one in raw.get(key, ()) if one))
        values = values if key in SEVERAL else values[-1:]
        if problem := _problem(key, values, by):
            problems[key] = problem
        elif values and (key not in YES or values[0] in ("yes", "true")):
            chosen[key] = ("yes",) if key in YES else values
    for name in ("opened", "closed"):
        if name in chosen and chosen.keys() & {f"{name}_since", f"{name}_until"}:
            problems[name] = TOGETHER
            del chosen[name]
    sort = next(iter(raw.get("sort", ())), "")
    if sort not in ("", *ORDERS):
        problems["sort"], sort = NOT_OFFERED, ""
    return Read(Filters(chosen, sort), problems)


def _problem(key: str, values: tuple[str, ...], by: Actor) -> Problem | None:
    if len(values) > MOST:
        return TOO_MANY
    if key.endswith(("_since", "_until")):
        return None if all(map(_is_day, values)) else NO_DAY
    known = offered(key, by) if values else ()
    return None if all(one in known for one in values) else NOT_OFFERED


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text and text < "9999"
    except ValueError:
        return False


def offered(key: str, by: Actor) -> Mapping[str, object] | frozenset[str]:
    """Every value that the filter `key` may take for this person."""
    if key in ("turn", "owner"):
        own = ("none",) if key == "turn" else ("me",)
        return frozenset((*own, *map(str, colleagues(by))))
    if key == "branch":
        return {one.code: one for one in by.branches()}
    return words_of(key)


@cache
def words_of(key: str) -> frozenset[str]:
    """Values that are the same for everybody: words of the filters themselves, and codes of the packs."""
    if key in YES:
        return frozenset({"yes", "true", "no", "false"})
    if key in PERIODS:
        return frozenset(PERIODS[key])
    if key == "state":
        return frozenset({"open", "closed"})
    if key == "stage":
        return frozenset(stage for stage, _ in _stages())
    if key == "process":
        return frozenset(name for pack in packs().values() for name in pack.processes)
    return frozenset(code for pack in packs().values() for code in pack.codes.get(key, ()))


@cache
def _stages() -> frozenset[tuple[str, str]]:
    """(stage, its type) of every process."""
    processes = [process for pack in packs().values() for process in pack.processes.values()]
    return frozenset((key, stage.type) for process in processes for key, stage in process.stages.items())


def colleagues(by: Actor) -> dict[int, str]:
    """Names by staff id of those who hold a post within sight."""
    house = tree()
    found = {held.staff for one in by.branches() for held in house.seats.get(one.pk, ()) if held.span.holds(by.today)}
    return {one: house.names[one] for one in sorted(found, key=lambda one: house.names[one])}


def conditions(filters: Filters, by: Actor, now: datetime) -> Iterator[Condition]:
    """What must hold beside branch and type of stage, which say where to look."""
    for key in CODED:
        if key in filters.chosen:
            yield among(key, filters.chosen[key])
    if "overdue" in filters.chosen:
        yield Condition("next_due_at < %s", (now,), ("next_due_at",))
    for name in ("opened", "closed"):
        yield from _within_days(f"{name}_at", *days_of(filters, name, by.today))
    if "mine" in filters.chosen:
        yield _mine(by)
    if turn := filters.one("turn"):
        nobody = Condition("turn_person_id IS NULL", (), ("turn_person_id",))
        yield nobody if turn == "none" else among("turn_person_id", [int(turn)])
    if owner := filters.one("owner"):
        yield among("owner_id", sorted(by.stands_for) if owner == "me" else [int(owner)])


def _mine(by: Actor) -> Condition:
    """It is the turn of the person, of whom they stand in for, or of a role that they hold there and of nobody else."""
    person = among("turn_person_id", sorted(by.stands_for))
    parts, values = [person.sql], list(person.values)
    for role, ids in reach(by).items():
        at = among("branch_id", ids)
        parts.append(f"(turn_person_id IS NULL AND turn_role = %s AND {at.sql})")
        values += [role, *at.values]
    return Condition(f"({' OR '.join(parts)})", tuple(values), ("turn_person_id", "turn_role", "branch_id"))


def _within_days(column: str, since: date | None, until: date | None) -> Iterator[Condition]:
    """The moment lies on one of these days, the last one included, in the installation's zone."""
    bounds: list[tuple[str, date | None]] = [(">=", since), ("<", until + timedelta(days=1) if until else None)]
    for sign, day in bounds:
        if day:
            begins = datetime.combine(day, time.min, ZoneInfo(settings.TIME_ZONE))
            yield Condition(f"{column} {sign} %s", (begins,), (column,))


def days_of(filters: Filters, name: str, today: date) -> tuple[date | None, date | None]:
    """First and last day of "opened" or "closed", None where it is open."""
    if word := filters.one(name):
        return PERIOD_DAYS[word](today)
    since, until = filters.one(f"{name}_since"), filters.one(f"{name}_until")
    return (date.fromisoformat(since) if since else None, date.fromisoformat(until) if until else None)


def _last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


PERIOD_DAYS: dict[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda today: (today, today),
    "this_week": lambda today: (today - timedelta(days=today.weekday()), today),
    "this_month": lambda today: (today.replace(day=1), today),
    "last_month": _last_month,
    "last_30_days": lambda today: (today - timedelta(days=29), today),
}
assert all(PERIOD_DAYS.keys() == set(words) for words in PERIODS.values())
assert set(COLUMNS) <= set(CODED)
