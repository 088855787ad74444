"""Secrets at rest. Encrypted with a key that is derived from WENGUO_SECRET_KEY: whoever steals the database alone, or a
backup, which doesn't hold that key, can post nothing in our name."""

import base64
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:  # else not before it is needed: it holds 4 MB (measured)
    from cryptography.fernet import Fernet


class Unreadable(Exception):
    """It was encrypted with another WENGUO_SECRET_KEY: it has to be entered anew."""


def lock(text: str) -> str:
    """`text` encrypted and protected against changes; each time another one. "" stays ""."""
    return _box(settings.SECRET_KEY).encrypt(text.encode()).decode() if text else ""


def unlock(kept: str) -> str:
    """What lock() was given. Raises Unreadable."""
    if not kept:
        return ""
    from cryptography.fernet import InvalidToken

    try:
        return _box(settings.SECRET_KEY).decrypt(kept.encode()).decode()
    except InvalidToken as slip:
        raise Unreadable from slip


@lru_cache(maxsize=2)
def _box(key: str) -> "Fernet":
    """The purpose is part of the derivation, so this key is never the one that signs sessions."""
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(SHA256(), 32, salt=None, info=b"wenguo.notify.lockbox").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
