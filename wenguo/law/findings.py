"""Which rules of Order 43 a car's history meets. A finder tells facts; sanbao.py makes grounds of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from wenguo.law.days import Window, window
from wenguo.law.facts import Problem, Repair
from wenguo.law.history import History, Seen
from wenguo.law.names import ASSEMBLIES, name, names
from wenguo.law.repairing import days_of, end_of, spare_car_from, when_over
from wenguo.law.tables import rule


@dataclass(frozen=True)
class Finding:
    """A rule that is met: since when, about what, on which problems seen, with the fields of its sentence."""

    key: str
    window: Window
    since: date
    about: str
    fields: dict[str, object]
    seen: tuple[Seen, ...]


Finder = Callable[[str, History], Iterator[Finding]]


def _found(key: str, past: History, seen: Iterable[Seen], since: date, about: str, **fields: object) -> Finding:
    period = past.window(key)
    assert period is not None  # within() found something in it
    return Finding(key, period, since, about, fields, tuple(seen))


def needs_assembly(key: str, past: History) -> Iterator[Finding]:
    """Art. 22: an assembly or a main part of it must be replaced."""
    for repair, one in past.within(key):
        if one.system in ASSEMBLIES and (one.replaced == "assembly" or (one.replaced and one.part)):
            system = name("systems", one.system)
            yield _found(key, past, [(repair, one)], repair.in_at.date(), one.system, system=system)


def main_part_fails(key: str, past: History) -> Iterator[Finding]:
    """Art. 20: a main part of an assembly has a quality problem."""
    for repair, one in past.within(key):
        if one.system in ASSEMBLIES and one.part:
            fields = {"system": name("systems", one.system), "part": one.part}
            yield _found(key, past, [(repair, one)], repair.in_at.date(), f"{one.system}/{one.part}", **fields)


def dangerous(key: str, past: History) -> Iterator[Finding]:
    """Art. 23 and local lists: a failure that the rule names."""
    for repair, one in past.within(key):
        if one.sign in rule(key).signs:
            sign = name("signs", one.sign)
            yield _found(key, past, [(repair, one)], repair.in_at.date(), one.sign, sign=sign)


def severe_again(key: str, past: History) -> Iterator[Finding]:
    """Art. 24 (1): a severe safety fault after so many repairs of such faults."""
    severe = [(repair, one) for repair, one in past.within(key) if one.severe]
    yield from _again(key, past, severe, severe, "")


def assembly_again(key: str, past: History) -> Iterator[Finding]:
    """Art. 24 (2): an assembly was replaced so often and still fails."""
    for system in ASSEMBLIES:
        of_it = [(repair, one) for repair, one in past.within(key) if one.system == system]
        new = [(repair, one) for repair, one in of_it if one.replaced == "assembly"]
        yield from _again(key, past, new, of_it, system, system=name("systems", system))


def part_again(key: str, past: History) -> Iterator[Finding]:
    """Art. 24 (3): the same main part was replaced so often and still fails."""
    for (system, part), new in parts_replaced(past, key).items():
        problems = {one.key for _, one in new}
        of_it = [
            (repair, one)
            for repair, one in past.within(key)
            if one.system == system and (one.part == part or one.key in problems)
        ]
        fields = {"system": name("systems", system), "part": part}
        yield from _again(key, past, new, of_it, f"{system}/{part}", **fields)


def parts_replaced(past: History, key: str) -> dict[tuple[str, str], list[Seen]]:
    """Main parts replaced, by system and part. One that came with its whole assembly counts as the assembly only."""
    found: dict[tuple[str, str], list[Seen]] = {}
    for repair, one in past.within(key):
        if one.replaced == "part" and one.part and one.system in names("systems") and not _whole(repair, one):
            found.setdefault((one.system, one.part), []).append((repair, one))
    return found


def _whole(repair: Repair, part: Problem) -> bool:
    return any(one.system == part.system and one.replaced == "assembly" and one.quality for one in repair.problems)


def _again(
    key: str, past: History, tried: list[Seen], reports: list[Seen], about: str, **fields: object
) -> Iterator[Finding]:
    """The first report that came when so many of those tried were done."""
    for repair, one in reports:
        before = [(other, of) for other, of in tried if _done_before(other, repair)]
        if finished(before) >= past.amounts(key)["times"]:
            fields = {"done": finished(tried), "limit": past.amounts(key)["times"], **fields}
            yield _found(key, past, [*tried, (repair, one)], repair.in_at.date(), about, **fields)
            return


def _done_before(other: Repair, repair: Repair) -> bool:
    return other is not repair and other.done_at is not None and other.done_at <= repair.in_at


def finished(tried: Iterable[Seen]) -> int:
    """How many of these repairs are done; two problems at one visit are one."""
    return len({id(repair) for repair, _ in tried if repair.done_at})


def too_often(key: str, past: History) -> Iterator[Finding]:
    """Art. 24 (4): the same problem was repaired more than so often."""
    limit = past.amounts(key)["times"]
    for problem, seen in repaired(past, key).items():
        if len(seen) > limit:
            label, since = seen[-1][1].label, sorted(_agreed(repair) for repair, _ in seen)[limit].date()
            yield _found(key, past, seen, since, problem, problem=label, done=len(seen), limit=limit)


def repaired(past: History, key: str) -> dict[str, list[Seen]]:
    """Repairs that were agreed on, by problem; a problem named twice at one visit counts once."""
    found: dict[str, list[Seen]] = {}
    for repair in past.repairs_within(key):
        for problem in {one.key: one for one in repair.problems if one.quality}.values():
            found.setdefault(problem.key, []).append((repair, problem))
    return found


def too_long(key: str, past: History) -> Iterator[Finding]:
    """Art. 24 (4): more than so many repair days in all."""
    limit, total = past.amounts(key)["days"], days_within(past, key)
    if total > limit:
        seen = [(repair, one) for repair in past.repairs_within(key) for one in repair.problems if one.quality]
        yield _found(key, past, seen, _crossed(past, key, limit), "", done=total, limit=limit)


def days_within(past: History, key: str) -> int:
    """Repair days within the period, those of a running repair until the end of the day."""
    return sum(days_of(repair, _until(past, key, repair)) for repair in past.repairs_within(key))


def _until(past: History, key: str, repair: Repair) -> datetime:
    period = past.window(key)
    assert period is not None  # repairs_within() found one in it
    return end_of(min(past.on, period.last), repair.in_at)


def _crossed(past: History, key: str, limit: int) -> date:
    """The day on which the total went over the limit, the repairs taken in the order they were agreed on."""
    rest = limit
    for repair in sorted(past.repairs_within(key), key=_agreed):
        if over := when_over(repair, rest, _until(past, key, repair)):
            return over.date()
        rest -= days_of(repair, _until(past, key, repair))
    raise AssertionError("the total is over the limit")


def _agreed(repair: Repair) -> datetime:
    assert repair.agreed_at is not None  # repairs_within() has only such
    return repair.agreed_at


def free_repair(key: str, past: History) -> Iterator[Finding]:
    """Art. 19: a problem that was reported within the period and isn't repaired yet."""
    for repair, one in past.within(key):
        if repair.done_at is None and one.wear is None:
            yield _found(key, past, [(repair, one)], repair.in_at.date(), one.key, problem=one.label)


def wear_repair(key: str, past: History) -> Iterator[Finding]:
    """Art. 19: a wearing part within the guarantee that the booklet gives it."""
    start = past.start(key)
    for repair, one in past.seen():
        if start and repair.done_at is None and one.wear is not None:
            period = window(start, one.wear, past.works)
            if period.holds(repair.in_at.date(), repair.km):
                fields: dict[str, object] = {"problem": one.label}
                yield Finding(key, period, repair.in_at.date(), one.key, fields, ((repair, one),))


def towing(key: str, past: History) -> Iterator[Finding]:
    """Art. 15: a car that can't be driven safely."""
    for repair, one in past.within(key):
        if repair.undrivable and repair.done_at is None:
            yield _found(key, past, [(repair, one)], repair.in_at.date(), one.key)


def spare_car(key: str, past: History) -> Iterator[Finding]:
    """Art. 21: one repair that takes more than so many days."""
    days = past.amounts(key)["days"]
    for repair in past.repairs_within(key):
        sixth = spare_car_from(repair, days=days)
        if sixth and sixth < end_of(past.on, sixth):
            seen = [(repair, one) for one in repair.problems if one.quality]
            fields = {"days": days, "next": days + 1, "sixth": sixth.date()}
            yield _found(key, past, seen, sixth.date(), str(repair.in_at.date()), **fields)


FINDERS: dict[str, Finder] = {
    "seven_days": needs_assembly,
    "early_danger": dangerous,
    "early_main_part": main_part_fails,
    "severe_again": severe_again,
    "assembly_again": assembly_again,
    "part_again": part_again,
    "repair_days": too_long,
    "same_problem": too_often,
    "free_repair": free_repair,
    "wear_repair": wear_repair,
    "towing": towing,
    "spare_car": spare_car,
}
