"""The country's days as the library `holidays` knows them, which follows the yearly decree of the State Council (调休).

Only years with a decree count: of others the library tells the days that the statute names, but neither the make-up
workdays nor what was moved. Loading the library takes a second, so it is asked only where something may be missing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

from wenguo.people.actors import today_of
from wenguo.people.calendar_changes import Day, change_days
from wenguo.people.calendars import missing_year, years_published
from wenguo.people.models import Branch, NationalDay

YEARS_BACK = 10  # what is older is reckoned by the week, unless somebody asks for the year by name
ONE_DAY = timedelta(days=1)
SATURDAY = 5


class Named(NamedTuple):
    """A festival in both languages."""

    zh: str
    en: str


def library() -> str:
    """The library and its version, as the source of a day."""
    return f"holidays {version('holidays')}"


def known_years() -> frozenset[int]:
    """Years of which the library has the decree."""
    return frozenset(_told("zh_CN", True, 2000).special_public_holidays)


def seed(now: datetime, by: str, reason: str, years: Iterable[int] = ()) -> dict[int, int]:
    """Adds what the table lacks of `years`; without any, every published year that it lacks, ten years back. What is
    there already stays as it is. Returns how many days were added, by year; years that the library doesn't know are
    left out."""
    first = today_of(now).year - YEARS_BACK
    lacking = [year for year in known_years() - years_published() if year >= first]
    wanted = known_years().intersection(years) if years else lacking
    return {year: change_days(days_of(year), library(), by, reason, now, only_new=True) for year in sorted(wanted)}


def catch_up(now: datetime) -> dict[int, int]:
    """seed() where the present year or, in autumn, the next one is missing and this version of the library hasn't been
    asked yet; nothing is loaded else."""
    if missing_year(today_of(now)) is None or not Branch.objects.exists():
        return {}
    if NationalDay.objects.filter(source=library()).exists():
        return {}
    return seed(now, "system", "the library knows this year")


def days_of(year: int) -> list[Day]:
    """The days of the decree for `year`, in order: rest, with the weekends that it joins, and make-up workdays, which
    may lie in the December before. Raises LookupError for a year whose decree the library doesn't have."""
    if year not in known_years():
        raise LookupError(f"no decree is known for {year}")
    swaps, festivals, made = dict(_swaps(year)), _festivals(year), list[Day]()
    for block in _blocks(_rest(year, {*swaps})):
        main = _main(block, festivals)
        made += [Day(day, NationalDay.REST, *festivals.get(day, main)) for day in block]
        made += [
            Day(worked, NationalDay.WORK, *main)
            for worked, rested in swaps.items()
            if rested in block and worked.weekday() >= SATURDAY
        ]
    return sorted(made)


def _rest(year: int, worked: set[date]) -> list[date]:
    """The days of rest in order, with the days of a weekend between and beside them that aren't worked: so the decree
    counts them."""
    told = {one for one in _told("zh_CN", True, year) if one.year == year}
    found = {*told}
    for one in told:
        for step in (ONE_DAY, -ONE_DAY):
            beside = one + step
            while beside.weekday() >= SATURDAY and beside not in worked and beside.year == year:
                found.add(beside)
                beside += step
    return sorted(found)


def _blocks(days: list[date]) -> Iterator[list[date]]:
    """Days in a row."""
    block: list[date] = []
    for one in days:
        if block and one - block[-1] > ONE_DAY:
            yield block
            block = []
        block.append(one)
    yield block


def _main(block: list[date], festivals: dict[date, Named]) -> Named:
    """What most of a block's days are called by the statute."""
    found = Counter(festivals[day] for day in block if day in festivals)
    return found.most_common(1)[0][0] if found else Named("休息日", "Day of rest")


def _festivals(year: int) -> dict[date, Named]:
    """The days that the statute names, without those that stand in for others."""
    zh, en = _told("zh_CN", False, year), _told("en_US", False, year)
    stand_in = {rested for _, rested in _swaps(year)}
    return {day: Named(_first(zh[day]), _first(en[day])) for day in zh if day not in stand_in}


def _first(name: str) -> str:
    """Of two festivals on one day the first."""
    return name.split("; ")[0]


def _swaps(year: int) -> Iterator[tuple[date, date]]:
    """(day that is worked, day of rest for it) of the decree for `year`."""
    rows = _told("zh_CN", True, year).special_public_holidays.get(year, ())
    for row in rows if rows and isinstance(rows[0], tuple) else (rows,):
        if len(row) > 3:  # else a day of rest for which no other is worked
            to_month, to_day, month, day, *earlier = row
            yield date(earlier[0] if earlier else year, month, day), date(year, to_month, to_day)


@cache
def _told(language: str, observed: bool, year: int) -> Any:
    """The library's days of a year. `observed`: with those that stand in for a festival on a weekend."""
    from holidays.countries import China  # not before it is needed: it is slow to load

    return China(years=year, observed=observed, language=language)
