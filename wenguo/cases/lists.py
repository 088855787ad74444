"""Reading cases: the desk, one case with its story, who is known by a phone or a plate, the bell. Never changes a case.

Every list costs a fixed number of queries, walks an index, and pages by key.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from wenguo.cases.models import Case, Clock, Contact, Entry, EntryPrivate, Evidence, Notice, Task
from wenguo.cases.refusals import NotFound
from wenguo.cases.walks import Order, Stretch, key_of, text_of, walk
from wenguo.people.actors import Actor
from wenguo.people.models import Branch, Customer
from wenguo.people.rows import first, places, read, readers
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.policy.pack import Field, Process
from wenguo.vehicles.models import Vehicle, find_vehicle

PAGE = 50  # rows
DUE_FIRST = Order("next_due_at")


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
    closed_at: datetime | None
    source: str
    business_line: str
    category: str
    component: str
    cause: str
    validity: str
    severity: str
    facts: dict[str, Any]
    customer: str | None
    phone: str | None
    plate: str | None
    watched: bool  # a car or customer of special care
    branch_id: int
    branch: Branch


class Page(NamedTuple):
    """Rows of a list, and the key after which the next page starts ("" at the end)."""

    rows: list[Brief]
    next: str


def find_case(number: str, by: Actor) -> Case:
    """The case with this number, ready to be shown. Raises NotFound where it isn't within the actor's sight."""
    case = first(Case, "WHERE number = %s", number) if number.isprintable() else None
    if case is None:
        raise NotFound
    case.branch = tree().branches[case.branch_id]
    if not by.sees(case.branch):
        raise NotFound
    return case


def desk(by: Actor, after: str = "") -> Page:
    """Cases whose turn it is with `by` (or whom they stand in for), or with a role they hold: what hurts first, first.

    One stretch of an index per person and per role, merged; `after` is the `next` of the page before.
    """
    found = walk(DUE_FIRST, waiting_for(by), (), key_of(after), PAGE)
    return Page(briefs([pk for _, pk in found.keys]), text_of(found.next))


def waiting_for(by: Actor) -> list[Stretch]:
    """Where the cases stand that wait for a person.

    On a closed case it is nobody's turn, so none need say that it wants open ones.
    """
    found = [Stretch("case_turn_person", "turn_person_id = %s", (one,)) for one in sorted(by.stands_for)]
    for role, ids in reach(by).items():
        where = f"turn_person_id IS NULL AND turn_role = %s AND branch_id IN ({places(ids)})"
        found += [Stretch("case_turn_role", where, (role, *ids))] if ids else []
    return found


def reach(by: Actor) -> dict[str, list[int]]:
    """Branch ids by role: where each role that `by` holds has a say."""
    branches = by.branches()
    reach: dict[str, set[int]] = {}
    for path, role in by.posts:
        reach.setdefault(role, set()).update(one.pk for one in branches if one.path.startswith(path))
    return {role: sorted(ids) for role, ids in reach.items()}


def briefs(shown: list[int]) -> list[Brief]:
    """The cases of these ids as lists show them, in the same order. One query."""
    if not shown:
        return []
    branches = tree().branches
    sql, converters = _briefly(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} WHERE one.id IN ({places(shown)})", shown)
        found = [list(row) for row in cursor.fetchall()]
    for place, column, convert in converters:
        for row in found:
            row[place] = convert(row[place], column, connection)
    rows = {row[0]: Brief._make((*row, branches[row[-1]])) for row in found}
    return [rows[pk] for pk in shown if pk in rows]


@cache
def _briefly(vendor: str) -> tuple[str, list[tuple[int, Any, Any]]]:
    """The statement's head, and what turns its columns into Python's."""
    fields = {one.attname: one for one in Case._meta.concrete_fields}
    own = [fields["id" if name == "pk" else name] for name in Brief._fields[:OWN]]
    columns = ", ".join(f'one."{one.column}"' for one in own)
    return f"SELECT {columns}, {BESIDE}", readers(Case, own)


OWN = Brief._fields.index("customer")  # so many columns are the case's own
BESIDE = """customer.name, customer.phone, vehicle.plate,
    (EXISTS (SELECT 1 FROM vehicles_focus f WHERE f.vehicle_id = one.vehicle_id AND f.state = 'watched')
    OR EXISTS (SELECT 1 FROM vehicles_focus f WHERE f.customer_id = one.customer_id AND f.state = 'watched')),
    one.branch_id FROM cases_case one
    LEFT JOIN people_customer customer ON customer.id = one.customer_id
    LEFT JOIN vehicles_vehicle vehicle ON vehicle.id = one.vehicle_id"""


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
    entries = read(Entry, "WHERE case_id = %s ORDER BY seq DESC", case.pk)
    bodies = {one.pk: json.loads(one.body) for one in entries}
    private: dict[int, dict[str, Any]] = {}
    of_case = "WHERE entry_id IN (SELECT id FROM cases_entry WHERE case_id = %s)"
    for row in read(EntryPrivate, of_case, case.pk):
        private.setdefault(row.entry_id, {})[row.field] = json.loads(row.value) if row.value else None
    names = tree().names
    files: dict[int | None, list[Evidence]] = {}
    brought = packs()[case.pack].file_keys
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
    todo = "WHERE case_id = %s AND done_at IS NULL ORDER BY due_at"
    return read(Task, todo, case.pk) if case.stage_type == "open" else []


def clocks(case: Case) -> list[Clock]:
    """The case's running clocks, the next one due first and those that rest last; a closed case has none."""
    running = "WHERE case_id = %s AND stopped_at IS NULL ORDER BY paused_at IS NOT NULL, due_at"
    return read(Clock, running, case.pk) if case.stage_type == "open" else []


def contacts(case: Case) -> list[Contact]:
    """Every attempt to reach the customer, the latest first. Names are in the tree."""
    return read(Contact, "WHERE case_id = %s ORDER BY happened_at DESC", case.pk)


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


UNREAD = """
    SELECT COUNT(*) FROM (
        SELECT read_at FROM cases_notice WHERE recipient_id = %s AND channel = 'bell' AND sent_at IS NOT NULL
        ORDER BY id DESC LIMIT 100
    ) newest WHERE read_at IS NULL
"""


def unread(by: Actor) -> int:
    """How many of the newest hundred notices this person has not read yet."""
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, [by.staff_id])
        (count,) = cursor.fetchone()
    return count


def road(process: Process, case: Case) -> list[tuple[str, bool]]:
    """The open stages of the main road, each with whether the case has reached it in this round.

    A stage off that road is told only while the case stands there.
    """
    stages = process.stages.items()
    keys = [key for key, stage in stages if stage.type == "open" and (key == case.stage or not stage.side)]
    at = keys.index(case.stage) if case.stage in keys else len(keys)
    return [(key, place <= at) for place, key in enumerate(keys)]
