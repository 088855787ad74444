"""Whom to call back (R090, R091): cases at stages on the worklist of calls, by customer, what is due first, first.

Only reads. A page costs a fixed number of queries: one walk of an index for each role that calls, then a read of each
kind of row for all customers of the page at once. A call that was planned for later comes after all that are due.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import takewhile
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from django.db import connection, models

from wenguo.cases import lists
from wenguo.cases.acting import Parties
from wenguo.cases.facts import Facts
from wenguo.cases.models import Case, Clock, Contact, Entry, EntryPrivate, Party, Remedy, Task
from wenguo.cases.numbers import number
from wenguo.people.actors import Actor
from wenguo.people.models import Customer
from wenguo.people.rows import first, places, plain, read
from wenguo.people.tree import tree
from wenguo.policy.calling import CALLS
from wenguo.policy.load import packs
from wenguo.policy.pack import Process, Stage, Step
from wenguo.policy.rights import judge
from wenguo.vehicles.models import Vehicle

PAGE, WALK = 10, 15  # customers of a page; cases of the index that it looks at
LATER = "later~"  # before the key of a place among the calls that are planned for later
Row = TypeVar("Row", bound=models.Model)


class Said(NamedTuple):
    """What was noted of one talk with the customer, or of one attempt: the entry, and what was typed."""

    entry: Entry
    texts: list[str]


class Outcome(NamedTuple):
    """A step that says how the call ended. `open`: this person may take it."""

    step: Step
    open: bool


@dataclass
class Call:
    """One case that the customer is to be called about."""

    case: Case
    agreed: list[Clock]  # running, due when it was agreed with the customer
    outcomes: list[Outcome] = field(default_factory=list)
    missed: list[Said] = field(default_factory=list)  # attempts since the customer was last reached, the latest first
    attempts: int = 0  # so many are to be made before the customer counts as unreachable
    remedy: Remedy | None = None  # what the customer agreed to
    task: Task | None = None  # what was handed to the workshop
    words: Said | None = None  # the last talk with the customer
    called: str = ""  # the complainant's name on this case

    @property
    def planned_at(self) -> datetime | None:
        """When the next attempt is to be made, as somebody wrote it down; None where nobody did."""
        return max(filter(None, [_try_again(self.case), *(clock.due_at for clock in self.agreed)]), default=None)


@dataclass
class Callee:
    """A customer, and all cases that one call to them can settle. A case without a customer stands alone."""

    calls: list[Call]
    customer: Customer | None = None
    vehicles: dict[int, Vehicle] = field(default_factory=dict)

    @property
    def foremost(self) -> Case:
        """The case that is due first."""
        return self.calls[0].case

    def planned(self, now: datetime) -> datetime | None:
        """When this customer is to be called, where that is still to come for every case; else None."""
        moments = [call.planned_at for call in self.calls]
        return min((one for one in moments if one), default=None) if all(one and one > now for one in moments) else None


class Page(NamedTuple):
    """Calls that are due, calls planned for later, and the key after which the next page starts ("" at the end)."""

    due: list[Callee]
    later: list[Callee]
    next: str = ""


def makes_calls(by: Actor) -> bool:
    """Whether a role of this person has a worklist of calls."""
    held = {role for _, role in by.posts}
    return any(role in held for _, role in _turns())


def page(by: Actor, now: datetime, after: str = "") -> Page:
    """Customers whom `by` is to call; `after` is the `next` of the page before."""
    phase = LATER if after.startswith(LATER) else ""
    merged = _keys(by, lists.key_of(after.removeprefix(LATER)))
    goes_on = "{}_{}".format(*merged[WALK - 1]) if len(merged) > WALK else ""
    walked = [pk for _, pk in merged[:WALK]]
    found = [one for one in _callees(walked, by) if one.foremost.pk in walked]  # else they stood on an earlier page
    due, later = [one for one in found if not one.planned(now)], [one for one in found if one.planned(now)]
    if not after and not goes_on and len(found) <= PAGE:
        _tell(found, by)
        return Page(due, sorted(later, key=lambda one: one.planned(now) or now))
    wanted = later if phase else due
    shown = wanted[:PAGE]
    _tell(shown, by)
    key = _key(shown[-1].foremost) if len(wanted) > PAGE else goes_on
    following = phase + key if key else "" if phase else LATER
    return Page([] if phase else shown, shown if phase else [], following)


def _key(case: Case) -> str:
    return f"{case.next_due_at.isoformat()}_{case.pk}"


def callee(case: Case, by: Actor) -> Callee | None:
    """The customer of `case` with all that they are to be called about now, or None where there is nothing."""
    found = _callees([case.pk], by)
    _tell(found, by)
    return next(iter(found), None)


def entry_of(case: Case, seq: str, by: Actor) -> Entry | None:
    """What `by` themselves saved of the case under that number; None where it was nobody or somebody else."""
    if not (seq.isascii() and seq.isdigit() and len(seq) < 9):
        return None
    return first(Entry, "WHERE case_id = %s AND seq = %s AND actor = %s", case.pk, int(seq), by.code)


def _turns() -> set[tuple[str, str]]:
    """(stage, role) of every worklist of calls, of all packs."""
    stages = (stage for pack in packs().values() for one in pack.processes.values() for stage in one.stages.values())
    return {(stage.key, role) for stage in stages if stage.worklist == CALLS for role in stage.turn}


def _keys(by: Actor, behind: tuple[datetime, int] | None) -> list[tuple[Any, int]]:
    """(next due, id) of the first cases behind that place which wait for a role of `by`, one more than a page walks.

    `stage_type` isn't asked for: it would lead SQLite to the index of all open cases of the branch.
    """
    reach, found = lists.reach(by), set()
    for stage, role in sorted(_turns()):
        if role in reach:
            found.update(_walk(stage, role, reach[role], behind))
    return sorted(found)


def _walk(stage: str, role: str, branches: list[int], behind: tuple[datetime, int] | None) -> list[tuple[Any, int]]:
    after = "AND (next_due_at, id) > (%s, %s)" if behind else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT next_due_at, id FROM cases_case WHERE branch_id IN ({places(branches)}) AND turn_role = %s"
            f" AND turn_person_id IS NULL AND stage = %s {after} ORDER BY next_due_at, id LIMIT {WALK + 1}",
            [*branches, role, stage, *map(plain, behind or ())],
        )
        return cursor.fetchall()


WITH_SIBLINGS = """
    WHERE stage_type = 'open' AND id IN (
        SELECT id FROM cases_case WHERE id IN ({places}) UNION
        SELECT other.id FROM cases_case mine JOIN cases_case other ON other.customer_id = mine.customer_id
        WHERE mine.id IN ({places})
    ) ORDER BY next_due_at, id
"""


def _callees(cases: list[int], by: Actor) -> list[Callee]:
    """Those cases, and all others of the same customers, as far as `by` is to call about them; in the order of due."""
    tail = WITH_SIBLINGS.format(places=places(cases))
    mine = [one for one in (read(Case, tail, *cases, *cases) if cases else ()) if _is_mine(one, by)]
    clocks = _by_case(_of("case_id", [one.pk for one in mine], Clock, "AND stopped_at IS NULL ORDER BY due_at"))
    grouped: dict[tuple[int | None, int], list[Call]] = defaultdict(list)
    for case in mine:
        rules = _process(case).clocks
        agreed = [one for one in clocks.get(case.pk, []) if one.kind in rules and rules[one.kind].due]
        grouped[case.customer_id, 0 if case.customer_id else case.pk].append(Call(case, agreed))
    return [Callee(calls) for calls in grouped.values()]


def _is_mine(case: Case, by: Actor) -> bool:
    """Whether it is the turn of a role of `by` to call. Also gives the case its branch, without a query."""
    case.branch = tree().branches[case.branch_id]
    stage = _stage(case)
    waits = stage is not None and stage.worklist == CALLS and case.turn_person_id is None
    return waits and case.turn_role in by.roles_at(case.branch)


def _process(case: Case) -> Process:
    return packs()[case.pack].processes[case.process]


def _stage(case: Case) -> Stage | None:
    return _process(case).stages.get(case.stage)


def _try_again(case: Case) -> datetime | None:
    """When the last attempt said that the next is to be made. A day alone means from its beginning."""
    day, clock = case.facts.get("try_again_on"), case.facts.get("try_again_at")
    if not day:
        return None
    at = time.fromisoformat(clock) if clock else time.min
    return datetime.combine(date.fromisoformat(day), at, ZoneInfo(case.branch.zone))


def _of(column: str, ids: list[int], kind: type[Row], tail: str = "") -> list[Row]:
    """Rows of one table with one of `ids` in `column`; none without asking where there are no ids."""
    return read(kind, f"WHERE {column} IN ({places(ids)}) {tail}", *ids) if ids else []


def _by_case(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


def _tell(callees: list[Callee], by: Actor) -> None:
    """Reads all that is shown of these customers, each kind of row once."""
    calls = [call for one in callees for call in one.calls]
    cases = [call.case.pk for call in calls]
    customers = {one.pk: one for one in _of("id", _ids(calls, "customer_id"), Customer)}
    vehicles = {one.pk: one for one in _of("id", _ids(calls, "vehicle_id"), Vehicle)}
    remedies = _by_case(_of("case_id", cases, Remedy, "AND state IN ('accepted', 'given') ORDER BY nth"))
    tasks = _by_case(_of("case_id", cases, Task, "AND kind = 'execution' ORDER BY id"))
    parties = _by_case(_of("case_id", cases, Party, "AND NOT ended ORDER BY id"))
    contacts = _by_case(_of("case_id", cases, Contact, "ORDER BY id DESC"))
    talks = _by_case(_talks(cases))
    texts = _texts([entry for told in talks.values() for entry in told], {call.case.pk: call.case for call in calls})
    for one in callees:
        one.customer, one.vehicles = customers.get(one.foremost.customer_id or 0), vehicles
    for call in calls:
        pk = call.case.pk
        call.remedy, call.task = next(iter(remedies[pk][-1:]), None), next(iter(tasks[pk][-1:]), None)
        _offer(call, parties[pk], by)
        _recall(call, contacts[pk], {entry.pk: Said(entry, texts.get(entry.pk, [])) for entry in talks[pk]})


def _ids(calls: list[Call], column: str) -> list[int]:
    return sorted({getattr(call.case, column) for call in calls} - {None})


TALKS = """
    WHERE id IN (
        SELECT MAX(id) FROM cases_entry WHERE case_id IN ({places}) AND on_behalf_of <> '' GROUP BY case_id
        UNION SELECT entry_id FROM cases_contact WHERE case_id IN ({places})
    ) ORDER BY id DESC
"""


def _talks(cases: list[int]) -> list[Entry]:
    """The last entry of each case that records the customer's word, and every attempt to reach them, latest first."""
    return read(Entry, TALKS.format(places=places(cases)), *cases, *cases) if cases else []


def _texts(entries: list[Entry], cases: dict[int, Case]) -> dict[int, list[str]]:
    """By entry, what was typed into the free fields of its form; erased values are left out."""
    by_id = {one.pk: one for one in entries}
    found: dict[int, list[str]] = defaultdict(list)
    for row in _of("entry_id", sorted(by_id), EntryPrivate, "ORDER BY id"):
        entry = by_id[row.entry_id]
        step = _process(cases[entry.case_id]).steps.get(entry.verb)
        asked = packs()[cases[entry.case_id].pack].form_of(step).field(row.field) if step else None
        if asked and asked.kind in ("text", "long_text") and row.value and (text := json.loads(row.value)):
            found[entry.pk].append(text)
    return found


def _offer(call: Call, stored: list[Party], by: Actor) -> None:
    """The steps that the pack has for this very stage and for whoever calls, each with whether `by` may take it."""
    parties = Parties(call.case)
    parties.stored = stored
    stage, facts = _process(call.case).stages[call.case.stage], Facts(call.case, by.today)
    roles, relations = by.roles_at(call.case.branch), parties.relations_of(by)
    here = (step for step in _process(call.case).steps.values() if stage.key in step.at)
    steps = (step for step in here if not set(stage.turn).isdisjoint(step.who))
    call.outcomes = [Outcome(step, judge(step, stage, roles, relations, facts).yes) for step in steps]
    call.attempts = number(call.case, "call_attempts", by.today)
    call.called = next((row.name for row in stored if row.kind == "complainant"), "")


def _recall(call: Call, contacts: list[Contact], said: dict[int, Said]) -> None:
    """`contacts` are the latest first, as facts.tries() counts them."""
    missed = list(takewhile(lambda one: not one.reached, contacts))
    call.missed = [said[one.entry_id] for one in missed if one.entry_id in said]
    unheard = {one.entry_id for one in contacts if not one.reached}
    call.words = next((one for pk, one in said.items() if pk not in unheard), None)
