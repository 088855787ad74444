"""The bell: what somebody was told, newest first, what is unread before the rest."""

from datetime import datetime
from typing import NamedTuple

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from wenguo.cases import lists
from wenguo.cases.models import Case, Notice
from wenguo.notify.telling import what
from wenguo.people.businessclock import now
from wenguo.people.tree import Tree, tree
from wenguo.policy.clocks import LATE
from wenguo.web import words
from wenguo.web.pages import StaffRequest, page, shown_count, signed_in

MENU = 6  # notices in the dropdown


class Told(NamedTuple):
    """One notice in words."""

    id: int
    who: str
    what: str
    number: str
    about: str
    when: str
    unread: bool
    mine: bool  # the next step is with the reader
    late: bool


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The page of all recent notices."""
    return page(request, "bell.html", notices=_notices(request))


@signed_in
@require_safe
def latest(request: StaffRequest) -> HttpResponse:
    """The dropdown under the bell."""
    return page(request, "bell_latest.html", notices=_notices(request)[:MENU])


@signed_in
@require_safe
def count(request: StaffRequest) -> HttpResponse:
    """The number at the bell, asked for again and again."""
    return page(request, "bell_count.html", unread=shown_count(lists.unread(request.actor)))


@signed_in
@require_POST
def read_all(request: StaffRequest) -> HttpResponse:
    """Marks everything up to the newest notice that the reader was shown as read."""
    newest = request.POST.get("newest", "")
    if newest.isascii() and newest.isdigit() and len(newest) < 19:
        _of(request).filter(pk__lte=int(newest), read_at=None).update(read_at=now())
    return HttpResponseRedirect(reverse("bell"))


@signed_in
@require_POST
def open_notice(request: StaffRequest, notice: int) -> HttpResponse:
    """Marks one notice as read and goes to its case."""
    found = _of(request).select_related("entry__case").filter(pk=notice).first()
    if found is None:
        raise Http404
    _of(request).filter(pk=notice, read_at=None).update(read_at=now())
    return HttpResponseRedirect(reverse("case", args=[found.entry.case.number]))


def read_by_link(request: StaffRequest, case: Case, seq: str) -> None:
    """Whoever comes by the link of a mail or a group chat has read what it told of: the bell needn't say so again."""
    if seq.isascii() and seq.isdigit() and len(seq) < 10:
        _of(request).filter(entry__case=case, entry__seq=int(seq), read_at=None).update(read_at=now())


def _of(request: StaffRequest):
    return Notice.objects.filter(recipient=request.actor.staff_id, channel="bell", sent_at__isnull=False)


def _notices(request: StaffRequest) -> list[Told]:
    at, language, house = now(), get_language() or "", tree()
    found = [_told(notice, house, at, language) for notice in lists.bell(request.actor)]
    return sorted(found, key=lambda one: not one.unread)


def _told(notice: Notice, house: Tree, at: datetime, language: str) -> Told:
    entry, case = notice.entry, notice.entry.case
    return Told(
        notice.pk,
        house.names.get(int(entry.actor[6:]), "") if entry.actor.startswith("staff:") else "",
        what(entry, language),
        case.number,
        words.short(case.facts.get("content")),
        words.moment(entry.at, at, house.branches[case.branch_id].zone),
        notice.read_at is None,
        case.stage_type == "open" and case.turn_person_id == notice.recipient_id,
        entry.verb in LATE,
    )
