"""Judges what a pack means: every word known, every outcome leading somewhere, no stage a trap, no promise unlawful."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from wenguo.law.terms import Term, term, term_names
from wenguo.policy.calling import PREFERRED
from wenguo.policy.check_forms import form_faults
from wenguo.policy.check_kinds import kind_faults
from wenguo.policy.check_money import money_faults
from wenguo.policy.check_steps import step_faults
from wenguo.policy.check_words import word_faults
from wenguo.policy.load import load_pack
from wenguo.policy.load_administration import administration_faults
from wenguo.policy.load_calling import hours_faults
from wenguo.policy.load_imports import import_faults
from wenguo.policy.load_opening import opening_faults
from wenguo.policy.load_views import view_faults
from wenguo.policy.pack import ANY, BACK, NEW, OPEN, STAFF, STAY, ClockRule, Pack, Place, Process, Stage
from wenguo.policy.roads import reached, traps
from wenguo.policy.source import Fault, PackFaults
from wenguo.policy.vocabulary import Vocabulary, unknown

NAME = re.compile(r"[a-z][a-z0-9_]*")
WORDS_OF_THE_FORMAT = frozenset({NEW, OPEN, ANY, STAY, BACK, STAFF, "system"})
PAGES = frozenset({"proof"})  # what a case's own pages are called: /cases/NUMBER/proof/


def check(pack: Pack, vocabulary: Vocabulary, on: date) -> list[Fault]:
    """Everything wrong with `pack`, in the order of files and lines; statutes as in force on the day `on`."""
    return sorted(set(_faults(pack, vocabulary, on)))


def check_folder(folder: Path, vocabulary: Vocabulary, on: date) -> list[Fault]:
    """Everything wrong with the pack in `folder`: its meaning, or where it can't be read, its form alone."""
    try:
        return check(load_pack(folder), vocabulary, on)
    except PackFaults as slips:
        return slips.faults


def _faults(pack: Pack, vocabulary: Vocabulary, on: date) -> Iterator[Fault]:
    yield from unknown([pack.opens], pack.processes, "process", pack.place.of("opens"))
    yield from unknown(sorted(pack.sees_contact), pack.roles, "role", pack.place.of("sees_contact"))
    yield from unknown(pack.anchors_to, pack.roles, "role", pack.place.of("anchors_to"))
    yield from unknown(sorted(pack.shares_views), pack.roles, "role", pack.place.of("shares_views"))
    yield from _names(pack, vocabulary)
    yield from form_faults(pack, vocabulary)
    yield from kind_faults(pack, vocabulary)
    yield from money_faults(pack, vocabulary)
    yield from word_faults(pack)
    yield from import_faults(pack)
    yield from view_faults(pack)
    yield from administration_faults(pack.administration, pack.roles)
    yield from opening_faults(pack.opening)
    yield from hours_faults(pack.calling_hours, pack.codes.get(PREFERRED, {}))
    for process in pack.processes.values():
        if process.owner:
            yield from unknown([process.owner], pack.roles, "role", process.place.of("owner"))
        yield from step_faults(pack, process, vocabulary)
        yield from _stages(pack, process, vocabulary)
        yield from _moved(process)
        for rule in process.clocks.values():
            yield from _clock(pack, process, rule, vocabulary)
            yield from _statute(rule, on)


def _names(pack: Pack, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Names stand in addresses and in the record, and no two kinds of word may be mistaken for each other."""
    named: list[tuple[str, Place]] = [(role, pack.place.of(f"roles.{role}")) for role in pack.roles]
    named += [(number.key, number.place.of("key")) for number in pack.numbers.values()]
    for process in pack.processes.values():
        named += [(process.name, process.place.of("name"))]
        named += [(stage.key, stage.place.of("key")) for stage in process.stages.values()]
        named += [(step.do, step.place.of("do")) for step in process.steps.values()]
        named += [(rule.key, rule.place.of("key")) for rule in process.clocks.values()]
    for name, place in named:
        if name in WORDS_OF_THE_FORMAT:
            yield Fault(place, f"'{name}' is a word of the format and can't be a name")
        elif not NAME.fullmatch(name):
            yield Fault(place, f"'{name}' is no name: lower-case letters, digits and _, a letter first")
    for process in pack.processes.values():
        for step in process.steps.values():
            if step.do in PAGES:
                yield Fault(step.place.of("do"), f"'{step.do}' is the name of a page, so no step can have it")
    for form in pack.forms.values():
        for field in form.fields:
            if not NAME.fullmatch(field.key):
                yield Fault(field.place.of("key"), f"'{field.key}' is no name: lower-case letters, digits and _")
    for role in vocabulary.relations.intersection(pack.roles):
        yield Fault(pack.place.of(f"roles.{role}"), f"'{role}' is a relation, so it can't be a role too")


def _stages(pack: Pack, process: Process, vocabulary: Vocabulary) -> Iterator[Fault]:
    found, trapped = reached(process), traps(pack, process)
    for stage in process.stages.values():
        yield from _turn(pack, stage, vocabulary)
        if stage.key not in found:
            yield Fault(stage.place, f"no step leads to the stage '{stage.key}'")
        elif stage.key in trapped:
            kind = ", ".join(f"{key} = {_answer(value)}" for key, value in trapped[stage.key].items())
            which = f" with {kind}" if kind else ""
            yield Fault(stage.place, f"nobody of the staff can bring a case{which} from '{stage.key}' to an end")


def _answer(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def _turn(pack: Pack, stage: Stage, vocabulary: Vocabulary) -> Iterator[Fault]:
    turn = stage.place.of("turn")
    yield from unknown(stage.turn, {*pack.roles, *vocabulary.relations}, "role or relation", turn)
    if stage.type == "open" and not stage.turn:
        yield Fault(turn, f"at '{stage.key}' it is nobody's turn")
    if stage.worklist:  # it is read role by role, out of an index
        yield from unknown(stage.turn, pack.roles, "role (a worklist is for roles)", turn)


def _moved(process: Process) -> Iterator[Fault]:
    for old, new in process.moved.items():
        place = process.place.of(f"moved.{old}")
        if old in process.stages:
            yield Fault(place, f"the stage '{old}' still exists, so it hasn't moved")
        yield from unknown([new], process.stages, "stage", place)


def _clock(pack: Pack, process: Process, rule: ClockRule, vocabulary: Vocabulary) -> Iterator[Fault]:
    place = rule.place
    yield from unknown(rule.at, process.stages, "stage", place.of("at"))
    for key, verbs in (("starts", rule.starts), ("stops", rule.stops)):
        yield from unknown(verbs, process.steps, "verb", place.of(key))
    yield from unknown(rule.tell, {*pack.roles, *vocabulary.relations}, "role or relation", place.of("tell"))
    if rule.hours < 1:
        yield Fault(place.of("hours"), f"the clock '{rule.key}' must leave at least one hour")
    if not rule.at and not rule.starts:
        yield Fault(place, f"the clock '{rule.key}' never starts: it needs 'at' or 'starts'")
    elif not rule.at and not rule.stops:
        yield Fault(place, f"the clock '{rule.key}' never stops: it needs 'at' or 'stops'")
    if rule.due:
        yield from _due(pack, process, rule)


def _due(pack: Pack, process: Process, rule: ClockRule) -> Iterator[Fault]:
    """The moment that sets the clock must be asked for by whatever starts it."""
    place = rule.place.of("due")
    if not rule.starts:
        yield Fault(place, f"'due' names '{rule.due}', but no verb starts the clock '{rule.key}'")
    for verb in rule.starts:
        step = process.steps.get(verb)
        form = pack.forms.get(step.form) if step else None
        field = form.field(rule.due) if form else None
        if step and (field is None or field.kind != "moment"):
            yield Fault(place, f"the form of '{verb}' asks for no moment '{rule.due}'")


def _statute(rule: ClockRule, on: date) -> Iterator[Fault]:
    if not rule.statute:
        return
    yield from unknown([rule.statute], term_names(), "statute", rule.place.of("statute"))
    if limit := over_statute(rule, rule.hours, on):
        message = f"{rule.hours} hours are laxer than the statute allows: {limit.hours}, {limit.source}"
        yield Fault(rule.place.of("hours"), message)


def over_statute(rule: ClockRule, hours: int, on: date) -> Term | None:
    """The term of the clock's statute in force on the day `on` where `hours` (plain hours) exceed it, else None."""
    limit = term(rule.statute, on) if rule.statute in term_names() else None
    return limit if limit and hours > limit.hours else None
