"""Is the record whole? Every chain, every private value, every seal, and every row against what the record says.

Reads everything in pieces, so that memory stays the same however much there is, and as it stood at one moment.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from wenguo.cases.anchors import Anchor
from wenguo.cases.audit import amendments, cases, seals
from wenguo.cases.audit.finding import Finding, as_it_stands

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


def verify(anchor: Anchor | None = None, most: int = MOST) -> Report:
    """Checks everything, against `anchor` too where one is given; stops after `most` findings."""
    report, began = Report(), time.monotonic()
    seen = cases.Count(), amendments.Count(), seals.Count()
    with as_it_stands():
        for finding in _faults(*seen, anchor):
            report.findings.append(finding)
            if len(report.findings) >= most:
                break
    report.cases, report.entries, report.amendments = seen[0].cases, seen[0].entries, seen[1].amendments
    report.seals, report.unsealed = seen[2].seals, sum(seen[2].unsealed.values())
    report.seconds = time.monotonic() - began
    return report


def _faults(
    of_cases: cases.Count, of_things: amendments.Count, of_seals: seals.Count, anchor: Anchor | None
) -> Iterator[Finding]:
    yield from cases.case_faults(of_cases)
    yield from amendments.amendment_faults(of_things)
    yield from seals.seal_faults(of_seals, anchor)
    if anchor and of_cases.cases < anchor.cases:
        yield Finding("anchor", f"凭证时有 {anchor.cases} 张投诉单，现在只有 {of_cases.cases} 张",
                      f"there were {anchor.cases} cases, now there are {of_cases.cases}")  # fmt: skip
