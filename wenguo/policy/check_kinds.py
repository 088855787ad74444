"""What `check` asks of everything that a pack says of some kinds of cases only: `when`, and what hangs on it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from wenguo.policy.conditions import Conditions, as_wide
from wenguo.policy.pack import COLUMNS, Field, Pack, Process, Step, Suggestion
from wenguo.policy.row import Place
from wenguo.policy.source import Fault
from wenguo.policy.vocabulary import Vocabulary, unknown

# What the form can be filled in with beforehand, by kind of field.
SUGGESTED = {
    "person": "a role", "moment": "hours from now, and 'future'",
    "text": "words in both languages", "long_text": "words in both languages",
}  # fmt: skip


class Conditional(Protocol):
    """A row of which the first that holds counts."""

    @property
    def when(self) -> Conditions: ...
    @property
    def place(self) -> Place: ...


def kind_faults(pack: Pack, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Everything wrong in routes, conditional steps and clocks, and suggestions."""
    for process in pack.processes.values():
        for step in process.steps.values():
            yield from _step(pack, step)
        for clock in process.clocks.values():
            rows: list[Conditional] = [clock, *clock.instead, *clock.rungs]
            for row in rows:
                yield from when_faults(pack, row.when, row.place)
            yield from when_faults(pack, clock.rests_when, clock.place)
            yield from shut_out(clock.instead)
        yield from _routes(pack, process, vocabulary)
    for form in pack.forms.values():
        for field in form.fields:
            yield from _suggestions(pack, field)


def _step(pack: Pack, step: Step) -> Iterator[Fault]:
    yield from when_faults(pack, step.when, step.place)
    for need in step.also_needs:
        yield from when_faults(pack, need.when, need.place)
        if not need.when:
            yield Fault(need.place, "what every case needs belongs to 'needs': this has no 'when'")
    yield from unknown(step.hands_to, step.then, "outcome", step.place.of("hands_to"))
    yield from unknown(step.hands_to.values(), pack.roles, "role", step.place.of("hands_to"))
    yield from _forgets(pack, step)
    yield from _sets(pack, step)
    if step.by:
        yield from _by(pack, step)


def _forgets(pack: Pack, step: Step) -> Iterator[Fault]:
    place, form = step.place.of("forgets"), pack.form_of(step)
    yield from unknown(step.forgets, pack.facts, "fact", place)
    for fact in step.forgets:
        if form.field(fact) or fact in step.sets:
            yield Fault(place, f"'{step.do}' itself gives '{fact}', so it can't forget it")


def _sets(pack: Pack, step: Step) -> Iterator[Fault]:
    """A step can answer only what is chosen from codes: other values come from people."""
    place = step.place.of("sets")
    yield from unknown(step.sets, {*COLUMNS, *pack.facts}, "column or fact", place)
    for key, value in step.sets.items():
        field = pack.fields.get(key)
        if field and field.kind != "choice":
            yield Fault(place, f"'{key}' is no choice ({field.kind}), so a step can't set it")
        elif key in {*COLUMNS, *pack.facts}:
            yield from unknown([value], _codes(pack, key), f"code of '{key}'", place)
        if pack.form_of(step).field(key):
            yield Fault(place, f"the form of '{step.do}' asks for '{key}' too")


def _codes(pack: Pack, key: str) -> Iterable[str]:
    """Codes of a choice; of a column that no form asks for, those of the list of its name."""
    return pack.fields[key].options if key in pack.fields else pack.codes.get(key, ())


def _by(pack: Pack, step: Step) -> Iterator[Fault]:
    """The choice that decides a plain step must be asked, and have the outcomes as its answers."""
    place, form = step.place.of("by"), pack.form_of(step)
    field = form.field(step.by)
    if not step.plain:
        yield Fault(place, f"the code of '{step.do}' decides what comes of it: only a plain step can have 'by'")
    elif field is None or field.kind != "choice" or not field.required or field.asked_if or form.prefill:
        yield Fault(place, f"the form of '{step.do}' must ask for the choice '{step.by}', always")
    elif set(field.options) != set(step.then):
        yield Fault(place, f"the answers to '{step.by}' must be the outcomes: {', '.join(field.options)}")


def _routes(pack: Pack, process: Process, vocabulary: Vocabulary) -> Iterator[Fault]:
    for route in process.routes:
        yield from when_faults(pack, route.when, route.place)
        yield from unknown([route.owner], pack.roles, "role", route.place.of("owner"))
        yield from unknown(route.tell, {*pack.roles, *vocabulary.relations}, "role or relation", route.place.of("tell"))
        if not route.when:
            yield Fault(route.place, "a route without 'when' shuts out those after it: name the owner of the process")
    yield from shut_out(process.routes)
    if process.routes and not process.owner:
        yield Fault(
            process.place.of("name"), "cases that no route fits belong to nobody: name the 'owner' of the process"
        )


def _suggestions(pack: Pack, field: Field) -> Iterator[Fault]:
    for one in field.suggest:
        yield from when_faults(pack, one.when, one.place)
        if one.role:
            yield from unknown([one.role], field.roles or pack.roles, "role of this field", one.place.of("role"))
        if field.kind not in SUGGESTED:
            yield Fault(one.place, f"nothing can be suggested for '{field.key}' ({field.kind})")
        elif not _fits(field, one):
            yield Fault(one.place, f"for '{field.key}' ({field.kind}) suggest {SUGGESTED[field.kind]}, nothing else")
    yield from shut_out(field.suggest)


def _fits(field: Field, one: Suggestion) -> bool:
    """Whether it suggests what such a field takes, and nothing else."""
    words = one.label.says or one.label.en
    match field.kind:
        case "person":
            return bool(one.role) and not (one.hours or words)
        case "moment":
            return field.future and one.hours > 0 and not (one.role or words)
    return bool(one.label.says and one.label.en) and not (one.role or one.hours)


def shut_out(rows: Sequence[Conditional]) -> Iterator[Fault]:
    """Of several rows the first that holds counts: a row that holds only where one before it does never counts."""
    for nth, row in enumerate(rows):
        if before := next((one for one in rows[:nth] if as_wide(one.when, row.when)), None):
            yield Fault(row.place, f"this never comes to pass: {before.place} comes first wherever it fits")


def when_faults(pack: Pack, when: Conditions, place: Place) -> Iterator[Fault]:
    """Whether each field that a condition names is kept by the case and can have the values named."""
    at = place.of("when")
    yield from unknown(when, {*COLUMNS, *pack.facts}, "column or fact", at)
    for key, values in when.items():
        if not values:
            yield Fault(at, f"this never holds: no value of '{key}' is named")
        elif key in {*COLUMNS, *pack.facts}:
            yield from unknown(
                [str(one) for one in values if one not in _named(pack, key)], (), f"value of '{key}'", at
            )


def _named(pack: Pack, key: str) -> tuple[str | bool, ...]:
    """Values of a kept field that a condition can name: of what is neither chosen nor yes or no, only no answer."""
    field = pack.fields.get(key)
    if field is None:
        return (*pack.codes.get(key, ()), False)
    return field.answers if field.options or field.kind == "yes_no" else (False,)
