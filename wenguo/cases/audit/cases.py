"""Cases and their entries: every chain, every private value, and every case row against what its entries say."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from wenguo.cases.audit import rows
from wenguo.cases.audit.chain import Kept, Link, Walker, parsed, private_faults, quoted, told
from wenguo.cases.audit.finding import Finding, asked, moment, stamped
from wenguo.cases.audit.replay import Happened, Replay
from wenguo.cases.models import Case
from wenguo.policy.load import packs

BATCH = 200  # cases read at once
LAST = 2**63 - 1
COLUMNS = (  # behind case, id and seq, in the order in which they are hashed, moments as text
    "actor", "role", "on_behalf_of", "channel", "verb", "outcome", "came_from", "went_to", "pack_version",
)  # fmt: skip
CASE = (
    "id", "number", "pack", "process", "branch__code", "stage", "stage_type", "round", "version", "opened_at",
    "closed_at", "source", "business_line", "category", "component", "cause", "validity", "severity", "facts",
    "customer_id", "customer__phone", "vehicle_id", "vehicle__plate", "vehicle__vin",
)  # fmt: skip


class Count:
    """How many entries were seen."""

    entries = 0
    cases = 0


def case_faults(count: Count, *, chains_only: bool = False) -> Iterator[Finding]:
    """Everything wrong with cases and entries, in the order of cases. `chains_only`: numbers and hashes, no more."""
    numbers = rows.Numbers()
    for low, high, cases in _batches():
        kept = {} if chains_only else _private(low, high)
        entries: dict[int, list[tuple]] = defaultdict(list)
        for row in _entries(low, high):
            entries[row[1]].append(row)
        count.entries += sum(map(len, entries.values()))
        count.cases += len(cases)
        replays: dict[int, Replay] = {}
        for case in cases:
            numbers.saw(case["number"])
            replays[case["id"]] = replay = Replay(_process(case))
            told = entries.pop(case["id"], [])
            yield from _one(case, told, kept, replay, chains_only)
        for lost in entries:
            yield Finding(
                f"case id {lost}", "有处理记录，投诉单本身却不见了", "has entries, but the case itself is gone"
            )
        if not chains_only:
            yield from rows.beside(low, high, cases, replays)
    if not chains_only:
        yield from numbers.faults()


def one_case(case: Case) -> list[Finding]:
    """Everything wrong with one case, its entries and what hangs on them."""
    low, high, replay = case.pk - 1, case.pk, Replay(None)
    rows_of = list(Case.objects.filter(pk=case.pk).values(*CASE))
    replay.process = _process(rows_of[0])
    found = list(_one(rows_of[0], _entries(low, high), _private(low, high), replay, False))
    return found + list(rows.beside(low, high, rows_of, {case.pk: replay}))


def _batches() -> Iterator[tuple[int, int, list[dict[str, Any]]]]:
    """Cases, some at a time, with the ids between which their entries' cases lie; the last reaches to the end."""
    low = 0
    while True:
        cases = list(Case.objects.filter(pk__gt=low).order_by("pk").values(*CASE)[:BATCH])
        high = cases[-1]["id"] if len(cases) == BATCH else LAST
        yield low, high, cases
        if high == LAST:
            return
        low = high


def _entries(low: int, high: int) -> list[tuple]:
    return asked(
        f"SELECT id, case_id, seq, {moment('at')}, {moment('happened_at')}, {', '.join(COLUMNS)}, body, prev, hash"
        " FROM cases_entry WHERE case_id > %s AND case_id <= %s ORDER BY case_id, seq, id", [low, high],
    )  # fmt: skip


def _private(low: int, high: int) -> dict[int, Kept]:
    """Private values of the entries of these cases, by entry."""
    found: dict[int, Kept] = defaultdict(dict)
    for entry, field, salt, value in asked(
        "SELECT one.entry_id, one.field, one.salt, one.value FROM cases_entryprivate one"
        " JOIN cases_entry ON cases_entry.id = one.entry_id"
        " WHERE cases_entry.case_id > %s AND cases_entry.case_id <= %s", [low, high],
    ):  # fmt: skip
        found[entry][field] = salt, value
    return found


def _process(case: dict[str, Any]) -> Any:
    pack = packs().get(case["pack"])
    return pack.processes.get(case["process"]) if pack else None


def _one(
    case: dict[str, Any], entries: list[tuple], kept: dict[int, Kept], replay: Replay, chains_only: bool
) -> Iterator[Finding]:
    """One case: its chain, its private values, its row."""
    walker, before, file_keys = Walker(case["number"]), quoted(case["number"]), _file_keys(case)
    for row in entries:
        pk, _, seq, at, happened_at, *columns, body, prev, hash = row
        stamps = stamped(at), stamped(happened_at)
        yield from walker.step(Link(seq, before, (*stamps, *columns, body, prev), hash))
        if chains_only:
            continue
        parts, private = parsed(body), kept.get(pk, {})
        yield from private_faults(f"{case['number']} #{seq}", parts.get("private"), private)
        replay.take(pk, _happened(seq, stamps[0], columns, parts, private), file_keys)
    if not entries:
        yield Finding(case["number"], "没有任何处理记录", "has no entries at all")
    elif not chains_only:
        yield from rows.case_row(case, replay)


def _happened(seq: int, at: Any, columns: list[Any], body: dict[str, Any], private: Kept) -> Happened:
    actor, _, _, _, verb, outcome, _, went_to, _ = columns
    known = told(private)
    commitments = body.get("private", {})
    erased = {key for key in commitments if key not in known}
    return Happened(seq, at, actor, verb, outcome, went_to, body, {**body.get("data", {}), **known}, erased)


def _file_keys(case: dict[str, Any]) -> frozenset[str]:
    pack = packs().get(case["pack"])
    return pack.file_keys if pack else frozenset()
