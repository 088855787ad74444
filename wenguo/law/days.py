"""Days as 民法典 articles 201 to 203 count them, and periods that end by days or km, whichever comes first."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

Works = Callable[[date], bool]  # whether a day is a working day

DAY = timedelta(days=1)
LONGEST_REST = 400  # days in a row without work, after which a calendar is taken to have none at all
UNLIMITED = 1_000_000  # km from which on a limit is no limit


def every_day(day: date) -> bool:
    """A calendar without days of rest: nothing is moved."""
    return True


def months_after(start: date, months: int) -> date:
    """The corresponding day so many months later; the last day of that month where it has none (art. 202)."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def next_working(day: date, works: Works) -> date:
    """That day, or the first working day after it (art. 203). Raises ValueError where nobody ever works."""
    for _ in range(LONGEST_REST):
        if works(day):
            return day
        day += DAY
    raise ValueError("nobody ever works on this calendar")


def last_day(start: date, amounts: Mapping[str, int], works: Works = every_day) -> date:
    """The last day of a period of `days`, `months`, `years` or `workdays` that begins with `start`.

    Other units are left out. The first day isn't counted (art. 201). One that ends on a day of rest ends on the next
    working day; without `works` nothing is moved. Raises ValueError where there is no time among the amounts, and for
    workdays without days that are.
    """
    if not amounts.keys() & {"days", "months", "years", "workdays"}:
        raise ValueError("a period needs days, workdays, months or years")
    months = amounts.get("years", 0) * 12 + amounts.get("months", 0)
    day = months_after(start, months) + amounts.get("days", 0) * DAY
    for _ in range(amounts.get("workdays", 0)):
        day = next_working(day + DAY, works)
    return next_working(day, works)


@dataclass(frozen=True)
class Window:
    """From `since` to the end of `last`, or to `km` kilometres (None: no such limit), whichever is reached first."""

    since: date
    last: date
    km: int | None = None

    def holds(self, day: date, km: int | None) -> bool:
        """Whether both limits are kept: exactly at a limit is still within. An unknown mileage (None) passes."""
        return self.since <= day <= self.last and not self.run_out(km)

    def run_out(self, km: int | None) -> bool:
        return km is not None and self.km is not None and km > self.km


def window(start: date, amounts: Mapping[str, int], works: Works = every_day) -> Window:
    """The period of so much time and so many `km` from `start` on."""
    km = amounts.get("km", UNLIMITED)
    return Window(start, last_day(start, amounts, works), km if km < UNLIMITED else None)
