"""Branches, staff and programs let in from the command line: the same changes as under settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from wenguo.cases.sentences import sentence
from wenguo.jobs import Refused
from wenguo.people import founding, staffing
from wenguo.people.actors import SYSTEM
from wenguo.people.keys import new_key
from wenguo.people.models import Branch, Staff
from wenguo.policy.forms import Wrong


def found_branch(code: str, name: str, name_en: str, parent: Branch | None, now: datetime) -> Branch:
    """A new branch under `parent` (None: the root of the tree), with its pack and zone.

    Raises Refused for a code in use or of other signs than letters and digits, and for a second root.
    """
    with _told(code=code, parent="--parent"):
        return founding.found_branch(code, name, name_en, parent, now)


def add(login: str, name: str, role: str, branch: Branch, password: str, now: datetime) -> Staff:
    """A new staff member with one post from today on. Raises Refused for a login in use or a weak password."""
    with _told(username=login, name=name):
        return staffing.hire(login, name, role, branch, password, now)


def new_token(login: str, now: datetime) -> str:
    """A key with which programs act as that staff member. Told this once: only its SHA-256 is kept.

    Raises Refused where nobody active signs in as `login`.
    """
    staff = Staff.objects.filter(username=login, is_active=True).first()
    if staff is None:
        raise Refused(f"没有此账号 · nobody signs in as {login}")
    return new_key(staff, "command line", SYSTEM.code, now)[1]


@contextmanager
def _told(**typed: str) -> Iterator[None]:
    """What is wrong, in both languages, behind what was typed or is missing (never a password)."""
    try:
        yield
    except Wrong as wrong:
        said = [
            (f"{typed[key]}: " if key in typed else "") + f"{sentence(one, 'zh-hans')} · {sentence(one, 'en')}"
            for key, one in wrong.problems.items()
        ]
        raise Refused("\n".join(said)) from None
