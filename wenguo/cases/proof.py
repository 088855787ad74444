"""The proof of one case: everything that it takes to check it against an anchor, without any other case.

Each entry leads by a Merkle path to the root of its seal, each seal by another to the root over all seals that stands
in the anchor. Personal values aren't in it, only the commitments to them. `proof_faults` needs no database.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from wenguo.cases.anchors import Anchor
from wenguo.cases.merkle import Path, climbed, paths
from wenguo.cases.models import Case, Entry, Seal
from wenguo.cases.record import hashed_columns
from wenguo.cases.seal import hashes, seal_columns, seal_hashes
from wenguo.people.chain import FIRST, link
from wenguo.people.rows import read

FORMAT = 1


@dataclass
class Sealed:
    """One entry with the seal that covers it (None: none yet) and the path to that seal's root."""

    columns: list[Any]
    prev: str
    hash: str
    seal: int | None = None
    path: Path = field(default_factory=list)


@dataclass
class SealProof:
    """One seal's columns with the path to the root over all seals that the proof counts (None: it is a later one)."""

    columns: list[Any]
    prev: str
    hash: str
    path: Path | None = None


@dataclass
class Proof:
    """A case with the seals over it; `seals` says for how many seals, from the first, the paths hold."""

    number: str
    entries: list[Sealed]
    sealed_by: dict[int, SealProof]
    seals: int
    format: int = FORMAT

    def text(self) -> str:
        """The file's text (JSON)."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def proof_of(case: Case, seals: int | None = None) -> Proof:
    """The proof of `case`, for an anchor that counts `seals` seals (None: for all there are)."""
    entries = read(Entry, "WHERE case_id = %s ORDER BY seq", case.pk)
    told = {one.pk: Sealed(hashed_columns(case.number, one), one.prev, one.hash) for one in entries}
    by_seal = _seals_of([one.pk for one in entries])
    for seal, covered in by_seal:
        _, ways = paths(hashes("entry", seal.first - 1, seal.last, seal.count + 1), covered)
        for pk in covered:
            told[pk].seal, told[pk].path = seal.pk, ways.get(pk, [])
    count, sealed_by = _over_all([seal for seal, _ in by_seal], seals)
    return Proof(case.number, list(told.values()), sealed_by, count)


def _seals_of(entries: list[int]) -> list[tuple[Seal, list[int]]]:
    """Each seal over some of these entries, with their ids; in the order of seals."""
    found: list[tuple[Seal, list[int]]] = []
    waiting = sorted(entries)
    while waiting:
        after = "WHERE what = 'entry' AND last >= %s ORDER BY last LIMIT 1"
        seal = next(iter(read(Seal, after, waiting[0])), None)
        if seal is None:
            break
        found.append((seal, [pk for pk in waiting if pk <= seal.last]))
        waiting = [pk for pk in waiting if pk > seal.last]
    return found


def _over_all(seals: Sequence[Seal], most: int | None) -> tuple[int, dict[int, SealProof]]:
    """How many seals are counted (at most `most`), and each of `seals` with its path among them."""
    count, ways = paths(islice(seal_hashes(), most), [one.pk for one in seals])
    return count, {
        one.pk: SealProof(seal_columns(one), one.prev, one.hash, ways.get(one.pk)) for one in seals
    }  # fmt: skip


def proof_faults(text: str, anchor: Anchor) -> list[str]:
    """What is wrong with a proof beside `anchor`, in Chinese and English; empty where it holds."""
    try:
        told = json.loads(text)
        return list(_faults(told, anchor))
    except (ValueError, KeyError, TypeError, AttributeError):
        return ["这不是闻过的投诉单证明 · this is no proof of wenguo"]


def _faults(told: dict[str, Any], anchor: Anchor) -> Iterator[str]:
    prev = FIRST
    if told["seals"] != anchor.seals:
        yield "证明是为另一份凭证做的 · the proof was made for another anchor"
    if not told["entries"]:
        yield "证明里没有记录 · there is no entry in the proof"
    for nth, one in enumerate(told["entries"], 1):
        where = f"{told['number']} #{nth}"
        if one["columns"][:2] != [told["number"], nth] or one["prev"] != prev:
            yield f"{where}: 与前一条接不上 · doesn't follow the one before it"
        if link(one["prev"], one["columns"]) != one["hash"]:
            yield f"{where}: 内容与校验值不符 · doesn't match its hash"
        yield from (f"{where}: {fault}" for fault in _outside(one, told["sealed_by"], anchor))
        prev = one["hash"]


def _outside(one: dict[str, Any], seals: dict[str, dict[str, Any]], anchor: Anchor) -> Iterator[str]:
    """Whether the entry leads to its seal, and that to the anchor."""
    if one["seal"] is None:
        yield "尚未封存，凭证证明不了它 · not sealed yet, so the anchor can't vouch for it"
        return
    seal = seals[str(one["seal"])]
    if climbed(one["hash"], one["path"]) != seal["columns"][-1] or link(seal["prev"], seal["columns"]) != seal["hash"]:
        yield "不在它所说的那次封存之内 · isn't covered by the seal that it names"
    if seal["path"] is None:
        yield "封存晚于凭证，请用更新的凭证 · was sealed after the anchor was made: take a newer one"
    elif climbed(seal["hash"], seal["path"]) != anchor.seals_root:
        yield "与凭证不符 · isn't what the anchor vouches for"
