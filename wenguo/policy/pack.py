"""What a pack says, as read-only rows. Made by load.py, judged by check.py, obeyed by the door."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Label:
    """A word of the trade in Chinese (`says`) and English (`en`)."""

    says: str
    en: str

    def word(self, language: str) -> str:
        """The word in `language` ("en", or anything else for Chinese)."""
        return self.en if language.startswith("en") else self.says


@dataclass(frozen=True, order=True)
class Place:
    """Where a row stands: file inside the packs folder, and line (1 is the first). `keys`: the lines of its keys."""

    file: str
    line: int
    keys: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def of(self, key: str) -> "Place":
        """Where `key` of this row stands; the row itself where the key isn't written."""
        return Place(self.file, self.keys.get(key, self.line))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Stage:
    key: str
    label: Label
    type: str  # open, closed: what Python may ask; the name is the pack's
    turn: tuple[str, ...]  # relations and roles; the first that resolves to somebody
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

    def stands_at(self, stage: Stage) -> bool:
        """Whether the step may be taken at `stage`."""
        return stage.key in self.at or ANY in self.at or (OPEN in self.at and stage.type == "open")


@dataclass(frozen=True)
class ClockRule:
    key: str
    label: Label
    hours: int  # plain hours
    at: tuple[str, ...]  # stages in which it runs; leaving them stops it
    starts: tuple[str, ...]  # verbs that start it (anew); none: entering `at` does
    stops: tuple[str, ...]  # verbs that stop it
    due: str  # the moment field of the starting form that sets the due time instead of `hours`
    tell: tuple[str, ...]
    statute: str
    restarts: bool  # whether an act that stays within `at` starts it anew
    place: Place

    def starts_by(self, verb: str, came_from: str, went_to: str) -> bool:
        """Whether `verb` starts it (anew) on the way between these stages."""
        if self.starts:
            return verb in self.starts and (not self.at or went_to in self.at)
        return went_to in self.at and (came_from not in self.at or (self.restarts and verb != "overdue"))

    def stops_by(self, verb: str, went_to: str) -> bool:
        """Whether `verb`, leading to the stage `went_to`, stops it where it runs."""
        return verb in self.stops or bool(self.at and went_to not in self.at)


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

    @property
    def stays(self) -> bool:
        """Whether the case keeps the value, so that a later form can show what stands."""
        return self.fact or self.key in COLUMNS


@dataclass(frozen=True)
class Form:
    key: str
    label: Label
    fields: tuple[Field, ...]
    prefill: bool  # shows what stands; what isn't sent stays
    place: Place

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

    @property
    def opening(self) -> Step:
        """The step that opens a case."""
        return next(step for step in self.steps.values() if NEW in step.at)

    def steps_at(self, stage: Stage) -> Iterator[Step]:
        """Steps that may be taken at `stage`, in the pack's order."""
        return (step for step in self.steps.values() if step.stands_at(stage))


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

    def code(self, list_name: str, key: str) -> Label:
        """The word for a stored code; the code itself where the pack no longer knows it."""
        return self.codes.get(list_name, {}).get(key) or Label(key, key)

    def form_of(self, step: Step) -> Form:
        """The step's form; an empty one where it asks nothing."""
        return self.forms.get(step.form) or Form(step.do, step.label, (), False, step.place)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field that some form asks, by its key; the form that opens a case says it first."""
        opening = [self.form_of(process.opening) for process in self.processes.values()]
        found: dict[str, Field] = {}
        for one in (one for form in [*opening, *self.forms.values()] for one in form.fields):
            found.setdefault(one.key, one)
        return found

    @cached_property
    def file_keys(self) -> frozenset[str]:
        """Keys under which entries name files."""
        return frozenset(one.key for form in self.forms.values() for one in form.fields if one.kind == "file")

    @cached_property
    def per_round_facts(self) -> frozenset[str]:
        """Facts that a new round forgets."""
        return frozenset(one.key for form in self.forms.values() for one in form.fields if one.per_round)

    def fact_label(self, fact: str) -> Label:
        """The words of a fact, as the form that asks for it says them."""
        return self.fields[fact].label if fact in self.fields else Label(fact, fact)


NEW, OPEN, ANY = "new", "open", "any"  # words of `at`: the opening, every open stage, every stage
STAY, BACK = "*", "back"  # words of `then`: stay here, go back to the stage it came from
STAFF = "staff"  # in `who`: anybody who holds a role at the branch
COLUMNS = ("source", "business_line", "category", "component", "cause", "validity", "severity")
