"""What was wrong with a car at a visit, and what was waited for: rows beside the visit, one by one or told whole."""

from datetime import datetime
from typing import Any

from wenguo.people.actors import Actor
from wenguo.people.amend import amend, as_one
from wenguo.policy.fields import Asking, Problem
from wenguo.policy.forms import Wrong, clean_sent
from wenguo.policy.pack import Pack
from wenguo.vehicles.lines import read_rows
from wenguo.vehicles.models import Visit, VisitProblem, VisitWait
from wenguo.vehicles.stored import stored

Row = VisitProblem | VisitWait
# Of a visit's form: the table of its rows, the form of one, by which column a row is known, what no row is.
KINDS: dict[str, tuple[type[Row], str, str, Problem]] = {
    "problems": (VisitProblem, "visit_problem", "name", Problem("Line %(line)s is no problem.")),
    "waits": (VisitWait, "visit_wait", "since", Problem("Line %(line)s is no time of waiting.")),
}
TWICE = Problem("This stands here already.")


def read_kept(pack: Pack, given: dict[str, Any], asking: Asking) -> dict[str, list[dict[str, Any]]]:
    """The rows that a visit is told to have, as their tables hold them. Raises Wrong."""
    found: dict[str, list[dict[str, Any]]] = {}
    for key, value in given.items():
        kind, form_key, known_by, what = KINDS[key]
        form = pack.forms[form_key]
        rows = read_rows(key, value, form, asking, what)
        whole = [stored(kind, {field.key: row.get(field.key) for field in form.fields}) for row in rows]
        for nth, row in enumerate(whole, 1):
            if any(row[known_by] == other[known_by] for other in whole[: nth - 1]):
                raise Wrong({key: Problem("Line %(line)s stands twice.", line=nth)})
            if wrong := _wrong(row):
                name, problem = next(iter(wrong.items()))
                field = form.field(name)
                fill = {"line": nth, "what": field.label if field else name, "problem": problem}
                raise Wrong({key: Problem("Line %(line)s, %(what)s: %(problem)s", **fill)})
        found[key] = whole
    return found


def keep_rows(visit: Visit, rows: dict[str, list[dict[str, Any]]], by: str, now: datetime) -> None:
    """Makes these the rows of the visit; those that aren't among them are void. Within a transaction."""
    for key, told in rows.items():
        kind, _, known_by, _ = KINDS[key]
        there: dict[Any, Row] = {getattr(one, known_by): one for one in kind._default_manager.filter(visit=visit)}
        for row in told:
            old = there.pop(row[known_by], None)
            amend(old or kind(), by, {"visit": visit, **row, "void": False}, "entered", now)
        for old in there.values():
            amend(old, by, {"void": True}, "no longer told", now)


@as_one
def enter_row(row: Row, pack: Pack, raw: dict[str, Any], asking: Asking, by: Actor) -> Row:
    """A new row of a visit (without id yet; its visit is set), or what changes of a stored one. Raises Wrong."""
    _, form_key, known_by, _ = next(one for one in KINDS.values() if one[0] is type(row))
    form, fresh = pack.forms[form_key], row.pk is None
    values = stored(type(row), clean_sent(form, raw, asking, fresh=fresh))
    now = {field.key: values.get(field.key, getattr(row, field.key)) for field in form.fields}
    others = type(row)._default_manager.filter(visit=row.visit, **{known_by: now[known_by]}).exclude(pk=row.pk)
    there = others.first()
    wrong = _wrong(now)
    if there and not (fresh and there.void):
        wrong.setdefault(known_by, TWICE)
    if wrong:
        raise Wrong(wrong)
    whose = {"visit": row.visit} if fresh else {}
    return amend(there or row, by.code, whose | (now if fresh else values) | {"void": False}, "entered", asking.now)


@as_one
def drop_row(row: Row, by: Actor, now: datetime) -> Row:
    """A row that was put down by mistake counts no more."""
    return amend(row, by.code, {"void": True}, "put down by mistake", now)


def _wrong(now: dict[str, Any]) -> dict[str, Problem]:
    """What can't be, by field."""
    wrong: dict[str, Problem] = {}
    if (now.get("part") or now.get("replaced")) and not now["system"]:
        wrong["system"] = Problem("Please say in which system: the main part and what was replaced belong to one.")
    if now.get("replaced") == "part" and not now["part"]:
        wrong["part"] = Problem("Please name the main part that was replaced.")
    if now.get("until") and now["until"] < now["since"]:
        wrong["until"] = Problem("This can't end before it began.")
    return wrong
