"""One act under way, and who is who to its case."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from wenguo.cases.models import Case, Clock, Party
from wenguo.people.actors import Actor, numbers
from wenguo.people.rows import read
from wenguo.policy.pack import Form, Pack, Process, Stage, Step
from wenguo.policy.rights import Verdict

# What somebody can be to a case: the closed list of relations that a pack may name.
RELATIONS = frozenset({"owner", "complainant", "accused", "investigator", "decider", "proposer", "executor"})


class Parties:
    """The people of one case, read once."""

    def __init__(self, case: Case):
        self.case = case

    @cached_property
    def stored(self) -> list[Party]:
        return read(Party, "WHERE case_id = %s AND NOT ended ORDER BY id", self.case.pk) if self.case.pk else []

    def current(self) -> list[Party]:
        """Stored rows, and those that the verb of this act has just added in their place."""
        added = [row for row in self.case.__dict__.get("added", []) if isinstance(row, Party)]
        replaced = {row.kind for row in added} - {"accused"}  # several may be accused, one is anything else
        return [row for row in self.stored if row.kind not in replaced] + added

    def person(self, relation: str) -> int | None:
        """The staff member who is this to the case; the latest where there are several."""
        if relation == "owner":
            return self.case.owner_id
        return next((row.staff_id for row in reversed(self.current()) if row.kind == relation), None)

    def relations_of(self, by: Actor) -> frozenset[str]:
        """Everything that `by`, or somebody they stand in for, is to the case."""
        found = {row.kind for row in self.stored if row.staff_id in by.stands_for}
        return frozenset(found | ({"owner"} if self.case.owner_id in by.stands_for else set()))


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
