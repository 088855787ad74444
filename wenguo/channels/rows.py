"""One row of a table, read into what a door takes, with what is wrong with it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from wenguo.cases.asking import asking
from wenguo.channels.cells import Words, typed
from wenguo.channels.layouts import Layout, normal
from wenguo.people.actors import Actor
from wenguo.people.models import Branch
from wenguo.people.tree import tree
from wenguo.policy.fields import Asking, Problem
from wenguo.policy.forms import Wrong, clean
from wenguo.policy.imports import ALSO, BRANCH, FORMS, KINDS, NUMBER
from wenguo.policy.load import packs
from wenguo.policy.pack import Form
from wenguo.reports.kinds import columns, complaint_form, imports_of
from wenguo.reports.reading_sheets import Line

HISTORY = ("auto", "all", "none")  # which complaints are over: as their status and age say, all, none
KEYS = {  # the columns by which two rows mean the same thing; the first set of which any is told counts
    "complaints": ((NUMBER,), ("outside_number",)),
    "customers": (("phone",),), "vehicles": (("vin",), ("plate",)), "visits": (("order_no",),),
    "staff": (("login", "role"),),
}  # fmt: skip
KEPT = "earlier_record"  # of a complaint: where columns go that are none of ours


@dataclass
class Row:
    """`values`: what was told, by field. `problems`: by field. `content`: a digest of all that it says."""

    line: Line
    content: str
    branch: Branch | None
    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)


class Reader:
    """Reads the rows of one table for one person; `branch` is meant where a row names none."""

    def __init__(self, kind: str, layout: Layout, branch: Branch | None, by: Actor, history: str, now: datetime):
        self.kind, self.layout, self.branch, self.by, self.history, self.now = kind, layout, branch, by, history, now
        self.branches = {
            word: one for one in importable(by, kind) for word in (one.code, one.name, one.name_en) if word
        }
        self.words: dict[str, Words] = {}

    def read(self, line: Line) -> Row:
        """The row; what a cell can't mean is noted, not raised."""
        cells = self.layout.cells(line)
        row = Row(line, content_of(self.layout, line), self._branch(cells.pop(BRANCH, "").strip()))
        if row.branch is None:
            row.problems[BRANCH] = Problem("There is no such branch, or you may not bring anything in there.")
            return row
        pack = packs()[row.branch.pack]
        words = self.words.setdefault(pack.name, Words(pack))
        for one in columns(pack, self.kind):
            if one.key in cells and not (self.kind == "complaints" and one.key == "closed"):
                try:
                    row.values[one.key] = typed(one, cells[one.key], words)
                except Problem as problem:
                    row.problems[one.key] = problem
        if self.kind == "complaints":
            self._complete(row, words, cells.get("closed", ""))
        row.values = {key: value for key, value in row.values.items() if value not in (None, "", [])}
        return row

    def judged(self, line: Line) -> Row:
        """The same, with what the form of the row says of it; what only the door knows comes out later."""
        row = self.read(line)
        if row.branch is not None:
            raw = {key: value for key, value in row.values.items() if key != NUMBER}
            asks = asking(row.branch, self.by, self.now)
            for form in forms_of(self.kind, row.branch):
                own = {key: value for key, value in raw.items() if form.field(key)}
                if own or form.key != "reading":
                    row.problems = _problems(form, own, asks) | row.problems
        return row

    def _branch(self, word: str) -> Branch | None:
        return self.branches.get(word) if word else self.branch

    def _complete(self, row: Row, words: Words, status: str) -> None:
        """Says whether a complaint is over, and keeps what the file says beside our columns."""
        told = words.over(status) if status.strip() else None
        row.values["closed"] = self._over(row, told)
        lines = [f"{title}: {text.strip()}" if title else text.strip() for title, text in self._beside(row, told)]
        row.values[KEPT] = "\n".join([*filter(None, [row.values.get(KEPT, "").strip()]), *lines])
        if not row.values["closed"]:
            row.values.pop("closed_at", None)

    def _beside(self, row: Row, told: bool | None) -> Iterable[tuple[str, str]]:
        for key, title, text in self.layout.placed(row.line):
            bare = text.strip().lower() in ("yes", "no", "是", "否")
            if not key or (key == "closed" and not (bare and told is not None)):
                yield title, text

    def _over(self, row: Row, told: bool | None) -> bool:
        if self.history != "auto":
            return self.history == "all"
        if told is not None:
            return told
        assert row.branch is not None
        days = imports_of(packs()[row.branch.pack]).history_days
        began = str(row.values.get("happened_at", ""))[:10]
        return bool(began) and began < (self.now - timedelta(days=days)).date().isoformat()


def importable(by: Actor, kind: str) -> list[Branch]:
    """Branches at which this person may bring such a table in, or take it out; the system may anywhere."""
    house = tree().branches.values()
    if by.code == "system":
        return [one for one in house if packs()[one.pack].imports]
    return [one for one in house if by.roles_at(one) & {*_roles(one, kind)}]


def _roles(branch: Branch, kind: str) -> tuple[str, ...]:
    imports = packs()[branch.pack].imports
    return imports.by.get(kind, ()) if imports else ()


def imports_anything(by: Actor) -> bool:
    """The same for any kind. Every page asks, so only the branches where the person holds posts are looked at."""
    house = tree().branches
    held = [(house[int(path.strip("/").rpartition("/")[2])], role) for path, role in by.posts]
    return any(role in _roles(branch, kind) for branch, role in held for kind in KINDS)


def forms_of(kind: str, branch: Branch) -> list[Form]:
    """The forms that a row of this kind fills in."""
    pack = packs()[branch.pack]
    if kind == "complaints":
        return [complaint_form(pack)]
    also, keys = ALSO.get(kind, ("", ()))
    more = [_only(pack.forms[also], keys)] if also else []
    return [*(pack.forms[key] for key in FORMS[kind]), *more]


def _only(form: Form, keys: tuple[str, ...]) -> Form:
    return Form(form.key, form.label, tuple(one for one in form.fields if one.key in keys), True, form.place)


def _problems(form: Form, raw: dict[str, Any], asks: Asking) -> dict[str, Problem]:
    try:
        clean(form, raw, asks)
    except Wrong as wrong:
        return wrong.problems
    return {}


def key_of(kind: str, layout: Layout, line: Line) -> str:
    """By what another row means the same thing: its number, phone, VIN … ; else all that it says."""
    cells = layout.cells(line)
    at = cells.get(BRANCH, "").strip()
    for keys in KEYS[kind]:
        if cells.get(keys[0], "").strip():
            return digest([kind, at, *(f"{key}={cells.get(key, '').strip().casefold()}" for key in keys)])
    return content_of(layout, line)


def content_of(layout: Layout, line: Line) -> str:
    """A digest of everything that a row says, however its columns are ordered and whatever they are taken for."""
    return digest(sorted(f"{normal(title)}={text.strip()}" for _, title, text in layout.placed(line)))


def digest(parts: Iterable[str]) -> str:
    """A digest of these texts in this order."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
