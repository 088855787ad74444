"""Who keeps the organisation in order: at which branches, and whose account. Always below their own branch, never
themselves, and never roles that the pack leaves to others."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from wenguo.people.actors import Actor
from wenguo.people.models import Branch, Post, Staff
from wenguo.people.tree import tree
from wenguo.policy.administration import Administration
from wenguo.policy.load import packs


def rules(branch: Branch) -> Administration:
    """What the branch's pack says of it; nobody may anything where the pack is gone."""
    pack = packs().get(branch.pack)
    return pack.administration if pack else Administration()


def administers(by: Actor, branch: Branch) -> bool:
    """Whether `by` keeps this branch in order: holds there, or above it, a role that the pack names."""
    return bool(by.roles_at(branch) & {*rules(branch).organisation})


def administered(by: Actor) -> list[Branch]:
    """Every such branch, in the order of the tree."""
    return [one for one in tree().branches.values() if administers(by, one)]


def administers_any(by: Actor) -> bool:
    """The same for some branch. Only those where the person holds posts are looked at."""
    return any(administers(by, one) for one in _own_branches(by))


def has_keys(by: Actor) -> bool:
    """Whether `by` may have keys for programs."""
    return any(by.roles_at(one) & {*rules(one).tokens} for one in _own_branches(by))


def _own_branches(by: Actor) -> list[Branch]:
    house = tree().branches
    return [house[int(path.strip("/").rpartition("/")[2])] for path, _ in by.posts]


def may_give(by: Actor, branch: Branch, role: str) -> bool:
    """Whether `by` may give that role at that branch, or take it away."""
    return rules(branch).gives(by.roles_at(branch), role)


def giveable(by: Actor, branch: Branch) -> list[str]:
    """Roles that `by` may give at the branch, in the pack's order."""
    return [role for role in packs()[branch.pack].roles if may_give(by, branch, role)]


def homes(staff: int, today: date) -> list[Post]:
    """Where somebody belongs: posts of today and of days to come, else all that ever were. The latest first."""
    house = tree().branches
    rows = list(Post.objects.filter(staff=staff).order_by("-since", "-id"))
    for row in rows:
        row.branch = house[row.branch_id]
    return [row for row in rows if row.until is None or row.until > today] or rows


def knows(by: Actor, posts: Iterable[Post]) -> bool:
    """Whether somebody with these `homes` exists for `by` under settings."""
    return any(administers(by, post.branch) for post in posts)


def may_change(by: Actor, staff: Staff, posts: Iterable[Post]) -> bool:
    """Whether `by` may change the account of somebody with these `homes`: not their own, nor of one for whom they
    stand in, and only where each role is one that they might have given. Else a password could be had that opens more
    than one's own."""
    posts = list(posts)
    return staff.pk not in by.stands_for and bool(posts) and all(may_give(by, one.branch, one.role) for one in posts)


def staff_at(branch: Branch, today: date, *, left: bool = False) -> list[Post]:
    """Posts at exactly this branch with their people: of today and days to come; with `left` those that ended."""
    goes_on = Q(staff__is_active=True) & (Q(until=None) | Q(until__gt=today))
    rows = Post.objects.filter(branch=branch).select_related("staff")
    return list((rows.exclude(goes_on) if left else rows.filter(goes_on)).order_by("role", "id"))
