"""What `check` asks of the steps of a process."""

from collections.abc import Iterator

from wenguo.policy.fields import KINDS
from wenguo.policy.pack import ANY, BACK, COLUMNS, NEW, OPEN, STAFF, STAY, Pack, Place, Process, Step
from wenguo.policy.roads import gives, too_late
from wenguo.policy.source import Fault
from wenguo.policy.vocabulary import Vocabulary, unknown


def step_faults(pack: Pack, process: Process, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Everything wrong in the steps, each by itself and side by side."""
    for step in process.steps.values():
        yield from _words(pack, process, step, vocabulary)
        yield from _verb(step, vocabulary)
        yield from _targets(process, step)
        yield from _told(pack, step, vocabulary)
        yield from _form(pack, step, vocabulary)
        yield from _together(pack, step)
    yield from _needs(pack, process, vocabulary)
    yield from _opening(pack, process)
    yield from _main(pack, process)


def _together(pack: Pack, step: Step) -> Iterator[Fault]:
    """One form for several cases can neither show what stands of one, nor hold its papers, nor its customer's word."""
    if not step.together:
        return
    form, place = pack.form_of(step), step.place.of("together")
    if NEW in step.at or step.speaks_for or form.prefill:
        yield Fault(place, f"'{step.do}' is about one case, so it can't be taken on several together")
    for one in form.fields:
        if one.kind in ("file", "case"):
            yield Fault(place, f"'{one.key}' belongs to one case, so '{step.do}' can't be taken on several together")


def _words(pack: Pack, process: Process, step: Step, vocabulary: Vocabulary) -> Iterator[Fault]:
    people = {*pack.roles, *vocabulary.relations, STAFF}
    yield from unknown(step.at, {*process.stages, NEW, OPEN, ANY}, "stage", step.place.of("at"))
    yield from unknown(step.who, people, "role or relation", step.place.of("who"))
    yield from unknown(step.never, vocabulary.relations, "relation", step.place.of("never"))
    if step.speaks_for:
        yield from unknown([step.speaks_for], vocabulary.relations, "relation", step.place.of("speaks_for"))
    if not step.at:
        yield Fault(step.place.of("at"), f"'{step.do}' stands at no stage")


def _verb(step: Step, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Whether the step is either plain or backed by code, and routes just what can come of it."""
    verb, do = vocabulary.verbs.get(step.do), step.place.of("do")
    if verb and verb.system:
        yield Fault(do, f"'{step.do}' is a verb of the clock; no pack may use it")
    elif verb and step.plain:
        yield Fault(step.place.of("plain"), f"'{step.do}' is plain here, but there is code of that name")
    elif verb:
        yield from _routes(step, verb.outcomes)
    elif not step.plain:
        yield Fault(do, f"unknown verb '{step.do}': there is no code of that name, and it isn't plain")
    elif len(step.then) != 1 and not step.by:
        yield Fault(step.place.of("then"), f"a plain step has exactly one outcome, not {len(step.then)}")


def _routes(step: Step, outcomes: tuple[str, ...]) -> Iterator[Fault]:
    then = step.place.of("then")
    for outcome in outcomes:
        if outcome not in step.then:
            yield Fault(then, f"the outcome '{outcome}' of '{step.do}' leads nowhere")
    for outcome in step.then:
        if outcome not in outcomes:
            yield Fault(then, f"'{step.do}' has no outcome '{outcome}', only {', '.join(outcomes)}")


def _targets(process: Process, step: Step) -> Iterator[Fault]:
    then, targets = step.place.of("then"), step.then.values()
    yield from unknown(targets, {*process.stages, STAY, BACK}, "stage", then)
    if NEW in step.at and {STAY, BACK}.intersection(targets):
        yield Fault(then, f"'{step.do}' opens a case, so each outcome must name a stage")
    first = {stage for one in process.steps.values() if NEW in one.at for stage in one.then.values()}
    if BACK in targets:
        for stage in process.stages.values():
            if step.stands_at(stage) and stage.key in first:
                yield Fault(then, f"there may be nothing to go back to: cases begin at '{stage.key}'")


def _told(pack: Pack, step: Step, vocabulary: Vocabulary) -> Iterator[Fault]:
    tell = step.place.of("tell")
    for outcome, words in step.tell.items():
        if outcome not in step.then:
            yield Fault(tell, f"'tell' names '{outcome}', which isn't in 'then'")
        yield from unknown(words, {*pack.roles, *vocabulary.relations}, "role or relation", tell)


def _form(pack: Pack, step: Step, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Whether the form supplies what the verb takes, in kinds that it understands."""
    if step.form and step.form not in pack.forms:
        yield Fault(step.place.of("form"), f"unknown form '{step.form}'")
        return
    form, verb = pack.forms.get(step.form), vocabulary.verbs.get(step.do)
    if verb is None or step.plain:
        return
    for key, kinds in verb.takes.items():
        field = form.field(key) if form else None
        if field is None:
            yield Fault(step.place.of("form"), f"'{step.do}' takes '{key}', but no form here asks for it")
        elif field.kind not in kinds:
            allowed = " or ".join(sorted(kinds))
            yield Fault(field.place.of("kind"), f"'{step.do}' takes '{key}' as {allowed}, not as {field.kind}")
        elif key in verb.must and not (field.required and not field.asked_if):
            yield Fault(field.place.of("required"), f"'{step.do}' can't do without '{key}', so it must be required")


def _needs(pack: Pack, process: Process, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Whether each fact that must hold is known, and can have been given before."""
    late, given = too_late(pack, process), {step.do: gives(pack, step) for step in process.steps.values()}
    for step in process.steps.values():
        others = {fact for verb, facts in given.items() if verb != step.do for fact in facts}
        for fact, place in _needed(step):
            yield from unknown([fact], {*pack.facts, *vocabulary.facts, *COLUMNS}, "fact", place)
            if fact in {*pack.facts, *COLUMNS} - others:
                yield Fault(place, f"no form of another step asks for '{fact}'")
            elif (step.do, fact) in late:
                yield Fault(place, f"'{fact}' can't be given before '{step.do}': nobody gets past it")


def _needed(step: Step) -> Iterator[tuple[str, Place]]:
    """Every fact that the step needs, in whatever case, and where that stands."""
    yield from ((fact, step.place.of("needs")) for fact in step.needs)
    for need in step.also_needs:
        yield from ((fact, need.place.of("facts")) for fact in need.facts)


def _opening(pack: Pack, process: Process) -> Iterator[Fault]:
    """One step opens a case, beside the one by which tables come in."""
    takes_over = pack.imports.takes_over if pack.imports else ""
    opening = [step for step in process.steps.values() if NEW in step.at and step.do != takes_over]
    if not opening:
        yield Fault(process.place.of("name"), f"no step of '{process.name}' opens a case: one must stand at '{NEW}'")
    for step in opening[1:]:
        yield Fault(step.place.of("at"), f"a case is opened by '{opening[0].do}' already")
    for step in opening:
        for key in ("when", "needs", "also_needs"):
            if getattr(step, key):
                yield Fault(step.place.of(key), f"'{step.do}' opens a case of which nothing is known yet: no '{key}'")


def _main(pack: Pack, process: Process) -> Iterator[Fault]:
    """A page has one button that stands out: two main steps at one stage must be for different cases."""
    for stage in process.stages.values():
        mains = [step for step in process.steps_at(stage) if step.main]
        for nth, step in enumerate(mains):
            if same := next((one for one in mains[:nth] if not _apart(pack, one, step)), None):
                yield Fault(step.place.of("main"), f"the main step at '{stage.key}' is '{same.do}' already")


def _apart(pack: Pack, one: Step, other: Step) -> bool:
    """Whether no case is of both kinds: they ask the same field, which has one answer, for different ones."""
    single = [key for key in one.when if not (key in pack.fields and KINDS[pack.fields[key].kind].many)]
    return any(key in other.when and not set(one.when[key]) & set(other.when[key]) for key in single)
