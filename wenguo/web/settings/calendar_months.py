"""A year as it is drawn: months of weeks of days, each day with what holds at a branch, in words and as a mark."""

from calendar import Calendar as Weeks
from datetime import date
from typing import NamedTuple

from django.utils.translation import get_language, gettext, gettext_noop

from wenguo.people.calendar_changes import Day
from wenguo.people.calendars import Holds, what_holds
from wenguo.people.models import Branch, BranchDay, NationalDay
from wenguo.policy.day_lists import Listed
from wenguo.policy.opening import Periods, written
from wenguo.web.words import MONTHS, branch_name

FIRST_YEAR, LAST_YEAR = 1991, 2099  # so that the months beside them are days that can be stored too
WEEKDAYS = (
    gettext_noop("Mon"), gettext_noop("Tue"), gettext_noop("Wed"), gettext_noop("Thu"), gettext_noop("Fri"),
    gettext_noop("Sat"), gettext_noop("Sun"),
)  # fmt: skip
# How a day is coloured, and the one or two signs that say the same.
MARKS = {"rest": gettext_noop("off"), "work": gettext_noop("on"), "shop": gettext_noop("shop")}
DAY_KINDS = {
    NationalDay.REST: gettext_noop("Day of rest"),
    NationalDay.WORK: gettext_noop("Make-up workday"),
    NationalDay.USUAL: gettext_noop("As the week says"),
}
EXCEPTIONS = {
    BranchDay.CLOSED: gettext_noop("Not open"),
    BranchDay.WORKDAY: gettext_noop("Like an ordinary workday"),
    BranchDay.OWN: gettext_noop("Hours of its own"),
    BranchDay.USUAL: gettext_noop("Nothing particular"),
}


class Cell(NamedTuple):
    """A day of a month. `tone`: rest, work, shop, closed (as every week) or open; `mark` and `words` are empty where
    the day is an ordinary one."""

    day: date
    tone: str
    mark: str
    words: str


class Month(NamedTuple):
    """`weeks` from Monday on; None for days of the months beside it."""

    name: str
    number: int
    weeks: list[list[Cell | None]]


def months(branch: Branch, year: int) -> list[Month]:
    """The twelve months of a year at a branch."""
    return [Month(month_name(nth), nth, _weeks(branch, year, nth)) for nth in range(1, 13)]


def _weeks(branch: Branch, year: int, month: int) -> list[list[Cell | None]]:
    weeks = Weeks().monthdatescalendar(year, month)
    return [[cell_of(branch, day) if day.month == month else None for day in week] for week in weeks]


def cell_of(branch: Branch, day: date) -> Cell:
    """One day as it is drawn."""
    found = what_holds(branch, day)
    tone = tone_of(found)
    return Cell(day, tone, gettext(MARKS[tone]) if tone in MARKS else "", said(found) if tone in MARKS else "")


def tone_of(found: Holds) -> str:
    """The colour of a day."""
    if found.exception:
        return "shop"
    if found.national:
        return found.national.kind
    return "open" if found.periods else "closed"


def said(found: Holds) -> str:
    """Why a day is as it is, in words: the festival, the exception and whose it is."""
    parts = []
    if found.exception and found.says:
        parts.append(f"{branch_name(found.says)}: {gettext(EXCEPTIONS[found.exception.kind])} {found.exception.reason}")
    if found.national:
        parts.append(f"{gettext(DAY_KINDS[found.national.kind])} {day_name(found.national)}")
    return " · ".join(one.strip() for one in parts)


def day_name(row: NationalDay | Day | Listed) -> str:
    """What the day is called, in the reader's language where that is known."""
    return in_words(row.name, row.name_en)


def in_words(name: str, name_en: str) -> str:
    """The name in the reader's language, or the other one where there is only that."""
    return (name_en or name) if _english() else (name or name_en)


def hours(periods: Periods) -> str:
    """The periods, or that nobody is there."""
    return written(periods) or gettext("Not open")


def month_name(number: int) -> str:
    return MONTHS[number - 1] if _english() else f"{number}月"


def long_day(day: date) -> str:
    """2026年10月1日 周四, Thu 1 Oct 2026."""
    weekday = gettext(WEEKDAYS[day.weekday()])
    if _english():
        return f"{weekday} {day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日 {weekday}"


def _english() -> bool:
    return (get_language() or "").startswith("en")
