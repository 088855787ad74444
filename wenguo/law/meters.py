"""How far a car is from each threshold of the three guarantees (Order 43)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from wenguo.law.days import Window, Works, every_day
from wenguo.law.facts import Car, Repair
from wenguo.law.findings import days_within, finished, parts_replaced, repaired
from wenguo.law.grounds import Meter, sentence
from wenguo.law.history import History, Seen, history, windows
from wenguo.law.names import ASSEMBLIES, name
from wenguo.law.repairing import DAY, end_of
from wenguo.law.tables import Rule, rule


def meters(car: Car, repairs: Iterable[Repair], on: date, works: Works = every_day) -> list[Meter]:
    """Every threshold with how far it is on the day `on`: periods in days and km, then counts.

    A period is `reached` when it is over, a count when the number in art. 24 is. Same choices as rights(); no
    rights() without its meter reached. Empty where the three guarantees don't apply. A period's km stand only where
    the car's are known.
    """
    past = history(car, repairs, on, works)
    if not car.household or car.resold:
        return []
    counts = (_problems, _days, _severe, _assemblies, _parts, _spare_car)
    periods = [meter for one in windows(car) if past.applies(one.key) for meter in _period(one, past)]
    return periods + [meter for count in counts if past.applies("sanbao") for meter in count(past)]


def _period(one: Rule, past: History) -> Iterator[Meter]:
    period = past.window(one.key)
    assert period is not None  # the rule applies
    yield _days_left(one, period, past)
    if period.km is not None and past.car.km is not None:
        yield _km_left(one, period, past)


def _days_left(one: Rule, period: Window, past: History) -> Meter:
    limit = (period.last - period.since).days
    left = min(max((period.last - past.on).days, 0), limit)
    return _meter(one.key, past, limit - left, limit, left, "days", past.on > period.last)


def _km_left(one: Rule, period: Window, past: History) -> Meter:
    assert period.km is not None and past.car.km is not None
    left = max(period.km - past.car.km, 0)
    return _meter(one.key, past, past.car.km, period.km, left, "km", period.run_out(past.car.km))


def _problems(past: History) -> Iterator[Meter]:
    limit = past.amounts("same_problem")["times"]
    for problem, seen in repaired(past, "same_problem").items():
        yield _more_than("same_problem", past, len(seen), limit, "times", problem, problem=seen[-1][1].label)


def _days(past: History) -> Iterator[Meter]:
    done, limit = days_within(past, "repair_days"), past.amounts("repair_days")["days"]
    yield _more_than("repair_days", past, done, limit, "days", "")


def _severe(past: History) -> Iterator[Meter]:
    if severe := [seen for seen in past.within("severe_again") if seen[1].severe]:
        yield _as_often("severe_again", past, severe, "")


def _assemblies(past: History) -> Iterator[Meter]:
    seen = past.within("assembly_again")
    for system in ASSEMBLIES:
        if new := [one for one in seen if one[1].system == system and one[1].replaced == "assembly"]:
            yield _as_often("assembly_again", past, new, system, system=name("systems", system))


def _parts(past: History) -> Iterator[Meter]:
    for (system, part), new in parts_replaced(past, "part_again").items():
        yield _as_often("part_again", past, new, f"{system}/{part}", system=name("systems", system), part=part)


def _spare_car(past: History) -> Iterator[Meter]:
    """Of the repair that is going on."""
    limit = past.amounts("spare_car")["days"]
    for repair in past.repairs_within("spare_car"):
        if repair.done_at is None and repair.agreed_at:
            gone = -((repair.agreed_at - _end(past, repair)) // DAY)
            yield _more_than("spare_car", past, gone, limit, "days", str(repair.in_at.date()))


def _end(past: History, repair: Repair) -> datetime:
    return end_of(past.on, repair.in_at)


def _more_than(key: str, past: History, done: int, limit: int, unit: str, about: str, **fields: object) -> Meter:
    """A rule that applies above its number."""
    return _meter(key, past, done, limit, max(limit + 1 - done, 0), unit, done > limit, about, **fields)


def _as_often(key: str, past: History, seen: list[Seen], about: str, **fields: object) -> Meter:
    """A rule that applies at its number, to what comes after it."""
    done, limit = finished(seen), past.amounts(key)["times"]
    return _meter(key, past, done, limit, max(limit - done, 0), "times", done >= limit, about, **fields)


def _meter(
    key: str,
    past: History,
    done: int,
    limit: int,
    left: int,
    unit: str,
    reached: bool,
    about: str = "",
    **fields: object,
) -> Meter:
    start = past.start(key)
    now = rule(key).on(start) if start else None
    assert start and now  # the rule applies
    numbers = {"done": done, "limit": limit, "left": left, "unit": name("units", unit)}
    text = sentence(key, start, reached, {**numbers, **fields})
    return Meter(key, now.source, text.says, text.en, done, limit, left, unit, reached, about, now.verified)
