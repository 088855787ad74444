"""What can come of a verb. A verb changes the case's own facts, adds rows by `add`, and returns its outcome's name.

Where an outcome leads, who may act and who is told stands in the pack; the door does the rest.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib import import_module
from typing import Any, NamedTuple

from django.db import models

from wenguo.cases.models import Case
from wenguo.people.actors import Actor
from wenguo.policy.pack import Label, Process

Taking = Callable[[Case, Actor, dict[str, Any], datetime], str]

TEXT = frozenset({"text", "long_text"})
MOMENT, DATE, PERSON, FILE, CASE, AMOUNTS = (
    frozenset({kind}) for kind in ("moment", "date", "person", "file", "case", "amounts")
)
CHOICE, CHOICES, MONEY, YES_NO, PHONE, PLATE, VIN, MILEAGE = (
    frozenset({kind}) for kind in ("choice", "choices", "money", "yes_no", "phone", "plate", "vin", "mileage")
)


class Verb(NamedTuple):
    """`takes`: fields that the form must supply, with the kinds they may have; `must`: those of them that it must
    require, for the verb can't do without. `aside`: only adds to the record, so it
    never refuses a typing colleague. `system`: its words where only the clock takes it; no pack names it."""

    run: Taking
    outcomes: tuple[str, ...]
    takes: dict[str, frozenset[str]]
    must: frozenset[str]
    aside: bool
    system: Label | None


VERBS: dict[str, Verb] = {}
ACTIVITIES = (
    "receiving", "investigating", "settling", "approving", "fulfilling", "following_up", "linking", "keeping",
    "clockwork", "taking_over", "watching",
)  # fmt: skip


def verb(
    *outcomes: str,
    takes: dict[str, frozenset[str]] | None = None,
    must: Iterable[str] = (),
    aside: bool = False,
    system: Label | None = None,
) -> Callable[[Taking], Taking]:
    """Registers the function as the verb of its name, with the outcomes it can return."""

    def register(run: Taking) -> Taking:
        VERBS[run.__name__] = Verb(run, outcomes, takes or {}, frozenset(must), aside, system)
        return run

    return register


def add(case: Case, *rows: models.Model) -> None:
    """Rows that the door stores with the entry of this act; it fills in their case and entry."""
    added = case.__dict__.setdefault("added", [])
    added.extend(rows)


def end(case: Case, *kinds: str, **only: Any) -> None:
    """Nobody (or of them only such as say so) is any of these to the case any more."""
    theirs = case.parties.filter(kind__in=kinds, ended=False, **only)
    gone = list(theirs.values_list("pk", flat=True))
    if gone:
        case.parties.filter(pk__in=gone).update(ended=True)
    case.__dict__.setdefault("gone", set()).update(gone)


def tell(case: Case, *words: str) -> None:
    """Further relations and roles to be told of this act, beside those of the pack's step."""
    case.__dict__.setdefault("tells", []).extend(words)


def hand_to(case: Case, role: str) -> None:
    """The case goes over to whoever holds `role`, beside what the pack's step says."""
    case.__dict__["hands_to"] = role


def label_of(process: Process, verb: str) -> Label:
    """What an entry says was done: the pack's words for its step, or those of the clock's own verbs."""
    if verb in process.steps:
        return process.steps[verb].label
    known = VERBS.get(verb)
    return known.system if known and known.system else Label(verb, verb)


def load_verbs() -> dict[str, Verb]:
    """Every verb, by name."""
    for activity in ACTIVITIES:
        import_module(f"wenguo.cases.verbs.{activity}")
    return VERBS
