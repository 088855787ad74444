"""Rows within one field of a form: typed a line each, or sent as rows. Each is judged by a form of its own."""

import re
from collections.abc import Iterable
from typing import Any

from wenguo.policy.fields import KINDS, Asking, Problem
from wenguo.policy.forms import Wrong, clean
from wenguo.policy.money import typed_yuan
from wenguo.policy.pack import Field, Form

MOST_ROWS = 100  # of one kind in one visit
YES = {"是", "有", "对", "y", "yes", "true", "1", "√", "✓"}
NO = {"否", "没有", "不", "n", "no", "false", "0", "-", "×", "x"}
BETWEEN = re.compile(r"[;；/]+")  # codes of which several stand in a piece; words of the pack have commas in them
TOO_MANY = Problem("At most %(largest)s lines.", largest=MOST_ROWS)


def lines(text: str | None) -> list[str]:
    """The lines of a text in which something stands."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def read_rows(
    key: str, given: Any, form: Form, asking: Asking, what: Problem, *, commas: bool = False
) -> list[dict[str, Any]]:
    """The rows of the field `key`, without what is empty. `what` says that a line is none of them.

    A line gives the form's fields in their order. `commas`: they divide a line without any other divider. Raises Wrong,
    with line and field, at `key`.
    """
    rows = given if isinstance(given, list) else [_pieces(line, form, commas) for line in lines(given)]
    if len(rows) > MOST_ROWS:
        raise Wrong({key: TOO_MANY})
    return [_row(key, row, nth, form, asking, what) for nth, row in enumerate(rows, 1)]


def _pieces(line: str, form: Form, commas: bool) -> dict[str, Any]:
    """The pieces of a line, divided by tabs or upright strokes; by commas where it has neither and they do."""
    strong = re.search(r"[\t|｜]", line)
    pieces = re.split(r"[\t|｜]" if strong else r"[,，]", line) if strong or commas else [line]
    fields: list[Field | None] = [*form.fields, *(None for _ in pieces)]
    told = zip(fields, (piece.strip() for piece in pieces), strict=False)
    return {one.key if one else "more": _meant(one, piece) if one else piece for one, piece in told}


def _meant(field: Field, piece: str) -> Any:
    """What a piece of a line says; words of neither language stay as they are, for the field to refuse."""
    match field.kind:
        case "choice":
            return _code(field, piece)
        case "choices":
            return [_code(field, one) for one in BETWEEN.split(piece) if one.strip()]
        case "yes_no" if piece.lower() in YES | NO:
            return piece.lower() in YES
    return piece


def _code(field: Field, word: str) -> str:
    word = word.strip()
    return next((key for key, label in field.options.items() if word in (key, label.says, label.en)), word)


def _row(key: str, row: Any, nth: int, form: Form, asking: Asking, what: Problem) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise Wrong({key: Problem(what.message, line=nth)})
    try:
        values = clean(form, row, asking)
    except Wrong as wrong:
        name, problem = next(iter(wrong.problems.items()))
        field = form.field(name)
        fill = {"line": nth, "what": field.label if field else name, "problem": problem}
        raise Wrong({key: Problem("Line %(line)s, %(what)s: %(problem)s", **fill)}) from wrong
    return {name: value for name, value in values.items() if value is not None}


def as_line(told: dict[str, Any], form: Form, language: str = "zh") -> str:
    """A row as read_rows() takes it, without empty pieces at its end; a stroke in a text would divide it."""
    pieces = [_piece(one, told.get(one.key), language).replace("|", "/") for one in form.fields]
    while pieces and not pieces[-1]:
        pieces.pop()
    return " | ".join(pieces)


def _piece(field: Field, value: Any, language: str) -> str:
    if value is None or value is False or value == "":
        return ""
    if field.kind == "money":
        return typed_yuan(value)
    if field.kind == "yes_no":
        return "yes" if language.startswith("en") else "是"
    if KINDS[field.kind].coded:
        return "/".join(_words(field, value if isinstance(value, list) else [value], language))
    return str(value)


def _words(field: Field, codes: Iterable[str], language: str) -> list[str]:
    return [field.options[code].word(language) if code in field.options else code for code in codes]
