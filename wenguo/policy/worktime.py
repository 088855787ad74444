"""Working time: which moments count, and when so many working hours or days are over. Plain Python, no Django.

Hours are reckoned in real time (UTC) between the wall-clock edges of working periods, so that a day on which clocks are
put forward or back neither loses nor gains an hour that somebody works.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Period = tuple[time, time]  # from, until; until is later on the same day, and 00:00 as until is the day's end
DAY = timedelta(days=1)
LAST = 24 * 60  # minutes of a day
LONGEST_REST = 400  # days in a row without work, after which a calendar is taken to have none at all


@dataclass(frozen=True)
class Calendar:
    """Periods by day of the week (0 is Monday), in order and apart from each other; `days` say otherwise for one day:
    its own periods, none where it is a day of rest (调休: a Sunday with Monday's periods).

    Raises ValueError for periods that are empty, out of order or run into each other.
    """

    week: Mapping[int, tuple[Period, ...]]
    days: Mapping[date, tuple[Period, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for periods in (*self.week.values(), *self.days.values()):
            edges = [edge for since, until in periods for edge in (_minutes(since), _minutes(until) or LAST)]
            within = all(since < until for since, until in zip(edges[::2], edges[1::2], strict=True))
            apart = all(until <= since for until, since in zip(edges[1::2], edges[2::2], strict=False))
            if not (within and apart):
                raise ValueError("working periods must be in order and apart")

    def periods(self, day: date) -> tuple[Period, ...]:
        return self.days.get(day, self.week.get(day.weekday(), ()))

    def works(self, day: date) -> bool:
        return bool(self.periods(day))


def _minutes(at: time) -> float:
    """Of the day until then."""
    return at.hour * 60 + at.minute + at.second / 60


def add_working(start: datetime, amount: timedelta, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """The moment (UTC) when `amount` of working time has passed since `start`; `start` itself where that is nothing.

    Raises ValueError for a negative amount, a start without zone, and a calendar on which nobody ever works.
    """
    if amount < timedelta(0):
        raise ValueError("working time only goes on")
    rest, at = amount, _utc(start)
    if not rest:
        return at
    for begins, ends in _spans(at, calendar, zone):
        begins = max(begins, at)
        if ends - begins >= rest:
            return begins + rest
        rest -= ends - begins
    raise ValueError("nobody ever works on this calendar")


def add_workdays(start: datetime, count: int, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """The end (UTC) of the last working period of the `count`th working day after the day of `start`.

    Raises ValueError as add_working() does.
    """
    if count < 1:
        raise ValueError("at least one working day")
    day, idle = _utc(start).astimezone(zone).date(), 0
    while count:
        day += DAY
        idle = 0 if calendar.works(day) else idle + 1
        count -= calendar.works(day)
        if idle > LONGEST_REST:
            raise ValueError("nobody ever works on this calendar")
    return _span(day, calendar.periods(day)[-1], zone)[1]


def working_between(start: datetime, end: datetime, calendar: Calendar, zone: ZoneInfo) -> timedelta:
    """How much working time lies between two moments; negative where `end` is the earlier one."""
    since, until = _utc(start), _utc(end)
    if until < since:
        return -working_between(end, start, calendar, zone)
    passed = timedelta(0)
    for begins, ends in _spans(since, calendar, zone):
        if begins >= until:
            break
        passed += min(ends, until) - max(begins, since)
    return passed


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment.astimezone(UTC)


def _spans(at: datetime, calendar: Calendar, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Working periods as moments (UTC), in order, from the one that goes on at `at` or the next one on. Ends where
    there are none for longer than any holiday."""
    day, idle = at.astimezone(zone).date() - DAY, 0
    while idle <= LONGEST_REST:
        found = [_span(day, period, zone) for period in calendar.periods(day)]
        yield from (span for span in found if span[0] < span[1] and span[1] > at)
        idle = 0 if found else idle + 1
        day += DAY


def _span(day: date, period: Period, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both edges in UTC. Of a wall-clock time that comes twice the first begins and the second ends a period; one that
    a change of clocks leaves out is moved by the length of that change, into the period."""
    since, until = period
    last = day if until > since else day + DAY
    begins = datetime.combine(day, since, zone)
    ends = datetime.combine(last, until, zone).replace(fold=1)
    return begins.astimezone(UTC), ends.astimezone(UTC)
