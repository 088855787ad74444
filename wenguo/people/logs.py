"""What is written to the log: one line an event, never a personal value, and no line that somebody else can forge.

WENGUO_LOG=json writes a JSON object a line, one for every request too; otherwise lines for people, from warnings on.

An exception's message may hold what people typed (a database names the value that broke a rule), so only its kind and
where it happened are written. What other packages put into their messages (paths with tokens in them, host names) is
unknown, so their templates are written without what they fill in.
"""

import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="")
security = logging.getLogger("wenguo.security")
FIELDS = (
    "event", "method", "route", "status", "ms", "actor", "address", "thing", "thing_id", "fields",
)  # fmt: skip
FRAMES = 6  # of an exception, the innermost
PLACEHOLDER = re.compile(r"%(\([^)]*\))?[-#0 +]*[\d.*]*[a-zA-Z]")


def noted(event: str, **more: Any) -> None:
    """One security line: something that whoever watches over an installation wants to count or follow up."""
    security.warning(event, extra={"event": event, **more})


def told_of(record: logging.LogRecord) -> str:
    """The message of a record without anything that may be personal, on one line."""
    if record.name == "wenguo" or record.name.startswith("wenguo."):
        text = _filled(record)
    elif record.args:
        text = PLACEHOLDER.sub("…", str(record.msg))
    else:
        text = f"({record.module}:{record.lineno})"
    return " ".join(text.split())


def _filled(record: logging.LogRecord) -> str:
    """Our own messages with what they name; of an exception its kind alone."""
    args = record.args
    if isinstance(args, tuple):
        args = tuple(type(one).__name__ if isinstance(one, BaseException) else one for one in args)
    return str(record.msg) % args if args else str(record.msg)


def where(failure: BaseException) -> str:
    """The kind of an exception, where it came from, and what caused it: `KeyError at door.py:12 take < act`."""
    told = []
    seen: set[int] = set()
    one: BaseException | None = failure
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        frames = traceback.extract_tb(one.__traceback__)[-FRAMES:]
        places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        told.append(f"{type(one).__name__} at {places}" if places else type(one).__name__)
        one = one.__cause__ or one.__context__
    return " because of ".join(told)


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    found = {"request_id": request_id.get()} if request_id.get() else {}
    found |= {key: getattr(record, key) for key in FIELDS if getattr(record, key, None) not in (None, "")}
    if record.exc_info and record.exc_info[1]:
        found["failure"] = where(record.exc_info[1])
    return found


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class JsonLine(JsonFormatter):
    """A record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        told = {"time": _time(record), "level": record.levelname, "logger": record.name, "message": told_of(record)}
        return str(self.serialize_log_record(told | _fields(record)))


class PlainLine(logging.Formatter):
    """A record as one line for people."""

    def format(self, record: logging.LogRecord) -> str:
        more = " ".join(f"{key}={_one_word(value)}" for key, value in _fields(record).items())
        return f"{_time(record)} {record.levelname} {record.name} {told_of(record)} {more}".rstrip()


def _one_word(value: Any) -> str:
    return " ".join(str(value).split())
