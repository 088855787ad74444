"""One act under way, and who is who to its case."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from wenguo.cases.facts import Facts
from wenguo.cases.models import Case, Clock, Party
from wenguo.people.actors import Actor, numbers
from wenguo.people.rows import read
from wenguo.policy.load import packs
from wenguo.policy.pack import Form, Pack, Process, Route, Stage, Step
from wenguo.policy.rights import Verdict

IN_CHARGE = "in_charge"  # whoever holds the role that such cases belong to
# What somebody can be to a case: the closed list of relations that a pack may name.
RELATIONS = frozenset({
    "owner", IN_CHARGE, "complainant", "accused", "investigator", "decider", "proposer", "approver", "countersigner",
    "executor",
})  # fmt: skip
SEVERAL = frozenset({"accused", "approver", "countersigner"})  # the others are one person each, the latest


class Parties:
    """The people of one case, read once."""

    def __init__(self, case: Case):
        self.case = case

    @cached_property
    def stored(self) -> list[Party]:
        return read(Party, "WHERE case_id = %s AND NOT ended ORDER BY id", self.case.pk) if self.case.pk else []

    def current(self) -> list[Party]:
        """Stored rows that this act hasn't ended, and those that its verb has just added."""
        added = [row for row in self.case.__dict__.get("added", []) if isinstance(row, Party)]
        gone, replaced = self.case.__dict__.get("gone", set()), {row.kind for row in added} - SEVERAL
        return [row for row in self.stored if row.pk not in gone and row.kind not in replaced] + added

    def person(self, relation: str) -> int | None:
        """The staff member who is this to the case; the latest where there are several."""
        if relation == "owner":
            return self.case.owner_id
        return next((row.staff_id for row in reversed(self.current()) if row.kind == relation), None)

    def accused(self) -> set[int | None]:
        """Whom the complaint is about."""
        return {row.staff_id for row in self.current() if row.kind == "accused"}

    def role(self, relation: str) -> str:
        """The role whose holders are this to the case, where no single person is; the first of several."""
        if relation == IN_CHARGE:
            return route_of(self.case).owner
        return next((row.role for row in self.current() if row.kind == relation and row.role), "")

    def relations_of(self, by: Actor) -> frozenset[str]:
        """Everything that `by`, or somebody they stand in for, is to the case."""
        roles = by.roles_at(self.case.branch)
        found = {row.kind for row in self.stored if row.staff_id in by.stands_for or (row.role and row.role in roles)}
        if self.case.owner_id in by.stands_for:
            found.add("owner")
        if route_of(self.case).owner in roles:
            found.add(IN_CHARGE)
        return frozenset(found)


def route_of(case: Case) -> Route:
    """Whose case it is, as its codes and facts stand."""
    return packs()[case.pack].processes[case.process].route(Facts(case, date.min))  # no route asks for a day


@dataclass
class Act:
    """Who takes which step, on which case, under which pack; and what is known of it on the way."""

    case: Case
    by: Actor
    now: datetime
    pack: Pack
    process: Process
    step: Step
    stage: Stage
    parties: Parties
    verdict: Verdict = Verdict()
    values: dict[str, Any] = field(default_factory=dict)
    outcome: str = ""
    rerouted: bool = False  # opened, or became a case of another kind
    reowned: bool = False  # and cases of this kind belong to another role

    @property
    def route(self) -> Route:
        return route_of(self.case)

    @property
    def form(self) -> Form | None:
        return self.pack.forms.get(self.step.form)

    @cached_property
    def running(self) -> list[Clock]:
        """The case's clocks that were not stopped before this act."""
        running = "WHERE case_id = %s AND stopped_at IS NULL ORDER BY id"
        return read(Clock, running, self.case.pk) if self.case.pk else []

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Numbers overlaid at the case's branch."""
        return numbers(self.case.branch, self.now)
