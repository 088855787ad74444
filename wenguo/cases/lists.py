"""Reading cases: the desk, one case with its story, who is known by a phone or a plate, the bell. Never changes a case.

Every list costs a fixed number of queries, walks an index, and pages by key.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from wenguo.cases.models import Case, Clock, Contact, Entry, EntryPrivate, Evidence, Notice, Task
from wenguo.cases.refusals import NotFound
from wenguo.people.actors import Actor
from wenguo.people.models import Branch, Customer
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.policy.pack import Field, Process
from wenguo.vehicles.models import Vehicle, find_vehicle

PAGE = 50  # rows


class Brief(NamedTuple):
    """A case as a list shows it. Plain columns: half the cost of rows with their customers and vehicles."""

    pk: int
    number: str
    pack: str
    process: str
    stage: str
    turn_role: str
    turn_person_id: int | None
    owner_id: int | None
    opened_at: datetime
    next_due_at: datetime
    category: str
    severity: str
    facts: dict[str, Any]
    customer: str | None
    phone: str | None
    plate: str | None
    branch_id: int
    branch: Branch


COLUMNS = Brief._fields[:13] + ("customer__name", "customer__phone", "vehicle__plate", "branch_id")


class Page(NamedTuple):
    """Rows of a list, and the key after which the next page starts ("" at the end)."""

    rows: list[Brief]
    next: str


def find_case(number: str, by: Actor) -> Case:
    """The case with this number, ready to be shown. Raises NotFound where it isn't within the actor's sight."""
    case = Case.objects.select_related("customer", "vehicle").filter(number=number).order_by().first()
    if case is None:
        raise NotFound
    case.branch = tree().branches[case.branch_id]
    if not by.sees(case.branch):
        raise NotFound
    return case


def desk(by: Actor, after: str = "") -> Page:
    """Cases whose turn it is with `by` (or whom they stand in for), or with a role they hold: what hurts first, first.

    One index walk per person and per role, merged; `after` is the `next` of the page before.
    """
    walks = [Q(turn_person__in=by.stands_for)]
    walks += [Q(turn_person=None, turn_role=role, branch__in=branches) for role, branches in _reach(by).items()]
    return _page([Case.objects.filter(walk, stage_type="open") for walk in walks], after)


def of_branches(by: Actor, after: str = "") -> Page:
    """Open cases of every branch within sight, what hurts first, first."""
    return _page([Case.objects.filter(branch__in=[one.pk for one in by.branches()], stage_type="open")], after)


def _reach(by: Actor) -> dict[str, list[int]]:
    """Branch ids by role: where each role that `by` holds has a say."""
    branches = by.branches()
    reach: dict[str, set[int]] = {}
    for path, role in by.posts:
        reach.setdefault(role, set()).update(one.pk for one in branches if one.path.startswith(path))
    return {role: sorted(ids) for role, ids in reach.items()}


def _page(walks: list[QuerySet[Case]], after: str) -> Page:
    """One page of all walks merged. Each walk gives keys only, out of its index; the rows are read once."""
    keys: set[tuple[datetime, int]] = set()
    for walk in walks:
        found = _after(walk, after).order_by("next_due_at", "id")
        keys |= set(found.values_list("next_due_at", "id")[: PAGE + 1])
    merged = sorted(keys)
    shown = [pk for _, pk in merged[:PAGE]]
    branches = tree().branches
    columns: Any = Case.objects.filter(pk__in=shown).values_list(*COLUMNS)
    rows = {row[0]: Brief._make((*row, branches[row[-1]])) for row in columns}
    due, last = merged[PAGE - 1] if len(merged) > PAGE else (None, 0)
    return Page([rows[pk] for pk in shown if pk in rows], f"{due.isoformat()}_{last}" if due else "")


def _after(rows: QuerySet[Case], after: str) -> QuerySet[Case]:
    """Rows behind the key `after`; all of them where it is none of ours."""
    try:
        due, pk = after.split("_")
        moment, last = datetime.fromisoformat(due).astimezone(UTC), int(pk)
    except (ValueError, OverflowError):
        return rows
    return rows.filter(Q(next_due_at__gt=moment) | Q(next_due_at=moment, pk__gt=last))


class Value(NamedTuple):
    """One thing that was filled in: the field asked, what stands now, what stood before (None where nothing did)."""

    field: Field
    value: Any
    before: Any = None


@dataclass
class Happening:
    """One entry with what a reader needs: who did it, what they filled in, which files they brought."""

    entry: Entry
    actor: str
    values: list[Value]
    files: list[Evidence]
    body: dict[str, Any]


def story(case: Case) -> list[Happening]:
    """Everything that happened, newest first. Two queries, and one more where files were brought."""
    entries = list(case.entries.order_by("-seq"))
    bodies = {one.pk: json.loads(one.body) for one in entries}
    private: dict[int, dict[str, Any]] = {}
    rows = EntryPrivate.objects.filter(entry__case=case).values_list("entry_id", "field", "value")
    for entry_id, field, value in rows:
        private.setdefault(entry_id, {})[field] = json.loads(value) if value else None
    names = tree().names
    files: dict[int | None, list[Evidence]] = {}
    brought = packs()[case.pack].file_keys()
    if any(body["data"].get(key) for body in bodies.values() for key in brought):
        for file in Evidence.objects.filter(case=case).order_by("id"):
            files.setdefault(file.entry_id, []).append(file)
    return [
        _happening(case, one, bodies[one.pk], private.get(one.pk, {}), names, files.get(one.pk, [])) for one in entries
    ]


def _happening(
    case: Case, entry: Entry, body: dict[str, Any], told: dict[str, Any], names: dict[int, str], files: list[Evidence]
) -> Happening:
    """`told`: the entry's private values."""
    values = body["data"] | told
    step = packs()[case.pack].processes[case.process].steps.get(entry.verb)
    form = packs()[case.pack].forms.get(step.form) if step else None
    shown = [
        Value(one, values[one.key], values.get(f"before:{one.key}"))
        for one in (form.fields if form else ())
        if one.key in values and one.kind != "file"
    ]
    actor = names.get(int(entry.actor.removeprefix("staff:")), "") if entry.actor.startswith("staff:") else ""
    return Happening(entry, actor, shown, files, body)


def open_tasks(case: Case) -> list[Task]:
    """What is still to be done, the next due first; nothing on a closed case. Names are in the tree."""
    return list(case.tasks.filter(done_at=None).order_by("due_at")) if case.stage_type == "open" else []


def clocks(case: Case) -> list[Clock]:
    """The case's running clocks, the next one due first; a closed case has none."""
    return list(case.clocks.filter(stopped_at=None).order_by("due_at")) if case.stage_type == "open" else []


def contacts(case: Case) -> list[Contact]:
    """Every attempt to reach the customer, the latest first. Names are in the tree."""
    return list(case.contacts.order_by("-happened_at"))


def sees_contact(case: Case | Brief, by: Actor) -> bool:
    """Whether this person's work needs the full phone number: by role, or because the case is theirs."""
    return bool(packs()[case.pack].sees_contact & by.roles_at(case.branch)) or case.owner_id in by.stands_for


class Known(NamedTuple):
    """What a branch knows of a phone, a plate or a VIN: customer, vehicle, and their cases, open ones first."""

    customer: Customer | None
    vehicle: Vehicle | None
    cases: list[Case]


def known(by: Actor, branch: Branch, phone: str, plate: str, vin: str) -> Known:
    """What `branch` knows of them; nothing of any other branch shows. The cases may be duplicates of a new one."""
    if not by.sees(branch):
        raise NotFound
    customer = Customer.objects.filter(branch=branch, phone=phone).first() if phone else None
    vehicle = find_vehicle(branch, plate, vin)
    theirs = Q(customer=customer) if customer else Q(pk=None)
    theirs |= Q(vehicle=vehicle) if vehicle else Q(pk=None)
    cases = Case.objects.filter(theirs, branch=branch).select_related("branch", "owner").order_by("-stage_type", "-id")
    return Known(customer, vehicle, list(cases[:10]) if customer or vehicle else [])


def bell(by: Actor) -> list[Notice]:
    """The newest delivered notices of this person, read or not."""
    rows = Notice.objects.filter(recipient=by.staff_id, channel="bell", sent_at__isnull=False)
    return list(rows.select_related("entry__case").order_by("-id")[:30])


def unread(by: Actor) -> int:
    """How many of the newest hundred notices this person has not read yet."""
    rows = Notice.objects.filter(recipient=by.staff_id, channel="bell", sent_at__isnull=False).order_by("-id")
    return sum(read is None for read in rows.values_list("read_at", flat=True)[:100])


def road(process: Process, case: Case) -> list[tuple[str, bool]]:
    """The open stages in the pack's order, each with whether the case has reached it in this round."""
    keys = [key for key, stage in process.stages.items() if stage.type == "open"]
    at = keys.index(case.stage) if case.stage in keys else len(keys)
    return [(key, place <= at) for place, key in enumerate(keys)]
