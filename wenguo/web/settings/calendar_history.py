"""What was changed about calendars, in words. Days that somebody changed in one go are told as one change."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop, ngettext

from wenguo.people.history import Told
from wenguo.people.models import Branch, BranchDay, NationalDay, OpeningHours
from wenguo.policy.opening import KEYS
from wenguo.web.settings.calendar_months import DAY_KINDS, EXCEPTIONS, WEEKDAYS, in_words, long_day
from wenguo.web.settings.telling import History, Line, history_of, person

LISTED = 12  # days of one change that are named
Days = dict[tuple[str, int], date]  # by kind and id of the row
KINDS = {
    "nationalday": gettext_noop("Days of the country"),
    "branchday": gettext_noop("Particular days"),
    "openinghours": gettext_noop("Opening hours"),
}
WORDS = {"nationalday": DAY_KINDS, "branchday": EXCEPTIONS}


def changes_of_year(request: HttpRequest, branch: Branch, year: int) -> History:
    """Of the branch, and of the country's days of that year."""
    national = NationalDay.objects.filter(day__year=year).values_list("pk", "day")
    own = BranchDay.objects.filter(branch=branch, day__year=year).values_list("pk", "day")
    days: Days = {("nationalday", pk): day for pk, day in national} | {("branchday", pk): day for pk, day in own}
    return _history(request, days, OpeningHours.objects.filter(branch=branch).values_list("pk", flat=True))


def changes_of_day(request: HttpRequest, branch: Branch, day: date) -> History:
    """Of one day, at the branch and in the country."""
    national = NationalDay.objects.filter(day=day).values_list("pk", flat=True)
    own = BranchDay.objects.filter(branch=branch, day=day).values_list("pk", flat=True)
    days: Days = {("nationalday", pk): day for pk in national} | {("branchday", pk): day for pk in own}
    return _history(request, days, ())


def changes_of_hours(request: HttpRequest, branch: Branch) -> History:
    """Of the branch's opening hours."""
    return _history(request, {}, OpeningHours.objects.filter(branch=branch).values_list("pk", flat=True))


def _history(request: HttpRequest, days: Days, hours: Iterable[int]) -> History:
    things: dict[str, list[int]] = {"openinghours": list(hours)}
    for kind, pk in days:
        things.setdefault(kind, []).append(pk)

    def told_as(told: list[Told]) -> Iterable[Line]:
        return (_line(list(group), days) for _, group in groupby(told, key=lambda one: (one.kind, one.by, one.at)))

    return history_of(request, things, told_as)


def _line(group: list[Told], days: Days) -> Line:
    """One change: of opening hours, or of some days."""
    one = group[0]
    if one.kind == "openinghours":
        return Line(person(one.by), one.at, gettext(KINDS[one.kind]), one.reason, list(_hours(one)))
    group = sorted(group, key=lambda row: days[row.kind, row.thing])
    changes = [_day(row, days[row.kind, row.thing]) for row in group[:LISTED]]
    if rest := len(group) - LISTED:
        changes += [("", "", ngettext("%(num)s day more", "%(num)s days more", rest) % {"num": rest})] * (rest > 0)
    return Line(person(one.by), one.at, gettext(KINDS[one.kind]), one.reason, changes)


def _day(one: Told, day: date) -> tuple[str, str, str]:
    """(day, what it was, what it is)."""
    before = {key: value for key, value, _ in one.changes}
    after = {key: value for key, _, value in one.changes}
    return long_day(day), "" if one.fresh else _said(one.kind, before), _said(one.kind, after)


def _said(kind: str, values: dict[str, Any]) -> str:
    told = values.get("kind", "")
    name = in_words(values.get("name") or "", values.get("name_en") or "")
    parts = (gettext(WORDS[kind].get(told, told)) if told else "", name, values.get("periods"))
    return " ".join(filter(None, parts)) or "—"


def _hours(one: Told) -> Iterable[tuple[str, str, str]]:
    """(day of the week, hours before, hours after); whether they are the branch's own."""
    names = dict(zip(KEYS, (*WEEKDAYS, gettext_noop("Public holidays")), strict=True))
    for key, before, after in sorted(one.changes, key=lambda change: [*KEYS, *change].index(change[0])):
        if key in names:
            closed = gettext("Not open")
            yield gettext(names[key]), "" if one.fresh else before or closed, after or closed
        elif key == "own" and not one.fresh:
            yield gettext("Hours"), _own(before), _own(after)


def _own(value: Any) -> str:
    return gettext("its own") if value else gettext("those above")
