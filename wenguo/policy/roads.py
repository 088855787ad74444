"""The ways that a process leaves open, from stage to stage."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from wenguo.policy.conditions import Conditions, holds
from wenguo.policy.pack import BACK, COLUMNS, NEW, STAY, Pack, Process, Step

COMPLAINANT = "complainant"  # the one relation that is nobody of the staff


class Road(NamedTuple):
    """One outcome of a step, taken at one stage. `came_from` is NEW for the opening."""

    step: Step
    outcome: str
    came_from: str
    went_to: str


def roads(process: Process) -> list[Road]:
    """Every way from a stage to a stage; "back" leads to each stage from which the case can have come."""
    outcomes = list(_outcomes(process))
    straight = [
        road._replace(went_to=road.came_from if road.went_to == STAY else road.went_to)
        for road in outcomes
        if road.went_to in process.stages or (road.went_to == STAY and road.came_from != NEW)
    ]
    back = [
        road._replace(went_to=source)
        for road in outcomes
        if road.went_to == BACK
        for source in _sources(road.came_from, straight)
    ]
    return straight + back


def _outcomes(process: Process) -> Iterator[Road]:
    """Each outcome at each stage, with its target as the pack writes it."""
    for step in process.steps.values():
        stages = [stage.key for stage in process.stages.values() if step.stands_at(stage)]
        for came_from in [NEW, *stages] if NEW in step.at else stages:
            for outcome, target in step.then.items():
                yield Road(step, outcome, came_from, target)


def _sources(stage: str, ways: Iterable[Road]) -> list[str]:
    """Stages from which a case comes to `stage`."""
    found = (way.came_from for way in ways if way.went_to == stage)
    return [source for source in dict.fromkeys(found) if source not in (stage, NEW)]


def reached(process: Process) -> frozenset[str]:
    """Stages to which a case can come at all; going back leads to none where it hasn't been."""
    onward = [road for road in roads(process) if road.step.then[road.outcome] != BACK]
    return _follow({NEW}, [(road.came_from, road.went_to) for road in onward])


def too_late(pack: Pack, process: Process) -> set[tuple[str, str]]:
    """(verb, fact) where the step needs a fact that nobody can have given when a case first stands there."""
    ways, stages, given, before = roads(process), {NEW}, set[str](), 0
    while len(stages) + len(given) > before:
        before = len(stages) + len(given)
        for road in ways:
            if road.came_from in stages and _kept(pack, _needs(road.step)) <= given:
                given |= gives(pack, road.step)
                stages |= {road.went_to} if road.step.then[road.outcome] != BACK else set()
    standing = {road.step.do: road.step for road in ways if road.came_from in stages}
    return {(verb, fact) for verb, step in standing.items() for fact in _kept(pack, _needs(step)) - given}


def gives(pack: Pack, step: Step) -> set[str]:
    """Facts and columns for which the step's form asks, or that the step itself answers."""
    return {field.key for field in pack.form_of(step).fields if field.stays} | set(step.sets)


def _needs(step: Step) -> set[str]:
    """What must hold first, in whatever case."""
    return {*step.needs, *(fact for need in step.also_needs for fact in need.facts)}


def _kept(pack: Pack, facts: set[str]) -> set[str]:
    """Those of the facts that forms give; the others code answers."""
    return facts & {*pack.facts, *COLUMNS}


def can_end(process: Process, kind: Mapping[str, Any] | None = None) -> frozenset[str]:
    """Stages from which members of staff can bring a case to a closed stage; the closed stages too.

    `kind`: only a case of which this holds; else some case.
    """
    closed = {stage.key for stage in process.stages.values() if stage.type == "closed"}
    ways = [road for road in roads(process) if set(road.step.who) - {COMPLAINANT}]
    open_to_it = [road for road in ways if kind is None or holds(road.step.when, kind)]
    return _follow(closed, [(road.went_to, road.came_from) for road in open_to_it])


def traps(pack: Pack, process: Process) -> dict[str, Mapping[str, Any]]:
    """Stages from which the staff can't bring every case to an end, with a kind of case that is stuck ({}: all are).

    Nobody has to change what a case is first: whatever its fields hold, there must be a way out as it stands.
    """
    found: dict[str, Mapping[str, Any]] = {key: {} for key in process.stages.keys() - can_end(process)}
    for kind in _kinds(pack, process):
        for stage in process.stages.keys() - can_end(process, kind):
            found.setdefault(stage, kind)
    return found


def _kinds(pack: Pack, process: Process) -> Iterator[dict[str, Any]]:
    """The kinds of case that the steps which move a case tell apart: for each field that they ask, one answer.

    A list of answers opens every way that one of them opens, so single ones are the hardest case.
    """
    asked = [step.when for step in process.steps.values() if step.when and set(step.then.values()) != {STAY}]
    keys = sorted({key for when in asked for key in when})
    return (dict(zip(keys, kind, strict=True)) for kind in product(*(_told_apart(pack, key, asked) for key in keys)))


def _told_apart(pack: Pack, key: str, asked: list[Conditions]) -> list[Any]:
    """One of each group of answers to `key` that all the conditions treat alike."""
    every = pack.fields[key].answers if key in pack.fields else (False,)
    alike = {tuple(answer in when.get(key, every) for when in asked): answer for answer in reversed(every)}
    return list(alike.values())


def _follow(found: set[str], ways: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Everything to which `ways` lead from `found`, itself included."""
    ways, found, before = list(ways), set(found), 0
    while len(found) > before:
        before = len(found)
        found |= {target for source, target in ways if source in found}
    return frozenset(found)
