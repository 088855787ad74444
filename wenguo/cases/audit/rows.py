"""Rows that pages read, against what the record says: the case itself, money, causes, files.

What the record doesn't tell can't be compared: whose turn it is, who owns the case, what is due when, the limit that an
approval was measured by. (Limits themselves are compared with their amendments.)
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from wenguo.cases.audit.chain import parsed
from wenguo.cases.audit.finding import Finding, asked, stamped
from wenguo.cases.audit.replay import ERASED, Replay

Cases = list[dict[str, Any]]


class Decided(NamedTuple):
    """A decision on money as it stands in its own row."""

    id: int
    approver: int
    fen: int
    granted: bool


def _differs(where: str, column: str) -> Finding:
    return Finding(where, f"“{column}”与处理记录不符，被单独改动过", f"'{column}' is not what the entries say")


def case_row(case: dict[str, Any], replay: Replay) -> Iterator[Finding]:
    """Whether the case stands as its entries tell."""
    where = case["number"]
    known = replay.stage_type(case["stage"])
    must = {"stage": replay.stage, "version": replay.version, "round": replay.round, **dict(replay.columns())}
    must |= {"stage_type": known} if known else {}
    for column, value in must.items():
        if value != case[column]:
            yield _differs(where, column)
    if replay.opened != stamped(case["opened_at"]):
        yield _differs(where, "opened_at")
    if replay.closing_known and replay.closed != stamped(case["closed_at"]):
        yield _differs(where, "closed_at")
    yield from _facts(where, case["facts"], replay)
    if replay.process is None or replay.opened_by not in replay.process.steps:
        yield _differs(where, "process")
    if not where.startswith(f"{case['branch']}-"):
        yield _differs(where, "branch")
    yield from _whose(case, replay)


def _facts(where: str, facts: Any, replay: Replay) -> Iterator[Finding]:
    stands = {key: value for key, value in parsed(facts).items() if value is not None}
    must = replay.own_facts()
    if stands == must:
        return
    for key in sorted(stands.keys() | must.keys()):
        if must.get(key) is not ERASED and stands.get(key) != must.get(key):
            yield _differs(where, f"facts.{key}")


def _whose(case: dict[str, Any], replay: Replay) -> Iterator[Finding]:
    """Whether customer and vehicle are those whose phone, plate or VIN was told, or have been since or before."""
    where, reach = case["number"], replay.reach
    phone, car = reach.get("phone"), "vin" if "vin" in reach else "plate"
    if phone != case["phone"] and not _was("customer", case["customer_id"], phone):
        yield _differs(where, "customer")
    if reach.get(car) != (case[car] or None) and not _was("vehicle", case["vehicle_id"], reach.get(car)):
        yield _differs(where, "vehicle")


def _was(kind: str, thing: int | None, value: Any) -> bool:
    """Whether the thing was known by `value` at some time, as its amendments tell, or may have been (erased)."""
    if value is None or thing is None:
        return value is thing is None
    told = asked(
        "SELECT one.value FROM people_amendmentprivate one JOIN people_amendment ON people_amendment.id = amendment_id"
        " WHERE kind = %s AND thing = %s", [kind, thing],
    )  # fmt: skip
    return any(text in ("", json.dumps(value, ensure_ascii=False)) for (text,) in told)


def beside(low: int, high: int, cases: Cases, replays: dict[int, Replay]) -> Iterator[Finding]:
    """Rows that belong to these cases: remedies with their lines, decisions on money, causes, files."""
    remedies, lines, causes = _by_case(low, high)
    decided, files = _by_entry(low, high)
    for case in cases:
        where, pk = case["number"], case["id"]
        replay = replays[pk]
        yield from _remedies(where, remedies.get(pk, []), lines, replay)
        yield from _causes(where, causes.get(pk, []), replay)
        for entry, decision in replay.decisions.items():
            yield from _decision(where, decided.pop(entry, None), *decision)
        for entry, told in replay.files.items():
            if sorted(sha256 for whose, sha256 in files.pop(entry, []) if whose == pk) != told:
                yield _differs(where, "evidence")
    for approval in decided.values():
        yield Finding(f"approval {approval.id}", "没有对应的审批记录", "no entry tells of this decision")
    for entry in files:
        yield Finding(f"evidence of entry id {entry}", "没有对应的处理记录", "no entry tells of this file")


def _by_case(low: int, high: int) -> tuple[dict[int, list[tuple]], dict[int, dict[str, int]], dict[int, list[tuple]]]:
    """Of these cases: remedies by case, their lines (fen by kind) by remedy, causes by case."""
    remedies, causes = defaultdict(list), defaultdict(list)
    lines: dict[int, dict[str, int]] = defaultdict(dict)
    for case, *remedy in _of_these(
        "SELECT case_id, id, round, plan, state, amount_fen, proposed_by_id FROM cases_remedy", low, high,
        "case_id, nth",
    ):  # fmt: skip
        remedies[case].append(tuple(remedy))
    for remedy, kind, fen in _of_these(
        "SELECT remedy_id, kind, line.amount_fen FROM cases_remedyline line"
        " JOIN cases_remedy ON cases_remedy.id = remedy_id", low, high, "line.id",
    ):  # fmt: skip
        lines[remedy][kind] = fen
    for case, *cause in _of_these(
        "SELECT case_id, round, cause, fault, explanation, decided_by_id FROM cases_finding", low, high, "case_id, id"
    ):
        causes[case].append(tuple(cause))
    return remedies, lines, causes


def _by_entry(low: int, high: int) -> tuple[dict[int, Decided], dict[int, list[tuple[int, str]]]]:
    """Of these cases by entry: decisions on money, and files as (case, SHA-256)."""
    files: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for entry, case, sha256 in _of_these(
        "SELECT entry_id, file.case_id, sha256 FROM cases_evidence file"
        " JOIN cases_entry ON cases_entry.id = entry_id", low, high, "file.id", "cases_entry.case_id",
    ):  # fmt: skip
        files[entry].append((case, sha256))
    decided = _of_these(
        "SELECT entry_id, one.id, approver_id, amount_fen, granted FROM cases_approval one"
        " JOIN cases_entry ON cases_entry.id = entry_id", low, high, "one.id",
    )  # fmt: skip
    return {entry: Decided(*row) for entry, *row in decided}, files


def _of_these(select: str, low: int, high: int, order: str, case: str = "case_id") -> list[tuple]:
    return asked(f"{select} WHERE {case} > %s AND {case} <= %s ORDER BY {order}", [low, high])


def _remedies(where: str, rows: list[tuple], lines: dict[int, dict[str, int]], replay: Replay) -> Iterator[Finding]:
    """Whether plans and their money are those proposed."""
    if len(rows) != len(replay.remedies):
        yield _differs(where, "remedies")
    for (pk, nth_round, plan, state, fen, by), must in zip(rows, replay.remedies, strict=False):
        stands = {
            "round": nth_round, "plan": plan, "state": state, "amount": fen, "lines": lines.get(pk, {}),
            "by": f"staff:{by}",
        }  # fmt: skip
        for key, value in stands.items():
            if must[key] != value:
                yield _differs(f"{where} #{must['seq']}", f"remedy.{key}")


def _causes(where: str, rows: list[tuple], replay: Replay) -> Iterator[Finding]:
    stands = [(*row, f"staff:{by}") for *row, by in rows]
    if len(stands) != len(replay.causes) or any(must != row for must, row in zip(replay.causes, stands, strict=True)):
        yield _differs(where, "findings")


def _decision(where: str, row: Decided | None, seq: int, actor: str, amount: Any, granted: bool) -> Iterator[Finding]:
    if row is None:
        yield Finding(f"{where} #{seq}", "审批明细被删除", "the decision on money was removed")
    elif (f"staff:{row.approver}", row.granted) != (actor, granted) or amount != row.fen:
        yield _differs(f"{where} #{seq}", "approval")
