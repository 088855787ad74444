"""The reject file of an import: rows that ended nowhere, with why. Kept without language, told in the reader's."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wenguo.cases.refusals import Refusal
from wenguo.cases.sentences import sentence
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.policy.pack import Label
from wenguo.reports.reading_sheets import Line

HEAD = {"zh": ("退回行号", "退回原因"), "en": ("Rejected row", "Reason for rejection")}
Why = list[tuple[str, Problem]]  # (title of the column or "", what is wrong)


def why(failure: Refusal | Wrong, titles: dict[str, str]) -> Why:
    """What a door said, by the titles of the file; fields that the file doesn't have by their names."""
    fields = failure.problems if isinstance(failure, Wrong) else failure.fields
    if not fields and isinstance(failure, Refusal):
        return [("", Problem(failure.message, **failure.fill))]
    return [(titles.get(key, key), problem) for key, problem in fields.items()]


def to_line(line: Line, reasons: Why) -> bytes:
    """A row as the reject file keeps it."""
    kept = {"row": line.number, "why": [[title, packed(one)] for title, one in reasons], "cells": line.cells}
    return json.dumps(kept, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def packed(problem: Problem) -> dict[str, Any]:
    """A Problem as JSON."""
    return {"message": problem.message, "fill": {key: _packed(value) for key, value in problem.fill.items()}}


def _packed(value: Any) -> Any:
    if isinstance(value, Problem):
        return {"problem": packed(value)}
    if isinstance(value, Label):
        return {"says": value.says, "en": value.en}
    return [_packed(one) for one in value] if isinstance(value, list | tuple) else value


def unpacked(data: dict[str, Any]) -> Problem:
    """The Problem that `packed` made JSON of."""
    message, fill = data["message"], data["fill"]
    return Problem(message, **{key: _unpacked(value) for key, value in fill.items()})


def _unpacked(value: Any) -> Any:
    match value:
        case {"problem": dict(inner)}:
            return unpacked(inner)
        case {"says": str(says), "en": str(en)}:
            return Label(says, en)
        case list():
            return [_unpacked(one) for one in value]
    return value


def told(path: Path, size: int, titles: tuple[str, ...], language: str) -> Iterator[list[Any]]:
    """The rows of a reject file for people: number, reason, the cells as they came. Its first `size` bytes count."""
    head = HEAD["en" if language.startswith("en") else "zh"]
    yield [*head, *titles]
    if not path.exists():
        return
    with path.open("rb") as file:
        while file.tell() < size and (line := file.readline()):
            kept = json.loads(line)
            yield [
                kept["row"],
                in_words([(title, unpacked(one)) for title, one in kept["why"]], language),
                *kept["cells"],
            ]


def in_words(reasons: Why, language: str) -> str:
    """What is wrong with a row, in one cell."""
    between, after = ("; ", ": ") if language.startswith("en") else ("；", "：")
    return between.join(
        f"{title}{after}{sentence(one, language)}" if title else sentence(one, language) for title, one in reasons
    )
