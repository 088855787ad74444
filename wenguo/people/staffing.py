"""Staff: who is let in, under which name and password, and who leaves."""

import re
import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_noop

from wenguo.people.actors import today_of
from wenguo.people.amend import amend
from wenguo.people.editing import edit, only_one
from wenguo.people.models import Branch, Post, Staff
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong

LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,59}")
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
TAKEN = gettext_noop("Somebody signs in with this name already. Please choose another.")


def mail_problem(address: str) -> Problem | None:
    """Why no mail could go to this address; an empty one is nobody's."""
    try:
        if address:
            validate_email(address)
    except ValidationError:
        return Problem(gettext_noop("This is no e-mail address."))
    return None


def one_time_password() -> str:
    """Three groups of four signs that can be told by phone: 59 bits."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(3))


def hire(
    login: str, name: str, role: str, branch: Branch, password: str, now: datetime, *,
    by: str = "system", reason: str = "command line", once: bool = False, email: str = "", **more: Any,
) -> Staff:  # fmt: skip
    """A new staff member with one post; `once`: the password must be changed when they first sign in. `more`: `since`
    (default today) and `until` of the post.

    Raises Wrong for a login in use or of other signs, a weak password, or no e-mail address.
    """
    problems = _problems(login, name, password)
    if unfit := mail_problem(email):
        problems["email"] = unfit
    if problems:
        raise Wrong(problems)
    fresh = Staff(username=login, name=name, password=make_password(password))
    row = {"username": login, "name": name, "email": email, "must_change_password": once, "password_set_at": now}
    post = {"branch": branch, "role": role, "since": today_of(now), **more}
    with only_one("username", Problem(TAKEN)):
        staff = amend(fresh, by, row, reason, now)
        amend(Post(), by, {"staff": staff, **post}, reason, now)
    return staff


def _problems(login: str, name: str, password: str) -> dict[str, Problem]:
    found: dict[str, Problem] = {}
    if not LOGIN.fullmatch(login):
        found["username"] = Problem(gettext_noop("A sign-in name is made of letters, digits and . _ @ + -"))
    elif Staff.objects.filter(username__iexact=login).exists():
        found["username"] = Problem(TAKEN)
    if not name.strip() or len(name) > 60:
        found["name"] = Problem(gettext_noop("Please fill this in."))
    if weak := password_problem(password, Staff(username=login, name=name)):
        found["password"] = weak
    return found


COMMON = gettext_noop("This password is among the first that others would try.")
WEAK = {"password_too_short": gettext_noop("A password has at least 8 signs."), "password_too_common": COMMON}


def password_problem(password: str, staff: Staff) -> Problem | None:
    """Why this password won't do for that person."""
    if len(password) > 200:
        return Problem(gettext_noop("This is too long."))
    if password.strip().lower() in (staff.username.lower(), staff.name.lower()):
        return Problem(COMMON)
    try:
        validate_password(password, staff)
    except ValidationError as weak:
        why = WEAK.get(weak.error_list[0].code or "", COMMON)
        return Problem(why)
    return None


@transaction.atomic
def set_password(staff: Staff, password: str, by: str, reason: str, now: datetime, *, once: bool) -> Staff:
    """A new password, which ends every session of that person. `once`: it must be changed at the next sign-in.

    Raises Wrong for a weak one.
    """
    if weak := password_problem(password, staff):
        raise Wrong({"password": weak})
    row = {"must_change_password": once, "password_set_at": now}
    changed = amend(staff, by, row, reason, now)
    changed.password = make_password(password)
    changed.save(update_fields=["password"])  # a hash is no news for the record: what is amended says that it changed
    return changed


def rename(staff: Staff, data: dict[str, Any], by: str, reason: str, seen: int | None, now: datetime) -> Staff:
    """Another name, name to sign in with, or e-mail address. Raises Wrong or Overtaken."""
    login = data.get("username", staff.username)
    if not LOGIN.fullmatch(login):
        raise Wrong({"username": Problem(gettext_noop("A sign-in name is made of letters, digits and . _ @ + -"))})
    if Staff.objects.filter(username__iexact=login).exclude(pk=staff.pk).exists():
        raise Wrong({"username": Problem(TAKEN)})
    if unfit := mail_problem(data.get("email", "")):
        raise Wrong({"email": unfit})
    with only_one("username", Problem(TAKEN)):
        return edit(staff, by, data, reason, seen, now)


def set_active(staff: Staff, active: bool, by: str, reason: str, now: datetime) -> Staff:
    """Lets somebody in again, or no more: their sessions and keys for programs stop working at once."""
    return amend(staff, by, {"is_active": active}, reason, now)
