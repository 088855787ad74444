"""Is the record whole? What every test on a database is asked at its end, and what the kill harness asks."""

import json
from collections.abc import Iterator

from wenguo.cases.models import Case, Entry
from wenguo.cases.record import hashed_columns
from wenguo.people.chain import FIRST, commit, link


def faults() -> list[str]:
    """What is wrong with the record of the cases stored; empty when every chain holds and every case is as told."""
    found = []
    entries: dict[int, list[Entry]] = {}
    for entry in Entry.objects.order_by("case", "seq").prefetch_related("private"):
        entries.setdefault(entry.case_id, []).append(entry)
    for case in Case.objects.filter(pk__in=entries):
        found += [f"{case.number}: {fault}" for fault in _chain(case, entries[case.pk])]
        if case.stage != entries[case.pk][-1].went_to:
            found.append(f"{case.number} stands at {case.stage}, which no entry says")
    return found


def without_entry() -> list[str]:
    """Numbers of cases that no entry tells of."""
    return list(Case.objects.filter(entries=None).order_by("number").values_list("number", flat=True))


def _chain(case: Case, entries: list[Entry]) -> Iterator[str]:
    prev = FIRST
    for seq, entry in enumerate(entries, 1):
        if entry.seq != seq:
            yield f"entry {seq} is missing"
        if entry.prev != prev or entry.hash != link(prev, hashed_columns(case.number, entry)):
            yield f"entry {entry.seq} doesn't fit the one before"
        kept = {row.field: row for row in entry.private.all()}
        for field, commitment in json.loads(entry.body)["private"].items():
            row = kept.get(field)
            if row is None or (row.salt and commit(field, row.value, row.salt) != commitment):
                yield f"entry {entry.seq}: {field} is not what was committed to"
        prev = entry.hash
