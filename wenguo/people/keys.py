"""Keys for programs (tokens), of which only the SHA-256 is kept."""

import hashlib
import secrets
from datetime import datetime

from wenguo.people.amend import amend
from wenguo.people.models import Staff, Token


def new_key(staff: Staff, name: str, by: str, now: datetime) -> tuple[Token, str]:
    """A key with which programs act as `staff`, and its text, which is told this once."""
    text = secrets.token_urlsafe(32)
    row = {"staff": staff, "name": name, "created_at": now}
    return amend(Token(digest=hashlib.sha256(text.encode()).hexdigest()), by, row, "", now), text


def keys_of(staff: int) -> list[Token]:
    """Every key of this person, the latest first, also those that ended."""
    return list(Token.objects.filter(staff=staff).order_by("-id"))


def end_key(token: Token, by: str, now: datetime) -> Token:
    """The key stops working at once, and for good."""
    return token if token.ended_at else amend(token, by, {"ended_at": now}, "", now)
