"""How a row of the record is bound to the one before it. The formats here are final: data of every version verifies.

A row's hash is SHA-256 over the canonical JSON of [format, …its columns…, prev]. A personal value isn't in that row:
its commitment is, HMAC-SHA256 keyed by a random salt that stands beside the value. Erase salt and value, and the chain
still verifies while nothing can be guessed from the commitment.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

FIRST = "0" * 64  # prev of the first row of a chain
FORMAT = 1


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no blanks, real signs. Raises ValueError for a float."""
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError("the record holds no floats")
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        _refuse_floats(part)


def stamp(moment: datetime) -> str:
    """A moment as it is hashed: UTC, always with six decimals."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link(prev: str, columns: list[Any]) -> str:
    """The hash of a row with these columns after the row hashed `prev`."""
    return hashlib.sha256(canonical([FORMAT, *columns, prev]).encode()).hexdigest()


def commit(field: str, value: str, salt: str) -> str:
    """The commitment to one private value."""
    return hmac.new(bytes.fromhex(salt), canonical([field, value]).encode(), hashlib.sha256).hexdigest()


def seal_private(values: Mapping[str, Any]) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """Commitments by field for the body, and the rows (field, salt, value as canonical JSON) that keep the values."""
    rows = [(field, secrets.token_hex(16), canonical(value)) for field, value in values.items()]
    return {field: commit(field, value, salt) for field, salt, value in rows}, rows
