"""What `check` asks of money: every case has somebody who decides, every limit is of somebody and of something."""

from collections.abc import Iterator

from wenguo.policy.check_kinds import shut_out, when_faults
from wenguo.policy.money import COUNTERSIGN, TOTAL, Money, limit_key
from wenguo.policy.pack import Field, Pack, Step
from wenguo.policy.source import Fault
from wenguo.policy.vocabulary import Vocabulary, unknown

AMOUNTS = frozenset({"amounts"})


def money_faults(pack: Pack, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Everything wrong in money.toml, and in the forms that ask what something costs."""
    if pack.money:
        yield from _people(pack, pack.money)
        yield from _ladders(pack, pack.money)
        yield from _limits(pack, pack.money)
    for process in pack.processes.values():
        for step in process.steps.values():
            for field in _costs(pack, step, vocabulary):
                yield from _cost(pack, step, field)


def _people(pack: Pack, money: Money) -> Iterator[Fault]:
    place = money.place
    yield from unknown([money.lines], pack.codes, "list of codes", place.of("lines"))
    yield from unknown(money.countersign, pack.roles, "role", place.of("countersign"))
    yield from unknown(money.set_by, pack.roles, "role", place.of("set_by"))
    if not money.set_by:
        yield Fault(place.of("set_by"), "nobody may set the limits")
    if money.days < 1:
        yield Fault(place.of("days"), "a customer's remedies are summed over one day at least")
    if COUNTERSIGN in money.limits and not money.countersign:
        yield Fault(place.of("countersign_fen"), "nobody is named who countersigns")


def _ladders(pack: Pack, money: Money) -> Iterator[Fault]:
    for ladder in money.ladders:
        yield from when_faults(pack, ladder.when, ladder.place)
        yield from unknown(ladder.roles, pack.roles, "role", ladder.place.of("roles"))
        if not ladder.roles:
            yield Fault(ladder.place.of("roles"), "nobody stands on this ladder")
    if all(ladder.when for ladder in money.ladders):
        yield Fault(money.place, "the last ladder must have no 'when', so that every case has one")
    yield from shut_out(money.ladders)


def _limits(pack: Pack, money: Money) -> Iterator[Fault]:
    """A limit is of a role on some ladder, and for a kind of line or for all together."""
    roles = {role for ladder in money.ladders for role in ladder.roles}
    kinds = (*pack.codes.get(money.lines, ()), TOTAL)
    known = {COUNTERSIGN, *(limit_key(role, kind) for role in roles for kind in kinds)}
    for key in money.limits:
        role = key.split(".")[1]
        yield from unknown([key], known, "limit", money.place.of(f"limits_fen.{role}"))


def _costs(pack: Pack, step: Step, vocabulary: Vocabulary) -> Iterator[Field]:
    """The fields by which the step's verb takes what something costs."""
    verb, form = vocabulary.verbs.get(step.do), pack.form_of(step)
    keys = [key for key, kinds in verb.takes.items() if kinds == AMOUNTS] if verb else ()
    return (field for key in keys if (field := form.field(key)))


def _cost(pack: Pack, step: Step, field: Field) -> Iterator[Fault]:
    if pack.money is None:
        yield Fault(field.place, f"'{step.do}' takes '{field.key}', but no money.toml says who decides on it")
    elif field.codes != pack.money.lines:
        yield Fault(field.place.of("codes"), f"limits are for the codes of '{pack.money.lines}', so '{field.key}' too")
