"""Cars and customers of special care on pages: proposed, decided, called back, written to, ended."""

from datetime import date, datetime
from typing import NamedTuple

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from wenguo.cases.watching import all_proposed, care_due, grave_without_care, supervised
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.models import Branch, Customer
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.policy.views import USUAL
from wenguo.vehicles.focus import cares_of, may, rules_of, satisfied, where
from wenguo.vehicles.focus_lists import MOST, Proposed, ended_without_care, focus_of, focuses, last_cares
from wenguo.vehicles.models import Care, Focus, Vehicle
from wenguo.web import words
from wenguo.web.case_rows import rows_of
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.typed import word
from wenguo.web.vehicle_pages import LARGEST_ID, numbers, sees_numbers

SAVED = {
    "watched": gettext_noop("This is now under special care."),
    "declined": gettext_noop("This is kept: it won't be proposed again for the same reason."),
    "care": gettext_noop("The record has been saved."),
    "ended": gettext_noop("The special care has ended. Please see to the letter or visit."),
}


class Line(NamedTuple):
    """A car or customer as a list shows it. `kind` and `pk` say which one it is."""

    kind: str
    pk: int
    name: str
    branch: str


class Watched(NamedTuple):
    """A focus in words. `last`: the latest call-back, letter or visit."""

    focus: Focus
    line: Line
    why: str
    technician: str
    last: Care | None
    last_way: str


class Suggested(NamedTuple):
    """A proposal in words. `decides`: the reader may say yes or no."""

    one: Proposed
    line: Line
    decides: bool


class Owed(NamedTuple):
    """A letter or visit that is due: whom it is for, by when, and where it is written down."""

    what: str
    address: str
    due: date
    late: bool
    may: bool
    branch: str


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """Who is proposed, who is watched, who is owed a letter or a visit."""
    by, at = request.actor, now()
    branches = [one for one in by.branches() if rules_of(one)]
    if not branches:
        raise Http404
    before = request.GET.get("before", "")
    shown = focuses(branches, Focus.WATCHED, int(before) if before.isascii() and before.isdigit() else 0)
    more = shown[MOST - 1].pk if len(shown) > MOST else 0
    return page(
        request, "focus/list.html", proposed=[_suggested(one, by) for one in all_proposed(branches, at)],
        watched=_watched(shown[:MOST], by), more=more, owed=_owed(branches, by, at),
        ended=_watched(focuses(branches, Focus.ENDED)[:10], by), several=len(branches) > 1,
        supervises=bool(where(by, "supervises")), saved=gettext(SAVED.get(request.GET.get("saved", ""), "")) or "",
    )  # fmt: skip


class Waiting(NamedTuple):
    """What special care waits for at a branch and below: proposals to decide on, letters or visits that are due."""

    proposed: int
    owed: int


def waiting_at(branch: Branch, by: Actor, at: datetime) -> Waiting | None:
    """None where nobody is watched there. Neither counts beyond a page."""
    below = [one for one in by.branches() if one.path.startswith(branch.path) and rules_of(one)]
    return Waiting(len(all_proposed(below, at)), len(_owed(below, by, at))) if below else None


def line_of(target: Vehicle | Customer, branch: Branch, by: Actor) -> Line:
    """The car, with its numbers as far as this person may see them, or the customer."""
    if isinstance(target, Customer):
        return Line(
            "customer", target.pk, target.name or gettext("a customer without a name"), words.branch_name(branch)
        )
    target.branch = branch
    shown = numbers(target, sees_numbers(target, by))
    name = shown["plate"] or shown["temporary_plate"] or shown["vin"]
    about = " ".join(filter(None, (target.brand, target.series)))
    return Line("vehicle", target.pk, f"{name} {about}".strip(), words.branch_name(branch))


def _suggested(one: Proposed, by: Actor) -> Suggested:
    target = one.vehicle or one.customer
    assert target is not None  # a proposal is about one of them
    return Suggested(one, line_of(target, one.branch, by), may(by, one.branch, "decides"))


def _watched(found: list[Focus], by: Actor) -> list[Watched]:
    last = last_cares(found)
    return [told_of(one, by, last.get(one.pk)) for one in found]


def told_of(one: Focus, by: Actor, last: Care | None) -> Watched:
    """A focus in words; `last`: what was written down of it last."""
    target = one.vehicle or one.customer
    assert target is not None  # a focus is about one of them
    rules, pack = rules_of(one.branch), packs()[one.branch.pack]
    why = rules.proposals.get(one.why) if rules else None
    return Watched(
        one, line_of(target, one.branch, by), word(why.label) if why else "",
        tree().names.get(one.technician_id or 0, ""), last, word(pack.code("care_way", last.way)) if last else "",
    )  # fmt: skip


def _owed(branches: list[Branch], by: Actor, at: datetime) -> list[Owed]:
    """Letters and visits after a focus or a grave complaint, what is due first, first."""
    found = []
    for one in ended_without_care(branches, at):
        assert one.ended_at is not None  # it ended
        what = gettext("Special care ended: %(who)s") % {"who": told_of(one, by, None).line.name}
        found.append(_owed_one(what, reverse("focus_care", args=[one.pk]), one.ended_at, one.branch, by))
    house = {one.pk: one for one in branches}
    for case in grave_without_care(branches, at):
        if case.closed_at:
            what = gettext("Grave complaint closed: %(number)s") % {"number": case.number}
            address = reverse("focus_case_care", args=[case.number])
            found.append(_owed_one(what, address, case.closed_at, house[case.branch_id], by))
    return sorted(found, key=lambda one: one.due)


def _owed_one(what: str, address: str, ended: datetime, branch: Branch, by: Actor) -> Owed:
    due = care_due(ended, branch)
    return Owed(what, address, due, due < by.today, may(by, branch, "cares"), words.branch_name(branch))


@signed_in
@require_safe
def one(request: StaffRequest, pk: int) -> HttpResponse:
    """A car or customer of special care: why, what applies, and all that was done since."""
    by, found = request.actor, focus_seen(pk, request.actor)
    pack = packs()[found.branch.pack]
    cares = [
        (care, word(pack.code("care_way", care.way)), tree().names.get(care.by_id, "")) for care in cares_of(found)
    ]  # fmt: skip
    return page(
        request, "focus/one.html", told=told_of(found, by, None), cares=cares, zone=found.branch.zone,
        measures=measures_of(found.branch),
        decides=may(by, found.branch, "decides"), may_care=may(by, found.branch, "cares"), satisfied=satisfied(found),
        saved=gettext(SAVED.get(request.GET.get("saved", ""), "")) or "",
    )  # fmt: skip


def measures_of(branch: Branch) -> list[tuple[str, str]]:
    """What applies at the branch to whoever is watched: where, and what is done there."""
    rules = rules_of(branch)
    return [(word(one.label), word(one.text)) for one in rules.measures] if rules else []


def focus_seen(pk: int, by: Actor) -> Focus:
    """The focus, or Http404 in the same words whether it isn't there or isn't within sight."""
    found = focus_of(by, pk) if pk < LARGEST_ID else None
    if found is None:
        raise Http404
    return found


@signed_in
@require_safe
def supervision(request: StaffRequest) -> HttpResponse:
    """Grave complaints and those about whoever is watched, what is late first (R019); for whoever supervises."""
    by, at = request.actor, now()
    branches = where(by, "supervises")
    if not branches:
        raise Http404
    found = supervised(branches)
    late = [one for one in found.rows if one.next_due_at < at]
    rest = [one for one in found.rows if one.next_due_at >= at]
    several = len(branches) > 1
    return page(
        request, "focus/supervision.html", late=rows_of(late, by, at, several=several),
        rest=rows_of(rest, by, at, several=several), whole=found.whole, shows=USUAL, owed=_owed(branches, by, at),
    )  # fmt: skip
