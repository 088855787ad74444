"""The record after somebody with every right on the database changed it: each kind of tampering is found and named.

The tamperer is the tables' owner with the triggers off. The record is a small demo, sealed fifty rows at a time.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from tests.databases import EMPTY, Database, Templates, connected
from wenguo.cases import anchors, audit, seal
from wenguo.cases.audit.chain import Link, hash_of
from wenguo.cases.door import act
from wenguo.cases.merkle import root_of
from wenguo.cases.models import Approval, Case, Entry, EntryPrivate, Evidence, Remedy, RemedyLine, Seal
from wenguo.cases.models import Finding as Cause
from wenguo.cases.record import hashed_columns
from wenguo.cases.triggers import KEPT
from wenguo.jobs import demo
from wenguo.people.actors import actor_of
from wenguo.people.chain import FIRST, link, stamp
from wenguo.people.models import Amendment, AmendmentPrivate, Branch, BranchNumber, Customer, Post, Staff
from wenguo.people.tree import touch
from wenguo.policy.fields import canonical
from wenguo.vehicles.models import Vehicle, Visit

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CASES = 30
_made: dict[str, tuple[Database, anchors.Anchor]] = {}


def _whole_record(templates: Templates, blocker: Any) -> tuple[Database, anchors.Anchor]:
    """A database of the demo, sealed and anchored, made once for each kind of database."""
    if templates.vendor not in _made:
        made = templates.copy(EMPTY)
        with pytest.MonkeyPatch.context() as patch, connected(made):
            patch.setattr(settings, "HOME", made.home)
            patch.setattr(seal, "LARGEST", 50)
            demo.fill(CASES, 1, 12, "demo-password", NOW, lambda line: None)
            seal.seal(NOW)
            _made[templates.vendor] = made, anchors.take_anchor(NOW)
    return _made[templates.vendor]


@pytest.fixture
def anchor(templates: Templates, django_db_blocker, monkeypatch) -> Iterator[anchors.Anchor]:
    """The tamperer's connection; whatever happens to the record is undone."""
    made, kept = _whole_record(templates, django_db_blocker)
    monkeypatch.setattr(settings, "HOME", made.home)
    monkeypatch.setattr(seal, "LARGEST", 50)
    with connected(made, owner=True), _undone():
        touch()
        _triggers_off()
        yield kept


@contextmanager
def _undone() -> Iterator[None]:
    outer = transaction.atomic()
    outer._from_testcase = True
    with outer:
        try:
            yield
        finally:
            transaction.set_rollback(True)


def _triggers_off() -> None:
    with connection.cursor() as cursor:
        for kept in KEPT:
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {kept.table} DISABLE TRIGGER USER")
            else:
                for event in ("insert", "update", "delete"):
                    cursor.execute(f"DROP TRIGGER {kept.table}_{event}")


def sql(text: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


# ---- what is aimed at ----


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


# ---- each kind of tampering: does it, and returns what the first finding must name ----

Deed = Callable[[], str]
DEEDS: dict[str, Deed] = {}


def deed(name: str) -> Callable[[Deed], Deed]:
    def register(run: Deed) -> Deed:
        DEEDS[name] = run
        return run

    return register


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
    _delete_whole(case)
    return case.number


def _delete_whole(case: Case) -> None:
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


@deed("a whole case deleted and the count of numbers set back")
def _() -> str:
    case = Case.objects.filter(number__startswith="HZ-").order_by("-number")[0]
    _delete_whole(case)
    code, month, last = case.number.split("-")
    sql(
        "UPDATE cases_counter SET last = %s WHERE month = %s AND branch_id IN"
        " (SELECT id FROM people_branch WHERE code = %s)", int(last) - 1, month, code,
    )  # fmt: skip
    return "seal "


@deed("a case's row deleted alone")
def _() -> str:
    case = victim()
    sql("DELETE FROM cases_case WHERE id = %s", case.pk)
    return f"id {case.pk}"


@deed("a case's row added alone")
def _() -> str:
    case = victim()
    case.pk, case.number, case.opened_for = None, "HZ-202611-0999", None
    case.save(force_insert=True)
    return "HZ-202611-0999"


ROWS: dict[str, Any] = {
    "stage": "closing", "stage_type": "open", "version": 99, "round": 7, "closed_at": None, "category": "attitude",
    "source": "letter", "severity": "major", "cause": "parts", "component": "engine", "validity": "invalid",
    "business_line": "sales", "opened_at": datetime(2020, 1, 1, tzinfo=UTC), "customer": None, "vehicle": None,
    "number": "HZ-202601-0777", "process": "other",
}  # fmt: skip


def _row(column: str, value: Any) -> str:
    case = victim()
    assert getattr(case, column) != value
    Case.objects.filter(pk=case.pk).update(**{column: value})
    return value if column == "number" else f"{case.number}: “{column}”"


for _column, _value in ROWS.items():
    deed(f"a case's {_column} changed alone")(lambda column=_column, value=_value: _row(column, value))


@deed("a fact of a case changed alone")
def _() -> str:
    case = victim()
    case.facts["content"] = "一切都好"
    case.save()
    return f"{case.number}: “facts.content”"


@deed("a fact of a case removed alone")
def _() -> str:
    case = victim()
    del case.facts["content"]
    case.save()
    return f"{case.number}: “facts.content”"


@deed("a case moved to another branch alone")
def _() -> str:
    case = victim()
    Case.objects.filter(pk=case.pk).update(branch=Branch.objects.get(code="SX"))
    return f"{case.number}: “branch”"


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


@deed("what a remedy costs changed alone")
def _() -> str:
    remedy = Remedy.objects.filter(amount_fen__gt=0).order_by("case", "nth")[0]
    Remedy.objects.filter(pk=remedy.pk).update(amount_fen=1)
    return f"{remedy.case.number} #"


@deed("a line of a remedy changed alone")
def _() -> str:
    line = RemedyLine.objects.order_by("remedy__case", "remedy__nth")[0]
    RemedyLine.objects.filter(pk=line.pk).update(amount_fen=line.amount_fen + 1)
    return f"{line.remedy.case.number} #"


@deed("the state of a remedy changed alone")
def _() -> str:
    remedy = Remedy.objects.filter(state="given").order_by("case", "nth")[0]
    Remedy.objects.filter(pk=remedy.pk).update(state="recalled")
    return f"{remedy.case.number} #"


@deed("a remedy deleted")
def _() -> str:
    remedy = Remedy.objects.filter(approvals=None).order_by("case", "nth")[0]
    RemedyLine.objects.filter(remedy=remedy).delete()
    remedy.delete()
    return f"{remedy.case.number}: “remedies”"


@deed("the amount of an approval changed")
def _() -> str:
    one = Approval.objects.order_by("entry__case", "id")[0]
    Approval.objects.filter(pk=one.pk).update(amount_fen=one.amount_fen + 1)
    return f"{one.entry.case.number} #{one.entry.seq}"


@deed("an approval deleted")
def _() -> str:
    one = Approval.objects.order_by("entry__case", "id")[0]
    one.delete()
    return f"{one.entry.case.number} #{one.entry.seq}"


@deed("an approval given to somebody else")
def _() -> str:
    one = Approval.objects.order_by("entry__case", "id")[0]
    other = Staff.objects.exclude(pk=one.approver_id).order_by("id")[0]
    Approval.objects.filter(pk=one.pk).update(approver=other)
    return f"{one.entry.case.number} #{one.entry.seq}"


@deed("the decided cause changed alone")
def _() -> str:
    one = Cause.objects.order_by("case", "id")[0]
    Cause.objects.filter(pk=one.pk).update(fault="customer" if one.fault != "customer" else "ours")
    return f"{one.case.number}: “findings”"


@deed("an amendment changed")
def _() -> str:
    one = Amendment.objects.get(kind="post", seq=1, thing=Post.objects.order_by("id")[0].pk)
    Amendment.objects.filter(pk=one.pk).update(actor="staff:1")
    return f"post {one.thing} #1"


@deed("an amendment deleted")
def _() -> str:
    one = Amendment.objects.filter(kind="branch").order_by("thing", "seq")[0]
    AmendmentPrivate.objects.filter(amendment=one).delete()
    one.delete()
    return f"branch {one.thing} #1"


@deed("a private value of an amendment changed")
def _() -> str:
    one = AmendmentPrivate.objects.filter(amendment__kind="customer", field="phone").order_by("amendment__thing")[0]
    AmendmentPrivate.objects.filter(pk=one.pk).update(value='"13000000000"')
    return f"customer {one.amendment.thing} #"


@deed("an amendment changed and its chain recomputed")
def _() -> str:
    one = Amendment.objects.filter(kind="branchnumber").order_by("id")[0]
    one.reason = "another"
    columns = [one.kind, one.thing, one.seq, stamp(one.at), one.actor, one.reason, one.body]
    Amendment.objects.filter(pk=one.pk).update(reason=one.reason, hash=link(one.prev, columns))
    return "branchnumber"


def _thing(model: Any, **columns: Any) -> str:
    one = model.objects.order_by("id")[0]
    model.objects.filter(pk=one.pk).update(**columns)
    return f"{model.__name__.lower()} {one.pk}: “{next(iter(columns))}”"


THINGS: dict[str, Callable[[], str]] = {
    "a limit of money raised alone": lambda: _thing(BranchNumber, value=99_999_999),
    "a post given another role alone": lambda: _thing(Post, role="general_manager"),
    "a post ended alone": lambda: _thing(Post, until=datetime(2026, 1, 1).date()),
    "a branch's pack changed alone": lambda: _thing(Branch, pack="other"),
    "a staff member's name changed alone": lambda: _thing(Staff, name="何某"),
    "a staff member's address for mail set alone": lambda: _thing(Staff, email="thief@example.com"),
    "a car's VIN changed alone": lambda: _thing(Vehicle, vin="LSVAU2180N2183294"),
    "what a visit cost changed alone": lambda: _thing(Visit, total_fen=1),
    "a column of a car changed that no amendment told": lambda: _thing(Vehicle, temporary_plate="X"),
}
for _name, _run in THINGS.items():
    deed(_name)(_run)


@deed("a customer's name changed alone")
def _() -> str:
    return _thing(Customer, name="何某")


@deed("a limit of money added past the system")
def _() -> str:
    branch = Branch.objects.order_by("id")[0]
    one = BranchNumber.objects.create(branch=branch, key="limit.x", value=1, since="2026-01-01", reason="")
    return f"branchnumber {one.pk}"


@deed("a post deleted")
def _() -> str:
    one = Post.objects.order_by("id")[0]
    pk = one.pk
    sql("DELETE FROM people_post WHERE id = %s", pk)
    return f"post {pk}"


def _middle() -> Seal:
    return Seal.objects.order_by("id")[2]


SEALS: dict[str, Any] = {
    "at": datetime(2020, 1, 1, tzinfo=UTC), "first": 7, "last": 10**9, "count": 3, "root": "a" * 64, "prev": "b" * 64,
    "hash": "c" * 64, "what": "other",
}  # fmt: skip


def _seal(column: str, value: Any) -> str:
    one = _middle()
    Seal.objects.filter(pk=one.pk).update(**{column: value})
    return f"seal {one.pk}"


for _column, _value in SEALS.items():
    deed(f"a seal's {_column} changed")(lambda column=_column, value=_value: _seal(column, value))


@deed("a seal removed from the middle")
def _() -> str:
    one = _middle()
    after = Seal.objects.filter(pk__gt=one.pk).order_by("id")[0]
    sql("DELETE FROM cases_seal WHERE id = %s", one.pk)
    return f"seal {after.pk}"


def test_at_least_sixty_kinds_of_tampering_are_tried():
    assert len(DEEDS) >= 60


@pytest.mark.parametrize("name", DEEDS)
def test_tampering_is_found_and_the_first_bad_row_is_named(anchor, name):
    named = DEEDS[name]()
    findings = audit.verify().findings
    assert findings, "nobody noticed"
    assert named in str(findings[0]), [str(one) for one in findings]


# ---- what only an anchor from outside can show ----


def more() -> Case:
    """Something that happens after the anchor, sealed."""
    case = Case.objects.filter(stage_type="open").order_by("id")[0]
    staff = Staff.objects.get(username="manager" if case.number.startswith("HZ") else "manager_b")
    return act(case, "noted", actor_of(staff, NOW), {"note": "补记一句"}, NOW + timedelta(hours=1)).case


def test_a_record_recomputed_as_a_whole_is_found_by_an_anchor_alone(anchor):
    change(third(), role="general_manager")
    recompute(victim())
    recompute_seals()
    assert audit.verify().findings == []  # nothing inside the database can tell
    found = audit.verify(anchor).findings
    assert found and "凭证" in found[0].says


def test_a_tail_cut_off_with_its_seals_is_found_by_an_anchor_alone(anchor):
    before = transaction.savepoint()
    more()
    seal.seal(NOW + timedelta(hours=1))
    later = anchors.take_anchor(NOW + timedelta(hours=1))
    assert audit.verify(later).findings == audit.verify(anchor).findings == []
    transaction.savepoint_rollback(before)  # an old backup is put back, or all that came since is cut off
    assert audit.verify().findings == []
    assert "旧备份" in audit.verify(later).findings[0].says


def test_an_old_backup_on_which_people_went_on_working_is_found(anchor):
    before = transaction.savepoint()
    more()
    seal.seal(NOW + timedelta(hours=1))
    later = anchors.take_anchor(NOW + timedelta(hours=1))
    transaction.savepoint_rollback(before)
    for hours in (2, 3):
        more()
        seal.seal(NOW + timedelta(hours=hours))
    assert audit.verify().findings == []
    assert "凭证" in audit.verify(later).findings[0].says


def test_fewer_cases_than_the_anchor_counts_are_told(anchor):
    case = Case.objects.filter(number__startswith="HZ-").order_by("-number")[0]
    _delete_whole(case)
    assert any(f"{CASES} 张" in one.says for one in audit.verify(anchor, most=100).findings)


# ---- what is no tampering ----


def test_an_untouched_record_is_whole(anchor):
    report = audit.verify(anchor)
    assert report.findings == []
    assert (report.cases, report.entries) == (Case.objects.count(), Entry.objects.count())
    assert (report.amendments, report.unsealed) == (Amendment.objects.count(), 0)
    assert report.seals == Seal.objects.count() > 10


def test_a_record_with_erased_values_is_whole(anchor):
    EntryPrivate.objects.filter(entry__case=victim()).update(salt="", value="")
    AmendmentPrivate.objects.filter(amendment__kind="customer").update(salt="", value="")
    case, customer = victim(), victim().customer
    case.facts.pop("content")
    case.save()
    Customer.objects.filter(pk=customer.pk).update(name="", phone="erased")
    Remedy.objects.filter(case=case).update(plan="")
    Cause.objects.filter(case=case).update(explanation="")
    assert audit.verify(anchor).findings == []


def test_all_values_erased_the_record_is_still_whole(anchor):
    EntryPrivate.objects.all().update(salt="", value="")
    AmendmentPrivate.objects.all().update(salt="", value="")
    assert audit.verify(anchor).findings == []


def test_what_happens_after_the_anchor_does_not_disturb_it(anchor):
    more()
    report = audit.verify(anchor)
    assert (report.findings, report.unsealed) == ([], 1)
    seal.seal(NOW + timedelta(hours=1))
    assert audit.verify(anchor).findings == []


def test_only_so_many_findings_are_told(anchor):
    Entry.objects.all().update(role="general_manager")
    assert len(audit.verify().findings) == audit.MOST


def test_the_quick_hash_is_the_one_of_the_record(anchor):
    """Signs that JSON escapes, and those that it doesn't."""
    for body in ('{"a":"\\"\\\\"}', "制表\t换行\n", "\u2028\u007f\u0001", "😀𠮷", "</script>", ""):
        entry = third()
        entry.body = entry.actor = body
        columns = hashed_columns("HZ-1", entry)
        made = Link(columns[1], '"HZ-1"', (*columns[2:], FIRST), "")
        assert hash_of(made) == link(FIRST, columns)
