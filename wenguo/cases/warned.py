"""Reading what warned of a case: its hits with their evidence, its warnings, and of a warning what it is about."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from wenguo.cases.board import sees_identity
from wenguo.cases.models import Case, Entry, Hit, SpecialIdentity
from wenguo.cases.warning_words import in_sentences, rule_of
from wenguo.cases.warnings import WARNS_OF, restricted, told_by
from wenguo.people.actors import Actor
from wenguo.people.rows import places, read
from wenguo.policy.load import packs
from wenguo.policy.row import Label


class Held(NamedTuple):
    """A row that held: its words, the sentence that says why, when, and what was compared."""

    key: str
    label: Label
    evidence: str
    at: datetime
    number: str  # of the complaint
    said: dict[str, Any]


class Tied(NamedTuple):
    """A warning of a complaint, or a complaint of a warning."""

    pk: int
    number: str
    stage: str
    open: bool


TIES = f"""
    SELECT one.id, one.number, one.stage, one.stage_type FROM cases_caselink link
    JOIN cases_case one ON one.id = link.{{there}}_id
    WHERE link.{{here}}_id = %s AND link.kind = '{WARNS_OF}' ORDER BY one.id
"""


def _ties(case: Case, here: str, there: str) -> list[Tied]:
    with connection.cursor() as cursor:
        cursor.execute(TIES.format(here=here, there=there), [case.pk])
        return [Tied(pk, number, stage, kind == "open") for pk, number, stage, kind in cursor.fetchall()]


def warnings_of(case: Case) -> list[Tied]:
    """The warnings of a complaint, the oldest first."""
    return _ties(case, "other", "case")


def complaints_of(warning: Case) -> list[Tied]:
    """The complaints that a warning is about."""
    return _ties(warning, "case", "other")


def held_for(cases: list[tuple[int, str]], shown: Case, by: Actor, language: str) -> list[Held]:
    """Rows that held for these complaints (id, number), the oldest first, as `by` may know them. `shown`: the case on
    whose page it stands, of the same branch."""
    if not cases:
        return []
    names = dict(cases)
    rows = read(Hit, f"WHERE case_id IN ({places(names)}) ORDER BY id", *names)
    at = dict(Entry.objects.filter(pk__in=[row.entry_id for row in rows]).values_list("pk", "at")) if rows else {}
    found = []
    for row in rows:
        if rule := rule_of(row, shown):
            sentence = in_sentences(row, shown, language)
            found.append(Held(row.rule, rule.label, sentence, at[row.entry_id], names[row.case_id], told_by(row)))
    return [*found, *_restricted(names, shown, language)] if sees_identity(by, shown.branch) else found


def _restricted(names: dict[int, str], shown: Case, language: str) -> list[Held]:
    """What special identities have warned of; they leave no hit."""
    watch = packs()[shown.pack].warnings
    rows = SpecialIdentity.objects.filter(case__in=list(names), warned=True).order_by("id")
    return [
        Held(rule.key, rule.label, rule.evidence.word(language), row.noted_at, names[row.case_id],
             {"facts": {}, "numbers": {}})
        for row in rows for rule in (restricted(watch) if watch else ())
    ]  # fmt: skip


CARS = """
    SELECT car.id, car.plate, car.brand, car.series, car.model FROM cases_casevehicle one
    JOIN vehicles_vehicle car ON car.id = one.vehicle_id WHERE one.case_id = %s ORDER BY car.id
"""


class CarOf(NamedTuple):
    """A car of a warning."""

    pk: int
    plate: str
    name: str


def cars_of(warning: Case) -> list[CarOf]:
    """The cars that a warning counts."""
    with connection.cursor() as cursor:
        cursor.execute(CARS, [warning.pk])
        return [CarOf(pk, plate, " ".join(filter(None, name))) for pk, plate, *name in cursor.fetchall()]
