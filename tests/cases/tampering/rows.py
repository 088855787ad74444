"""What may be done to rows beside the record, to amendments and to seals."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.cases.tampering import deed, sql, victim
from wenguo.cases.models import Approval, Case, Remedy, RemedyLine, Seal
from wenguo.cases.models import Finding as Cause
from wenguo.people.chain import link, stamp
from wenguo.people.models import (
    Amendment,
    AmendmentPrivate,
    Branch,
    BranchNumber,
    Customer,
    NationalDay,
    Post,
    Staff,
)
from wenguo.vehicles.models import Vehicle, Visit


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
    "a day of rest made a workday alone": lambda: _thing(NationalDay, kind="work"),
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
