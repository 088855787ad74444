"""Reads `[[clock]]` of a process."""

from wenguo.policy.clocks import DUE, Amount, ClockRule, Rung, order_of
from wenguo.policy.reckoning import HOURS, MOMENT, UNITS
from wenguo.policy.source import Row


def load_clock(row: Row) -> ClockRule:
    """One rule. Its time stands under the name of its unit, `working_hours = 2`, and there is one such name."""
    counts = _unit(row)
    amount, tell = 0 if counts == MOMENT else row.take(counts, int), row.words("tell", ())
    return ClockRule(
        key=row.take("key", str), label=row.label(), amount=amount, counts=counts,
        at=row.words("at", ()), starts=row.words("starts", ()), due=row.take("due", str, ""),
        stops=row.words("stops", ()), tell=tell, statute=row.take("statute", str, ""),
        restarts=row.take("restarts", bool, False), place=row.place, when=row.conditions(),
        instead=tuple(_amount(one, counts) for one in row.rows("instead", "clock.instead")),
        rests_when=row.conditions("rests_when"), rests_at=row.words("rests_at", ()),
        rungs=_ladder(row, tell), since=row.take("since", str, ""),
    )  # fmt: skip


def _unit(row: Row) -> str:
    """How it counts; a clock without an amount of its own runs to the moment that a form asks for."""
    found = [unit for unit in UNITS if unit in row.data]
    if not found and "due" in row.data:
        return MOMENT
    if len(found) != 1:
        row.fault(found[1] if found else "", f"a clock has one of {', '.join(UNITS)}")
        row.taken.update(found)
    return found[0] if found else HOURS


def _amount(row: Row, counts: str) -> Amount:
    made = Amount(row.conditions(), row.take(counts, int), row.place)
    row.done()
    return made


def _ladder(row: Row, tell: tuple[str, ...]) -> tuple[Rung, ...]:
    """The rungs in their order; at the end of the time everybody in the clock's `tell` hears of it."""
    rungs = [Rung(DUE, tell, "", {}, row.place)]
    for one in row.rows("rung", "clock.rung"):
        rung = Rung(one.take("at", str), one.words("tell"), one.take("hands_to", str, ""), one.conditions(), one.place)
        one.done()
        if order_of(rung.at) is None or rung.at in ("", DUE, "0%"):
            one.fault("at", f"a rung stands at '75%' of the time, or '+4h' or '+2d' after it, not at '{rung.at}'")
        else:
            rungs.append(rung)
    return tuple(sorted(rungs, key=lambda rung: rung.order))
