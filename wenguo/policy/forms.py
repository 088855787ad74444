"""Cleaning what was typed or sent into a form: values, or what is wrong with each field."""

from dataclasses import replace
from typing import Any

from wenguo.policy.conditions import holds
from wenguo.policy.fields import KINDS, Asking, Problem
from wenguo.policy.pack import Field, Form

EMPTY: tuple[Any, ...] = (None, "", [], {})


class Wrong(Exception):
    """A form that can't be taken: `problems` by field key, each a translatable Problem."""

    def __init__(self, problems: dict[str, Problem]):
        super().__init__(", ".join(problems))
        self.problems = problems


def clean(form: Form, raw: dict[str, Any], asking: Asking) -> dict[str, Any]:
    """Values of `form` by field key; None where nothing was given, or where the field isn't asked (`asked_if`).

    With `prefill` only what was sent is in the answer, the rest stays as it is; but a required field that nothing can
    stand in, such as the reason of a correction, must be sent each time. Raises Wrong with every problem.
    """
    asked = [
        field for field in form.fields if field.key in raw or not form.prefill or (field.required and not field.stays)
    ]
    values, problems = _read(asked, raw, asking)
    for key in raw.keys() - {field.key for field in form.fields}:
        problems[key] = Problem("There is no such field here.")
    for field in asked:
        if not holds(field.asked_if, values):
            values[field.key] = None
            problems.pop(field.key, None)  # nobody sees what stands in a field that isn't shown
    for field in asked:
        empty = values[field.key] is None and field.key not in problems
        if empty and holds(field.asked_if, values) and (must := _must(field, values)):
            problems[field.key] = must
    if problems:
        raise Wrong(problems)
    return values


def clean_sent(form: Form, raw: dict[str, Any], asking: Asking, *, fresh: bool) -> dict[str, Any]:
    """Of something new the whole form; else only what is sent, and what is required may not be emptied."""
    if fresh:
        return clean(form, raw, asking)
    fields = tuple(replace(one, required=one.required and one.key in raw) for one in form.fields)
    return clean(replace(form, fields=fields, prefill=True), raw, asking)


def _read(fields: list[Field], raw: dict[str, Any], asking: Asking) -> tuple[dict[str, Any], dict[str, Problem]]:
    """What each field was given, None where nothing or nothing usable; and what is wrong."""
    values: dict[str, Any] = {}
    problems: dict[str, Problem] = {}
    for field in fields:
        given = raw.get(field.key)
        try:
            values[field.key] = None if _is_empty(given) else KINDS[field.kind].read(field, given, asking)
        except Problem as problem:
            problems[field.key] = problem
            values[field.key] = None
    return values, problems


def _is_empty(given: Any) -> bool:
    return given in EMPTY or (isinstance(given, str) and not given.strip())


def _must(field: Field, values: dict[str, Any]) -> Problem | None:
    """Why the empty `field` may not stay empty, or None."""
    if field.required or (field.required_if and holds(field.required_if, values)):
        return Problem("Please fill this in.")
    if field.required_unless and values.get(field.required_unless) is None:
        return Problem("Please give this, or say why there is none.")
    return None
