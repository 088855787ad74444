"""Working calendars: when a branch is there, and which days the country works.

Of a branch's day counts, the first that says anything: an exception of the branch or of one above it, the nearest
first; the national day (rest: the hours of a public holiday; a make-up workday: those of an ordinary one); the day of
the week. All of it is read once and kept until the organisation's stamp changes, so an act pays nothing.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property
from typing import NamedTuple

from wenguo.people.models import Branch, BranchDay, NationalDay, OpeningHours
from wenguo.people.tree import tree
from wenguo.policy.fields import Problem
from wenguo.policy.load import packs
from wenguo.policy.opening import KEYS, USUAL, Opening, Periods
from wenguo.policy.periods import read_periods
from wenguo.policy.worktime import Calendar

AUTUMN = 10  # from this month on the next year ought to be known; the State Council tells of it in November
WHOLE_DAY: Periods = ((time(0), time(0)),)
# Days of rest that the country has by law at least, from that year on (全国年节及纪念日放假办法 第二条).
STATUTORY = {2025: 13, 2008: 11, 2000: 10, 1950: 7}


class Holds(NamedTuple):
    """What holds at a branch on a day, and why: the exception of `says`, else the national day, else the week."""

    periods: Periods
    exception: BranchDay | None
    says: Branch | None
    national: NationalDay | None


@dataclass
class Book:
    """All that calendars are made of, as it stood at `stamp`. A branch's own is composed when it is first asked for."""

    stamp: str
    national: dict[date, NationalDay] = field(default_factory=dict)  # those that are not usual
    hours: dict[int, Opening] = field(default_factory=dict)  # by branch, those of its own
    exceptions: dict[int, dict[date, BranchDay]] = field(default_factory=lambda: defaultdict(dict))  # by branch
    composed: dict[int, Calendar] = field(default_factory=dict)

    def opening(self, branch: Branch, *, own: bool = True) -> tuple[Opening, Branch | None]:
        """The hours of a branch and who says so: the nearest upward that has its own; None for the pack. Without `own`
        those that would hold if it had none itself."""
        for pk in reversed(branch.line if own else branch.line[:-1]):
            if pk in self.hours:
                return self.hours[pk], tree().branches[pk]
        return (packs()[branch.pack].opening if branch.pack in packs() else USUAL), None

    def holds(self, branch: Branch, opening: Opening, day: date) -> Holds:
        """What holds there on that day, its hours being `opening`."""
        national, ordinary = self.national.get(day), opening.week[day.weekday()]
        usual = {None: ordinary, NationalDay.REST: opening.holiday, NationalDay.WORK: opening.workday(day.weekday())}
        for pk in reversed(branch.line):
            if found := self.exceptions.get(pk, {}).get(day):
                return Holds(_by_exception(found, opening), found, tree().branches[pk], national)
        return Holds(usual[national.kind if national else None], None, None, national)

    def calendar(self, branch: Branch) -> Calendar:
        """The branch's whole calendar."""
        if branch.pk not in self.composed:
            opening, _ = self.opening(branch)
            days = {*self.national, *(day for pk in branch.line for day in self.exceptions.get(pk, ()))}
            week = dict(enumerate(opening.week))
            self.composed[branch.pk] = Calendar(week, {day: self.holds(branch, opening, day).periods for day in days})
        return self.composed[branch.pk]

    @cached_property
    def legal(self) -> Calendar:
        """Workdays of the country, each of them whole."""
        days = {day: () if one.kind == NationalDay.REST else WHOLE_DAY for day, one in self.national.items()}
        return Calendar(dict.fromkeys(range(5), WHOLE_DAY), days)

    @cached_property
    def published(self) -> frozenset[int]:
        """Years of which the table holds as many days of rest as the law gives at least."""
        rest: dict[int, int] = defaultdict(int)
        for day, one in self.national.items():
            rest[day.year] += one.kind == NationalDay.REST
        return frozenset(year for year, count in rest.items() if count >= statutory_days(year))


def statutory_days(year: int) -> int:
    """How many days of rest a year has by law at least."""
    return next(days for since, days in STATUTORY.items() if year >= since)


def _by_exception(found: BranchDay, opening: Opening) -> Periods:
    if found.kind == BranchDay.WORKDAY:
        return opening.workday(found.day.weekday())
    return _stored(found.periods) if found.kind == BranchDay.OWN else ()


def _stored(text: str) -> Periods:
    """The periods of a row. What was written past the system and can't be read counts as none: acts go on, and the
    doctor tells of it."""
    try:
        return read_periods(text)
    except Problem:
        return ()


_kept: Book | None = None


def book() -> Book:
    """Everything about calendars as it stands now."""
    global _kept
    stamp, kept = tree().stamp, _kept
    if kept is None or kept.stamp != stamp or not stamp:
        kept = _kept = _read(stamp)
    return kept


def _read(stamp: str) -> Book:
    made = Book(stamp)
    days = NationalDay.objects.exclude(kind=NationalDay.USUAL).order_by("day")
    made.national = {one.day: one for one in days}
    made.hours = {one.branch_id: opening_in(one) for one in OpeningHours.objects.filter(own=True)}
    for one in BranchDay.objects.exclude(kind=BranchDay.USUAL).order_by("day"):
        made.exceptions[one.branch_id][one.day] = one
    return made


def opening_in(row: OpeningHours) -> Opening:
    """The hours that a row holds."""
    *week, holiday = (_stored(getattr(row, key)) for key in KEYS)
    return Opening(tuple(week), holiday)


def _known(branch: Branch) -> Branch:
    """The branch as the tree has it: the one at hand may be older than its last move."""
    return tree().branches.get(branch.pk, branch)


# ---- what others ask ----


def calendar_of(branch: Branch) -> Calendar:
    """When somebody is there at the branch; its days are those of the branch's zone.

    Nobody may ever be: wenguo.policy.worktime then raises ValueError.
    """
    return book().calendar(_known(branch))


def legal_calendar() -> Calendar:
    """The country's workdays, Monday to Friday but for 调休, each from midnight to midnight."""
    return book().legal


def works(day: date) -> bool:
    """Whether the country works on that day; in a year that isn't published as the week says."""
    return book().legal.works(day)


def years_published() -> set[int]:
    """Years whose days of rest and make-up workdays the table holds."""
    return set(book().published)


def missing_year(today: date) -> int | None:
    """The year that ought to be in the table by now and isn't: this one, from 1 October on the next one too."""
    due = (today.year, today.year + 1) if today.month >= AUTUMN else (today.year,)
    return next((year for year in due if year not in book().published), None)


def opening_of(branch: Branch, *, own: bool = True) -> tuple[Opening, Branch | None]:
    """The opening hours in force at a branch, and whose they are (None: the pack's); without `own` those that would be
    in force if it had none itself."""
    return book().opening(_known(branch), own=own)


def what_holds(branch: Branch, day: date) -> Holds:
    """What holds at a branch on a day, and why."""
    known = _known(branch)
    return book().holds(known, book().opening(known)[0], day)


def national_days() -> Mapping[date, NationalDay]:
    """The days on which the country rests or works otherwise than the week says, in their order."""
    return book().national
