"""Rows that pages read, against what the record says: the case itself, money, causes, files, numbers.

What the record doesn't tell can't be compared: whose turn it is, who owns the case, what is due when, the limit that an
approval was measured by. (Limits themselves are compared with their amendments.)
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from wenguo.cases.audit.finding import Finding, asked
from wenguo.cases.audit.replay import ERASED, Replay
from wenguo.cases.models import Approval, Counter, Evidence, Remedy, RemedyLine
from wenguo.cases.models import Finding as Cause
from wenguo.people.chain import stamp

NUMBERED = re.compile(r"(.+)-(\d{6})-(\d{4,})")
Cases = list[dict[str, Any]]


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
    if replay.opened != stamp(case["opened_at"]):
        yield _differs(where, "opened_at")
    if replay.closing_known and replay.closed != (stamp(case["closed_at"]) if case["closed_at"] else None):
        yield _differs(where, "closed_at")
    yield from _facts(where, case["facts"], replay)
    if replay.process is None or replay.opened_by not in replay.process.steps:
        yield _differs(where, "process")
    if not where.startswith(f"{case['branch__code']}-"):
        yield _differs(where, "branch")
    yield from _whose(case, replay)


def _facts(where: str, facts: Any, replay: Replay) -> Iterator[Finding]:
    stands = {key: value for key, value in (facts if isinstance(facts, dict) else {}).items() if value is not None}
    must = replay.own_facts()
    for key in sorted(stands.keys() | must.keys()):
        if must.get(key) is not ERASED and stands.get(key) != must.get(key):
            yield _differs(where, f"facts.{key}")


def _whose(case: dict[str, Any], replay: Replay) -> Iterator[Finding]:
    """Whether customer and vehicle are those whose phone, plate or VIN was told, or have been since or before."""
    where, reach = case["number"], replay.reach
    phone, car = reach.get("phone"), "vin" if "vin" in reach else "plate"
    if phone != case["customer__phone"] and not _was("customer", case["customer_id"], phone):
        yield _differs(where, "customer")
    if reach.get(car) != (case[f"vehicle__{car}"] or None) and not _was("vehicle", case["vehicle_id"], reach.get(car)):
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
        yield Finding(f"approval {approval.pk}", "没有对应的审批记录", "no entry tells of this decision")
    for entry in files:
        yield Finding(f"evidence of entry id {entry}", "没有对应的处理记录", "no entry tells of this file")


def _by_case(low: int, high: int) -> tuple[dict[int, list[Remedy]], dict[int, dict[str, int]], dict[int, list[Cause]]]:
    """Of these cases: remedies by case, their lines (fen by kind) by remedy, causes by case."""
    remedies, causes = defaultdict(list), defaultdict(list)
    lines: dict[int, dict[str, int]] = defaultdict(dict)
    for remedy in Remedy.objects.filter(case__gt=low, case__lte=high).order_by("case", "nth"):
        remedies[remedy.case_id].append(remedy)
    for line in RemedyLine.objects.filter(remedy__case__gt=low, remedy__case__lte=high):
        lines[line.remedy_id][line.kind] = line.amount_fen
    for cause in Cause.objects.filter(case__gt=low, case__lte=high).order_by("case", "id"):
        causes[cause.case_id].append(cause)
    return remedies, lines, causes


def _by_entry(low: int, high: int) -> tuple[dict[int, Approval], dict[int, list[tuple[int, str]]]]:
    """Of these cases by entry: decisions on money, and files as (case, SHA-256)."""
    span = {"entry__case__gt": low, "entry__case__lte": high}
    files: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for entry, case, sha256 in Evidence.objects.filter(**span).values_list("entry_id", "case_id", "sha256"):
        files[entry].append((case, sha256))
    return {one.entry_id: one for one in Approval.objects.filter(**span)}, files


def _remedies(where: str, rows: list[Remedy], lines: dict[int, dict[str, int]], replay: Replay) -> Iterator[Finding]:
    """Whether plans and their money are those proposed."""
    if len(rows) != len(replay.remedies):
        yield _differs(where, "remedies")
    for row, must in zip(rows, replay.remedies, strict=False):
        stands = {
            "round": row.round, "plan": row.plan, "state": row.state, "amount": row.amount_fen,
            "lines": lines.get(row.pk, {}), "by": f"staff:{row.proposed_by_id}",
        }  # fmt: skip
        for key, value in stands.items():
            if must[key] != value:
                yield _differs(f"{where} #{must['seq']}", f"remedy.{key}")


def _causes(where: str, rows: list[Cause], replay: Replay) -> Iterator[Finding]:
    stands = [(row.round, row.cause, row.fault, row.explanation, f"staff:{row.decided_by_id}") for row in rows]
    if len(stands) != len(replay.causes) or any(must != row for must, row in zip(replay.causes, stands, strict=True)):
        yield _differs(where, "findings")


def _decision(where: str, row: Approval | None, seq: int, actor: str, amount: Any, granted: bool) -> Iterator[Finding]:
    if row is None:
        yield Finding(f"{where} #{seq}", "审批明细被删除", "the decision on money was removed")
    elif (f"staff:{row.approver_id}", row.granted) != (actor, granted) or amount != row.amount_fen:
        yield _differs(f"{where} #{seq}", "approval")


class Numbers:
    """Case numbers have no gaps: a case that vanished with everything of it leaves one."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])  # how many, and their sum

    def saw(self, number: str) -> None:
        if found := NUMBERED.fullmatch(number):
            tally = self.seen[found[1], found[2]]
            tally[0] += 1
            tally[1] += int(found[3])

    def faults(self) -> Iterator[Finding]:
        for code, month, last in Counter.objects.order_by("branch", "month").values_list(
            "branch__code", "month", "last"
        ):
            count, total = self.seen.pop((code, month), [0, 0])
            if (count, total) != (last, last * (last + 1) // 2):
                yield self._gap(code, month, last)
        for code, month in self.seen:
            yield Finding(f"{code}-{month}", "编号的计数不见了", "the count of these numbers is gone")

    def _gap(self, code: str, month: str, last: int) -> Finding:
        rows = asked("SELECT number FROM cases_case WHERE number LIKE %s", [f"{code}-{month}-%"])
        there = {int(found[3]) for (number,) in rows if (found := NUMBERED.fullmatch(number)) and found[1] == code}
        lost = next((nth for nth in range(1, last + 1) if nth not in there), last + 1)
        where = f"{code}-{month}-{lost:04d}"
        if lost > last:
            return Finding(where, "编号超出了计数", "this number lies beyond the count")
        return Finding(where, "整张投诉单不见了", "this case is gone as a whole")
