"""Commands that seal the record, show that it is whole, and write what vouches for it outside."""

import argparse
import os
from pathlib import Path
from typing import Any

from wenguo.cli.commands import Commands, ready, say, set_up
from wenguo.jobs import Refused

FEW = 20_000  # entries


def add_to(commands: Commands) -> None:
    commands.add("seal", seal, "封存一轮 · seal what was added to the record, once; with the day's anchor")
    audit = commands.group("audit", "审计 · is the record whole?")
    made = audit.add(
        "verify", verify, "核对全部记录 · check everything; exit 1 and the first bad entry if anything is wrong"
    )
    made.add_argument("--anchor", metavar="FILE", help="an anchor that was kept outside")
    made.add_argument(
        "--chains", action="store_true",
        help="只核对记录的链和封存 · only chains, seals and anchor, several times as fast: no rows, no private values",
    )  # fmt: skip
    made.add_argument(
        "--processes", metavar="N", type=int,
        help="同时核对的进程数 · how many check at once (default: one a core; a small record needs one only)",
    )  # fmt: skip
    made = audit.add("anchor", anchor, "生成外部凭证 · seal, and write an anchor to be kept outside")
    made.add_argument("file", metavar="FILE", help="must not exist yet")
    made = audit.add("prove", prove, "生成一张投诉单的证明 · write the proof of one case")
    made.add_argument("number", metavar="NUMBER")
    made.add_argument("file", metavar="FILE", help="must not exist yet")
    made.add_argument(
        "--anchor", metavar="FILE", help="the anchor that it is to be checked against (default: the last seal)"
    )
    made = audit.add("check", check, "核对一张投诉单的证明 · check a proof against an anchor; needs no database")
    made.add_argument("file", metavar="FILE")
    made.add_argument("--anchor", metavar="FILE", required=True)


def seal(asked: argparse.Namespace) -> None:
    ready()
    from wenguo.jobs.sealing import seal_round

    say(f"封存 · {seal_round()} sealed")


def verify(asked: argparse.Namespace) -> int:
    """Unlike the others it changes nothing, not even a trigger that is missing: it says so instead."""
    set_up()
    from django.db import connection

    from wenguo.cases import triggers
    from wenguo.cases.audit import MOST
    from wenguo.cases.audit import verify as audit
    from wenguo.jobs import schema

    schema.wait(say)
    schema.must_be_known()
    if gone := triggers.installed(connection):
        print(f"注意：保护记录的触发器不在位 · mind: triggers that guard the record are missing: {', '.join(gone)}")
    against, processes = _anchor(asked.anchor) if asked.anchor else None, asked.processes or _processes()
    report = audit(against, processes=processes, chains=asked.chains)
    for finding in report.findings:
        print(finding)
    if len(report.findings) == MOST:
        print("……只列出前几处 · only the first ones are told")
    rate = round((report.entries + report.amendments) / report.seconds) if report.seconds else 0
    print(f"投诉单 · cases {report.cases}; 记录 · entries {report.entries}; 变更 · amendments {report.amendments};"
          f" 封存 · seals {report.seals}; 待封存 · not sealed yet {report.unsealed};"
          f" {report.seconds:.1f} s ({rate}/s)")  # fmt: skip
    whole = "链和封存完整 · chains and seals are whole" if asked.chains else "记录完整 · the record is whole"
    print("记录有问题 · the record is not whole" if report.findings else whole)
    return 1 if report.findings else 0


def _processes() -> int:
    """As many as there are cores; one for a record that is checked before others would have started."""
    from wenguo.cases.models import Entry

    small = Entry.objects.count() < FEW
    return 1 if small else os.cpu_count() or 1


def anchor(asked: argparse.Namespace) -> None:
    ready()
    from wenguo.cases.anchors import NoAnchor, take_anchor
    from wenguo.cases.seal import seal as seal_now
    from wenguo.people.businessclock import now

    seal_now(now())
    try:
        made = take_anchor(now())
    except NoAnchor as none:
        raise Refused(str(none)) from none
    _write(asked.file, made.text())
    say(f"已写入 · written: {asked.file} (seal {made.seal}, entries {made.entries})")


def prove(asked: argparse.Namespace) -> None:
    ready()
    from wenguo.cases.models import Case
    from wenguo.cases.proof import proof_of

    case = Case.objects.filter(number=asked.number).first()
    if case is None:
        raise Refused(f"没有这张投诉单 · there is no case {asked.number}")
    seals = _anchor(asked.anchor).seals if asked.anchor else None
    _write(asked.file, proof_of(case, seals).text())
    say(f"已写入 · written: {asked.file}")


def check(asked: argparse.Namespace) -> int:
    set_up()
    from wenguo.cases.proof import proof_faults

    faults = proof_faults(Path(asked.file).read_text(encoding="utf-8"), _anchor(asked.anchor))
    for fault in faults:
        print(fault)
    print("证明不成立 · the proof doesn't hold" if faults else "证明成立 · the proof holds")
    return 1 if faults else 0


def _anchor(file: str) -> Any:
    from wenguo.cases.anchors import NoAnchor, read_anchor

    try:
        return read_anchor(Path(file).read_text(encoding="utf-8"))
    except (NoAnchor, UnicodeDecodeError) as none:
        raise Refused(f"{file}: {none}") from none


def _write(file: str, text: str) -> None:
    """A new file; an older one that vouches for something must not be overwritten by mistake."""
    try:
        with Path(file).open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise Refused(f"文件已存在 · {file} exists already") from None
