"""Many cases in no time: rows of one that went through the door, copied with their chains reckoned anew."""

from datetime import timedelta
from typing import Any

from django.db import models

from wenguo.cases.models import Case, Clock, Entry, EntryPrivate
from wenguo.cases.record import hashed_columns
from wenguo.people.chain import FIRST, link


def copies(model: Case, count: int, apart: timedelta = timedelta(0)) -> list[Case]:
    """So many copies of `model`, a case with one entry, and of its clocks, each due `apart` after the one before."""
    entry, clocks = model.entries.get(), list(model.clocks.order_by("id"))
    there = Case.objects.count()
    numbers = [f"{model.number}-{there + nth}" for nth in range(count)]
    cases = Case.objects.bulk_create([Case(**_row(model, number=number)) for number in numbers])
    entries = Entry.objects.bulk_create([_entry(entry, case) for case in cases])
    for private in entry.private.all():
        EntryPrivate.objects.bulk_create([EntryPrivate(**_row(private, entry_id=one.pk)) for one in entries])
    for clock in clocks:
        Clock.objects.bulk_create(
            Clock(**_row(clock, case_id=one.case_id, cause_id=one.pk, next_at=clock.next_at + nth * apart))
            for nth, one in enumerate(entries)
        )
    return cases


def _row(model: models.Model, **other: Any) -> dict[str, Any]:
    fields = [one.attname for one in model._meta.concrete_fields if not one.primary_key]
    return {one: getattr(model, one) for one in fields} | other


def _entry(entry: Entry, case: Case) -> Entry:
    made = Entry(**_row(entry, case_id=case.pk, prev=FIRST))
    made.hash = link(FIRST, hashed_columns(case.number, made))
    return made
