"""Posts and deputies: who holds which role where and when, who stands in for whom; and who would then be missing."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from wenguo.people.actors import today_of
from wenguo.people.amend import amend
from wenguo.people.models import Branch, Deputy, Post, Staff
from wenguo.people.tree import tree
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.policy.load import packs

BACKWARDS = gettext_noop("This must be after the first day.")


class Vacancy(NamedTuple):
    """A role that nobody would hold at a branch, nor above it, though cases there may wait for it."""

    branch: Branch
    role: str


@transaction.atomic
def give_post(
    staff: Staff, branch: Branch, role: str, since: date, until: date | None, by: str, reason: str, now: datetime
) -> Post:
    """A role at a branch from the day `since` until the day before `until`. Raises Wrong where they hold it already."""
    if until is not None and until <= since:
        raise Wrong({"until": Problem(BACKWARDS)})
    Staff.objects.select_for_update().get(pk=staff.pk)  # two people who give the same post wait for one another
    same = Post.objects.filter(staff=staff, branch=branch, role=role)
    if same.filter(_overlaps(since, until)).exists():
        raise Wrong({"role": Problem(gettext_noop("This person holds this role here already in that time."))})
    row = {"staff": staff, "branch": branch, "role": role, "since": since, "until": until}
    return amend(Post(), by, row, reason, now)


def _overlaps(since: date, until: date | None) -> Q:
    ends_later = Q(until=None) | Q(until__gt=since)
    return ends_later & Q(since__lt=until) if until else ends_later


def end_post(post: Post, until: date, by: str, reason: str, now: datetime) -> Post:
    """The post ends with the day before `until`; one that wouldn't have begun by then is over today. Raises Wrong."""
    if post.until is not None and until > post.until:
        raise Wrong({"until": Problem(gettext_noop("This post ends before that day already."))})
    over = until if until > post.since else min(until, today_of(now))
    return amend(post, by, {"until": over}, reason, now)


def vacancies(gone: Iterable[Post], on: date) -> list[Vacancy]:
    """Where somebody would be missing from the day `on`, were these posts gone: roles that cases may wait for."""
    found: list[Vacancy] = []
    gone = list(gone)
    for post in gone:
        pack = packs()[post.branch.pack]
        if post.role in pack.needed_roles:
            found += [
                Vacancy(one, post.role) for one in _without(post, {row.pk for row in gone}, on) if one.pack == pack.name
            ]
    return list(dict.fromkeys(found))


def _without(post: Post, gone: set[int], on: date) -> list[Branch]:
    """Shops at or below the post's branch where, without the posts of the ids `gone`, nobody would hold its role."""
    house = tree().branches
    below = [one for one in house.values() if one.path.startswith(post.branch.path)]
    shops = [one for one in below if not any(other.path.startswith(one.path) for other in below if other is not one)]
    rows = Post.objects.filter(role=post.role, staff__is_active=True, since__lte=on).exclude(pk__in=gone)
    held = {house[pk].path for pk in rows.filter(Q(until=None) | Q(until__gt=on)).values_list("branch_id", flat=True)}
    return [one for one in shops if not any(one.path.startswith(path) for path in held)]


@transaction.atomic
def name_deputy(absent: Staff, deputy: Staff, since: date, until: date, by: str, reason: str, now: datetime) -> Deputy:
    """`deputy` stands in for `absent`, whose posts then count for both. Raises Wrong for oneself, wrong days, or a
    second time for the same days. Standing in is never handed on, so circles do no harm."""
    if absent.pk == deputy.pk:
        raise Wrong({"deputy": Problem(gettext_noop("Nobody stands in for themselves."))})
    if until <= since:
        raise Wrong({"until": Problem(BACKWARDS)})
    Staff.objects.select_for_update().get(pk=absent.pk)
    same = Deputy.objects.filter(absent=absent, deputy=deputy)
    if same.filter(_overlaps(since, until)).exists():
        raise Wrong({"deputy": Problem(gettext_noop("This person stands in already in that time."))})
    return amend(Deputy(), by, {"absent": absent, "deputy": deputy, "since": since, "until": until}, reason, now)


def end_deputy(row: Deputy, today: date, by: str, now: datetime) -> Deputy:
    """From today on nobody stands in by this row any more, nor ever by one that hasn't begun."""
    return amend(row, by, {"until": min(row.until, today)}, "", now)


def away(staff: Staff, since: date, until: date) -> bool:
    """Whether others stand in for this person on some of these days: a deputy who is away themselves helps nobody."""
    return Deputy.objects.filter(absent=staff).filter(_overlaps(since, until)).exists()


def also_deputised(absent: Staff, since: date, until: date) -> list[Deputy]:
    """Others who stand in for this person on some of these days."""
    return list(Deputy.objects.filter(absent=absent).filter(_overlaps(since, until)).select_related("deputy"))
