"""The table of a branch's limits in words: roles by ladder, kinds of cost, and where each amount comes from."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext

from wenguo.people.limits import Coming, Limit, coming, limits_at
from wenguo.people.models import Branch
from wenguo.policy.conditions import Conditions
from wenguo.policy.load import packs
from wenguo.policy.money import COUNTERSIGN, TOTAL, Money, limit_key
from wenguo.policy.money import yuan as exact
from wenguo.policy.pack import Field, Pack
from wenguo.web import words
from wenguo.web.typed import word


class Cell(NamedTuple):
    """One limit. `inherited`: what counts while the branch sets nothing itself; `own`: whether it does."""

    key: str
    kind: str
    label: str
    limit: Limit
    inherited: Limit
    own: bool
    coming: Coming | None


class Line(NamedTuple):
    """A role and its limits, one for each kind of cost; the total is the last."""

    role: str
    label: str
    cells: list[Cell]


class Group(NamedTuple):
    """The roles that decide on the cases named in `title`; `order`: all of that ladder, the lowest first."""

    title: str
    order: str
    lines: list[Line]


@dataclass(frozen=True)
class Table:
    """What the branch's page shows, as it stands on the day `on`. `kinds`: (code, word) of its columns."""

    branch: Branch
    on: date
    money: Money
    kinds: list[tuple[str, str]]
    groups: list[Group]
    countersign: Cell | None

    @property
    def lines(self) -> list[Line]:
        return [line for group in self.groups for line in group.lines]

    @property
    def cells(self) -> list[Cell]:
        cells = [cell for line in self.lines for cell in line.cells]
        return [*cells, self.countersign] if self.countersign else cells

    @property
    def unset(self) -> list[Cell]:
        """Limits without which no money can be promised; nobody needs to agree as well where that is not set."""
        return [cell for line in self.lines for cell in line.cells if cell.limit.fen is None]

    @property
    def set_by(self) -> str:
        """Who may set limits, in words."""
        return roles_in_words(packs()[self.branch.pack], self.money.set_by)

    @property
    def agreed_by(self) -> str:
        """Who must agree too, in words."""
        return roles_in_words(packs()[self.branch.pack], self.money.countersign)

    def named(self, cell: Cell) -> str:
        """Role and kind of a cell, in words."""
        return name_of(packs()[self.branch.pack], self.money, cell.key)


def table_of(branch: Branch, money: Money, today: date, on: date, row: str = "") -> Table:
    """The whole table as it stands on the day `on`, or of one `row` only: a role, or the countersigning."""
    pack, maker = packs()[branch.pack], _Maker(branch, today, on)
    kinds = [*((code, word(label)) for code, label in pack.codes[money.lines].items()), (TOTAL, total_word())]
    groups = [
        Group(title, order, [_line(pack, role, kinds, maker) for role in roles if row in ("", role)])
        for title, order, roles in _ladders(pack, money)
    ]
    agreed = money.countersign and row in ("", COUNTERSIGN)
    countersign = maker.cell(COUNTERSIGN, COUNTERSIGN, gettext("From which amount")) if agreed else None
    return Table(branch, on, money, kinds, [one for one in groups if one.lines], countersign)


class _Maker:
    """Draws cells from what is asked once for the whole table."""

    def __init__(self, branch: Branch, today: date, on: date):
        self.branch = branch
        self.limits, self.inherited = limits_at(branch, on), limits_at(branch, on, own=False)
        self.coming = coming(branch, max(on, today))

    def cell(self, key: str, kind: str, label: str) -> Cell:
        limit = self.limits[key]
        own = limit.branch is not None and limit.branch.pk == self.branch.pk
        return Cell(key, kind, label, limit, self.inherited[key], own, self.coming.get(key))


def _line(pack: Pack, role: str, kinds: list[tuple[str, str]], maker: _Maker) -> Line:
    return Line(role, word(pack.roles[role]), [maker.cell(limit_key(role, kind), kind, label) for kind, label in kinds])


def _ladders(pack: Pack, money: Money) -> Iterator[tuple[str, str, list[str]]]:
    """(title, order, roles) so that each role stands once; those of several ladders come last."""
    often = Counter(role for ladder in money.ladders for role in ladder.roles)
    for ladder in money.ladders:
        title = _cases(pack, ladder.when) if ladder.when or len(money.ladders) == 1 else gettext("All other cases")
        order = " → ".join(word(pack.roles[role]) for role in ladder.roles)
        yield title, order, [role for role in ladder.roles if often[role] == 1]
    yield gettext("Decide on several of these"), "", [role for role, times in often.items() if times > 1]


def _cases(pack: Pack, when: Conditions) -> str:
    """Which cases a condition means, in words."""
    parts = [_condition(pack.fields.get(key), key, values) for key, values in when.items()]
    return gettext(", ").join(parts) or gettext("All cases")


def _condition(field: Field | None, key: str, values: tuple) -> str:
    options = field.options if field else {}
    yes_no = {True: gettext("Yes"), False: gettext("No")}
    told = [
        yes_no[one] if isinstance(one, bool) else word(options[one]) for one in values if one in (*options, *yes_no)
    ]
    label = word(field.label) if field else key
    return gettext("%(label)s: %(values)s") % {"label": label, "values": gettext(", ").join(told)}


def name_of(pack: Pack, money: Money, key: str) -> str:
    """Role and kind of a limit in words; the bare number's name where the pack no longer knows it."""
    if key == COUNTERSIGN:
        return gettext("%(roles)s must agree too") % {"roles": roles_in_words(pack, money.countersign)}
    _, _, rest = key.partition(".")
    role, _, kind = rest.rpartition(".")
    title = word(pack.roles[role]) if role in pack.roles else role
    return f"{title} · {total_word() if kind == TOTAL else word(pack.code(money.lines, kind))}"


def roles_in_words(pack: Pack, roles: tuple[str, ...]) -> str:
    return gettext(", ").join(word(pack.roles[role]) for role in roles)


def total_word() -> str:
    return gettext("All together")


def source(limit: Limit) -> str:
    """Where a limit comes from: the branch that set it, or the pack."""
    return words.branch_name(limit.branch) if limit.branch else gettext("Industry default")


def yuan(fen: int) -> str:
    """Fen as yuan for a table of amounts: 1,000 or 1,000.50."""
    return exact(fen).removesuffix(".00")


def as_typed(fen: int) -> str:
    """Fen as somebody would type them in yuan: 1000 or 1000.50."""
    return yuan(fen).replace(",", "")
