"""Is the record whole? Every chain, every private value, every seal, and every row against what the record says.

Reads everything in pieces, so that memory stays the same however much there is, and as it stood at one moment.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

from wenguo.cases.anchors import Anchor
from wenguo.cases.audit import amendments
from wenguo.cases.audit.finding import Finding
from wenguo.cases.audit.numbers import Numbers
from wenguo.cases.audit.pieces import Piece, cut
from wenguo.cases.audit.together import Check, checking

MOST = 20  # findings that are told

__all__ = ["Finding", "Report", "verify"]


@dataclass
class Report:
    """What an audit saw. `findings`: the first bad row first; empty where all is well."""

    findings: list[Finding] = field(default_factory=list)
    cases: int = 0
    entries: int = 0
    amendments: int = 0
    seals: int = 0
    unsealed: int = 0
    seconds: float = 0.0

    def add(self, what: str, count: Any) -> None:
        """What was seen of one piece."""
        if what == "cases":
            self.cases += count.cases
            self.entries += count.entries
        elif what == "amendments":
            self.amendments += count.amendments
        else:
            self.seals, self.unsealed = count.seals, sum(count.unsealed.values())


def verify(
    anchor: Anchor | None = None, most: int = MOST, processes: int = 1, *, chains: bool = False
) -> Report:  # fmt: skip
    """Checks everything, against `anchor` too where one is given; stops after `most` findings.

    `processes`: how many share the work, each with a connection of its own; 1: this one alone. `chains`: only chains,
    seals, numbers and anchor, several times as fast; neither private values nor the rows that the record vouches for.
    """
    report, began = Report(), time.monotonic()
    pieces = cut(chains=chains)
    with checking(pieces, processes, anchor, most) as check:
        report.findings += islice(_faults(report, pieces, check, anchor), most)
    report.seconds = time.monotonic() - began
    return report


def _faults(report: Report, pieces: Sequence[Piece], check: Check, anchor: Anchor | None) -> Iterator[Finding]:
    """What is wrong, in the order of the pieces; behind the last of a kind what only all of them together can tell."""
    numbers = Numbers()
    for what, same in groupby(pieces, key=lambda piece: piece.what):
        for seen in map(check, same):
            report.add(what, seen.count)
            if what == "cases":
                numbers.add(seen.count.numbers)
            yield from seen.findings
        if what == "cases":
            yield from numbers.faults()
        elif what == "amendments" and not pieces[0].chains:
            yield from amendments.never_amended()
    if anchor and report.cases < anchor.cases:
        yield Finding("anchor", f"凭证时有 {anchor.cases} 张投诉单，现在只有 {report.cases} 张",
                      f"there were {anchor.cases} cases, now there are {report.cases}")  # fmt: skip
