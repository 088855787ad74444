"""Who acts: a staff member with the posts held today, a program on their behalf, or the system itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from wenguo.people.models import Branch, BranchNumber, Deputy, Post, Staff, in_force


@dataclass(frozen=True)
class Actor:
    """`code` goes into the record. `posts` are (branch path, role); `stands_for` are the person and whom they deputise."""

    code: str
    staff_id: int | None = None
    name: str = ""
    channel: str = "page"
    posts: tuple[tuple[str, str], ...] = ()
    stands_for: frozenset[int] = frozenset()
    today: date = field(default=date.min)

    def roles_at(self, branch: Branch) -> frozenset[str]:
        """Roles held at `branch` or above it."""
        return frozenset(role for path, role in self.posts if branch.path.startswith(path))

    def sees(self, branch: Branch) -> bool:
        """Whether anything of `branch` exists for this person: their own branches and all below."""
        return bool(self.roles_at(branch))

    def branches(self) -> list[Branch]:
        """Every branch within sight, in the order of the tree."""
        paths = {path for path, _ in self.posts}
        return [one for one in all_branches() if any(one.path.startswith(path) for path in paths)]

    def through(self, channel: str) -> "Actor":
        return replace(self, channel=channel)


SYSTEM = Actor(code="system", name="系统", channel="clock")


def all_branches() -> list[Branch]:
    """The whole tree, parents before children: some hundreds of rows at most."""
    return list(Branch.objects.order_by("path"))


def today_of(now: datetime) -> date:
    """The day that `now` is in the installation's zone."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def actor_of(staff: Staff, now: datetime, channel: str = "page") -> Actor:
    """`staff` as an actor, with the posts in force today, also of those whom they deputise."""
    today = today_of(now)
    absent = Deputy.objects.filter(in_force(today), deputy=staff).values_list("absent", flat=True)
    stands_for = frozenset({staff.pk, *absent})
    rows = Post.objects.filter(in_force(today), staff__in=stands_for, staff__is_active=True)
    posts = tuple(rows.order_by("id").values_list("branch__path", "role"))
    return Actor(f"staff:{staff.pk}", staff.pk, staff.name, channel, posts, stands_for, today)


def holders(branch: Branch, roles: Iterable[str], today: date) -> dict[str, list[int]]:
    """Staff ids by role: who holds each role at `branch`, or at the nearest branch above that has a holder."""
    rows = (
        Post.objects.filter(in_force(today), branch__in=branch.line, role__in=set(roles), staff__is_active=True)
        .order_by("-branch__path", "id")
        .values_list("role", "branch_id", "staff_id")
    )
    found: dict[str, tuple[int, list[int]]] = {}
    for role, at, staff in rows:
        nearest, people = found.setdefault(role, (at, []))
        if nearest == at:
            people.append(staff)
    return {role: people for role, (_, people) in found.items()}


def with_deputies(people: Iterable[int], today: date) -> list[int]:
    """`people`, and after them whoever stands in for one of them today."""
    people = list(dict.fromkeys(people))
    rows = Deputy.objects.filter(in_force(today), absent__in=people).values_list("deputy", flat=True)
    return list(dict.fromkeys([*people, *rows]))


def people_at(branch: Branch, roles: tuple[str, ...], today: date) -> list[tuple[int, str, str]]:
    """(id, name, role) of active staff who hold one of `roles` (any, where empty) at `branch` or above it."""
    rows = Post.objects.filter(in_force(today), branch__in=branch.line, staff__is_active=True)
    rows = rows.filter(role__in=roles) if roles else rows
    return list(rows.order_by("-branch__path", "id").values_list("staff_id", "staff__name", "role"))


def numbers(branch: Branch, now: datetime) -> dict[str, int]:
    """Numbers overlaid at `branch` or above it and in force today; the nearest branch upward wins, then the latest."""
    rows = BranchNumber.objects.filter(branch__in=branch.line, since__lte=today_of(now))
    return dict(rows.order_by("branch__path", "since", "id").values_list("key", "value"))
