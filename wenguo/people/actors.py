"""Who acts: a staff member with the posts held today, a program on their behalf, or the system itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from wenguo.people.models import Branch, Staff
from wenguo.people.tree import tree


@dataclass(frozen=True)
class Actor:
    """`code` goes into the record; `posts` are (branch path, role); `stands_for`: the person and whom they deputise."""

    code: str
    staff_id: int | None = None
    name: str = ""
    channel: str = "page"
    posts: tuple[tuple[str, str], ...] = ()
    stands_for: frozenset[int] = frozenset()
    today: date = field(default=date.min)

    @property
    def person(self) -> int:
        """The staff member's id. Raises TypeError for the system, which is nobody."""
        if self.staff_id is None:
            raise TypeError(f"{self.code} is no person")
        return self.staff_id

    def roles_at(self, branch: Branch) -> frozenset[str]:
        """Roles held at `branch` or above it."""
        return frozenset(role for path, role in self.posts if branch.path.startswith(path))

    def sees(self, branch: Branch) -> bool:
        """Whether anything of `branch` exists for this person: their own branches and all below."""
        return bool(self.roles_at(branch))

    def branches(self) -> list[Branch]:
        """Every branch within sight, in the order of the tree."""
        paths = tuple({path for path, _ in self.posts})
        return [one for one in tree().branches.values() if one.path.startswith(paths)]

    def through(self, channel: str) -> "Actor":
        return replace(self, channel=channel)


SYSTEM = Actor(code="system", name="系统", channel="clock")


def today_of(now: datetime) -> date:
    """The day that `now` is in the installation's zone."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def actor_of(staff: Staff, now: datetime, channel: str = "page") -> Actor:
    """`staff` as an actor, with the posts in force today, also of those whom they deputise."""
    today, house = today_of(now), tree()
    stands_for = house.standing_for(staff.pk, today)
    posts = tuple((house.branches[held.branch].path, held.role) for held in house.posts_of(stands_for, today))
    return Actor(f"staff:{staff.pk}", staff.pk, staff.name, channel, posts, stands_for, today)


def holders(branch: Branch, roles: Iterable[str], today: date) -> dict[str, list[int]]:
    """Staff ids by role: who holds each role at `branch`, or at the nearest branch above that has a holder."""
    wanted = set(roles)
    found: dict[str, list[int]] = {}
    nearest: dict[str, int] = {}
    for held in tree().seats_above(branch, today) if wanted else ():
        if held.role in wanted and nearest.setdefault(held.role, held.branch) == held.branch:
            found.setdefault(held.role, []).append(held.staff)
    return found


def with_deputies(people: Iterable[int], today: date) -> list[int]:
    """`people`, and after them whoever stands in for one of them today."""
    people = list(dict.fromkeys(people))
    deputies = tree().deputies if people else {}
    more = [deputy for one in people for deputy, span in deputies.get(one, ()) if span.holds(today)]
    return list(dict.fromkeys([*people, *more]))


def people_at(branch: Branch, roles: tuple[str, ...], today: date) -> list[tuple[int, str, str]]:
    """(id, name, role) of active staff who hold one of `roles` (any, where empty) at `branch` or above it."""
    house = tree()
    seats = (held for held in house.seats_above(branch, today) if not roles or held.role in roles)
    return [(held.staff, house.names[held.staff], held.role) for held in seats]


def names_of(people: Iterable[int | None]) -> dict[int, str]:
    """Names by staff id, also of those who have left."""
    names = tree().names
    return {one: names[one] for one in people if one in names}


def numbers(branch: Branch, now: datetime) -> dict[str, int]:
    """Numbers overlaid at `branch` or above it and in force today."""
    return tree().numbers_at(branch, today_of(now))
