"""The record in pieces: each is checked by itself, so that several processes can share the work."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from wenguo.cases.anchors import Anchor
from wenguo.cases.audit import amendments, cases, seals
from wenguo.cases.audit.finding import Finding, asked

CASES = 500  # in one piece
AMENDMENTS = 5000  # in one piece; all of a thing together


class Piece(NamedTuple):
    """Which part of the record: `what` is cases, amendments or seals; `after` and `until`: between which ids; `chains`:
    only the chains, not what they vouch for."""

    what: str
    after: Any = None
    until: Any = None
    chains: bool = False


@dataclass
class Checked:
    """What was seen of a piece. `findings`: in order; `count`: as the module counts that checked it."""

    findings: list[Finding]
    count: Any


def check(piece: Piece, anchor: Anchor | None, most: int) -> Checked:
    """Checks one piece; stops after `most` findings."""
    count: Any
    if piece.what == "cases":
        count = cases.Count()
        faults = cases.case_faults(count, piece.after, piece.until, chains=piece.chains)
    elif piece.what == "amendments":
        count = amendments.Count()
        faults = amendments.amendment_faults(count, piece.after, piece.until, chains=piece.chains)
    else:
        count = seals.Count()
        faults = seals.seal_faults(count, anchor)
    return Checked(list(islice(faults, most)), count)


def cut(*, chains: bool = False) -> list[Piece]:
    """Pieces that make up the whole record, in the order in which they are told; what is added later is in the last."""
    things = list(_ends("people_amendment", ("kind", "thing"), amendments.FIRST, AMENDMENTS))
    ids = [pk for (pk,) in _ends("cases_case", ("id",), (0,), CASES)]
    return [
        *(Piece("cases", *span, chains) for span in zip([0, *ids], [*ids, cases.LAST], strict=True)),
        *(
            Piece("amendments", *span, chains)
            for span in zip([amendments.FIRST, *things], [*things, None], strict=True)
        ),
        Piece("seals"),
    ]


def _ends(table: str, key: tuple[str, ...], after: tuple, size: int) -> Iterator[tuple]:
    """The key of every so-manyth row."""
    names, places = ", ".join(key), ", ".join(["%s"] * len(key))
    while found := asked(
        f"SELECT {names} FROM {table} WHERE ({names}) > ({places}) ORDER BY {names} LIMIT 1 OFFSET {size}", after
    ):
        (after,) = found
        yield after
