"""The record after somebody with every right on the database changed it: each kind of tampering is found and named.

The tamperer is the tables' owner with the triggers off. The record is a small demo, sealed fifty rows at a time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction

from tests.cases.tampering import DEEDS, change, delete_whole, entries, recompute, recompute_seals, rows, third, victim  # noqa: F401 (they register what they can do)
from tests.databases import EMPTY, Database, Templates, connected
from tests.drill import often
from wenguo.cases import anchors, audit, seal
from wenguo.cases.audit.chain import hash_of
from wenguo.cases.door import act
from wenguo.cases.models import Case, Entry, EntryPrivate, Remedy, Seal
from wenguo.cases.models import Finding as Cause
from wenguo.cases.record import hashed_columns
from wenguo.cases.triggers import KEPT
from wenguo.jobs import demo
from wenguo.people.actors import actor_of
from wenguo.people.chain import FIRST, link
from wenguo.people.models import Amendment, AmendmentPrivate, Customer, Staff
from wenguo.people.tree import touch

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CASES = 30
# The audit is the same code on both; on PostgreSQL every deed is tried in a drill, else every third.
TRIED = [("sqlite", name) for name in DEEDS] + [("postgresql", name) for name in often(list(DEEDS), list(DEEDS)[::3])]
_made: dict[str, tuple[Database, anchors.Anchor]] = {}


def _whole_record(templates: Templates) -> tuple[Database, anchors.Anchor]:
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
def anchor(templates: Templates, monkeypatch) -> Iterator[anchors.Anchor]:
    """The tamperer's connection; whatever happens to the record is undone."""
    made, kept = _whole_record(templates)
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


# What `--chains` finds as well: whatever was done to entries, amendments and seals themselves.
RECORD = (
    "an entry", "an amendment", "a seal", "a seq", "a body", "one sign in the body", "the last entry", "two entries",
    "the places of two", "a whole case", "a case's row deleted", "a case's row added", "a case's number",
)  # fmt: skip


def test_at_least_ninety_kinds_of_tampering_are_tried():
    assert len(DEEDS) >= 90
    assert sum(one.startswith(RECORD) for one in DEEDS) >= 40


@pytest.mark.parametrize(("vendor", "name"), TRIED, indirect=["vendor"])
def test_tampering_is_found_and_the_first_bad_row_is_named(anchor, name):
    named = DEEDS[name]()
    findings = audit.verify().findings
    assert findings, "nobody noticed"
    assert named in str(findings[0]), [str(one) for one in findings]
    chains = audit.verify(chains=True).findings
    assert not chains or chains[0] in findings
    assert chains or not name.startswith(RECORD)


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
    there, case = Case.objects.count(), Case.objects.filter(number__startswith="HZ-").order_by("-number")[0]
    delete_whole(case)
    assert any(f"{there} 张" in one.says for one in audit.verify(anchor, most=100).findings)


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
        assert hash_of(columns[1], '"HZ-1"', (*columns[2:], FIRST)) == link(FIRST, columns)
