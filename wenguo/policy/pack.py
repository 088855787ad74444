"""What a pack says, as read-only rows. Made by load.py, judged by check.py, obeyed by the door."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from wenguo.policy.administration import Administration
from wenguo.policy.calling import CallingHours
from wenguo.policy.clocks import UNIT_WORDS, ClockRule
from wenguo.policy.conditions import Conditions, first_that_holds, holds
from wenguo.policy.focus import FocusRules
from wenguo.policy.imports import Imports
from wenguo.policy.money import Money
from wenguo.policy.opening import USUAL, Opening
from wenguo.policy.row import Label, Place
from wenguo.policy.views import COLUMNS, View
from wenguo.policy.warnings import Watch
from wenguo.policy.words import Words


@dataclass(frozen=True)
class Stage:
    key: str
    label: Label
    type: str  # open, closed: what Python may ask; the name is the pack's
    turn: tuple[str, ...]  # relations and roles; the first that resolves to somebody
    place: Place
    worklist: str = ""  # the page on which whoever's turn it is works such cases off, or ""
    side: bool = False  # off the main road: shown only while the case stands there


@dataclass(frozen=True)
class Need:
    """Facts that must hold first in cases of one kind."""

    when: Conditions
    facts: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class Route:
    """Whose case it is: the role that owns such cases, and who is told at once."""

    when: Conditions
    owner: str
    tell: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class Suggestion:
    """What a form shows filled in for such a case: somebody who holds `role`, `hours` from now, or a text."""

    when: Conditions
    role: str
    hours: int
    label: Label
    place: Place


@dataclass(frozen=True)
class Step:
    do: str
    label: Label
    at: tuple[str, ...]  # stages, or NEW, OPEN, ANY
    who: tuple[str, ...]
    never: tuple[str, ...]
    needs: tuple[str, ...]
    form: str
    then: dict[str, str]  # outcome -> stage, STAY or BACK
    tell: dict[str, tuple[str, ...]]
    speaks_for: str  # the party whose word staff records, or ""
    plain: bool
    main: bool
    place: Place
    when: Conditions = field(default_factory=dict)  # only for such cases
    also_needs: tuple["Need", ...] = ()
    by: str = ""  # the choice whose answer is the outcome of a plain step
    sets: dict[str, str] = field(default_factory=dict)  # columns and facts that the step itself answers
    forgets: tuple[str, ...] = ()  # facts that must be given anew after it
    hands_to: dict[str, str] = field(default_factory=dict)  # outcome -> role whose holder becomes owner
    handy: bool = False  # of the steps that are always there, one that is always at hand
    together: bool = False  # may be taken on several cases at once, with one form
    alarm: bool = False  # whoever is told of it is told at once, whatever the hour

    def needed(self, facts: Mapping[str, Any]) -> Iterator[str]:
        """Facts that must hold first, for a case of which `facts` hold."""
        yield from self.needs
        for need in self.also_needs:
            if holds(need.when, facts):
                yield from need.facts

    def stands_at(self, stage: Stage) -> bool:
        """Whether the step may be taken at `stage`."""
        return stage.key in self.at or ANY in self.at or (OPEN in self.at and stage.type == "open")


@dataclass(frozen=True)
class Field:
    key: str
    kind: str
    label: Label
    help: Label | None
    required: bool
    required_if: dict[str, tuple]
    required_unless: str
    asked_if: dict[str, tuple]
    codes: str
    options: dict[str, Label]
    roles: tuple[str, ...]
    fact: bool
    per_round: bool  # forgotten when a new round begins
    default: str | bool
    smallest: int | None
    largest: int | None
    longest: int | None
    future: bool
    place: Place
    suggest: tuple[Suggestion, ...] = ()
    group: str = ""  # the part of a long form in which it stands

    @property
    def stays(self) -> bool:
        """Whether the case keeps the value, so that a later form can show what stands."""
        return self.fact or self.key in COLUMNS

    @property
    def answers(self) -> tuple[str | bool, ...]:
        """What it may be answered with, as conditions name it: codes, true, and false for no answer.

        Of a kind without codes, true stands for whatever was given.
        """
        return (*self.options, False) if self.kind in ("choice", "choices") else (True, False)


@dataclass(frozen=True)
class Group:
    """Fields of a long form that belong together. `folded`: closed until somebody opens it or it holds something."""

    key: str
    label: Label
    folded: bool
    place: Place


@dataclass(frozen=True)
class Form:
    key: str
    label: Label
    fields: tuple[Field, ...]
    prefill: bool  # shows what stands; what isn't sent stays
    place: Place
    groups: tuple[Group, ...] = ()

    def field(self, key: str) -> Field | None:
        return next((one for one in self.fields if one.key == key), None)


@dataclass(frozen=True)
class Process:
    name: str
    label: Label
    owner: str
    stages: dict[str, Stage]
    steps: dict[str, Step]
    clocks: dict[str, ClockRule]
    moved: dict[str, str]
    place: Place
    routes: tuple[Route, ...] = ()

    def route(self, facts: Mapping[str, Any]) -> Route:
        """Whose a case is of which `facts` hold: the first route that fits, else the process's own owner."""
        return first_that_holds(self.routes, facts) or Route({}, self.owner, (), self.place)

    @property
    def opening(self) -> Step:
        """The step that opens a case; another one may take over what began elsewhere."""
        return next(step for step in self.steps.values() if NEW in step.at)

    def steps_at(self, stage: Stage) -> Iterator[Step]:
        """Steps that may be taken at `stage`, in the pack's order."""
        return (step for step in self.steps.values() if step.stands_at(stage))


@dataclass(frozen=True)
class Number:
    """A number that a branch may overlay."""

    key: str
    label: Label
    value: int
    place: Place


@dataclass(frozen=True)
class Pack:
    name: str
    version: str
    label: Label
    default: bool
    opens: str
    roles: dict[str, Label]
    sees_contact: frozenset[str]
    codes: dict[str, dict[str, Label]]
    forms: dict[str, Form]
    processes: dict[str, Process]
    place: Place
    facts: frozenset[str] = field(default=frozenset())
    numbers: dict[str, Number] = field(default_factory=dict)
    money: Money | None = None
    words: Words = Words()
    calling_hours: dict[str, CallingHours] = field(default_factory=dict)
    anchors_to: tuple[str, ...] = ()  # roles whose holders get the day's anchor by mail
    imports: Imports | None = None
    views: dict[str, View] = field(default_factory=dict)
    shares_views: frozenset[str] = frozenset()  # roles whose saved views may be those of a whole branch
    takes_stock: frozenset[str] = frozenset()  # roles that sign off the day's stock-take (R134)
    administration: Administration = Administration()
    opening: Opening = USUAL  # of branches that say nothing themselves
    warnings: Watch | None = None
    focus: FocusRules | None = None
    judged_visits: frozenset[str] = frozenset()  # kinds of order of which somebody should say what was wrong

    def code(self, list_name: str, key: str) -> Label:
        """The word for a stored code; the code itself where the pack no longer knows it."""
        return self.codes.get(list_name, {}).get(key) or Label(key, key)

    def is_grave(self, severity: str) -> bool:
        """Whether a case of this severity is out of the ordinary: the first code of the list is the ordinary one."""
        return severity not in ("", next(iter(self.codes.get("severity", {})), ""))

    def form_of(self, step: Step) -> Form:
        """The step's form; an empty one where it asks nothing."""
        return self.forms.get(step.form) or Form(step.do, step.label, (), False, step.place)

    @cached_property
    def adjustable(self) -> dict[str, Number]:
        """Every number that a branch may set otherwise, by the key of its row: the pack's own, and what clocks give."""
        found = dict(self.numbers)
        for process in self.processes.values():
            for clock in process.clocks.values():
                if unit := UNIT_WORDS.get(clock.counts):
                    label = Label(f"{clock.label.says}（{unit.says}）", f"{clock.label.en} ({unit.en})")
                    key = clock.number_key(process.name)
                    found[key] = Number(key, label, clock.amount, clock.place)
        return found

    def clock_of(self, key: str) -> ClockRule | None:
        """The clock whose time the number of this key is."""
        rules = ((process.name, one) for process in self.processes.values() for one in process.clocks.values())
        return next((one for name, one in rules if one.number_key(name) == key), None)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field that some form asks, by its key; the form that opens a case says it first."""
        steps = [step for process in self.processes.values() for step in process.steps.values()]
        opening = [self.form_of(step) for step in steps if NEW in step.at]
        found: dict[str, Field] = {}
        for one in (one for form in [*opening, *self.forms.values()] for one in form.fields):
            found.setdefault(one.key, one)
        return found

    @cached_property
    def file_keys(self) -> frozenset[str]:
        """Keys under which entries name files."""
        return frozenset(one.key for form in self.forms.values() for one in form.fields if one.kind == "file")

    @cached_property
    def needed_roles(self) -> frozenset[str]:
        """Roles whose holders some case may wait for: those that cases belong to, or whose turn it may be."""
        owners = {route.owner for process in self.processes.values() for route in process.routes}
        owners |= {process.owner for process in self.processes.values()}
        turns = {one for process in self.processes.values() for stage in process.stages.values() for one in stage.turn}
        return frozenset((owners | turns) & self.roles.keys())

    @cached_property
    def per_round_facts(self) -> frozenset[str]:
        """Facts that a new round forgets."""
        return frozenset(one.key for form in self.forms.values() for one in form.fields if one.per_round)


NEW, OPEN, ANY = "new", "open", "any"  # words of `at`: the opening, every open stage, every stage
STAY, BACK = "*", "back"  # words of `then`: stay here, go back to the stage it came from
STAFF = "staff"  # in `who`: anybody who holds a role at the branch
