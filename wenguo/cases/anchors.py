"""Anchors: a page of text, kept outside, that vouches for the whole record as it stood.

It holds no personal data: the number and hash of the last seal, how much was sealed, and one root over all seals, by
which a single case can be checked without the others (proof.py). The format is final.
"""

import hashlib
import logging
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from django.conf import settings

from wenguo.cases.merkle import Tree
from wenguo.cases.models import Case, Seal
from wenguo.people.chain import stamp
from wenguo.people.models import Branch

log = logging.getLogger(__name__)
FORMAT = "1"
LABELS = {
    "format": "格式",
    "house": "机构",
    "made_at": "生成时间（UTC）",
    "seal": "最后一次封存的编号",
    "sealed_at": "最后一次封存的时间（UTC）",
    "seal_hash": "最后一次封存的校验值",
    "seals": "封存次数",
    "seals_root": "全部封存的总校验值",
    "entries": "已封存的处理记录条数",
    "amendments": "已封存的资料变更条数",
    "cases": "投诉单数",
}
CHECKSUM = "checksum"
HEAD = """\
闻过 · 记录凭证 · wenguo anchor

请把本文件保存在系统之外（打印、邮箱、U 盘均可）。日后用它核对：
    wenguo audit verify --anchor 本文件
凡在此之前的记录被改动、删除、整体重算，或被换成旧备份，都会查出。本文件不含个人信息。
Keep this file outside the system. Checked with `wenguo audit verify --anchor FILE`, it shows whether anything recorded
before was changed, deleted, recomputed as a whole, or replaced by an old backup. It holds no personal data.
"""


class NoAnchor(Exception):
    """Why a text is no anchor, or none can be made, in Chinese and English."""


@dataclass(frozen=True)
class Anchor:
    """What an anchor says; moments as they are hashed."""

    format: str
    house: str
    made_at: str
    seal: int
    sealed_at: str
    seal_hash: str
    seals: int
    seals_root: str
    entries: int
    amendments: int
    cases: int

    def text(self) -> str:
        """The file's text, with its own checksum as the last line."""
        lines = [f"{LABELS[one.name]} · {one.name}: {getattr(self, one.name)}" for one in fields(self)]
        body = HEAD + "\n" + "\n".join(lines) + "\n"
        return f"{body}本文件的校验值 · {CHECKSUM}: {_checksum(body)}\n"


def _checksum(body: str) -> str:
    """Of the lines that say something, without blanks around them: mail and printers change the rest."""
    said = [line.strip() for line in body.splitlines() if " · " in line and ": " in line]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def read_anchor(text: str) -> Anchor:
    """The anchor that `text` is. Raises NoAnchor for anything else, or where a sign of it was changed."""
    told = {}
    for line in text.splitlines():
        label, _, value = line.strip().partition(": ")
        told[label.rpartition(" · ")[2]] = value.strip()
    try:
        found = Anchor(**{one.name: one.type(told[one.name]) for one in fields(Anchor)})  # type: ignore[operator]
    except (KeyError, ValueError):
        raise NoAnchor("这不是闻过的凭证文件 · this is no anchor of wenguo") from None
    if found.format != FORMAT:
        raise NoAnchor(f"凭证来自更新的版本 · this anchor comes from a newer version ({found.format})")
    body, _, _ = text.rpartition(f"· {CHECKSUM}:")
    if _checksum(body.rpartition("\n")[0]) != told.get(CHECKSUM):
        raise NoAnchor("凭证文件本身被改动或抄错 · the anchor file itself was changed or copied wrongly")
    return found


def take_anchor(now: datetime) -> Anchor:
    """The anchor of everything sealed so far. Raises NoAnchor where nothing is. `now` is UTC."""
    tree, sums, last = Tree(), {"entry": 0, "amendment": 0}, None
    for last in Seal.objects.order_by("id").iterator():
        tree.add(last.hash)
        sums[last.what] += last.count
    if last is None:
        raise NoAnchor("还没有封存过任何记录 · nothing is sealed yet")
    house = "、".join(Branch.objects.filter(parent=None).order_by("id").values_list("name", flat=True))
    return Anchor(
        format=FORMAT, house=house,
        made_at=stamp(now), seal=last.pk, sealed_at=stamp(last.at), seal_hash=last.hash, seals=tree.count,
        seals_root=tree.root(), entries=sums["entry"], amendments=sums["amendment"], cases=Case.objects.count(),
    )  # fmt: skip


def folder() -> Path:
    """Where the day's anchors lie, anchor-2026-11-25.txt, until somebody carries them out of the house."""
    return Path(settings.HOME) / "anchors"


def latest_anchor() -> Anchor | None:
    """The newest anchor of the data folder; None where there is none that can be read."""
    for file in sorted(folder().glob("anchor-*.txt"), reverse=True):
        try:
            return read_anchor(file.read_text(encoding="utf-8"))
        except (NoAnchor, UnicodeDecodeError) as slip:
            log.warning("%s: %s", file, slip)
    return None
