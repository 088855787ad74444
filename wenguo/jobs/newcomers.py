"""Branches, staff and programs let in from the command line."""

import hashlib
import re
import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from wenguo.jobs import Refused
from wenguo.people.actors import SYSTEM, today_of
from wenguo.people.amend import amend
from wenguo.people.models import Branch, Post, Staff, Token
from wenguo.policy.load import default_pack


@transaction.atomic
def found_branch(code: str, name: str, name_en: str, parent: Branch | None, now: datetime) -> Branch:
    """A new branch under `parent` (None: the root of the tree), with the pack of its parent.

    Raises Refused for a code in use or of other signs than letters and digits, and for a second root.
    """
    if not re.fullmatch(r"[A-Za-z0-9]{1,12}", code):
        raise Refused("代码只能用字母和数字 · a code is made of letters and digits, at most 12")
    if Branch.objects.filter(code=code).exists():
        raise Refused(f"代码已被使用 · {code} is in use")
    if parent is None and Branch.objects.exists():
        raise Refused("请用 --parent 指明上级 · there is a root already: name the branch above by --parent")
    pack = parent.pack if parent else default_pack().name
    row = {"code": code, "name": name, "name_en": name_en, "parent": parent, "path": f"new {code}", "pack": pack}
    branch = amend(Branch(), SYSTEM.code, row, "new branch", now)
    path = f"{parent.path if parent else '/'}{branch.pk}/"  # known only once the row has its id
    return amend(branch, SYSTEM.code, {"path": path}, "new branch", now)


@transaction.atomic
def add(login: str, name: str, role: str, branch: Branch, password: str, now: datetime) -> Staff:
    """A new staff member with one post from today on. Raises Refused for a login in use or a weak password."""
    if Staff.objects.filter(username=login).exists():
        raise Refused(f"已有此账号 · there is already somebody who signs in as {login}")
    fresh = Staff(username=login, name=name, password=make_password(password))
    try:
        validate_password(password, fresh)
        fresh.full_clean()
    except ValidationError as weak:
        raise Refused(" ".join(weak.messages)) from None
    staff = amend(fresh, SYSTEM.code, {"username": login, "name": name}, "command line", now)
    post = {"staff": staff, "branch": branch, "role": role, "since": today_of(now)}
    amend(Post(), SYSTEM.code, post, "command line", now)
    return staff


def new_token(login: str, now: datetime) -> str:
    """A key with which programs act as that staff member. Told this once: only its SHA-256 is kept.

    Raises Refused where nobody active signs in as `login`.
    """
    staff = Staff.objects.filter(username=login, is_active=True).first()
    if staff is None:
        raise Refused(f"没有此账号 · nobody signs in as {login}")
    token = secrets.token_urlsafe(32)
    Token.objects.create(
        staff=staff, name="command line", digest=hashlib.sha256(token.encode()).hexdigest(), created_at=now
    )
    return token
