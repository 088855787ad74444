"""A whole year of the country's days: filled in from what the program knows, or from a list that somebody has."""

from typing import Any

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods

from wenguo.people.businessclock import now
from wenguo.people.calendar_changes import Day, change_days
from wenguo.people.calendar_seeding import days_of, known_years, library
from wenguo.people.calendars import statutory_days
from wenguo.people.models import NationalDay
from wenguo.policy.day_lists import Listed, read_list
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.web.pages import StaffRequest, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of
from wenguo.web.settings.calendar import keeper, year_of
from wenguo.web.settings.calendar_months import DAY_KINDS, day_name, long_day
from wenguo.web.settings.calendar_moves import moves_of
from wenguo.web.settings.staff import EDITS

LIST = "list"  # as the source of a day
LARGEST_FILE = 200_000  # bytes that are read; a list that long is refused anyway
ENCODINGS = ("utf-8-sig", "gb18030")
UNKNOWN = gettext_noop("This version doesn't know the days of %(year)s yet. You can import them as a list.")


def _page_of(year: int) -> str:
    return f"{reverse('calendar')}?year={year}"


@signed_in
@require_http_methods(EDITS)
def fill(request: StaffRequest, year: int) -> HttpResponse:
    """Adds the days of a year that the program knows; those that are there stay as they are."""
    by = keeper(request.actor)
    year_of(str(year), by.today)
    wanted = days_of(year) if year in known_years() else []
    there = set(NationalDay.objects.filter(day__in=[one.day for one in wanted]).values_list("day", flat=True))
    fresh = [one for one in wanted if one.day not in there]

    def save(posted: Posted) -> str:
        if not wanted:
            raise Wrong({"reason": Problem(UNKNOWN, year=year)})

        def change() -> int:
            return change_days(wanted, library(), by.code, posted.values["reason"] or "", now(), only_new=True)

        posted.confirmed(moves_of(change, by))
        change()
        return f"{_page_of(year)}&saved"

    about = gettext("%(count)s days are added for %(year)s; %(kept)s that are there stay as they are.")
    words = about % {"count": len(fresh), "year": year, "kept": len(there)}
    return ask(
        request, form_of("year_fill"), save, template="settings/calendar_year.html", back=_page_of(year),
        about=words if wanted else gettext(UNKNOWN) % {"year": year}, days=[_words(one) for one in fresh], year=year,
        known=bool(wanted),
    )  # fmt: skip


def _words(one: Day | Listed) -> str:
    return f"{long_day(one.day)}: {gettext(DAY_KINDS[one.kind])} {day_name(one)}".strip()


@signed_in
@require_http_methods(EDITS)
def bring_in(request: StaffRequest) -> HttpResponse:
    """Days as a list, pasted or as a file. What would change is shown first, day by day."""
    by = keeper(request.actor)
    _take_file(request)

    def save(posted: Posted) -> str:
        try:
            listed = read_list(posted.values["list"])
        except Problem as problem:
            raise Wrong({"list": problem}) from None
        days = [Day(*one) for one in listed]

        def change() -> int:
            return change_days(days, LIST, by.code, posted.values["reason"], now())

        posted.confirmed([*_preview(listed), *moves_of(change, by)])
        change()
        return f"{_page_of(listed[-1].day.year)}&saved"

    return ask(
        request, form_of("days_import"), save, template="settings/calendar_import.html", back=reverse("calendar"),
        about=gettext("These days count for every branch."),
    )  # fmt: skip


def _take_file(request: Any) -> None:
    """Puts the text of a file that was chosen where the list is typed, so that it can be seen and corrected."""
    file = request.FILES.get("file")
    if file is not None:
        request.POST = request.POST.copy()
        request.POST["list"] = _decoded(file.read(LARGEST_FILE))


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")


def _preview(listed: list[Listed]) -> list[str]:
    """What the list changes, in whole sentences, and what looks odd about it."""
    stand = {one.day: one for one in NationalDay.objects.filter(day__in=[one.day for one in listed])}
    told = [_change(one, stand.get(one.day)) for one in listed]
    changes = [one for one in told if one]
    if not changes:
        return [gettext("All these days are there already; nothing would change.")]
    return [*_odd(listed), *changes]


def _change(one: Listed, stands: NationalDay | None) -> str:
    if stands is None or stands.kind == NationalDay.USUAL:
        return gettext("New: %(day)s") % {"day": _words(one)}
    if (stands.kind, stands.name, stands.name_en) == (one.kind, one.name, one.name_en):
        return ""
    was = f"{gettext(DAY_KINDS[stands.kind])} {day_name(stands)}".strip()
    return gettext("Changed: %(day)s (so far %(was)s)") % {"day": _words(one), "was": was}


def _odd(listed: list[Listed]) -> list[str]:
    """Make-up workdays that aren't on a weekend, and years that would still lack days."""
    told = [
        gettext("%(day)s is no weekend, so it is no make-up workday. Is that right?") % {"day": long_day(one.day)}
        for one in listed
        if one.kind == NationalDay.WORK and one.day.weekday() < 5
    ]
    for year in sorted({one.day.year for one in listed if one.kind == NationalDay.REST}):
        rest = {one.day for one in listed if one.kind == NationalDay.REST and one.day.year == year}
        rest |= set(NationalDay.objects.filter(kind=NationalDay.REST, day__year=year).values_list("day", flat=True))
        if len(rest) < statutory_days(year):
            words = gettext("%(year)s would have %(count)s days of rest, but by law there are at least %(least)s.")
            told.append(words % {"year": year, "count": len(rest), "least": statutory_days(year)})
    return told


urlpatterns = [
    path("years/<int:year>/fill/", fill, name="year_fill"),
    path("import/", bring_in, name="days_import"),
]
