"""Seals against the rows that they cover, and an anchor from outside against the seals."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from wenguo.cases.anchors import Anchor
from wenguo.cases.audit.finding import Finding, asked
from wenguo.cases.merkle import Tree
from wenguo.cases.models import Seal
from wenguo.cases.seal import TABLES, all_hashes, seal_columns
from wenguo.people.chain import FIRST, link, stamp
from wenguo.people.rows import read

BATCH = 1000  # seals read at once
Row = tuple[int, str]


@dataclass
class Count:
    """What was seen: seals, rows that none covers yet by table, and whether an anchor's seal was met."""

    seals: int = 0
    unsealed: dict[str, int] = field(default_factory=dict)
    anchored: bool = False


class Rows:
    """The rows of one table in the order of their ids, taken piece by piece."""

    def __init__(self, what: str):
        self.rows = all_hashes(what)
        self.next: Row | None = next(self.rows, None)
        self.end = 0  # the last id that a seal covers

    def until(self, last: int) -> Iterator[Row]:
        """Those up to the id `last` that weren't taken before."""
        while self.next and self.next[0] <= last:
            yield self.next
            self.next = next(self.rows, None)


def seal_faults(count: Count, anchor: Anchor | None) -> Iterator[Finding]:
    """Everything wrong with seals, in their order; then whether the anchor stands."""
    rows = {what: Rows(what) for what in TABLES}
    prev, tree, sealed = FIRST, Tree(), dict.fromkeys(TABLES, 0)
    last: Seal | None = None
    for last in _seals():
        yield from _one(last, prev, rows)
        prev = last.hash
        tree.add(last.hash)
        sealed[last.what] = sealed.get(last.what, 0) + last.count
        if anchor and tree.count == anchor.seals:
            count.anchored = True
            yield from _anchored(anchor, last, tree, sealed)
    count.seals = tree.count
    count.unsealed = {what: sum(1 for _ in one.until(2**63 - 1)) for what, one in rows.items()}
    if anchor and not count.anchored:
        yield Finding(
            f"anchor {anchor.seal}",
            f"记录只到第 {tree.count} 次封存，凭证已到第 {anchor.seals} 次：末尾被删除，或换成了旧备份",
            f"the record ends at seal {tree.count}, the anchor knows {anchor.seals}: its end was cut off, or an old"
            " backup was put back",
        )  # fmt: skip


def _seals() -> Iterator[Seal]:
    after = 0
    while seals := read(Seal, f"WHERE id > %s ORDER BY id LIMIT {BATCH}", after):
        yield from seals
        after = seals[-1].pk


def _one(seal: Seal, prev: str, tables: dict[str, Rows]) -> Iterator[Finding]:
    """One seal: its place in the chain of seals, its own hash, the rows it covers."""
    where = f"seal {seal.pk}"
    if seal.prev != prev:
        yield Finding(where, "与前一次封存接不上，其间有封存被删除或改动", "doesn't follow the seal before it")
    if link(seal.prev, seal_columns(seal)) != seal.hash:
        yield Finding(where, "内容与校验值不符，被改动过", "doesn't match its hash: it was changed")
    if seal.what not in tables:
        return
    rows = tables[seal.what]
    begin, rows.end = rows.end, seal.last
    tree, ids = Tree(), []
    for pk, text in rows.until(seal.last):
        tree.add(text)
        ids.append(pk)
    if (tree.count, tree.root()) != (seal.count, seal.root):
        yield _broken(seal, begin, ids)


def _broken(seal: Seal, begin: int, ids: list[int]) -> Finding:
    """What is wrong with the rows of a seal, as near as can be told: it keeps one root, not every hash."""
    span = _names(seal.what, begin, seal.last)
    if len(ids) != seal.count:
        there = set(ids)
        lost = next((pk for pk in range(seal.first, seal.last + 1) if pk not in there), None)
        more = len(ids) > seal.count
        gap = "" if lost is None or more else f" (id {lost})"
        return Finding(
            f"seal {seal.pk}, {span}",
            f"封存了 {seal.count} 条，现有 {len(ids)} 条：有{'加入' if more else '删除'}{gap}",
            f"{seal.count} rows were sealed, {len(ids)} are there: some were {'inserted' if more else 'deleted'}{gap}",
        )  # fmt: skip
    return Finding(
        f"seal {seal.pk}, {span}",
        "其中有记录在封存后被换掉或调换次序，校验值是重新算过的",
        "some of these were replaced or swapped after they were sealed, with their hashes computed anew",
    )


def _names(what: str, begin: int, end: int) -> str:
    """The first and the last row between two ids, as people call them."""
    name = {
        "entry": "SELECT number, seq FROM cases_entry JOIN cases_case ON cases_case.id = case_id",
        "amendment": "SELECT kind || ' ' || thing, seq FROM people_amendment",
    }[what]
    table = TABLES[what]
    span = f"WHERE {table}.id > %s AND {table}.id <= %s ORDER BY {table}.id"
    found = [asked(f"{name} {span} {order} LIMIT 1", [begin, end]) for order in ("", "DESC")]
    ends = [f"{row[0][0]} #{row[0][1]}" for row in found if row]
    return " … ".join(dict.fromkeys(ends)) or what


def _anchored(anchor: Anchor, seal: Seal, tree: Tree, sealed: dict[str, int]) -> Iterator[Finding]:
    """Whether the record says of this moment what the anchor says."""
    stands = (seal.hash, tree.root(), stamp(seal.at), sealed["entry"], sealed["amendment"])
    must = (anchor.seal_hash, anchor.seals_root, anchor.sealed_at, anchor.entries, anchor.amendments)
    if stands != must:
        yield Finding(
            f"seal {seal.pk}", "与凭证不符：凭证之前的记录被整体重算过",
            "is not what the anchor says: what was recorded before it was computed anew",
        )  # fmt: skip
