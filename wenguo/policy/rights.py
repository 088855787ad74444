"""The one judgement of a step: may it be taken here, by this person, now. Both the buttons and the refusal ask it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from wenguo.policy.conditions import holds
from wenguo.policy.pack import STAFF, Stage, Step


class Verdict(NamedTuple):
    """`role`: the role or relation that allows it. Else `why`: role, recused, stage, kind or needs (`missing`)."""

    role: str = ""
    why: str = ""
    missing: tuple[str, ...] = ()

    @property
    def yes(self) -> bool:
        return not self.why


def judge(
    step: Step, stage: Stage, roles: frozenset[str], relations: frozenset[str], facts: Mapping[str, Any]
) -> Verdict:
    """Whether somebody with these roles at the branch and relations to the case may take `step` at `stage`.

    The order of the questions is the order in which a refusal is named: who you are, whether you are shut out,
    where the case stands, whether the step is meant for such cases, what is still missing.
    """
    role = next((word for word in step.who if word in relations or word in roles or (word == STAFF and roles)), "")
    if not role:
        return Verdict(why="role")
    if relations.intersection(step.never):
        return Verdict(why="recused")
    if not step.stands_at(stage):
        return Verdict(why="stage")
    if not holds(step.when, facts):
        return Verdict(why="kind")
    if missing := tuple(fact for fact in step.needed(facts) if not facts.get(fact)):
        return Verdict(why="needs", missing=missing)
    return Verdict(role=role)
