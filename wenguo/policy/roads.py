"""The ways that a process leaves open, from stage to stage."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from wenguo.policy.pack import BACK, NEW, STAY, Process, Step

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
    """Stages to which a case can come at all."""
    return _follow({NEW}, [(road.came_from, road.went_to) for road in roads(process)])


def can_end(process: Process) -> frozenset[str]:
    """Stages from which members of staff can bring a case to a closed stage; the closed stages too."""
    closed = {stage.key for stage in process.stages.values() if stage.type == "closed"}
    return _follow(
        closed, [(road.went_to, road.came_from) for road in roads(process) if set(road.step.who) - {COMPLAINANT}]
    )


def _follow(found: set[str], ways: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Everything to which `ways` lead from `found`, itself included."""
    ways, found, before = list(ways), set(found), 0
    while len(found) > before:
        before = len(found)
        found |= {target for source, target in ways if source in found}
    return frozenset(found)
