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

Taking = Callable[[Case, Actor, dict[str, Any], datetime], str]

TEXT = frozenset({"text", "long_text"})
MOMENT, DATE, PERSON, FILE = (frozenset({kind}) for kind in ("moment", "date", "person", "file"))
CHOICE, CHOICES, MONEY, YES_NO, PHONE, PLATE, VIN, MILEAGE = (
    frozenset({kind}) for kind in ("choice", "choices", "money", "yes_no", "phone", "plate", "vin", "mileage")
)


class Verb(NamedTuple):
    """`takes`: fields that the form must supply, with the kinds they may have; `must`: those of them that it must
    require, for the verb can't do without. `aside`: only adds to the record, so it
    never refuses a typing colleague. `system`: only the clock takes it, and no pack names it."""

    run: Taking
    outcomes: tuple[str, ...]
    takes: dict[str, frozenset[str]]
    must: frozenset[str]
    aside: bool
    system: bool


VERBS: dict[str, Verb] = {}
ACTIVITIES = ("receiving", "investigating", "settling", "fulfilling", "following_up", "keeping", "clockwork")


def verb(
    *outcomes: str,
    takes: dict[str, frozenset[str]] | None = None,
    must: Iterable[str] = (),
    aside: bool = False,
    system: bool = False,
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


def tell(case: Case, *words: str) -> None:
    """Further relations and roles to be told of this act, beside those of the pack's step."""
    case.__dict__.setdefault("tells", []).extend(words)


def load_verbs() -> dict[str, Verb]:
    """Every verb, by name."""
    for activity in ACTIVITIES:
        import_module(f"wenguo.cases.verbs.{activity}")
    return VERBS
