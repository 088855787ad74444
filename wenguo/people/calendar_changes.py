"""Changing calendars: one function for each of the three tables, and no other way. Whatever has to follow a change of
working time, such as clocks that are due otherwise, is wrapped around these.

Each is one transaction and writes nothing where nothing differs. Nobody's right is asked here.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_noop

from wenguo.people.actors import Actor
from wenguo.people.administering import administers
from wenguo.people.amend import amend
from wenguo.people.editing import edit
from wenguo.people.models import Branch, BranchDay, NationalDay, OpeningHours, Organisation
from wenguo.people.seal_lock import hold_off_seal
from wenguo.people.tree import tree
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.policy.opening import Opening, written
from wenguo.policy.periods import read_periods

PAGE = "page"  # the source of a day that somebody typed in


class Day(NamedTuple):
    """A day of the country as it is to be: rest, work or usual (as the week says)."""

    day: date
    kind: str
    name: str = ""
    name_en: str = ""


def keeps_national_days(by: Actor) -> bool:
    """Whether `by` may change the country's days: who keeps a root branch in order, for they count everywhere."""
    return any(administers(by, one) for one in tree().branches.values() if one.parent_id is None)


@transaction.atomic
def change_days(
    days: Iterable[Day], source: str, by: str, reason: str, now: datetime, *,
    seen: int | None = None, only_new: bool = False,
) -> int:  # fmt: skip
    """Sets days of the country; returns how many differ from what stood. `only_new`: leaves alone what is there.

    `seen`: the version of the one day at hand that the person looked at; raises Overtaken as edit() does.
    """
    _one_after_another()
    wanted = {one.day: one for one in days}
    stand = {one.day: one for one in NationalDay.objects.filter(day__in=wanted)}
    changed = [one for one in wanted.values() if _differs(stand.get(one.day), one, only_new)]
    for one in changed:
        told = {"kind": one.kind, "name": one.name, "name_en": one.name_en, "source": source}
        if one.day in stand:
            edit(stand[one.day], by, told, reason, seen, now)
        else:
            amend(NationalDay(), by, {"day": one.day, **told}, reason, now)
    return len(changed)


def _differs(stands: NationalDay | None, wanted: Day, only_new: bool) -> bool:
    """A day of the week as usual, of which nothing is told, needs no row."""
    if stands is None:
        return wanted.kind != NationalDay.USUAL
    return not only_new and (stands.kind, stands.name, stands.name_en) != (wanted.kind, wanted.name, wanted.name_en)


@transaction.atomic
def change_opening_hours(
    branch: Branch, opening: Opening | None, by: str, reason: str, now: datetime, *, seen: int | None = None
) -> OpeningHours | None:
    """The branch's own opening hours; None: as above it again. Returns the row, None where there never was one.

    `seen`: the version that the person looked at; raises Overtaken as edit() does. Raises Wrong where nobody would ever
    be there.
    """
    if opening is not None and not any(opening.week):
        raise Wrong({"monday": Problem(gettext_noop("Somebody has to be there on one day of the week at least."))})
    _one_after_another()
    row = OpeningHours.objects.filter(branch=branch).first()
    told: dict[str, object] = {"own": False} if opening is None else {"own": True, **opening.written()}
    if row is None:
        return amend(OpeningHours(), by, {"branch": branch, **told}, reason, now) if opening else None
    return edit(row, by, told, reason, seen, now)


@transaction.atomic
def change_branch_days(
    branch: Branch, days: Iterable[date], kind: str, periods: str, by: str, reason: str, now: datetime
) -> int:
    """An exception of the branch on each of these days (closed, workday, own periods; usual: none any more); returns
    how many differ from what stood. Raises Problem for periods that can't be read."""
    _one_after_another()
    days = list(days)
    text = written(read_periods(periods)) if kind == BranchDay.OWN else ""
    stand = {one.day: one for one in BranchDay.objects.filter(branch=branch, day__in=days)}
    told = {"kind": kind, "periods": text, "reason": reason}
    changed = [day for day in days if _is_news(stand.get(day), told)]
    for day in changed:
        if day in stand:
            amend(stand[day], by, told, reason, now)
        else:
            amend(BranchDay(), by, {"branch": branch, "day": day, **told}, reason, now)
    return len(changed)


def _is_news(stands: BranchDay | None, told: dict[str, str]) -> bool:
    """Whether an exception would change anything; to have none needs no row."""
    if told["kind"] == BranchDay.USUAL:
        return stands is not None and stands.kind != BranchDay.USUAL
    return stands is None or any(getattr(stands, key) != value for key, value in told.items())


def _one_after_another() -> None:
    """Whoever changes a calendar waits for whoever does already: two new rows for one day can't both be stored. The
    seal is held off first, in the order in which amend() takes both, so that nobody waits for one another."""
    hold_off_seal()
    Organisation.objects.select_for_update().filter(pk=1).first()
