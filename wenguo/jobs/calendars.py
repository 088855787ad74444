"""Calendars without a page: the loop that adds a year once the program knows it, and what the command line tells."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from wenguo.jobs import Refused
from wenguo.jobs.tick import always
from wenguo.people import businessclock
from wenguo.people.actors import SYSTEM, today_of
from wenguo.people.calendar_seeding import catch_up, known_years, seed
from wenguo.people.calendars import Holds, book, missing_year, national_days, opening_of, what_holds
from wenguo.people.models import Branch, BranchDay, NationalDay
from wenguo.policy.opening import Periods, written

WEEKDAYS = ("周一 Mon", "周二 Tue", "周三 Wed", "周四 Thu", "周五 Fri", "周六 Sat", "周日 Sun")
HOLIDAYS = "节假日 holiday"
KINDS = {NationalDay.REST: "休 rest", NationalDay.WORK: "班 work"}
EXCEPTIONS = {BranchDay.CLOSED: "停业 closed", BranchDay.WORKDAY: "照常 workday", BranchDay.OWN: "另定 own hours"}


def fill_in(clock: Callable[[], datetime] = businessclock.now, going_on: Callable[[], bool] = always) -> int:
    """Adds years that are missing and that this version of the program knows; returns how many days that were."""
    return sum(catch_up(clock()).values())


def filled(years: list[int], now: datetime) -> str:
    """Adds what is lacking of these years (none: of all that ought to be there); says what was done.

    Raises Refused for a year whose decree the program doesn't know.
    """
    if strange := sorted({*years} - known_years()):
        raise Refused(f"程序还不知道这些年份的放假安排 · no decree is known for: {', '.join(map(str, strange))}")
    done = seed(now, SYSTEM.code, "command line", years)
    said = "; ".join(f"{year}: {count}" for year, count in done.items() if count) or "0"
    lacking = missing_year(today_of(now))
    return f"新增天数 · days added: {said}" + (f"\n仍缺 · still missing: {lacking}" if lacking else "")


def told(branch: Branch | None, year: int) -> Iterator[str]:
    """The calendar of a year in lines: of the country, or as it holds at a branch, with its opening hours."""
    if branch is None:
        yield from (f"{day}  {WEEKDAYS[day.weekday()]}  {_national(one)}" for day, one in _of(year).items())
        return
    opening, whose = opening_of(branch)
    yield f"{branch.code} {branch.name} ({branch.zone})"
    yield f"营业时间 · opening hours: {f'{whose.code} {whose.name}' if whose else '行业默认 · of the pack'}"
    for name, periods in zip((*WEEKDAYS, HOLIDAYS), (*opening.week, opening.holiday), strict=True):
        yield f"  {name}  {_periods(periods)}"
    own = {day for pk in branch.line for day in book().exceptions.get(pk, {}) if day.year == year}
    for day in sorted({*_of(year), *own}):
        yield f"{day}  {WEEKDAYS[day.weekday()]}  {_holds(what_holds(branch, day))}"


def _of(year: int) -> dict[date, NationalDay]:
    return {day: one for day, one in national_days().items() if day.year == year}


def _national(one: NationalDay) -> str:
    return f"{KINDS[one.kind]}  {one.name} · {one.name_en}"


def _holds(found: Holds) -> str:
    why = [_national(found.national)] if found.national else []
    if found.exception and found.says:
        why.append(f"{EXCEPTIONS[found.exception.kind]} ({found.says.code}: {found.exception.reason})")
    return f"{_periods(found.periods)}  {'; '.join(why)}"


def _periods(periods: Periods) -> str:
    return written(periods) or "休息 closed"
