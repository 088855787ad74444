"""Who may spend how much: the ladder of roles, their limits, and whose limit suffices. All amounts in fen."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from wenguo.policy.conditions import Conditions, first_that_holds
from wenguo.policy.row import Place

TOTAL = "total"  # beside the kinds of line: the limit over all of them
COUNTERSIGN = "limit.countersign"  # the branch number from which the countersigning roles must agree too
Fen = Mapping[str, int]  # by kind of line


def yuan(fen: int) -> str:
    """An amount in fen as people read it in yuan: 1,000.50."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def typed_yuan(fen: int) -> str:
    """An amount in fen as people type it in yuan: 1000.50."""
    return yuan(fen).replace(",", "")


@dataclass(frozen=True)
class Ladder:
    """Roles that may spend money on such cases, the lowest first."""

    when: Conditions
    roles: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class Money:
    """What a pack says of money (R014, R054, R071). Limits are numbers of the branch, by role and kind of line.

    `lines`: the list of codes of what a line may be. `days`: over how many a customer's remedies are summed.
    `countersign`: roles that must agree too, from the amount that the branch sets. `set_by`: roles that set limits.
    `limits`: by branch number, those that hold until a branch says otherwise.
    """

    lines: str
    days: int
    ladders: tuple[Ladder, ...]
    countersign: tuple[str, ...]
    set_by: tuple[str, ...]
    limits: dict[str, int]
    place: Place

    def ladder(self, facts: Mapping[str, Any]) -> tuple[str, ...]:
        """The roles that decide on a case of which `facts` hold, the lowest first."""
        found = first_that_holds(self.ladders, facts)
        return found.roles if found else ()


def limit_key(role: str, kind: str) -> str:
    """The name of the branch number that holds this limit."""
    return f"limit.{role}.{kind}"


class Purse(NamedTuple):
    """What one remedy asks for, beside what was granted already: to the case, and to its customer in the period."""

    money: Money
    overlaid: Mapping[str, int]  # the branch's numbers
    asked: Fen
    granted: Fen

    @property
    def total(self) -> int:
        return sum(self.asked.values())

    @property
    def kinds(self) -> list[str]:
        """The kinds whose limits matter: those that cost something, and the total of all."""
        return [*(kind for kind, fen in self.asked.items() if fen), TOTAL]

    def sum_of(self, kind: str) -> int:
        """What would be granted of `kind` in all, this remedy included."""
        if kind == TOTAL:
            return self.total + sum(self.granted.values())
        return self.asked.get(kind, 0) + self.granted.get(kind, 0)

    def limit(self, role: str, kind: str) -> int | None:
        """The limit of `role` for `kind`; None where nobody has set it yet."""
        key = limit_key(role, kind)
        return self.overlaid.get(key, self.money.limits.get(key))

    def unset(self, roles: Iterable[str]) -> Iterator[tuple[str, str]]:
        """(role, kind) of every limit that this remedy meets and that nobody has set."""
        return ((role, kind) for role in roles for kind in self.kinds if self.limit(role, kind) is None)

    def suffices(self, role: str) -> bool:
        """Whether `role` may decide on this: no sum of its kinds, nor of all together, is above its limit."""
        limits = [(self.sum_of(kind), self.limit(role, kind)) for kind in self.kinds]
        return all(limit is not None and fen <= limit for fen, limit in limits)

    def tightest(self, role: str) -> int:
        """What `role` may still decide on of what this remedy asks for: the smallest limit that it meets."""
        return min((limit for kind in self.kinds if (limit := self.limit(role, kind)) is not None), default=0)

    def countersigned(self) -> tuple[str, ...]:
        """Roles that must agree beside whoever decides."""
        above = self.overlaid.get(COUNTERSIGN, self.money.limits.get(COUNTERSIGN))
        return self.money.countersign if above is not None and self.sum_of(TOTAL) >= above else ()
