"""The working calendar: a year at a branch, one of its days, and the days of the country."""

from collections.abc import Iterator
from datetime import date

from django.http import Http404, HttpResponse
from django.urls import path, register_converter, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from wenguo.people.actors import Actor
from wenguo.people.administering import administered
from wenguo.people.businessclock import now
from wenguo.people.calendar_changes import PAGE, Day, change_days, keeps_national_days
from wenguo.people.calendars import missing_year, opening_of, what_holds, years_published
from wenguo.people.editing import version_of
from wenguo.people.models import Branch, BranchDay, NationalDay
from wenguo.people.tree import tree
from wenguo.policy.fields import FIRST_DAY, LAST_DAY
from wenguo.policy.opening import Opening
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of
from wenguo.web.settings.branches import administered_branch, branch_options
from wenguo.web.settings.calendar_history import changes_of_day, changes_of_year
from wenguo.web.settings.calendar_months import (
    DAY_KINDS,
    EXCEPTIONS,
    FIRST_YEAR,
    LAST_YEAR,
    WEEKDAYS,
    hours,
    long_day,
    months,
    said,
    tone_of,
)
from wenguo.web.settings.calendar_moves import moves_of
from wenguo.web.settings.staff import EDITS


class DayInAddress:
    """A day of some year, such as 2026-10-01."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError for a day that no calendar has, or that can't be stored."""
        found = date.fromisoformat(value)
        if not FIRST_DAY <= found <= LAST_DAY:
            raise ValueError(value)
        return found

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(DayInAddress, "day")


def keeper(by: Actor) -> Actor:
    """Whoever may change the country's days; Http404 in the same words for others."""
    if not keeps_national_days(by):
        raise Http404
    return by


def to_announce(by: Actor) -> int | None:
    """The year that is missing, told to those who may enter it."""
    return missing_year(by.today) if keeps_national_days(by) else None


def year_of(text: str, today: date) -> int:
    """The year asked for, this one unless there is one; Http404 for one that can't be drawn."""
    if not text:
        return today.year
    if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text[:5]) <= LAST_YEAR):
        raise Http404
    return int(text)


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The year at a branch: its opening hours, its days in colours and words, its exceptions, what was changed."""
    by = request.actor
    branch = administered_branch(by, request.GET.get("branch", ""))
    year = year_of(request.GET.get("year", ""), by.today)
    opening, whose = opening_of(branch)
    exceptions = list(_exceptions(branch, year))
    return page(
        request, "settings/calendar.html", branch=branch, branches=branch_options(by), year=year, today=by.today,
        months=months(branch, year), weekdays=[gettext(one) for one in WEEKDAYS], opening=rows_of(opening), whose=whose,
        exceptions=exceptions, keeps=keeps_national_days(by), published=year in years_published(),
        missing=to_announce(by), history=changes_of_year(request, branch, year), zone=branch.zone, first=FIRST_YEAR,
        last=LAST_YEAR, saved="saved" in request.GET, mine={one.pk for one in administered(by)},
    )  # fmt: skip


def rows_of(opening: Opening) -> list[tuple[str, str]]:
    """(day, hours) of the week and of public holidays."""
    names = [*(gettext(one) for one in WEEKDAYS), gettext("Public holidays")]
    return list(zip(names, map(hours, (*opening.week, opening.holiday)), strict=True))


def _exceptions(branch: Branch, year: int) -> Iterator[tuple[BranchDay, Branch, str, str]]:
    """(row, whose, its day in words, what it says) of the branch and those above it, in the order of their days."""
    rows = BranchDay.objects.filter(branch__in=branch.line, day__year=year).exclude(kind=BranchDay.USUAL)
    for one in rows.order_by("day", "branch__path"):
        told = gettext(EXCEPTIONS[one.kind]) + (f" {one.periods}" if one.periods else "")
        yield one, tree().branches[one.branch_id], long_day(one.day), told


@signed_in
@require_safe
def show_day(request: StaffRequest, day: date) -> HttpResponse:
    """One day at a branch: what holds and why, and what may be changed about it."""
    by = request.actor
    branch = administered_branch(by, request.GET.get("branch", ""))
    found = what_holds(branch, day)
    return page(
        request, "settings/calendar_day.html", branch=branch, day=day, title=long_day(day), hours=hours(found.periods),
        tone=tone_of(found), why=said(found), keeps=keeps_national_days(by), saved="saved" in request.GET,
        own=found.exception is not None and found.exception.branch_id == branch.pk,
        history=changes_of_day(request, branch, day), zone=branch.zone,
    )  # fmt: skip


@signed_in
@require_http_methods(EDITS)
def change_day(request: StaffRequest, day: date) -> HttpResponse:
    """What the country does on a day; for everybody, so only for who keeps the root of the tree."""
    by = keeper(request.actor)
    branch = administered_branch(by, request.GET.get("branch", ""))
    row = NationalDay.objects.filter(day=day).first()
    stands = {"kind": NationalDay.USUAL, "name": "", "name_en": ""}
    if row is not None:
        stands = {key: getattr(row, key) for key in stands}
    back = f"{reverse('calendar_day', args=[day])}?branch={branch.code}"

    def save(posted: Posted) -> str:
        given = {key: (value or "").strip() for key, value in posted.values.items()}
        reason = given.pop("reason")
        wanted = Day(day, **{**stands, **given})

        def change() -> int:
            return change_days([wanted], PAGE, by.code, reason, now(), seen=posted.version)

        posted.confirmed(moves_of(change, by))
        change()
        return f"{back}&saved"

    form = form_of("day_edit", day_kinds={key: gettext(told) for key, told in DAY_KINDS.items()})
    return ask(
        request, form, save, stands, version_of(row) if row else 0, back=back,
        about=f"{long_day(day)}. " + gettext("This counts for every branch."),
    )  # fmt: skip


urlpatterns = [
    path("", show, name="calendar"),
    path("days/<day:day>/", show_day, name="calendar_day"),
    path("days/<day:day>/edit/", change_day, name="day_edit"),
]
