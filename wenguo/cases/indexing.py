"""Keeping search true to the record: what a case says, written in the same transaction as the act that says it.

SearchText is all that search reads. On SQLite its grams stand in a full-text table as well (`cases_searchindex`,
without content of its own: a row leaves it by the very grams it came with); on PostgreSQL an index goes over them.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from wenguo.cases.acting import Act
from wenguo.cases.grams import grams, normalised
from wenguo.cases.masks import MASKS
from wenguo.cases.models import Case, Entry, EntryPrivate, Evidence, SearchText
from wenguo.people.models import Customer
from wenguo.people.rows import first, places, read
from wenguo.policy.load import packs
from wenguo.policy.pack import Pack
from wenguo.vehicles.models import Vehicle

BEFORE = "before:"  # how the record names a value that stood before a correction


@dataclass
class Said:
    """What a case says, in normalised pieces: to all who see it, and to those alone who see contact data whole."""

    body: set[str] = field(default_factory=set)
    contact: set[str] = field(default_factory=set)

    def add(self, text: str | None, kind: str = "text") -> None:
        """A text as it stands on the page. Of a phone, a plate or a VIN everybody sees what the mask leaves."""
        if not text:
            return
        if kind in MASKS:
            self.contact.add(normalised(text))
            text = MASKS[kind](text)
        self.body.add(normalised(text))

    def add_values(self, pack: Pack, values: Iterable[tuple[str, str]]) -> None:
        """Private values of an entry, as (field, canonical JSON); erased ones are empty."""
        for key, stored in values:
            value = json.loads(stored) if stored else None
            if isinstance(value, str):
                asked = pack.fields.get(key.removeprefix(BEFORE))
                self.add(value, asked.kind if asked else "text")

    def add_customer(self, customer: Customer | None) -> None:
        if customer:
            self.add(customer.name)
            self.add(customer.phone, "phone")

    def add_vehicle(self, vehicle: Vehicle | None) -> None:
        if vehicle:
            self.add(vehicle.plate, "plate")
            self.add(vehicle.vin, "vin")
            if vehicle.temporary_plate:
                self.contact.add(normalised(vehicle.temporary_plate))
            for text in (vehicle.brand, vehicle.series, vehicle.model):
                self.add(text)

    def row(self, case: Case) -> SearchText:
        """The row of `case` that says all this: the same pieces make the same row, in whatever order they came."""
        body, contact = self.body - {""}, self.contact - {""}
        found = grams([*body, *contact]) | {branch_gram(case.branch_id)}
        return SearchText(
            case_id=case.pk, body="\n".join(sorted(body)), contact="\n".join(sorted(contact)), grams=sorted(found)
        )


def branch_gram(branch: int) -> str:
    """A gram that all cases of a branch have, and no text."""
    return f"branch:{branch}"


def entered(act: Act, entry: Entry, private: Iterable[EntryPrivate]) -> None:
    """Adds what an act has just said of its case. Called by the door alone, within its transaction.

    Where customer or car may be others now, everything is read anew: what only the former ones said is gone.
    """
    case = act.case
    there = None if entry.seq == 1 else first(SearchText, "WHERE case_id = %s", case.pk)
    cached = case._state.fields_cache
    if entry.seq > 1 and (there is None or cached.get("customer") or cached.get("vehicle")):
        renew([case])
        return
    said = Said(_pieces(there.body), _pieces(there.contact)) if there else Said()
    said.add(case.number)
    said.add_values(act.pack, ((row.field, row.value) for row in private))
    if not there:
        said.add_customer(case.customer)
        said.add_vehicle(case.vehicle)
    if any(act.values.get(key) for key in act.pack.file_keys):
        for name in Evidence.objects.filter(entry=entry).values_list("name", flat=True):
            said.add(name)
    _write([said.row(case)], [there] if there else [])


def _pieces(text: str) -> set[str]:
    return set(text.split("\n"))


def renew(cases: Iterable[Case]) -> int:
    """Makes what search knows of these cases anew from the record, as after an erasure; returns how many changed.

    Within a transaction, with the cases locked.
    """
    rows = list(entry_rows(list(cases)))
    there = read(SearchText, f"WHERE case_id IN ({places(rows)})", *(row.case_id for row in rows)) if rows else []
    return _write(rows, there)


def entry_rows(cases: list[Case]) -> Iterator[SearchText]:
    """What the record says of each case: one query per table for all of them."""
    if not cases:
        return
    pks = [case.pk for case in cases]
    said = {case.pk: Said() for case in cases}
    pack = {case.pk: packs()[case.pack] for case in cases}
    with connection.cursor() as cursor:
        cursor.execute(OF_ENTRIES.format(places(pks)), pks)
        for pk, key, value in cursor.fetchall():
            said[pk].add_values(pack[pk], [(key, value)])
    for pk, name in Evidence.objects.filter(case__in=pks, entry__isnull=False).values_list("case_id", "name"):
        said[pk].add(name)
    customers = Customer.objects.in_bulk({case.customer_id for case in cases if case.customer_id})
    vehicles = Vehicle.objects.in_bulk({case.vehicle_id for case in cases if case.vehicle_id})
    for case in cases:
        said[case.pk].add(case.number)
        said[case.pk].add_customer(customers.get(case.customer_id or 0))
        said[case.pk].add_vehicle(vehicles.get(case.vehicle_id or 0))
        yield said[case.pk].row(case)


OF_ENTRIES = """
    SELECT entry.case_id, private.field, private.value FROM cases_entry entry
    JOIN cases_entryprivate private ON private.entry_id = entry.id
    WHERE entry.case_id IN ({}) AND private.value <> ''
"""
STORE = """
    INSERT INTO cases_searchtext (case_id, body, contact, grams) VALUES (%s, %s, %s, %s)
    ON CONFLICT (case_id) DO UPDATE SET body = excluded.body, contact = excluded.contact, grams = excluded.grams
"""
INTO_INDEX = "INSERT INTO cases_searchindex (rowid, grams) VALUES (%s, %s)"
OUT_OF_INDEX = "INSERT INTO cases_searchindex (cases_searchindex, rowid, grams) VALUES ('delete', %s, %s)"


def _write(rows: list[SearchText], there: Iterable[SearchText]) -> int:
    """Stores the rows that differ from what is there, and puts them into the index; returns how many."""
    before = {row.case_id: row for row in there}
    changed = [row for row in rows if row.case_id not in before or _facts(row) != _facts(before[row.case_id])]
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for row in changed:
            if sqlite and (old := before.get(row.case_id)):
                cursor.execute(OUT_OF_INDEX, [row.case_id, " ".join(old.grams)])
            stored = " ".join(row.grams) if sqlite else row.grams
            cursor.execute(STORE, [row.case_id, row.body, row.contact, stored])
            if sqlite:
                cursor.execute(INTO_INDEX, [row.case_id, stored])
    return len(changed)


def _facts(row: SearchText) -> tuple[Any, ...]:
    return row.body, row.contact, row.grams


def not_indexed(rows: list[SearchText]) -> set[int]:
    """Ids of those cases that the index doesn't find by each of their grams; `rows` in the order of their ids.

    A question for each gram of any of them, not for each case: most have most of their grams in common. PostgreSQL
    keeps its own index in step.
    """
    if connection.vendor != "sqlite" or not rows:
        return set()
    having: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        for gram in row.grams:
            having[gram].add(row.case_id)
    lost: set[int] = set()
    with connection.cursor() as cursor:
        for gram, cases in having.items():
            cursor.execute(FOUND_BY, [quoted(gram), rows[0].case_id, rows[-1].case_id])
            lost |= cases.difference(pk for (pk,) in cursor.fetchall())
    return lost


FOUND_BY = "SELECT rowid FROM cases_searchindex WHERE cases_searchindex MATCH %s AND rowid BETWEEN %s AND %s"


def quoted(gram: str) -> str:
    """A gram as the full-text table asks for it: nothing in it is taken for an operator."""
    return '"' + gram.replace('"', '""') + '"'
