"""One step on several cases: which steps are open on all or some of them, and taking one, case by case, by the door.

There is no door of its own: each case is an act by itself, with a key of its own, done or refused by itself.
"""

import hashlib
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from wenguo.cases import refusals
from wenguo.cases.acting import Parties
from wenguo.cases.door import act, open_steps
from wenguo.cases.models import Case, Party
from wenguo.cases.refusals import Invalid, NotFound, Refusal
from wenguo.people.actors import Actor
from wenguo.people.rows import places, read
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.policy.pack import Form, Step

MOST = 200  # cases at once
AT_A_TIME = 0.7  # seconds after which a person hears how far it is


class Offer(NamedTuple):
    """A step that is open on `cases`, which lack nothing for it."""

    step: Step
    form: Form
    cases: list[Case]


class Outcome(NamedTuple):
    """What came of one case: done, or refused. `repeated`: it had been done by the same sending before."""

    number: str
    refusal: Refusal | None = None
    repeated: bool = False


def chosen(numbers: Iterable[str], by: Actor) -> list[Case]:
    """Those of these cases that are within sight, in the order of the numbers, each once. One query."""
    wanted = [one for one in dict.fromkeys(numbers) if one.isprintable()][:MOST]
    branches, found = tree().branches, {}
    for case in read(Case, f"WHERE number IN ({places(wanted)})", *wanted) if wanted else ():
        case.branch = branches[case.branch_id]
        if by.sees(case.branch):
            found[case.number] = case
    return [found[number] for number in wanted if number in found]


def offers(cases: list[Case], by: Actor) -> list[Offer]:
    """Steps that the pack lets be taken on several cases and that are open on some of these, in the pack's order."""
    parties = _parties(cases)
    found: dict[str, Offer] = {}
    for case in cases:
        pack = packs()[case.pack]
        for one in open_steps(case, by, parties[case.pk]):
            if one.step.together and not one.missing:
                found.setdefault(one.step.do, Offer(one.step, pack.form_of(one.step), [])).cases.append(case)
    order = [do for pack in packs().values() for process in pack.processes.values() for do in process.steps]
    return sorted(found.values(), key=lambda one: order.index(one.step.do))


def _parties(cases: list[Case]) -> dict[int, Parties]:
    """The people of each case, by its id. One query."""
    found = {case.pk: Parties(case) for case in cases}
    stored: dict[int, list[Party]] = {pk: [] for pk in found}
    tail = f"WHERE case_id IN ({places(found)}) AND NOT ended ORDER BY id"
    for row in read(Party, tail, *found) if found else ():
        stored[row.case_id].append(row)
    for pk, parties in found.items():
        parties.stored = stored[pk]
    return found


def take_on(
    numbers: list[str], verb: str, by: Actor, data: dict[str, Any], key: str, clock: Callable[[], datetime],
    seconds: float = float("inf"),
) -> list[Outcome]:  # fmt: skip
    """Takes the step on these cases in turn, and stops after `seconds`, with the first ones done at least.

    `key` is one of the whole sending: sent again, it does nothing twice. Raises Invalid where the form itself is wrong,
    before anything was done.
    """
    until, outcomes = time.monotonic() + seconds, []
    there = {case.number: case for case in chosen(numbers, by)}
    for number in numbers:
        outcomes.append(_take(there.get(number), number, verb, by, data, key, clock()))
        refusal = outcomes[-1].refusal
        if isinstance(refusal, Invalid) and all(one.refusal for one in outcomes):
            raise refusal
        if time.monotonic() > until:
            break
    return outcomes


def _take(
    case: Case | None, number: str, verb: str, by: Actor, data: dict[str, Any], key: str, now: datetime
) -> Outcome:  # fmt: skip
    try:
        if case is None:
            raise NotFound
        step = packs()[case.pack].processes[case.process].steps.get(verb)
        if step is None or not step.together:
            raise NotFound
        done = act(case, verb, by, data, now, key=key_of(key, number))
    except refusals.Refusal as refusal:
        return Outcome(number, refusal)
    return Outcome(number, None, done.repeated)


def key_of(key: str, number: str) -> str:
    """The idempotency key of one case of a sending."""
    return f"{key}.{hashlib.sha256(number.encode()).hexdigest()[:16]}"
