"""Reading what a program sent: strictly, and never more of it than a form can hold."""

import json
import math
import re
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http.multipartparser import MultiPartParserError

from wenguo.api.replies import Call, Unfit
from wenguo.cases.evidence import LARGEST
from wenguo.cases.refusals import Invalid, NotFound
from wenguo.people.actors import Actor
from wenguo.people.models import Branch
from wenguo.policy.fields import Problem

MOST_FIELDS, LONGEST_NAME, MOST_VALUES = 200, 100, 100
FRAME = 64 * 1024  # bytes that multipart may put around a file
MALFORMED = Problem("The body must be one JSON object in UTF-8, no name twice, no NaN.")
TOO_LARGE = Problem("This is too large.")


def body_of(request: Call) -> dict[str, Any]:
    """The fields of the JSON body, each one value or a list of values."""
    _want_type(request, "application/json")
    try:
        fields = STRICT.decode(request.body.decode())
    except RequestDataTooBig:
        raise Unfit(413, "too_large", TOO_LARGE) from None
    except (ValueError, RecursionError, OSError):  # OSError: the sender hung up
        raise Unfit(400, "malformed", MALFORMED) from None
    if not isinstance(fields, dict) or len(fields) > MOST_FIELDS or any(len(key) > LONGEST_NAME for key in fields):
        raise Unfit(400, "malformed", MALFORMED)
    if problems := {key: problem for key, value in fields.items() if (problem := _nested(value))}:
        raise Invalid(problems)
    return fields


def _want_type(request: Call, wanted: str) -> None:
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if request.content_type != wanted or charset not in ("utf-8", "utf8"):
        raise Unfit(415, "wrong_type", Problem("The body must be %(type)s in UTF-8.", type=wanted))


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError("no number that can be held")
    return number


def _refuse(text: str) -> None:
    raise ValueError(text)


STRICT = json.JSONDecoder(object_pairs_hook=_once_each, parse_float=_finite, parse_constant=_refuse)


def _nested(value: Any) -> Problem | None:
    """Why no field can hold `value`, whatever it asks. (Every file named in a list is looked up, so lists end.)

    One value, a list of values, or for each of some codes one; nothing deeper.
    """
    parts = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else [value]
    if any(isinstance(part, dict | list) for part in parts):
        return Problem("This must be one value or a list of values.")
    return Problem("At most %(largest)s.", largest=MOST_VALUES) if len(parts) > MOST_VALUES else None


def key_of(request: Call) -> str:
    """The Idempotency-Key, or "" without one."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not re.fullmatch(r"[!-~]{1,100}", key):
        raise Unfit(400, "malformed", Problem("An Idempotency-Key has 1 to 100 plain signs without blanks."))
    return key


def version_of(request: Call) -> int | None:
    """The version that If-Match names, as the ETag gave it; None where any will do."""
    tag = request.headers.get("If-Match", "*").strip()
    if tag == "*":
        return None
    if not (found := re.fullmatch(r'(?:W/)?"([0-9]{1,9})"|([0-9]{1,9})', tag)):
        raise Unfit(400, "malformed", Problem('If-Match must be one version as the ETag gave it, such as "3".'))
    return int(found[1] or found[2])


def askable(number: str) -> str:
    """A case number that every database can be asked for; PostgreSQL fails on NUL. Raises NotFound for others."""
    if not number.isprintable():
        raise NotFound
    return number


def file_of(request: Call) -> UploadedFile:
    """The one file of a multipart body."""
    _want_type(request, "multipart/form-data")
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > LARGEST + FRAME:  # before a byte of it is read
        raise Unfit(413, "too_large", TOO_LARGE)
    try:
        files, others = request.FILES, request.POST
    except RequestDataTooBig:
        raise Unfit(413, "too_large", TOO_LARGE) from None
    except (MultiPartParserError, SuspiciousOperation, OSError):
        raise Unfit(400, "malformed", Problem("This multipart body can't be read.")) from None
    if strange := (files.keys() | others.keys()) - {"file"}:
        raise Invalid({key: Problem("There is no such field here.") for key in strange})
    sent = files.getlist("file")
    if len(sent) != 1 or "file" in others:
        raise Invalid({"file": Problem("Please send one file.")})
    if (sent[0].size or 0) > LARGEST:
        raise Unfit(413, "too_large", TOO_LARGE)
    return sent[0]


def branch_of(code: Any, by: Actor) -> Branch:
    """The branch with this code; one out of sight is refused like one that isn't there."""
    branch = next((one for one in by.branches() if one.code == code), None)
    if branch is None:
        raise Invalid({"branch": Problem("Please choose one of the list.")})
    return branch
