"""A Merkle tree over hashes: one root for many rows, and for each row a short path by which the root can be made again.

The shape is that of RFC 6962: pairs are joined level by level, and whoever is left over at the end of a level moves up.
Leaves and knots are hashed with different first bytes, so that no knot can pass for a leaf.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

Path = list[
    tuple[str, str]
]  # from the leaf up: on which side the other one lies ("left", "right"), and its hash in hex


def leaf(text: str) -> bytes:
    """The leaf of a row, from its hash in hex."""
    return sha256(b"\x00" + text.encode()).digest()


def knot(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """Takes leaves one by one and keeps only a handful of knots, however many they are."""

    def __init__(self) -> None:
        self.count = 0
        self.knots: list[bytes] = []  # roots of whole trees, the largest first; their sizes are the bits of `count`

    def add(self, text: str) -> None:
        """The next row, by its hash in hex."""
        new, full = leaf(text), self.count
        while full & 1:
            new, full = knot(self.knots.pop(), new), full >> 1
        self.knots.append(new)
        self.count += 1

    def root(self) -> str:
        """The root in hex over all that was added; "" where there was nothing."""
        if not self.knots:
            return ""
        *rest, found = self.knots
        for left in reversed(rest):
            found = knot(left, found)
        return found.hex()


def root_of(texts: Iterable[str]) -> str:
    """The root over these hashes."""
    tree = Tree()
    for text in texts:
        tree.add(text)
    return tree.root()


def paths(rows: Iterable[tuple[int, str]], wanted: Iterable[int]) -> tuple[int, dict[int, Path]]:
    """How many rows (id, hash in hex) there were, and for each wanted id among them the path from there to the root.

    As sparing as a Tree: it keeps the knots on the way and the paths, not the hashes.
    """
    left, found, count = set(wanted), dict[int, Path](), 0
    knots: list[tuple[bytes, list[int]]] = []  # with the wanted ids below each
    for pk, text in rows:
        below = [pk] if pk in left else []
        found |= {one: [] for one in below}
        new, full = (leaf(text), below), count
        while full & 1:
            new, full = _joined(knots.pop(), new, found), full >> 1
        knots.append(new)
        count += 1
    while len(knots) > 1:
        right = knots.pop()
        knots.append(_joined(knots.pop(), right, found))
    return count, found


def _joined(
    left: tuple[bytes, list[int]], right: tuple[bytes, list[int]], found: dict[int, Path]
) -> tuple[bytes, list[int]]:
    """The knot over two others; whoever lies below one of them has the other on its path."""
    for below, side, other in ((left[1], "right", right[0]), (right[1], "left", left[0])):
        for one in below:
            found[one].append((side, other.hex()))
    return knot(left[0], right[0]), left[1] + right[1]


def climbed(text: str, path: Iterable[Sequence[str]]) -> str:
    """The root in hex to which `path` leads from the row hashed `text`. Raises ValueError for what is no path."""
    here = leaf(text)
    for side, other in path:
        if side not in ("left", "right"):
            raise ValueError(f"a path goes left or right, not {side!r}")
        here = knot(bytes.fromhex(other), here) if side == "left" else knot(here, bytes.fromhex(other))
    return here.hex()
