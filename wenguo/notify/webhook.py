"""A signed POST to a program of the dealer's own. docs/webhooks.md shows how it is checked."""

import hashlib
import hmac
import json
import time
from typing import Any

from wenguo.notify.call import Answer, post


def send(address: str, secret: str, told: dict[str, Any], id: str) -> Answer:
    """Sends what happened. The id is the same at every try, the time is that of this try. Raises Failed."""
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    at = str(int(time.time()))
    return post(address, body, {
        "X-Wenguo-Delivery": id, "X-Wenguo-Timestamp": at, "X-Wenguo-Signature": signature(secret, at, body),
    })  # fmt: skip


def signature(secret: str, at: str, body: bytes) -> str:
    """HMAC-SHA256 over the time, a dot and the body as it was sent, in hexadecimal."""
    return "v1=" + hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
