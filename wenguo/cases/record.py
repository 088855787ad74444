"""Writing the record: values into the case's own columns and facts, and the entry that says so for ever."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from wenguo.cases.acting import Act
from wenguo.cases.models import Case, Entry, EntryPrivate, Evidence
from wenguo.people.chain import FIRST, canonical, link, seal_private, stamp
from wenguo.policy.fields import KINDS
from wenguo.policy.pack import COLUMNS, Form


@dataclass
class Kept:
    """What an act sets: new values by key, what stood there before, facts that a new round forgets, private keys."""

    values: dict[str, Any] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    private: set[str] = field(default_factory=set)

    def forget(self, case: Case, facts: Iterable[str]) -> None:
        """Takes facts off the case that must be given anew."""
        gone = [key for key in facts if case.facts.pop(key, None) is not None]
        self.forgotten = sorted({*self.forgotten, *gone})

    def keep(self, case: Case, key: str, value: Any, *, fact: bool) -> None:
        """Writes a column or a fact of `case` (unsaved) and notes what that changes."""
        if key in COLUMNS:
            old, value = getattr(case, key), value or ""
            setattr(case, key, value)
        elif fact:
            old = case.facts.get(key)
            case.facts[key] = value
        else:
            return
        if old != value:
            self.changed.append(key)
            if old not in (None, ""):
                self.before[key] = old


def apply_values(case: Case, form: Form | None, values: dict[str, Any], sets: Mapping[str, str]) -> Kept:
    """Writes the form's columns and facts, and what the step itself answers, into `case` (unsaved); says what changed.

    An empty field changes nothing, except in a form that shows what stands (`prefill`): there it empties.
    """
    kept = Kept()
    for one in form.fields if form else ():
        value = values.get(one.key)
        if value is None and not (form and form.prefill and one.key in values):
            continue
        kept.values[one.key] = value
        if KINDS[one.kind].private:
            kept.private.add(one.key)
        kept.keep(case, one.key, value, fact=one.fact)
    if form is None:
        kept.values = dict(values)
    for key, value in sets.items():
        kept.values[key] = value
        kept.keep(case, key, value, fact=True)
    return kept


def make_entry(act: Act, kept: Kept, came_from: str) -> tuple[Entry, list[EntryPrivate]]:
    """The entry of one act, chained to the one before it, and its private values; both not yet stored."""
    case = act.case
    public, private = _split(act, kept)
    commitments, rows = seal_private(private)
    body = canonical({
        "data": public, "private": commitments, "facts": kept.changed, "forgotten": kept.forgotten,
        "version": case.version, "round": case.round,
    })  # fmt: skip
    before, prev = _last_link(case)
    happened = act.values.get("happened_at")
    entry = Entry(
        seq=before + 1, at=act.now, happened_at=datetime.fromisoformat(happened) if happened else act.now,
        actor=act.by.code, role=act.verdict.role, on_behalf_of=act.step.speaks_for, channel=act.by.channel,
        verb=act.step.do, outcome=act.outcome, came_from=came_from, went_to=case.stage,
        pack_version=act.pack.version, body=body, prev=prev,
    )  # fmt: skip
    entry.hash = link(prev, hashed_columns(case.number, entry))
    return entry, [EntryPrivate(entry=entry, field=name, salt=salt, value=value) for name, salt, value in rows]


def _last_link(case: Case) -> tuple[int, str]:
    """Number and hash of the case's last entry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM cases_entry WHERE case_id = %s ORDER BY seq DESC LIMIT 1", [case.pk])
        return cursor.fetchone() or (0, FIRST)


def hashed_columns(number: str, entry: Entry) -> list[Any]:
    """The columns of an entry in the order in which they are hashed. Final."""
    return [
        number, entry.seq, stamp(entry.at), stamp(entry.happened_at), entry.actor, entry.role, entry.on_behalf_of,
        entry.channel, entry.verb, entry.outcome, entry.came_from, entry.went_to, entry.pack_version, entry.body,
    ]  # fmt: skip


def _split(act: Act, kept: Kept) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values that may stand in the chain for ever, and those that must stay erasable. Files stand as their hashes."""
    files = {one.key for one in act.form.fields if one.kind == "file"} if act.form else set()
    public: dict[str, Any] = {}
    private: dict[str, Any] = {}
    for key, value in kept.values.items():
        if key in files:
            public[key] = list(Evidence.objects.filter(pk__in=value).order_by("id").values_list("sha256", flat=True))
        else:
            (private if key in kept.private else public)[key] = value
    for key, value in kept.before.items():
        (private if key in kept.private else public)[f"before:{key}"] = value
    return public, private


def replay_facts(case: Case) -> dict[str, Any]:
    """The facts that the entries of `case` add up to: what Case.facts must equal (erased values are left out)."""
    return replayed([case])[case.pk]


def replayed(cases: Iterable[Case]) -> dict[int, dict[str, Any]]:
    """The same for several cases, by their ids; two queries for all of them."""
    facts: dict[int, dict[str, Any]] = {case.pk: {} for case in cases}
    for entry in Entry.objects.filter(case__in=facts).order_by("case", "seq").prefetch_related("private"):
        body = json.loads(entry.body)
        values = body["data"] | {row.field: json.loads(row.value) for row in entry.private.all() if row.value}
        said = facts[entry.case_id]
        said |= {key: values[key] for key in body["facts"] if key in values}
        for key in body["forgotten"]:
            said.pop(key, None)
    return {pk: {key: value for key, value in said.items() if key not in COLUMNS} for pk, said in facts.items()}
