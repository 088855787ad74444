"""The people of the sample group: branches, staff with their posts, money limits, deputies; all through amend()."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import transaction

from wenguo.jobs.newcomers import found_branch
from wenguo.people.actors import SYSTEM, today_of
from wenguo.people.amend import amend
from wenguo.people.models import Branch, BranchNumber, Deputy, Post, Staff
from wenguo.policy.load import default_pack
from wenguo.policy.money import COUNTERSIGN, TOTAL, limit_key

LONG_AGO = date(2020, 1, 1)
Tables = dict[str, Any]


class Group(NamedTuple):
    """Who is who: branches by code, staff by login, and what a shop's logins end in, by the shop's code."""

    branches: dict[str, Branch]
    staff: dict[str, Staff]
    suffix: dict[str, str]

    def login(self, shop: str, login: str) -> str:
        """The login at `shop` of whoever is `login` at the first one; those above all shops have only theirs."""
        own = login + self.suffix[shop]
        return own if own in self.staff else login


@transaction.atomic
def found(tables: Tables, secret: str, now: datetime, name: str, reason: str) -> Group:
    """Stores the group of staff.toml, whole or not at all; its root is called `name`, for `reason`."""
    branches: dict[str, Branch] = {}
    for row in tables["branch"]:
        branches[row["code"]] = found_branch(row["code"], row["says"], row["en"], branches.get(row["parent"]), now)
    root = next(iter(branches.values()))
    amend(root, SYSTEM.code, {"name": name}, reason, now)
    hashed = make_password(secret)  # one for all: a good hash is slow
    staff = {login: _hired(login, who, branches[code], role, hashed, now) for login, who, code, role in _people(tables)}
    _limits(tables["limit"], root, now)
    for row in tables["deputy"]:
        _deputy(row, staff, now)
    return known(tables)


def known(tables: Tables) -> Group:
    """The group as the database has it."""
    logins = {login for login, *_ in _people(tables)}
    return Group(
        {one.code: one for one in Branch.objects.select_related("parent")},
        {one.username: one for one in Staff.objects.filter(username__in=logins)},
        {row["code"]: row["suffix"] for row in tables["branch"] if "suffix" in row},
    )


def _people(tables: Tables) -> Iterator[tuple[str, str, str, str]]:
    """(login, name, branch, role) of everybody, in the order of the file."""
    for branch in tables["branch"]:
        for login, name in tables["name"].get(branch["code"], {}).items():
            own = login + branch["suffix"]
            yield own, name, tables["above"].get(own, branch["code"]), tables["role"][login]


def _hired(login: str, name: str, branch: Branch, role: str, hashed: str, now: datetime) -> Staff:
    # The hash of a password is no news for the record: it isn't among the fields that are amended.
    fresh = Staff(password=hashed)
    staff = amend(fresh, SYSTEM.code, {"username": login, "name": name}, "sample", now)
    post = {"staff": staff, "branch": branch, "role": role, "since": LONG_AGO}
    amend(Post(), SYSTEM.code, post, "sample", now)
    return staff


def _limits(yuan: dict[str, int], root: Branch, now: datetime) -> None:
    """What each role may decide on, of every kind and in all, where the pack doesn't say so itself."""
    pack = default_pack()
    if pack.money is None:
        return
    kinds = (*pack.codes[pack.money.lines], TOTAL)
    limits = {limit_key(role, kind): most for role, most in yuan.items() if role in pack.roles for kind in kinds}
    limits[COUNTERSIGN] = yuan["countersign"]
    for key, most in limits.items():
        if key not in pack.money.limits:
            number = {"branch": root, "key": key, "value": most * 100, "since": LONG_AGO, "reason": "样例权限"}
            amend(BranchNumber(), SYSTEM.code, number, "sample", now)


def _deputy(row: Tables, staff: dict[str, Staff], now: datetime) -> None:
    days = {key: today_of(now) + timedelta(days=row[key]) for key in ("since", "until")}
    who = {"absent": staff[row["absent"]], "deputy": staff[row["deputy"]]}
    amend(Deputy(), SYSTEM.code, who | days, "sample", now)
