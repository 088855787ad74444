"""Judges what a pack means: every word known, every outcome leading somewhere, no stage a trap, no promise unlawful."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from wenguo.policy.calling import PREFERRED
from wenguo.policy.check_clocks import clock_faults
from wenguo.policy.check_forms import form_faults
from wenguo.policy.check_kinds import kind_faults
from wenguo.policy.check_law import law_faults
from wenguo.policy.check_money import money_faults
from wenguo.policy.check_steps import step_faults
from wenguo.policy.check_warnings import warning_faults
from wenguo.policy.check_words import word_faults
from wenguo.policy.load import load_pack
from wenguo.policy.load_administration import administration_faults
from wenguo.policy.load_calling import hours_faults
from wenguo.policy.load_focus import focus_faults
from wenguo.policy.load_imports import import_faults
from wenguo.policy.load_opening import opening_faults
from wenguo.policy.load_views import view_faults
from wenguo.policy.pack import ANY, BACK, NEW, OPEN, STAFF, STAY, Pack, Place, Process, Stage
from wenguo.policy.roads import reached, traps
from wenguo.policy.source import Fault, PackFaults
from wenguo.policy.vocabulary import Vocabulary, unknown

NAME = re.compile(r"[a-z][a-z0-9_]*")
WORDS_OF_THE_FORMAT = frozenset({NEW, OPEN, ANY, STAY, BACK, STAFF, "system"})
PAGES = frozenset({"proof", "due", "law", "attention"})  # what a case's own pages are called: /cases/NUMBER/proof/


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
    yield from unknown(sorted(pack.takes_stock), pack.roles, "role", pack.place.of("takes_stock"))
    kinds = pack.codes.get("visit_kind", {})
    yield from unknown(sorted(pack.judged_visits), kinds, "code of 'visit_kind'", pack.place.of("judged_visits"))
    yield from _names(pack, vocabulary)
    yield from law_faults(pack)
    yield from form_faults(pack, vocabulary)
    yield from kind_faults(pack, vocabulary)
    yield from money_faults(pack, vocabulary)
    yield from word_faults(pack)
    yield from warning_faults(pack, vocabulary)
    yield from import_faults(pack)
    yield from focus_faults(pack)
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
        yield from clock_faults(pack, process, vocabulary, on)


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
