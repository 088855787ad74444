"""Cases and their entries: every chain, every private value, and every case row against what its entries say."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from wenguo.cases.audit import rows
from wenguo.cases.audit.chain import NONE, Kept, Walker, parsed, part, private_faults, quoted
from wenguo.cases.audit.finding import Finding, asked, moment, stamped
from wenguo.cases.audit.numbers import Numbers
from wenguo.cases.audit.replay import Happened, Replay
from wenguo.cases.models import Case
from wenguo.policy.load import packs

BATCH = 200  # cases read at once
LAST = 2**63 - 1  # id
COLUMNS = (  # behind case, id and seq, in the order in which they are hashed, moments as text
    "actor", "role", "on_behalf_of", "channel", "verb", "outcome", "came_from", "went_to", "pack_version",
)  # fmt: skip
CASE = (
    "id", "number", "pack", "process", "stage", "stage_type", "round", "version", "source", "business_line", "category",
    "component", "cause", "validity", "severity", "facts", "customer_id", "vehicle_id",
)  # fmt: skip
BESIDE = {  # what else is read of a case
    "branch": "people_branch.code", "phone": "people_customer.phone", "plate": "vehicles_vehicle.plate",
    "vin": "vehicles_vehicle.vin",
}  # fmt: skip
MOMENTS = ("opened_at", "closed_at")


@dataclass
class Count:
    """What was seen."""

    cases: int = 0
    entries: int = 0
    numbers: Numbers = field(default_factory=Numbers)


def case_faults(count: Count, after: int = 0, until: int = LAST, *, chains: bool = False) -> Iterator[Finding]:
    """Everything wrong with cases whose ids lie behind `after` and up to `until`, and with their entries, in order.

    `chains`: only their chains; no private value, nor any row beside the entries.
    """
    for low, high, cases in _batches(after, until):
        kept = {} if chains else _private(low, high)
        entries: dict[int, list[tuple]] = defaultdict(list)
        for row in _entries(low, high):
            entries[row[1]].append(row)
        count.entries += sum(map(len, entries.values()))
        count.cases += len(cases)
        replays: dict[int, Replay] = {}
        for case in cases:
            count.numbers.saw(case["number"])
            if chains:
                yield from _chain(case["number"], entries.pop(case["id"], []))
                continue
            replays[case["id"]] = replay = Replay(_process(case))
            yield from _one(case, entries.pop(case["id"], []), kept, replay)
        for lost in entries:
            yield Finding(
                f"case id {lost}", "有处理记录，投诉单本身却不见了", "has entries, but the case itself is gone"
            )
        if not chains:
            yield from rows.beside(low, high, cases, replays)


def one_case(case: Case) -> list[Finding]:
    """Everything wrong with one case, its entries and what hangs on them."""
    low, high = case.pk - 1, case.pk
    (row,) = _cases(low, high)
    replay = Replay(_process(row))
    found = list(_one(row, _entries(low, high), _private(low, high), replay))
    return found + list(rows.beside(low, high, [row], {case.pk: replay}))


def _batches(low: int, end: int) -> Iterator[tuple[int, int, list[dict[str, Any]]]]:
    """Cases, some at a time, with the ids between which their entries' cases lie; the last reaches to the end."""
    while low < end:
        cases = _cases(low, end)
        high = cases[-1]["id"] if len(cases) == BATCH else end
        yield low, high, cases
        low = high


def _cases(low: int, high: int) -> list[dict[str, Any]]:
    """The first of the cases behind the id `low` up to `high`, with what is compared of them."""
    own = [f"cases_case.{name}" for name in CASE]
    when = [moment(f"cases_case.{name}") for name in MOMENTS]
    found = asked(
        f"SELECT {', '.join([*own, *BESIDE.values(), *when])} FROM cases_case"
        " LEFT JOIN people_branch ON people_branch.id = cases_case.branch_id"
        " LEFT JOIN people_customer ON people_customer.id = cases_case.customer_id"
        " LEFT JOIN vehicles_vehicle ON vehicles_vehicle.id = cases_case.vehicle_id"
        f" WHERE cases_case.id > %s AND cases_case.id <= %s ORDER BY cases_case.id LIMIT {BATCH}", [low, high],
    )  # fmt: skip
    return [dict(zip((*CASE, *BESIDE, *MOMENTS), row, strict=True)) for row in found]


def _entries(low: int, high: int) -> list[tuple]:
    return asked(
        f"SELECT id, case_id, seq, {moment('at')}, {moment('happened_at')}, {', '.join(COLUMNS)}, body, prev, hash"
        " FROM cases_entry WHERE case_id > %s AND case_id <= %s ORDER BY case_id, seq, id", [low, high],
    )  # fmt: skip


def _private(low: int, high: int) -> dict[int, Kept]:
    """Private values of the entries of these cases, by entry."""
    found: dict[int, Kept] = defaultdict(dict)
    for entry, name, salt, value in asked(
        "SELECT one.entry_id, one.field, one.salt, one.value FROM cases_entryprivate one"
        " JOIN cases_entry ON cases_entry.id = one.entry_id"
        " WHERE cases_entry.case_id > %s AND cases_entry.case_id <= %s", [low, high],
    ):  # fmt: skip
        found[entry][name] = salt, value
    return found


def _process(case: dict[str, Any]) -> Any:
    pack = packs().get(case["pack"])
    return pack.processes.get(case["process"]) if pack else None


def _linked(walker: Walker, before: str, row: tuple) -> tuple[str, Iterable[Finding]]:
    """When the entry was written, and what is wrong with its place in the chain."""
    happened_at = stamped(row[4])
    at = happened_at if row[3] == row[4] else stamped(row[3])  # mostly they are the same
    return at, walker.step(row[2], before, (at, happened_at, *row[5:-1]), row[-1])


def _chain(number: str, entries: list[tuple]) -> Iterator[Finding]:
    """The chain of one case."""
    walker, before = Walker(number), quoted(number)
    for row in entries:
        yield from _linked(walker, before, row)[1]
    if not entries:
        yield _bare(number)


def _bare(number: str) -> Finding:
    return Finding(number, "没有任何处理记录", "has no entries at all")


def _one(case: dict[str, Any], entries: list[tuple], kept: dict[int, Kept], replay: Replay) -> Iterator[Finding]:
    """One case: its chain, its private values, its row."""
    number, file_keys = case["number"], _file_keys(case)
    walker, before = Walker(number), quoted(number)
    for row in entries:
        at, faults = _linked(walker, before, row)
        yield from faults
        pk, seq, actor = row[0], row[2], row[5]
        verb, outcome, _, went_to, _, body = row[9:15]
        parts, private = parsed(body), kept.get(pk, NONE)
        commitments = part(parts, "private")
        yield from private_faults(f"{number} #{seq}", commitments, private)
        happened = Happened(seq, at, actor, verb, outcome, went_to, parts, part(parts, "data"), commitments, private)
        replay.take(pk, happened, file_keys)
    if not entries:
        yield _bare(number)
    else:
        yield from rows.case_row(case, replay)


def _file_keys(case: dict[str, Any]) -> frozenset[str]:
    pack = packs().get(case["pack"])
    return pack.file_keys if pack else frozenset()
