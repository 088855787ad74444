"""Whether an act may be taken: by this person, at this stage, on what they were looking at."""

import json
from typing import Any

from wenguo.cases import refusals
from wenguo.cases.acting import Act
from wenguo.cases.facts import Facts, given_by
from wenguo.cases.models import Entry
from wenguo.cases.verbs import VERBS
from wenguo.policy.pack import STAY, Field, Label, Pack
from wenguo.policy.rights import Verdict, judge


def verdict_on(act: Act) -> Verdict:
    """Raises the refusal that fits; returns the role or relation that allows the step."""
    if act.by.code == "system":
        return Verdict(role="system")
    if not act.by.sees(act.case.branch):
        raise refusals.NotFound
    relations = act.parties.relations_of(act.by)
    verdict = judge(act.step, act.stage, act.by.roles_at(act.case.branch), relations, Facts(act.case, act.by.today))
    label = act.step.label
    match verdict.why:
        case "role":
            raise refusals.NotAllowed("Your role can't take this step: %(step)s.", step=label)
        case "recused":
            raise refusals.NotAllowed("You are involved in this case yourself, so somebody else must do this.")
        case "stage":
            stage = act.stage.label
            raise refusals.WrongStage("The case stands at “%(stage)s”; “%(step)s” can't be done there.", stage=stage,
                                      step=label)  # fmt: skip
        case "kind":
            raise refusals.WrongStage("“%(step)s” is not meant for a case of this kind.", step=label)
        case "needs":
            words = [fact_label(act.pack, fact) for fact in verdict.missing]
            raise refusals.Missing(verdict.missing, "Still to be done first: %(facts)s.", facts=words)
    return verdict


def fact_label(pack: Pack, fact: str) -> Label:
    """The words of a fact, as the form that asks for it says them."""
    field = next((pack.fields[key] for key in given_by(fact) if key in pack.fields), None)
    return field.label if field else Label(fact, fact)


def entries_since(act: Act, version: int | None) -> list[Entry]:
    """Entries that changed stage or facts after the version that the actor was looking at, newest first.

    Raises Stale for a version that is still to come: nobody can have looked at that.
    """
    if version is None or version == act.case.version or is_aside(act):
        return []
    if version > act.case.version:
        raise refusals.Stale({}, [])
    newest = act.case.entries.order_by("-seq").prefetch_related("private")[:50]
    return [one for one in newest if json.loads(one.body)["version"] > version]


def refuse_moved(act: Act, since: list[Entry]) -> None:
    """A case that went on meanwhile, even if it came back to the same stage, is another than the actor saw."""
    if any(one.came_from != one.went_to for one in since):
        raise refusals.Stale({}, since)


def keep_theirs(act: Act, since: list[Entry]) -> None:
    """Where only others changed a field, theirs stays; where both did and differ, that is the conflict to refuse."""
    base: dict[str, Any] = {}
    for one in since:  # the oldest entry comes last and knows what stood when the actor looked
        body = json.loads(one.body)
        told = body["data"] | {row.field: json.loads(row.value) for row in one.private.all() if row.value}
        base |= {key: told.get(f"before:{key}") for key in body["facts"]}
    theirs = {}
    for key, before in base.items():
        if key not in act.values:
            continue  # not sent, so it stays as the others left it
        mine, stands = act.values.get(key), act.case.facts.get(key, getattr(act.case, key, None))
        if (mine or None) == (before or None):
            act.values.pop(key, None)
        elif mine != stands:
            theirs[key] = stands
    if theirs:
        raise refusals.Stale(theirs, since)


def fields_of(act: Act) -> tuple[Field, ...]:
    return act.form.fields if act.form else ()


def is_aside(act: Act) -> bool:
    """Whether the step only adds to the record, so that it neither is refused as stale nor makes others so."""
    if not act.step.plain:
        return VERBS[act.step.do].aside
    return set(act.step.then.values()) == {STAY} and not any(one.fact for one in fields_of(act))
