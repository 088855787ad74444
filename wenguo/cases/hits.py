"""Cases that were found, each with the places that say so: in the reader's sight, as they were written."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from wenguo.cases.grams import excerpt, normalised
from wenguo.cases.indexing import BEFORE, OF_ENTRIES
from wenguo.cases.lists import sees_contact
from wenguo.cases.masks import MASKS
from wenguo.cases.models import Case, Evidence
from wenguo.people.actors import Actor
from wenguo.people.rows import places
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.policy.pack import Field

MOST = 2  # excerpts of a case


class Excerpt(NamedTuple):
    """A piece of a text in parts, each with whether it is a hit; the field it was written into, None for a file."""

    field: Field | None
    parts: list[tuple[str, bool]]


class Hit(NamedTuple):
    """A case with customer, vehicle and branch read, whether the reader sees contact data whole, and what says so."""

    case: Case
    clear: bool
    excerpts: list[Excerpt]


def hits(pks: list[int], words: list[str], by: Actor) -> list[Hit]:
    """These cases, which `by` sees, in this order. Three queries, however many."""
    cases = Case.objects.select_related("customer", "vehicle").in_bulk(pks)
    branches = tree().branches
    for case in cases.values():
        case.branch = branches[case.branch_id]
    texts = _texts(cases)
    return [
        Hit(cases[pk], clear, _telling(texts.get(pk, []), words, clear))
        for pk in pks if pk in cases for clear in (sees_contact(cases[pk], by),)
    ]  # fmt: skip


def _texts(cases: dict[int, Case]) -> dict[int, list[tuple[Field | None, str]]]:
    """What was written into each case, the newest entry first, and then the names of its files."""
    found: dict[int, list[tuple[Field | None, str]]] = {}
    if cases:
        with connection.cursor() as cursor:
            cursor.execute(f"{OF_ENTRIES.format(places(cases))} ORDER BY entry.id DESC, private.id", list(cases))
            rows = cursor.fetchall()
        for pk, key, stored in rows:
            field = packs()[cases[pk].pack].fields.get(key.removeprefix(BEFORE))
            if field and isinstance(value := json.loads(stored), str):
                found.setdefault(pk, []).append((field, value))
    for pk, name in Evidence.objects.filter(case__in=list(cases), entry__isnull=False).values_list("case_id", "name"):
        found.setdefault(pk, []).append((None, name))
    return found


def _telling(texts: Iterable[tuple[Field | None, str]], words: list[str], clear: bool) -> list[Excerpt]:
    """Excerpts that together show as many of the words as MOST can."""
    lacking, found = set(words), []
    for field, text in texts:
        if field and field.kind in MASKS and not clear:
            text = MASKS[field.kind](text)
        plain = normalised(text)
        if here := {word for word in lacking if word in plain}:
            found.append(Excerpt(field, excerpt(text, words)))
            lacking -= here
        if not lacking or len(found) == MOST:
            break
    return found
