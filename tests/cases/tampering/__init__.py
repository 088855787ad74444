"""Kinds of tampering with the record: each does something to it and says what the first finding must name."""

from collections.abc import Callable
from typing import Any

from django.db import connection

from wenguo.cases import seal
from wenguo.cases.merkle import root_of
from wenguo.cases.models import Case, Entry, EntryPrivate, Seal
from wenguo.cases.record import hashed_columns
from wenguo.people.chain import FIRST, link

Deed = Callable[[], str]
DEEDS: dict[str, Deed] = {}


def deed(name: str) -> Callable[[Deed], Deed]:
    def register(run: Deed) -> Deed:
        DEEDS[name] = run
        return run

    return register


def sql(text: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def victim() -> Case:
    """A closed case with a long history."""
    return Case.objects.filter(stage_type="closed", number__startswith="HZ-").order_by("id")[0]


def third() -> Entry:
    return victim().entries.get(seq=3)


def change(entry: Entry, **columns: Any) -> str:
    """Changes columns of an entry; says how it is called."""
    Entry.objects.filter(pk=entry.pk).update(**columns)
    return f"{entry.case.number} #{entry.seq}"


def recompute(case: Case) -> None:
    """Makes the chain of a case fit again, from the first entry to the last."""
    prev = FIRST
    for entry in case.entries.order_by("seq"):
        new = link(prev, hashed_columns(case.number, entry))
        Entry.objects.filter(pk=entry.pk).update(prev=prev, hash=new)
        prev = new


def recompute_seals() -> None:
    """Makes every seal fit again."""
    rows = list(Seal.objects.order_by("id"))
    ends = {"entry": 0, "amendment": 0}
    prev = FIRST
    Seal.objects.all().delete()
    for one in rows:
        texts = [text for _, text in seal.hashes(one.what, ends[one.what], one.last, 10_000)]
        ends[one.what] = one.last
        one.count, one.root, one.prev = len(texts), root_of(texts), prev
        one.hash = prev = link(prev, seal.seal_columns(one))
        one.save(force_insert=True)


def delete_whole(case: Case) -> None:
    for entry in case.entries.all():
        EntryPrivate.objects.filter(entry=entry).delete()
    for table, where in (
        ("cases_approval", "remedy_id IN (SELECT id FROM cases_remedy WHERE case_id = %s)"),
        ("cases_remedyline", "remedy_id IN (SELECT id FROM cases_remedy WHERE case_id = %s)"),
        ("cases_notice", "entry_id IN (SELECT id FROM cases_entry WHERE case_id = %s)"),
        ("cases_idempotency", "entry_id IN (SELECT id FROM cases_entry WHERE case_id = %s)"),
        *((f"cases_{table}", "case_id = %s") for table in
          ("remedy", "finding", "party", "task", "contact", "clock", "evidence", "entry")),
        ("cases_case", "id = %s"),
    ):  # fmt: skip
        sql(f"DELETE FROM {table} WHERE {where}", case.pk)
