"""Judges the clocks of a process: they start, stop, pause and tell, and none is laxer than the statute it names."""

from collections.abc import Iterator
from datetime import date

from wenguo.law.terms import Term, term, term_names
from wenguo.policy.clocks import ClockRule, Rung
from wenguo.policy.pack import Pack, Process
from wenguo.policy.reckoning import HOURS, LEGAL, MOMENT, WORKING_HOURS
from wenguo.policy.source import Fault
from wenguo.policy.vocabulary import Vocabulary, unknown


def clock_faults(pack: Pack, process: Process, vocabulary: Vocabulary, on: date) -> Iterator[Fault]:
    """Everything wrong with the clocks of `process`; statutes as in force on the day `on`."""
    for rule in process.clocks.values():
        yield from _clock(pack, process, rule, vocabulary)
        yield from _rests(process, rule)
        for rung in rule.rungs:
            yield from _rung(pack, rung, vocabulary)
        yield from _statute(rule, on)


def _clock(pack: Pack, process: Process, rule: ClockRule, vocabulary: Vocabulary) -> Iterator[Fault]:
    place = rule.place
    yield from unknown(rule.at, process.stages, "stage", place.of("at"))
    for key, verbs in (("starts", rule.starts), ("stops", rule.stops)):
        yield from unknown(verbs, process.steps, "verb", place.of(key))
    yield from unknown(rule.tell, {*pack.roles, *vocabulary.relations}, "role or relation", place.of("tell"))
    for at, amount in ((place.of(rule.counts), rule.amount), *((one.place, one.amount) for one in rule.instead)):
        if amount < 1 and rule.counts != MOMENT:
            yield Fault(at, f"the clock '{rule.key}' must leave at least one hour or day")
    if not rule.at and not rule.starts:
        yield Fault(place, f"the clock '{rule.key}' never starts: it needs 'at' or 'starts'")
    elif not rule.at and not rule.stops:
        yield Fault(place, f"the clock '{rule.key}' never stops: it needs 'at' or 'stops'")
    if rule.due:
        yield from _asked(pack, process, rule, "due", "moment")
    if rule.since:
        yield from _asked(pack, process, rule, "since", "date" if rule.counts in LEGAL else "moment")
        if not rule.statute:
            yield Fault(place.of("since"), f"only a statute's time counts from earlier, and '{rule.key}' names none")


def _asked(pack: Pack, process: Process, rule: ClockRule, key: str, kind: str) -> Iterator[Fault]:
    """What sets the clock must be asked for by whatever starts it; the day since when it counts must be said."""
    place, name = rule.place.of(key), getattr(rule, key)
    if not rule.starts:
        yield Fault(place, f"'{key}' names '{name}', but no verb starts the clock '{rule.key}'")
    for verb in rule.starts:
        step = process.steps.get(verb)
        form = pack.forms.get(step.form) if step else None
        field = form.field(name) if form else None
        if step and (field is None or field.kind != kind):
            yield Fault(place, f"the form of '{verb}' asks for no {kind} '{name}'")
        elif field and key == "since" and not field.required:
            yield Fault(place, f"the form of '{verb}' must require '{name}', since when the clock '{rule.key}' counts")


def _rests(process: Process, rule: ClockRule) -> Iterator[Fault]:
    """Time rests while the clock runs, and a statute's time never does."""
    place = rule.place.of("rests_at")
    yield from unknown(rule.rests_at, process.stages, "stage", place)
    if outside := [stage for stage in rule.rests_at if rule.at and stage not in rule.at]:
        yield Fault(place, f"the clock '{rule.key}' has stopped at '{outside[0]}' already")
    if (rule.rests_when or rule.rests_at) and (rule.counts in LEGAL or rule.statute):
        yield Fault(rule.place, f"the clock '{rule.key}' is the statute's, which knows no rest")
    if (rule.rests_when or rule.rests_at) and rule.counts == MOMENT:
        yield Fault(rule.place, f"the clock '{rule.key}' runs to a moment agreed on, which no rest moves")


def _rung(pack: Pack, rung: Rung, vocabulary: Vocabulary) -> Iterator[Fault]:
    if rung.at != "due":
        yield from unknown(rung.tell, {*pack.roles, *vocabulary.relations}, "role or relation", rung.place.of("tell"))
    if rung.hands_to:
        yield from unknown([rung.hands_to], pack.roles, "role", rung.place.of("hands_to"))


def _statute(rule: ClockRule, on: date) -> Iterator[Fault]:
    place = rule.place.of("statute")
    if not rule.statute:
        if rule.counts in LEGAL:
            yield Fault(rule.place.of(rule.counts), f"'{rule.counts}' is for a statute, and '{rule.key}' names none")
        return
    yield from unknown([rule.statute], term_names(), "statute", place)
    if rule.counts == MOMENT:
        yield Fault(place, f"the clock '{rule.key}' has no time of its own that the statute could limit")
    elif rule.counts == WORKING_HOURS:
        yield Fault(rule.place.of(rule.counts), "a statute knows no opening hours")
    elif limit := over_statute(rule, rule.amount, on):
        message = f"{rule.amount} {rule.counts} are laxer than the statute allows: {limit.hours} hours, {limit.source}"
        yield Fault(rule.place.of(rule.counts), message)


def over_statute(rule: ClockRule, amount: int, on: date) -> Term | None:
    """The term of the clock's statute in force on the day `on` where `amount` exceeds it, else None."""
    limit = term(rule.statute, on) if rule.statute in term_names() else None
    return limit if limit and limit.most and amount * (1 if rule.counts == HOURS else 24) > limit.hours else None
