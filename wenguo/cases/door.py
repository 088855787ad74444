"""The one door: whatever changes a case comes through open_case() or act(), which share take().

One act is one transaction: lock the case, judge the step, clean the form, run the verb, move, write the entry and all
that follows from it, commit. Nothing is sent from here; notices are rows.
"""

import hashlib
import json
import random
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, OperationalError, connection, transaction

from wenguo.cases import refusals
from wenguo.cases.acting import Act, Parties
from wenguo.cases.asking import asking
from wenguo.cases.clocks import turn_clocks
from wenguo.cases.facts import Facts
from wenguo.cases.indexing import entered
from wenguo.cases.judging import entries_since, fields_of, is_aside, keep_theirs, refuse_moved, verdict_on
from wenguo.cases.models import Case, Contact, Entry, EntryPrivate, Evidence, Idempotency, Party
from wenguo.cases.numbering import next_number
from wenguo.cases.record import apply_values, make_entry
from wenguo.cases.turn import name_owner, notify, pass_turn, people_of_roles
from wenguo.cases.verbs import VERBS, load_verbs
from wenguo.cases.warnings import heed, stirs
from wenguo.people.actors import Actor
from wenguo.people.models import Branch
from wenguo.people.rows import first, overwrite, read, store, store_all
from wenguo.people.seal_lock import hold_off_seal
from wenguo.people.tree import tree
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong, clean
from wenguo.policy.load import packs
from wenguo.policy.pack import ANY, BACK, NEW, STAY, Form, Label, Place, Process, Stage, Step
from wenguo.policy.rights import judge

load_verbs()

CLOCKWORK = Place("clockwork", 0)
NOWHERE = Stage(NEW, Label("新登记", "New"), "new", (), CLOCKWORK)
NO_FORM = Form("", Label("", ""), (), False, CLOCKWORK)


class Done(NamedTuple):
    """What came of it. `repeated`: the same request was carried out before and nothing happened now."""

    case: Case
    entry: Entry
    repeated: bool = False


class OpenStep(NamedTuple):
    """A step that this person may take now, with its form. `missing`: facts to be seen to first."""

    step: Step
    form: Form | None
    missing: tuple[str, ...] = ()


def open_case(
    process: str, branch: Branch, by: Actor, data: dict[str, Any], now: datetime, *,
    key: str = "", verb: str = "", opened_for: str | None = None,
) -> Done:  # fmt: skip
    """Opens a case of `process` at `branch` by the pack's opening step (or another one, `verb`), from the raw `data`.

    `now` is UTC. A second call with the same `key` by the same actor returns the first case. Raises a Refusal (404
    outside the actor's branches, 403, 422 with fields) and then leaves nothing behind; IntegrityError where there is a
    case for the same `opened_for`, whoever opened it.
    """
    pack = packs()[branch.pack]
    if process not in pack.processes or not (by.sees(branch) or by.code == "system"):
        raise refusals.NotFound
    do = verb or pack.processes[process].opening.do
    if do not in pack.processes[process].steps or NEW not in pack.processes[process].steps[do].at:
        raise refusals.NotFound

    def new_case() -> Case:
        return Case(
            number=next_number(branch, now), pack=pack.name, process=process, branch=branch, stage=NEW,
            stage_type=NOWHERE.type, opened_at=now, turn_role="", opened_for=opened_for,
        )  # fmt: skip

    return _once(f"{process}@{branch.code}", key, by, data, lambda: take(
        new_case(), do, by, data, now
    ))  # fmt: skip


def act(
    case: Case, verb: str, by: Actor, data: dict[str, Any], now: datetime, *, version: int | None = None, key: str = ""
) -> Done:
    """Takes the step `verb` on `case` with the raw form `data`; `version` is the one the actor was looking at.

    `now` is UTC. Raises a Refusal: 404, 403, 409 (stage or missing facts), 412 (really conflicting change since
    `version`), 422 (fields, or the key used for another request); the case is then as it was.
    """

    def locked() -> Entry:
        lock = "FOR UPDATE" if connection.features.has_select_for_update else ""
        (current,) = read(Case, f"WHERE id = %s {lock}", case.pk)
        current.branch = tree().branches[current.branch_id]
        return take(current, verb, by, data, now, version)

    return _once(f"{case.number}/{verb}", key, by, data, locked)


def _once(path: str, key: str, by: Actor, data: dict[str, Any], change: Callable[[], Entry]) -> Done:
    """Runs `change`, unless `key` names a request already carried out.

    Where somebody stored the same key, or the same new customer or vehicle, between our look and our write, or where
    PostgreSQL had to break a deadlock, nothing of ours is left and another try finds what they wrote.
    """
    tries_left = 2
    while True:
        try:
            return _transact(path, key, by, data, change)
        except (IntegrityError, OperationalError) as clash:
            deadlock = getattr(clash.__cause__, "sqlstate", "") == DEADLOCK
            if not tries_left or not (deadlock or isinstance(clash, IntegrityError)):
                raise
        tries_left -= 1
        if deadlock:  # or we could be back before the other one has taken what it waited for, and meet it again
            time.sleep(random.uniform(0.02, 0.2))


@transaction.atomic(durable=True)
def _transact(path: str, key: str, by: Actor, data: dict[str, Any], change: Callable[[], Entry]) -> Done:
    asked = path[:200], hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()
    if key and (known := first(Idempotency, "WHERE actor = %s AND key = %s", by.code, key)):
        if (known.path, known.body_hash) != asked:
            raise refusals.KeyReused
        entry = Entry.objects.select_related("case__branch").get(pk=known.entry_id)
        return Done(entry.case, entry, repeated=True)
    hold_off_seal()
    entry = change()
    if key:
        store(Idempotency(actor=by.code, key=key, path=asked[0], body_hash=asked[1], entry=entry))
    return Done(entry.case, entry)


DEADLOCK = "40P01"  # PostgreSQL's code


def take(case: Case, verb: str, by: Actor, data: dict[str, Any], now: datetime, version: int | None = None) -> Entry:
    """The body that open_case() and act() share; `case` is new or locked. Returns the entry it wrote."""
    act = _begin(case, verb, by, now)
    since = entries_since(act, version)
    refuse_moved(act, since)
    act.values = _values(act, data)
    keep_theirs(act, since)
    came_from, round_before, route_before = case.stage, case.round, act.route
    kept = apply_values(case, act.form, act.values, act.step.sets)
    act.outcome = _run(act)
    if act.form is None:
        kept.values |= act.values  # the clock's own verbs add what came of it
    kept.forget(case, act.step.forgets)
    if case.round != round_before:
        kept.forget(case, act.pack.per_round_facts)
    act.rerouted = not case.pk or act.route != route_before
    act.reowned = not case.pk or act.route.owner != route_before.owner
    _move(act)
    people = people_of_roles(act)
    name_owner(act, people)
    pass_turn(act)
    if case.stage != came_from or kept.changed or not is_aside(act):
        case.version += 1
    stirred = stirs(act, kept)
    entry = _store(act, *make_entry(act, kept, came_from), people)
    heed(act, entry, stirred, take)
    return entry


def _begin(case: Case, verb: str, by: Actor, now: datetime) -> Act:
    """The act with its verdict. Raises the refusal where somebody may not."""
    pack = packs()[case.pack]
    process = pack.processes[case.process]
    stage = process.stages.get(case.stage, NOWHERE)
    act = Act(case, by, now, pack, process, _step(process, verb, by), stage, Parties(case))
    act.verdict = verdict_on(act)
    return act


def _step(process: Process, verb: str, by: Actor) -> Step:
    """The pack's step; for the clock alone its own verbs. Raises NotFound for a word nobody knows."""
    if by.code == "system" and verb in VERBS and (label := VERBS[verb].system):
        then = dict.fromkeys(VERBS[verb].outcomes, STAY)
        return Step(verb, label, (ANY,), ("system",), (), (), "", then, {}, "", False, False, CLOCKWORK)
    if verb not in process.steps:
        raise refusals.NotFound
    return process.steps[verb]


def _values(act: Act, data: dict[str, Any]) -> dict[str, Any]:
    """The cleaned form; the clock's own data needs no form. Raises Invalid with every wrong field."""
    if act.by.code == "system" and act.form is None:
        return data
    try:
        return clean(act.form or NO_FORM, data, asking(act.case.branch, act.by, act.now))
    except Wrong as wrong:
        raise refusals.Invalid(wrong.problems) from wrong


def _run(act: Act) -> str:
    """Runs the verb's code; a plain step has one outcome, or the answer to the choice that decides it."""
    if act.step.plain:
        return act.values[act.step.by] if act.step.by else next(iter(act.step.then))
    return VERBS[act.step.do].run(act.case, act.by, act.values, act.now)


def _move(act: Act) -> None:
    target = act.step.then[act.outcome]
    if target == BACK:
        came = act.case.entries.filter(went_to=act.case.stage).exclude(came_from=act.case.stage).order_by("-seq")
        target = came.values_list("came_from", flat=True)[0]
        target = act.process.moved.get(target, target)  # the stage may have been renamed since
    if target != STAY:
        act.case.stage = target
    stage = act.process.stages[act.case.stage]
    act.case.stage_type = stage.type
    act.case.closed_at = (act.case.closed_at or act.now) if stage.type == "closed" else None


def _store(act: Act, entry: Entry, private: list[EntryPrivate], people: dict[str, list[int]]) -> Entry:
    """Stores everything that this act made: case, entry, clocks, the verb's own rows, files, notices."""
    case = act.case
    clocks = turn_clocks(act, entry)
    overwrite(case) if case.pk else store(case)
    entry.case = case
    store(entry)
    for row in private:
        row.entry = entry
    store_all(private)
    for clock in clocks:
        clock.case, clock.cause = case, entry
    store_all(clocks)
    for row in case.__dict__.get("added", ()):
        _bind(row, entry)
        store(row)
    _attach(act, entry)
    entered(act, entry, private)
    notify(act, entry, people)
    for scratch in ("added", "tells", "gone", "hands_to"):
        case.__dict__.pop(scratch, None)
    return entry


def _attach(act: Act, entry: Entry) -> None:
    """Gives the form's files to the case; refuses one that another act took in the same moment."""
    for one in fields_of(act):
        if one.kind == "file" and (files := act.values.get(one.key)):
            free = Evidence.objects.filter(pk__in=files, case=None)
            if free.update(case=act.case, entry=entry, field=one.key) != len(set(files)):
                raise refusals.Invalid({one.key: Problem("This file is not here. Please upload it again.")})


def _bind(row: Any, entry: Entry) -> None:
    """Fills in what a row that a verb added could not know: its case (unless it named another), and this entry."""
    for field in row._meta.concrete_fields:
        if field.related_model is Case and field.name == "case" and row.case_id is None:
            row.case = entry.case
        elif field.related_model is Entry:
            setattr(row, field.name, entry)
    match row:
        case Party():
            row.entry_seq = entry.seq
        case Contact():
            row.happened_at = entry.happened_at


def why_not(case: Case, verb: str, by: Actor, now: datetime) -> refusals.Refusal | None:
    """The refusal that `verb` would meet whatever is filled in; None where it may be taken."""
    try:
        _begin(case, verb, by, now)
    except refusals.Refusal as refusal:
        return refusal
    return None


def open_steps(case: Case, by: Actor, parties: Parties | None = None) -> list[OpenStep]:
    """Steps that `by` may take on `case` now: what the buttons show. Asks the same judgement as the refusal.

    `parties` saves reading the people of the case once more.
    """
    if not by.sees(case.branch):
        return []
    pack = packs()[case.pack]
    process = pack.processes[case.process]
    stage, facts = process.stages[case.stage], Facts(case, by.today)
    roles, relations = by.roles_at(case.branch), (parties or Parties(case)).relations_of(by)
    found = []
    for step in process.steps_at(stage):
        verdict = judge(step, stage, roles, relations, facts)
        if verdict.yes or verdict.why == "needs":
            found.append(OpenStep(step, pack.forms.get(step.form), verdict.missing))
    return found
