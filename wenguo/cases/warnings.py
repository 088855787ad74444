"""Early warning: at the end of each act every row of the pack's warnings.toml is put to the case; a new hit is kept
with its evidence and opens one warning case, or joins the one that is there (docs/warnings.md).

What people ticked is compared first, in memory: of most acts nothing is left to ask the database about.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from wenguo.cases.acting import Act
from wenguo.cases.facts import MEASURES, Facts
from wenguo.cases.measuring import SYMPTOM, Look, alike
from wenguo.cases.models import Case, CaseLink, Entry, Errand, Hit, SpecialIdentity
from wenguo.cases.numbering import next_number
from wenguo.cases.record import Kept
from wenguo.people.actors import SYSTEM
from wenguo.people.chain import canonical
from wenguo.people.rows import places, plain, read, store, store_all
from wenguo.policy.pack import NEW
from wenguo.policy.warnings import Groups, Rule, Test, Watch

WARNS_OF = "warns_of"  # the link from a warning to each complaint that it is about
IDENTITY = "special_identity"  # the measure that nobody but a few posts may hear of
FACTS_CHANGED, GREW = "facts_changed", "warning_grew"
STIRRING = frozenset({FACTS_CHANGED, "link_told"})  # verbs of the system after which cases may belong together
OWN = "own"  # begins what a warning of one complaint is opened for, whichever row it was
Take = Callable[[Case, str, Any, dict[str, Any], datetime], Entry]


class Matched(NamedTuple):
    """A row that holds: the value of each fact that it compares, of codes those that it names."""

    rule: Rule
    facts: dict[str, Any]


def matching(look: Look, rules: Iterator[Rule] | list[Rule]) -> Iterator[Matched]:
    """Of `rules` those that hold for the case."""
    held = Facts(look.case, look.now.date())
    asked: dict[str, Any] = {}

    def value(fact: str) -> Any:
        if fact not in MEASURES:
            return held.get(fact) or None
        if fact not in asked:
            asked[fact] = MEASURES[fact].ask(look)
        return asked[fact]

    def holds(groups: Groups) -> bool:
        return all(any(test.holds(value(test.fact), look.number) for test in group) for group in groups)

    for rule in rules:
        ticked = tuple(group for group in rule.groups if all(test.fact not in MEASURES for test in group))
        if holds(ticked) and holds(rule.groups):
            yield Matched(rule, {fact: _named(rule, fact, value(fact)) for fact in rule.facts})


def _named(rule: Rule, fact: str, value: Any) -> Any:
    """A number as it is; of codes those that the row asks for."""
    if isinstance(value, bool | int) or value is None:
        return value
    tests: Iterator[Test] = (test for group in rule.groups for test in group if test.fact == fact)
    wanted = {one for test in tests for one in test.values}
    return [one for one in (value if isinstance(value, list) else [value]) if one in wanted]


def watch_of(case: Case) -> Watch | None:
    """What the case's pack watches for, where such cases are watched and this one is open."""
    watch = Look(case, case.opened_at).watch
    return watch if watch and case.process in watch.of and case.stage_type == "open" else None


def fresh_hits(look: Look) -> list[Matched]:
    """Rows that hold and haven't been hit yet. One query where none holds by what is ticked, else two or three."""
    watch = watch_of(look.case)
    found = list(matching(look, list(watch.rules.values()))) if watch else []
    if not found:
        return []
    there = set(Hit.objects.filter(case=look.case).values_list("rule", flat=True)) if look.case.pk else set()
    return [one for one in found if one.rule.key not in there]


def stirs(act: Act, kept: Kept) -> bool:
    """Whether this act may change which cases belong together; asked before its rows are stored. A new case that says
    nothing of its fault is alone."""
    if not act.case.pk:
        return bool(act.case.facts.get(SYMPTOM))
    told = {SYMPTOM, "component"}.intersection(kept.changed) or {"plate", "vin"}.intersection(kept.values)
    added = act.case.__dict__.get("added", ())
    return bool(told) or act.step.do in STIRRING or any(isinstance(one, CaseLink) for one in added)


def heed(act: Act, entry: Entry, stirred: bool, take: Take) -> None:
    """Called by the door alone, at the end of each act, within its transaction; `take` is the door's own body."""
    case = act.case
    if case.stage_type == "closed":
        if act.pack.warnings and case.process in act.pack.warnings.of and entry.seq > 1:
            forget_identity(case)
        return
    if watch_of(case) is None:
        return
    if stirred:
        keep_alike(case)
    look = Look(case, act.now, stirred=stirred, identity=act.step.do == FACTS_CHANGED)
    new = fresh_hits(look)
    if not new:
        return
    shown = [one for one in new if IDENTITY not in one.rule.facts]
    store_all([Hit(case=case, entry=entry, rule=one.rule.key, evidence=evidence_of(one, look)) for one in shown])
    if len(shown) < len(new):
        SpecialIdentity.objects.filter(case=case).update(warned=True)
    for together in (False, True):
        if some := [one for one in new if one.rule.together == together]:
            _warn(look, entry, some, take)


def evidence_of(matched: Matched, look: Look) -> str:
    """The facts at that moment, the numbers compared with, and the reading chosen, as canonical JSON."""
    rule = matched.rule
    said: dict[str, Any] = {"facts": matched.facts, "numbers": {key: look.number(key) for key in rule.numbers}}
    if rule.reading:
        said["reading"] = rule.chosen
    if rule.together:
        said |= {"cases": list(look.company.cases), "vehicles": list(look.company.vehicles)}
    return canonical(said)


def _warn(look: Look, entry: Entry, new: list[Matched], take: Take) -> None:
    """One warning for these hits: the open one of this complaint (or of the company it is in), else a new one."""
    case, rule = look.case, new[0].rule
    cases = look.company.cases if rule.together else (case.pk,)
    cars = look.company.vehicles if rule.together else (case.vehicle_id,) if case.vehicle_id else ()
    # A hit that only a few may know of is named in no entry.
    told = {"rules": [one.rule.key for one in new if IDENTITY not in one.rule.facts], "vehicles": list(cars)}
    watch, first = Look(case, look.now).watch, min(cases)
    assert watch is not None
    known = _warnings_about(cases, rule)
    if there := next((one for one in known if one.stage_type == "open"), None):
        data = told | {"about": _numbers(cases)}
        store(Errand(case=there, cause=entry, verb=GREW, data=data, due_at=look.now))
        return
    warning = Case(
        number=next_number(case.branch, look.now), pack=case.pack, process=watch.opens, branch=case.branch,
        stage=NEW, stage_type="new", opened_at=look.now, turn_role="",
        opened_for=f"{rule.key if rule.together else OWN}:{first}#{len(known) + 1}",
    )  # fmt: skip
    take(warning, "warned", SYSTEM, told | {"about": _numbers(cases)}, look.now)


def _warnings_about(cases: tuple[int, ...], rule: Rule) -> list[Case]:
    """Warnings of these complaints, the newest first: those of their own, or where `rule` is about several together,
    those of that rule."""
    linked = f"SELECT case_id FROM cases_caselink WHERE kind = '{WARNS_OF}' AND other_id IN ({places(cases)})"
    found = read(Case, f"WHERE id IN ({linked}) ORDER BY id DESC", *cases)
    mark = f"{rule.key if rule.together else OWN}:"
    return [one for one in found if (one.opened_for or "").startswith(mark)]


def _numbers(cases: tuple[int, ...]) -> list[str]:
    return list(Case.objects.filter(pk__in=cases).order_by("pk").values_list("number", flat=True))


KEEP = """
    INSERT INTO cases_samefault (case_id, branch_id, vehicle_id, model, fault, opened_at)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (case_id) DO UPDATE SET vehicle_id = excluded.vehicle_id, model = excluded.model, fault = excluded.fault
    WHERE cases_samefault.vehicle_id <> excluded.vehicle_id OR cases_samefault.model <> excluded.model
    OR cases_samefault.fault <> excluded.fault
"""


def keep_alike(case: Case) -> None:
    """Keeps what the complaint says of its model and fault, so that others find it."""
    if SYMPTOM not in case.facts:  # it never said anything
        return
    with connection.cursor() as cursor:
        if row := alike(case):
            said = row.branch_id, row.vehicle_id, row.model, row.fault, plain(row.opened_at)
            cursor.execute(KEEP, [case.pk, *said])
        else:
            cursor.execute("DELETE FROM cases_samefault WHERE case_id = %s", [case.pk])


def forget_identity(case: Case) -> None:
    """Takes the restricted row of a case away: when it closes, or the day is over."""
    SpecialIdentity.objects.filter(case=case).delete()


def restricted(watch: Watch) -> list[Rule]:
    """Rows that only a few may hear of."""
    return [rule for rule in watch.rules.values() if IDENTITY in rule.facts]


def told_by(hit: Hit) -> dict[str, Any]:
    """What a hit keeps: facts, numbers, reading, and where several cases are meant, their ids."""
    said: dict[str, Any] = json.loads(hit.evidence)
    return said
