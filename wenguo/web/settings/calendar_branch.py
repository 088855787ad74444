"""What one branch does otherwise: its opening hours and its particular days."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods

from wenguo.people.businessclock import now
from wenguo.people.calendar_changes import change_branch_days, change_opening_hours
from wenguo.people.calendars import opening_of
from wenguo.people.editing import version_of
from wenguo.people.models import Branch, BranchDay, OpeningHours
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.policy.opening import KEYS, Opening, Periods
from wenguo.policy.periods import read_periods
from wenguo.web.pages import StaffRequest, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of
from wenguo.web.settings.branches import administered_branch
from wenguo.web.settings.calendar_history import changes_of_hours
from wenguo.web.settings.calendar_months import EXCEPTIONS, long_day
from wenguo.web.settings.calendar_moves import moves_of
from wenguo.web.settings.staff import EDITS
from wenguo.web.words import branch_name

MOST_DAYS = 92  # that are arranged at once
SHOWN = 5  # days of which it is told that something stands there


def _page_of(branch: Branch, day: date | None = None) -> str:
    year = f"&year={day.year}" if day else ""
    return f"{reverse('calendar')}?branch={branch.code}{year}"


@signed_in
@require_http_methods(EDITS)
def change_hours(request: StaffRequest, code: str) -> HttpResponse:
    """The branch's own hours; what isn't changed is taken over from what holds there now."""
    by = request.actor
    branch = administered_branch(by, code)
    row = OpeningHours.objects.filter(branch=branch).first()
    opening, whose = opening_of(branch)

    def save(posted: Posted) -> str:
        given = dict(posted.values)
        reason = given.pop("reason")
        read = {key: read_periods(value or "") for key, value in given.items()}
        *week, holiday = ({**_by_key(opening), **read}[key] for key in KEYS)
        hours = Opening(tuple(week), holiday)

        def change() -> OpeningHours | None:
            return change_opening_hours(branch, hours, by.code, reason, now(), seen=posted.version)

        posted.confirmed(moves_of(change, by))
        change()
        return f"{_page_of(branch)}&saved"

    return ask(
        request, form_of("hours_edit"), save, opening.written(), version_of(row) if row else 0,
        template="settings/calendar_hours.html", look=lambda typed: _unreadable({key: typed.get(key) for key in KEYS}),
        back=_page_of(branch), about=_origin(branch, whose), branch=branch,
        own=whose is not None and whose.pk == branch.pk, history=changes_of_hours(request, branch), zone=branch.zone,
    )  # fmt: skip


def _origin(branch: Branch, whose: Branch | None) -> str:
    if whose is None:
        return gettext("%(branch)s has the usual hours of its industry. They become its own once you save.") % {
            "branch": branch_name(branch)
        }
    if whose.pk != branch.pk:
        words = gettext("%(branch)s has the hours of %(above)s. They become its own once you save.")
        return words % {"branch": branch_name(branch), "above": branch_name(whose)}
    return gettext("%(branch)s has hours of its own; branches below it without their own have the same.") % {
        "branch": branch_name(branch)
    }


def _by_key(opening: Opening) -> dict[str, Periods]:
    return dict(zip(KEYS, (*opening.week, opening.holiday), strict=True))


def _unreadable(texts: Mapping[str, Any]) -> dict[str, Problem]:
    """What is wrong with periods as they were typed, by field."""
    problems: dict[str, Problem] = {}
    for key, text in texts.items():
        try:
            read_periods(str(text or ""))
        except Problem as problem:
            problems[key] = problem
    return problems


@signed_in
@require_http_methods(EDITS)
def take_over(request: StaffRequest, code: str) -> HttpResponse:
    """Gives up the branch's own hours."""
    by = request.actor
    branch = administered_branch(by, code)
    row = OpeningHours.objects.filter(branch=branch, own=True).first()
    if row is None:
        raise Http404
    above, whose = opening_of(branch, own=False)

    def save(posted: Posted) -> str:
        def change() -> OpeningHours | None:
            return change_opening_hours(branch, None, by.code, posted.values["reason"], now())

        meanwhile = [gettext("Somebody else changed these hours meanwhile.")]
        posted.confirmed([*(meanwhile if posted.version != version_of(row) else []), *moves_of(change, by)])
        change()
        return f"{_page_of(branch)}&saved"

    words = gettext("%(branch)s then has the hours of %(above)s: %(hours)s.") % {
        "branch": branch_name(branch),
        "above": branch_name(whose) if whose else gettext("its industry"),
        "hours": gettext(", ").join(dict.fromkeys(text or gettext("Not open") for text in above.written().values())),
    }
    return ask(
        request, form_of("hours_above"), save, version=version_of(row), back=reverse("hours_edit", args=[branch.code]),
        about=words,
    )  # fmt: skip


@signed_in
@require_http_methods(EDITS)
def arrange(request: StaffRequest, code: str) -> HttpResponse:
    """An exception on some days, or none any more. What stands there already is shown first."""
    by = request.actor
    branch = administered_branch(by, code)
    day = _asked_day(request.GET.get("day", ""))
    row = BranchDay.objects.filter(branch=branch, day=day).first() if day else None

    def save(posted: Posted) -> str:
        given = posted.values
        days = _days(posted.day("since") or by.today, posted.day("last_day"))
        seen = {row.day} if row and posted.version == version_of(row) else set()
        replaced = _replaced(branch, [one for one in days if one not in seen])

        def change() -> int:
            periods = given["periods"] or ""
            return change_branch_days(branch, days, given["kind"], periods, by.code, given["reason"], now())

        posted.confirmed([*replaced, *moves_of(change, by)])
        change()
        return f"{_page_of(branch, days[0])}&saved"

    def look(typed: Mapping[str, Any]) -> dict[str, Problem]:
        return _unreadable({"periods": typed.get("periods")}) if typed.get("kind") == BranchDay.OWN else {}

    typed = {"since": day.isoformat() if day else "", "kind": BranchDay.CLOSED}
    if row is not None and row.kind != BranchDay.USUAL:
        typed |= {"kind": row.kind, "periods": row.periods, "reason": row.reason}
    form = form_of("branch_days", exceptions={key: gettext(told) for key, told in EXCEPTIONS.items()})
    return ask(
        request, form, save, typed, version_of(row) if row else 0, look=look, back=_page_of(branch, day),
        about=gettext("Counts at %(branch)s and at all below it.") % {"branch": branch_name(branch)},
    )  # fmt: skip


def _asked_day(text: str) -> date | None:
    """The day in the address; Http404 for what is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Http404 from None


TOO_MANY = gettext_noop("At most %(most)s days at once.")


def _days(since: date, last: date | None) -> list[date]:
    last = last or since
    if last < since:
        raise Wrong({"last_day": Problem("This must be after the first day.")})
    if (last - since).days >= MOST_DAYS:
        raise Wrong({"last_day": Problem(TOO_MANY, most=MOST_DAYS)})
    return [since + timedelta(days=nth) for nth in range((last - since).days + 1)]


def _replaced(branch: Branch, days: list[date]) -> list[str]:
    """Exceptions that stand on these days, in whole sentences; of many the first few."""
    rows = BranchDay.objects.filter(branch=branch, day__in=days).exclude(kind=BranchDay.USUAL).order_by("day")
    told = [
        gettext("%(day)s is arranged already: %(what)s %(reason)s.")
        % {"day": long_day(one.day), "what": gettext(EXCEPTIONS[one.kind]), "reason": one.reason}
        for one in rows
    ]
    rest = len(told) - SHOWN
    return told[:SHOWN] + ([gettext("So are %(count)s more days.") % {"count": rest}] if rest > 0 else [])


urlpatterns = [
    path("<slug:code>/hours/", change_hours, name="hours_edit"),
    path("<slug:code>/hours/above/", take_over, name="hours_above"),
    path("<slug:code>/days/", arrange, name="branch_days"),
]
