"""What `check` asks of the words of a pack: above all, that nothing admits a fault before it is decided (R053)."""

from collections.abc import Iterator

from wenguo.policy.fields import KINDS
from wenguo.policy.pack import NEW, Field, Pack, Process, Step
from wenguo.policy.source import Fault
from wenguo.policy.vocabulary import unknown
from wenguo.policy.words import FAULT, OURS, SAY, SHOWN, STAGE, Admission, Line


def word_faults(pack: Pack) -> Iterator[Fault]:
    """Everything wrong in the words, each row by itself and side by side."""
    for line in pack.words.lines:
        yield from _beside(pack, line)
        yield from _conditions(pack, line)
        yield from _shown(pack, line)
        yield from _admits(pack, line)
        if not line.source:
            yield Fault(line.place.of("source"), "no rule is named that this comes from")
    for admission in pack.words.admissions:
        yield from _phrases(pack, admission)
    yield from _twice(pack)


def _beside(pack: Pack, line: Line) -> Iterator[Fault]:
    place = line.place.of("beside")
    verbs = (verb for process in pack.processes.values() for verb in process.steps)
    yield from unknown(line.beside, verbs, "verb", place)
    if not line.beside:
        yield Fault(place, "this stands beside no step")


def _conditions(pack: Pack, line: Line) -> Iterator[Fault]:
    """Whether each field exists, can have these values, and is known by the time that the line could be shown."""
    place, coded = line.place.of("when"), _coded(pack)
    for key, values in line.when.items():
        yield from unknown([key], {*coded, STAGE}, "field with codes", place)
        if not values:
            yield Fault(place, f"can never show: no value of '{key}' is named")
        elif key == STAGE:
            yield from unknown(map(str, values), _stages(pack, line), "stage", place)
        elif key in coded:
            yield from unknown(map(str, values), coded[key].options, f"code of '{coded[key].codes}'", place)
    for verb in line.beside:
        for key in line.when.keys() & {*coded, STAGE} - _known_beside(pack, verb):
            yield Fault(place, f"can never show beside '{verb}': nobody has said '{key}' by then")


def _coded(pack: Pack) -> dict[str, Field]:
    return {key: field for key, field in pack.fields.items() if KINDS[field.kind].coded}


def _steps(pack: Pack, verb: str) -> list[tuple[Process, Step]]:
    found = ((process, process.steps.get(verb)) for process in pack.processes.values())
    return [(process, step) for process, step in found if step]


def _stages(pack: Pack, line: Line) -> Iterator[str]:
    """Stages at which one of the line's steps may be taken."""
    for verb in line.beside:
        for process, step in _steps(pack, verb):
            yield from (stage.key for stage in process.stages.values() if step.stands_at(stage))


def _known_beside(pack: Pack, verb: str) -> set[str]:
    """What may be known while the form of `verb` is filled in: what it asks, and once a case is open, what is kept."""
    found: set[str] = set()
    for _, step in _steps(pack, verb):
        found |= {field.key for field in pack.form_of(step).fields}
        if NEW not in step.at:
            found |= {STAGE, *(key for key, field in pack.fields.items() if field.stays)}
    return found or {*pack.fields, STAGE}  # an unknown verb is a fault by itself


def _shown(pack: Pack, line: Line) -> Iterator[Fault]:
    """Whether enough others come before it wherever it fits, so that no page ever shows it."""
    asks_for_something = line.beside and all(line.when.values())
    if asks_for_something and all(_ahead(pack, line, verb) >= SHOWN[line.kind] for verb in line.beside):
        yield Fault(line.place, f"can never show: {SHOWN[line.kind]} others come first wherever it fits")


def _ahead(pack: Pack, line: Line, verb: str) -> int:
    """How many lines of its kind come before it beside `verb`, each fitting whenever it fits itself."""
    rows = [one for one in pack.words.by_verb[verb] if one.kind == line.kind and one.asks == line.asks]
    return sum(_as_wide(one, line) for one in rows[: rows.index(line)])


def _as_wide(one: Line, other: Line) -> bool:
    """Whether `one`, which asks the same, fits in every case that `other` fits."""
    return all(set(values) <= set(one.when[key]) for key, values in other.when.items())


def _admits(pack: Pack, line: Line) -> Iterator[Fault]:
    """Until a fault is decided only regret is offered, never an admission, whether marked as one or not."""
    decided = set(line.when.get(FAULT, ()))
    if line.admits and decided != {OURS}:
        yield Fault(line.place.of("admits"), f'this admits a fault, so it must ask for {FAULT} = ["{OURS}"]')
    for one in pack.words.admissions if line.kind == SAY else ():
        phrase = one.found_in(line.label)
        if phrase and not (decided and decided <= set(one.fault)):
            wanted = ", ".join(f'"{code}"' for code in one.fault)
            yield Fault(line.place, f"'{phrase}' admits a fault, so this must ask for {FAULT} = [{wanted}]")


def _phrases(pack: Pack, admission: Admission) -> Iterator[Fault]:
    place, fault = admission.place, pack.fields.get(FAULT)
    yield from unknown(admission.fault, fault.options if fault else (), f"code of '{FAULT}'", place.of("fault"))
    for key in (FAULT, "says", "en"):
        words = getattr(admission, key)
        if not words or not all(word.strip() for word in words):
            yield Fault(place.of(key), f"'{key}' has an empty word")


def _twice(pack: Pack) -> Iterator[Fault]:
    """The same words twice beside one form."""
    first: dict[tuple[str, str, str], Line] = {}
    for line in pack.words.lines:
        for verb in line.beside:
            for key, text in (("says", line.label.says), ("en", line.label.en)):
                before = first.setdefault((line.kind, verb, text), line)
                if before is not line:
                    yield Fault(line.place.of(key), f"the same words stand at {before.place.of(key)}")
