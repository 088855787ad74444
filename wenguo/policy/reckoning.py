"""When a promise is due: from its start, its amount of time, the pauses and two calendars. Plain Python, no Django.

Whatever is reckoned here can be reckoned again at any time from what is stored, and explained step by step.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wenguo.policy.worktime import DAY, Calendar, add_workdays, add_working, working_between

# How an amount of time is counted. A pack writes one of them as the key: `working_hours = 2`.
HOURS = "hours"  # round the clock
WORKING_HOURS = "working_hours"  # while the branch is open
WORKDAYS = "workdays"  # days on which the branch is open, to the end of the last one
LEGAL_WORKDAYS = "legal_workdays"  # the country's working days, to the end of the last one
LEGAL_DAYS = "legal_days"  # days as the Civil Code counts them (arts. 201-203)
UNITS = (HOURS, WORKING_HOURS, WORKDAYS, LEGAL_WORKDAYS, LEGAL_DAYS)
LEGAL = frozenset({LEGAL_WORKDAYS, LEGAL_DAYS})
BY_THE_HOUR = frozenset({HOURS, WORKING_HOURS})
MOMENT = "moment"  # not counted: the moment itself was agreed on


@dataclass(frozen=True)
class Days:
    """The days of a branch: when it works, which days are working days of the country, and its zone."""

    shop: Calendar
    law: Calendar
    zone: ZoneInfo


class Pause(NamedTuple):
    """Time that doesn't count, such as waiting for the customer; both moments in UTC. No end while it lasts."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Term:
    """A running promise: `amount` of what `counts` says, from `start` (UTC) on, less `pauses` (in order).

    Of an agreed MOMENT `fixed` is that moment, and pauses don't move it: it was agreed with somebody.
    """

    start: datetime
    amount: int
    counts: str
    pauses: tuple[Pause, ...] = ()
    fixed: datetime | None = None


def due_at(term: Term, days: Days) -> datetime:
    """When `term` is due (UTC). Raises ValueError where the branch never works on its calendar."""
    return _paused(_first(term, days), term, days)


def part_at(term: Term, percent: int, days: Days) -> datetime:
    """When `percent` of it are over (UTC), counted as the term itself is: working time where it is working time."""
    whole = _between(term.start, _first(term, days), term.counts, days)
    return _paused(_later(term.start, whole * percent / 100, term.counts, days), term, days)


def after(moment: datetime, amount: timedelta, counts: str, days: Days) -> datetime:
    """`amount` later (UTC): working time for what is counted in working time, else plain time."""
    return _later(moment, amount, counts, days)


def _first(term: Term, days: Days) -> datetime:
    """When it would be due without pauses."""
    match term.counts:
        case "moment":
            return term.fixed or term.start
        case "hours":
            return term.start + timedelta(hours=term.amount)
        case "working_hours":
            return add_working(term.start, timedelta(hours=term.amount), days.shop, days.zone)
        case "workdays":
            return add_workdays(term.start, term.amount, days.shop, days.zone)
    return _end_of(_last_day(term, days), days)


def _last_day(term: Term, days: Days) -> date:
    """The last day of a legal term. The day on which it begins isn't counted (Civil Code art. 201); a term in days
    that would end on a day of rest ends on the next working day (art. 203)."""
    first = term.start.astimezone(days.zone).date()
    if term.counts == LEGAL_WORKDAYS:
        return nth_workday(first, term.amount, days.law)
    last = first + term.amount * DAY
    return last if days.law.works(last) else nth_workday(last, 1, days.law)


def nth_workday(day: date, count: int, calendar: Calendar) -> date:
    """The `count`th working day after `day`."""
    while count:
        day += DAY
        count -= calendar.works(day)
    return day


def _end_of(day: date, days: Days) -> datetime:
    """The end of a legal day: midnight, or the end of business where the branch is open that day (art. 203)."""
    midnight = datetime.combine(day + DAY, time.min, days.zone)
    if not days.shop.works(day):
        return midnight.astimezone(UTC)
    until = days.shop.periods(day)[-1][1]
    return (datetime.combine(day, until, days.zone) if until > time.min else midnight).astimezone(UTC)


def _paused(due: datetime, term: Term, days: Days) -> datetime:
    """Moved by the pauses that began before it; one that still lasts moves nothing until it is over."""
    if term.counts == MOMENT:
        return due
    for since, until in term.pauses:
        if until and since < due:
            due = _later(due, _between(since, until, term.counts, days), term.counts, days)
    return due


def _in_working_time(counts: str) -> bool:
    return counts in (WORKING_HOURS, WORKDAYS)


def _between(since: datetime, until: datetime, counts: str, days: Days) -> timedelta:
    return working_between(since, until, days.shop, days.zone) if _in_working_time(counts) else until - since


def _later(at: datetime, amount: timedelta, counts: str, days: Days) -> datetime:
    return add_working(at, amount, days.shop, days.zone) if _in_working_time(counts) else at + amount


class Counted(NamedTuple):
    """One day of the way to a due time: how much of it counts. `kind`: "works" or "rest"."""

    day: date
    kind: str
    amount: timedelta
    so_far: timedelta | int  # time, or days, counted up to its end


def day_by_day(term: Term, days: Days) -> Iterator[Counted]:
    """Every day from the start to the end of a term counted in working time or days, with what of it counted.

    The pauses are left out: they are told beside it. Nothing for terms counted round the clock.
    """
    if term.counts in (HOURS, MOMENT):
        return
    end = _first(term, days)
    by_hours = term.counts == WORKING_HOURS
    calendar = days.law if term.counts in LEGAL else days.shop
    first = day = term.start.astimezone(days.zone).date()
    passed, counted = timedelta(0), 0
    while day <= end.astimezone(days.zone).date() and (day < first + 400 * DAY):
        since = max(term.start, datetime.combine(day, time.min, days.zone).astimezone(UTC))
        until = min(end, datetime.combine(day + DAY, time.min, days.zone).astimezone(UTC))
        if since >= until and day > first:
            break
        amount = working_between(since, until, days.shop, days.zone) if by_hours and since < until else timedelta(0)
        passed += amount
        counts = bool(amount) if by_hours else day > first and (term.counts == LEGAL_DAYS or calendar.works(day))
        counted += counts
        yield Counted(day, "works" if counts else "rest", amount, passed if by_hours else counted)
        day += DAY
