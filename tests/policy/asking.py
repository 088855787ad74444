"""Forms made for a test, and a reader's surroundings: noon in Shanghai; one colleague (7), one uploaded file (5) and
one other case (HZ-202603-0001)."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from wenguo.policy.fields import Asking, Problem
from wenguo.policy.forms import Wrong, clean
from wenguo.policy.pack import Field, Form, Label, Place

NOW = datetime(2026, 3, 15, 4, 0, tzinfo=UTC)
WORD, PLACE = Label("词", "word"), Place("test", 1)
CODES = {key: Label(key, key) for key in ("red", "green", "blue")}
ASKING = Asking(
    NOW,
    ZoneInfo("Asia/Shanghai"),
    lambda field, text: 7 if text == "7" else None,
    lambda text: 5 if text == "5" else None,
    lambda text: text if text == "HZ-202603-0001" else None,
)


def a_field(kind: str, key: str = "x", **more: Any) -> Field:
    """A field of that kind that asks for nothing special, but for `more`."""
    plain: dict[str, Any] = {
        "help": None, "required": False, "required_if": {}, "required_unless": "", "asked_if": {}, "codes": "colour",
        "options": CODES, "roles": (), "fact": False, "per_round": False, "default": "", "smallest": None,
        "largest": None, "longest": None, "future": False, "place": PLACE,
    }  # fmt: skip
    return Field(key=key, kind=kind, label=WORD, **(plain | more))


def a_form(*fields: Field, prefill: bool = False) -> Form:
    return Form("form", WORD, fields, prefill, PLACE)


def read(kind: str, raw: Any, **more: Any) -> Any:
    """What is stored for `raw` in a field of that kind. Raises Wrong."""
    return clean(a_form(a_field(kind, **more)), {"x": raw}, ASKING)["x"]


def refusal(form: Form, raw: dict[str, Any]) -> dict[str, str]:
    """The messages by field key, filled in; empty where the form is taken."""
    try:
        clean(form, raw, ASKING)
    except Wrong as wrong:
        return {key: _said(problem) for key, problem in wrong.problems.items()}
    return {}


def _said(part: Any) -> Any:
    """A problem as an English sentence, with the words and the problems within it."""
    match part:
        case Problem():
            return part.message % {key: _said(value) for key, value in part.fill.items()}
        case Label():
            return part.en
    return part
