"""What may be done to entries, whole cases and private values."""

import json
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from tests.cases.tampering import change, deed, delete_whole, recompute, sql, third, victim
from wenguo.cases.models import Approval, Case, Entry, EntryPrivate, Evidence
from wenguo.cases.record import hashed_columns
from wenguo.people.chain import canonical, link

EDITS: dict[str, Any] = {
    "at": datetime(2020, 1, 1, tzinfo=UTC), "happened_at": datetime(2020, 1, 1, tzinfo=UTC), "actor": "staff:1",
    "role": "general_manager", "on_behalf_of": "complainant", "channel": "api", "verb": "noted", "outcome": "other",
    "came_from": "closed", "went_to": "closed", "pack_version": "0", "body": "{}", "prev": "0" * 64, "hash": "f" * 64,
}  # fmt: skip
for _column, _value in EDITS.items():
    deed(f"an entry's {_column} changed")(lambda column=_column, value=_value: change(third(), **{column: value}))


@deed("one sign in the body of an entry changed")
def _() -> str:
    entry = third()
    return change(entry, body=entry.body.replace('"version":', '"version": ', 1))


@deed("a body made into no JSON at all")
def _() -> str:
    return change(third(), body="gone")


@deed("a seq changed")
def _() -> str:
    last = victim().entries.order_by("-seq")[0]
    change(last, seq=last.seq + 5)
    return f"{last.case.number} #{last.seq}"


@deed("an entry in the middle deleted")
def _() -> str:
    entry = third()
    _forget(entry)
    return f"{entry.case.number} #3"


def _forget(entry: Entry) -> None:
    """Deletes an entry with everything that points to it."""
    EntryPrivate.objects.filter(entry=entry).delete()
    sql("DELETE FROM cases_entry WHERE id = %s", entry.pk)


@deed("the last entry of a case deleted")
def _() -> str:
    entry = victim().entries.order_by("-seq")[0]
    _forget(entry)
    return entry.case.number


@deed("the last entry of a case deleted and its row set back as well")
def _() -> str:
    case = victim()
    *_, before, last = case.entries.order_by("seq")
    _forget(last)
    body = json.loads(before.body)
    case.stage, case.version, case.round = before.went_to, body["version"], body["round"]
    case.stage_type, case.closed_at = "open", None
    for key in json.loads(last.body)["facts"]:
        case.facts.pop(key, None)
    case.save()
    return "seal "


@deed("two entries of a case swapped")
def _() -> str:
    first, second = victim().entries.order_by("seq")[1:3]
    Entry.objects.filter(pk=first.pk).update(seq=99)
    change(second, seq=2)
    change(first, seq=3)
    return f"{first.case.number} #2"


@deed("the places of two entries in the table swapped")
def _() -> str:
    """Their chains stay as they are; only the order of all entries is another."""
    first, second = Entry.objects.order_by("id")[10:12]
    for old, new in ((first.pk, -1), (second.pk, first.pk), (-1, second.pk)):
        EntryPrivate.objects.filter(entry=old).update(entry=new)
        Approval.objects.filter(entry=old).update(entry=new)
        Evidence.objects.filter(entry=old).update(entry=new)
        sql("UPDATE cases_entry SET id = %s WHERE id = %s", new, old)
    return "seal "


@deed("an entry inserted at the end of a case, with a chain that fits")
def _() -> str:
    case = victim()
    last = case.entries.order_by("-seq")[0]
    extra = Entry.objects.get(pk=last.pk)
    extra.pk, extra.seq, extra.prev, extra.verb = None, last.seq + 1, last.hash, "noted"
    extra.body = canonical(json.loads(last.body) | {"data": {}, "private": {}, "facts": [], "forgotten": []})
    free = Entry.objects.order_by("id")[40].pk  # an id within what is sealed, made free by moving all behind it
    sql("UPDATE cases_entry SET id = -id WHERE id > %s", free)
    sql("UPDATE cases_entry SET id = 1 - id WHERE id < 0")
    for table in ("cases_entryprivate", "cases_approval", "cases_evidence"):
        sql(f"UPDATE {table} SET entry_id = -entry_id WHERE entry_id > %s", free)
        sql(f"UPDATE {table} SET entry_id = 1 - entry_id WHERE entry_id < 0")
    extra.pk = free + 1
    extra.hash = link(extra.prev, hashed_columns(case.number, extra))
    extra.save(force_insert=True)
    return "seal "


@deed("an entry inserted in the middle of a case")
def _() -> str:
    entry = third()
    entry.pk, entry.hash = None, "e" * 64
    sql("UPDATE cases_entry SET seq = seq + 100 WHERE case_id = %s AND seq >= 3", entry.case_id)
    sql("UPDATE cases_entry SET seq = seq - 99 WHERE case_id = %s AND seq > 100", entry.case_id)
    entry.save(force_insert=True)
    return f"{entry.case.number} #3"


@deed("an entry replaced by REPLACE or an upsert")
def _() -> str:
    entry = third()
    names = ", ".join(one.column for one in Entry._meta.concrete_fields)
    values = names.replace("outcome", "'replaced'")
    if connection.vendor == "sqlite":
        sql("PRAGMA recursive_triggers=OFF")
        sql(f"REPLACE INTO cases_entry ({names}) SELECT {values} FROM cases_entry WHERE id = %s", entry.pk)
    else:
        sql(
            f"INSERT INTO cases_entry ({names}) SELECT {names} FROM cases_entry WHERE id = %s"
            " ON CONFLICT (id) DO UPDATE SET outcome = 'replaced'", entry.pk,
        )  # fmt: skip
    return f"{entry.case.number} #3"


@deed("an entry moved to another case")
def _() -> str:
    entry = victim().entries.order_by("-seq")[0]
    other = Case.objects.exclude(pk=entry.case_id).order_by("id")[0]
    Entry.objects.filter(pk=entry.pk).update(case=other, seq=other.entries.count() + 1)
    return victim().number


@deed("an entry changed and the chain of its case recomputed")
def _() -> str:
    change(third(), role="general_manager")
    recompute(victim())
    return "seal "


@deed("a whole case deleted with all that is its own")
def _() -> str:
    case = Case.objects.filter(number__startswith="HZ-").order_by("id")[1]
    delete_whole(case)
    return case.number


@deed("a whole case deleted and the count of numbers set back")
def _() -> str:
    case = Case.objects.filter(number__startswith="HZ-").order_by("-number")[0]
    delete_whole(case)
    code, month, last = case.number.split("-")
    sql(
        "UPDATE cases_counter SET last = %s WHERE month = %s AND branch_id IN"
        " (SELECT id FROM people_branch WHERE code = %s)", int(last) - 1, month, code,
    )  # fmt: skip
    return "seal "


def _private() -> EntryPrivate:
    return EntryPrivate.objects.filter(entry__case=victim(), entry__seq=1).exclude(value="").order_by("id")[0]


@deed("a private value changed")
def _() -> str:
    one = _private()
    EntryPrivate.objects.filter(pk=one.pk).update(value='"何某"')
    return f"{one.entry.case.number} #1"


@deed("the salt of a private value changed")
def _() -> str:
    one = _private()
    EntryPrivate.objects.filter(pk=one.pk).update(salt="ab" * 16)
    return f"{one.entry.case.number} #1"


@deed("the salt of a private value made into no hex")
def _() -> str:
    one = _private()
    EntryPrivate.objects.filter(pk=one.pk).update(salt="zz")
    return f"{one.entry.case.number} #1"


@deed("a private value emptied without its salt")
def _() -> str:
    one = _private()
    EntryPrivate.objects.filter(pk=one.pk).update(value="")
    return f"{one.entry.case.number} #1"


@deed("the row of a private value deleted")
def _() -> str:
    one = _private()
    one.delete()
    return f"{one.entry.case.number} #1"


@deed("a private value added")
def _() -> str:
    EntryPrivate.objects.create(entry=third(), field="extra", salt="ab" * 16, value='"x"')
    return f"{victim().number} #3"


@deed("a private value given to another field")
def _() -> str:
    one = _private()
    EntryPrivate.objects.filter(pk=one.pk).update(field="other")
    return f"{one.entry.case.number} #1"
