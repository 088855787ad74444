"""A long form in its parts, as the pack groups its fields."""

from typing import NamedTuple

from wenguo.policy.pack import Form, Group, Label, Place
from wenguo.web.forms import Row
from wenguo.web.typed import word

WHOLE = Group("", Label("", ""), False, Place("", 0))  # of a form without groups


class Part(NamedTuple):
    """Rows that belong together, as the pack says. `open`: nothing in it is hidden."""

    heading: str
    rows: list[Row]
    folded: bool
    open: bool


def parts(form: Form, drawn: list[Row]) -> list[Part]:
    """The form in its parts. A folded one opens where something stands in it, is wrong, or is asked for instead."""
    wanted = {row.field.required_unless for row in drawn if row.problem}
    found = []
    for group in form.groups or (WHOLE,):
        rows = [row for row in drawn if row.field.group == group.key]
        opened = any(row.typed not in ("", "off", [], {}) or row.problem or row.key in wanted for row in rows)
        found += [Part(word(group.label), rows, group.folded, opened)] if rows else []
    return found
