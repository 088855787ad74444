"""A case as its entries tell it, to be compared with the row that pages and lists read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wenguo.cases.audit.chain import Kept, loaded
from wenguo.people.chain import stamp
from wenguo.policy.pack import COLUMNS, Process

DECISIONS = {"approved": True, "countersigned": True, "approval_refused": False}  # verb: whether it grants
SETTLED = ("registered", "settled_on_the_spot")
# What a verb makes of remedies that stood in one of these states. (Those that decide touch only the one asked for.)
MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "solution_proposed": (("asked", "proposed"), "recalled"),
    "recalled": (("asked", "proposed", "accepted"), "recalled"),
    "withdrawn": (("asked", "proposed", "accepted"), "recalled"),
    "merged": (("asked", "proposed"), "recalled"),
    "solution_accepted": (("proposed",), "accepted"),
    "solution_rejected": (("proposed",), "rejected"),
    "carried_out": (("accepted",), "given"),
}
MONEY = frozenset({*DECISIONS, *SETTLED, *MOVES})  # verbs that touch it


class Erased:
    """In the place of a value that was erased: fits whatever stands there now."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


ERASED = Erased()


def _stamped(text: Any) -> str:
    """A moment of a form as the record hashes moments; "" for none."""
    return stamp(datetime.fromisoformat(text)) if isinstance(text, str) and text else ""


@dataclass(slots=True)
class Happened:
    """One entry, taken apart. `data`: what was filled in; `private`: the commitments to the rest; `kept`: that rest."""

    seq: int
    at: str
    actor: str
    verb: str
    outcome: str
    went_to: str
    body: dict[str, Any]
    data: dict[str, Any]
    private: dict[str, Any]
    kept: Kept

    def value(self, key: str) -> Any:
        """What was filled in; private values are read only here, for few of them are asked for."""
        if key in self.kept:
            try:
                return loaded(self.kept[key][1])
            except (ValueError, TypeError):  # erased, or made unreadable
                pass
        return ERASED if key in self.private else self.data.get(key)


@dataclass
class Replay:
    """What the entries so far add up to."""

    process: Process | None
    facts: dict[str, Any] = field(default_factory=dict)
    stage: str = ""
    version: int = 0
    round: int = 1
    opened: str = ""
    opened_by: str = ""
    closed: str | None = None
    closing_known: bool = True
    remedies: list[dict[str, Any]] = field(default_factory=list)
    causes: list[tuple] = field(default_factory=list)
    decisions: dict[int, tuple] = field(default_factory=dict)  # by entry id
    files: dict[int, list[str]] = field(default_factory=dict)  # by entry id
    reach: dict[str, Any] = field(default_factory=dict)  # the last phone, plate and VIN told

    def take(self, entry: int, one: Happened, file_keys: frozenset[str]) -> None:
        """The next entry, of the id `entry`."""
        body = one.body
        self.opened, self.opened_by = self.opened or one.at, self.opened_by or one.verb
        self.stage = one.went_to
        self.version, self.round = body.get("version", self.version), body.get("round", self.round)
        self._keep(one)
        self._close(one)
        if one.verb in MONEY:
            self._money(entry, one)
        if one.verb == "cause_decided":
            cause = (self.round, one.value("cause"), one.value("fault"), one.value("explanation"), one.actor)
            self.causes.append(cause)
        if not file_keys.isdisjoint(one.data):
            brought = [sha for key in file_keys & one.data.keys() for sha in one.data[key] or ()]
            if brought:
                self.files[entry] = sorted(brought)
        if one.verb in ("registered", "corrected", "taken_over"):
            self._reach(one)

    def _reach(self, one: Happened) -> None:
        """A new phone means another customer; a new plate or VIN another car, known by what was told with it."""
        if phone := one.value("phone"):
            self.reach["phone"] = phone
        car = {key: one.value(key) for key in ("plate", "vin") if one.value(key)}
        if car:
            self.reach = {key: value for key, value in self.reach.items() if key == "phone"} | car

    def _keep(self, one: Happened) -> None:
        for key in one.body.get("facts", ()):
            self.facts[key] = one.value(key)
        for key in one.body.get("forgotten", ()):
            self.facts.pop(key, None)

    def _close(self, one: Happened) -> None:
        """When it was closed, as the door says it; unknown where the pack no longer knows a stage."""
        kind = self.stage_type(one.went_to)
        self.closing_known = self.closing_known and bool(kind)
        self.closed = (self.closed or one.at) if kind == "closed" else None
        if one.verb == "taken_over" and one.outcome == "closed":  # it was over before: its own days count
            began, ended = (_stamped(one.value(key)) for key in ("happened_at", "closed_at"))
            self.opened = began or one.at
            self.closed = max(self.opened, ended or self.opened)

    def stage_type(self, stage: str) -> str:
        """open or closed; "" where nobody knows it any more."""
        stages, moved = (self.process.stages, self.process.moved) if self.process else ({}, {})
        while stage not in stages and stage in moved:
            stage = moved[stage]
        return stages[stage].type if stage in stages else ""

    def _money(self, entry: int, one: Happened) -> None:
        states, new = MOVES.get(one.verb, ((), ""))
        for remedy in self.remedies:
            remedy["state"] = new if remedy["state"] in states else remedy["state"]
        if one.verb == "solution_proposed":
            state = "asked" if one.outcome == "needs_approval" else "proposed"
            self._offer(one, one.value("costs") or {}, one.value("plan"), state)
        elif one.verb in SETTLED and one.outcome == "settled" and one.value("settled_costs"):
            self._offer(one, one.value("settled_costs"), one.value("settled_how"), "given")
        elif one.verb in DECISIONS and self.remedies:
            asked = next((it for it in reversed(self.remedies) if it["state"] == "asked"), self.remedies[-1])
            amount = one.value("amount") if DECISIONS[one.verb] else asked["amount"]
            self.decisions[entry] = (one.seq, one.actor, amount, DECISIONS[one.verb])
            if one.outcome in ("approved", "refused"):
                asked["state"] = "proposed" if one.outcome == "approved" else "refused"

    def _offer(self, one: Happened, costs: dict[str, int], plan: Any, state: str) -> None:
        self.remedies.append({
            "seq": one.seq, "round": self.round, "plan": plan, "state": state, "amount": sum(costs.values()),
            "lines": costs, "by": one.actor,
        })  # fmt: skip

    def columns(self) -> Iterator[tuple[str, Any]]:
        """Columns of codes with what they must hold."""
        return ((key, self.facts.get(key) or "") for key in COLUMNS)

    def own_facts(self) -> dict[str, Any]:
        """What Case.facts must hold, without what is empty."""
        return {key: value for key, value in self.facts.items() if key not in COLUMNS and value is not None}
