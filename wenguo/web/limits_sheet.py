"""The form of limits as it stands on somebody's screen: what was typed, what is wrong with it, what is doubtful."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.translation import get_language, gettext

from wenguo.cases.sentences import sentence
from wenguo.people.limits import limits_at, own_limits
from wenguo.policy.fields import KINDS, Asking, Problem
from wenguo.policy.load import packs
from wenguo.policy.money import TOTAL, limit_key
from wenguo.policy.pack import Field, Label
from wenguo.policy.row import Place
from wenguo.web.limits_table import Table, as_typed, name_of

LARGEST = 20_000_000  # yuan; a branch number holds up to 2**31 - 1 fen
REASON = 200  # signs that an amendment's reason may have


def _field(kind: str, **more: Any) -> Field:
    nothing: dict[str, Any] = {
        "help": None, "required": True, "required_if": {}, "required_unless": "", "asked_if": {}, "codes": "",
        "options": {}, "roles": (), "fact": False, "per_round": False, "default": "", "smallest": None,
        "largest": None, "longest": None, "future": False,
    }  # fmt: skip
    return Field(key=kind, kind=kind, label=Label("", ""), place=Place("", 0), **(nothing | more))


AMOUNT, DAY, WHY = _field("money", largest=LARGEST), _field("date"), _field("text", longest=REASON)


class Doubt(NamedTuple):
    """Two limits in words, where a role may decide on more than one above it. Amounts in fen."""

    lower: str
    fen: int
    higher: str
    above: int


@dataclass
class Sheet:
    """Raw text by branch number. `shown`: what stood when the form was drawn; only what differs from it is set."""

    typed: dict[str, str]
    shown: dict[str, str]
    since: str
    reason: str = ""
    fill: bool = False  # what stays empty and isn't set anywhere takes the role's total
    sure: str = ""  # the mark of the doubts that were shown and confirmed
    problems: dict[str, str] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    met: bool = False  # somebody else changed one of the same cells meanwhile
    idle: bool = False  # nothing was changed

    @classmethod
    def fresh(cls, table: Table) -> "Sheet":
        stands = _standing(table)
        return cls(dict(stands), stands, table.on.isoformat())

    @classmethod
    def posted(cls, table: Table, post: QueryDict) -> "Sheet":
        stands = _standing(table)
        return cls(
            {key: str(post.get(key, stands[key])).strip() for key in stands}, _shown(post.get("shown", "")),
            post.get("since", ""), post.get("reason", ""), "fill" in post, post.get("sure", ""),
        )  # fmt: skip

    @property
    def shown_text(self) -> str:
        return json.dumps(self.shown)

    @property
    def doubted(self) -> str:
        """A mark of the doubts, so that a confirmation counts for these only."""
        return hashlib.sha256(repr(self.doubts).encode()).hexdigest()[:12] if self.doubts else ""

    @property
    def refused(self) -> bool:
        """Whether nothing may be set yet."""
        return bool(self.problems or self.idle or (self.doubts and self.sure != self.doubted))

    def judge(self, table: Table, today: date, asks: Asking) -> tuple[dict[str, int | None], date, str]:
        """(limits in fen by branch number, day, reason) to be set. What is wrong or doubtful is noted in the sheet."""
        since = self._day(today, asks)
        reason = self._read("reason", WHY, self.reason.strip(), asks) or ""
        limits = {key: self._limit(key, asks) for key in table_keys(table) if self._touched(key)}
        self._compare(table, limits)
        if self.fill:
            limits |= _filled(table, self.typed, limits)
        self.idle = not limits and not self.problems
        self.doubts = list(_doubts(table, limits, since))
        return limits, since, reason

    def _touched(self, key: str) -> bool:
        return self.typed[key] != self.shown.get(key, "")

    def _limit(self, key: str, asks: Asking) -> int | None:
        """What was typed in a cell, in fen; None for an empty one, which takes over what holds above."""
        return self._read(key, AMOUNT, self.typed[key], asks) if self.typed[key] else None

    def _day(self, today: date, asks: Asking) -> date:
        iso = self._read("since", DAY, self.since.strip(), asks)
        since = date.fromisoformat(iso) if iso else today
        if since < today:
            self.problems["since"] = gettext("Limits can't be set for days that are past.")
        return max(since, today)

    def _read(self, key: str, kind: Field, text: str, asks: Asking) -> Any:
        """The value; None where it is wrong, which is noted at `key`."""
        try:
            if not text:
                raise Problem("Please fill this in.")
            return KINDS[kind.kind].read(kind, text, asks)
        except Problem as problem:
            self.problems[key] = sentence(problem, get_language() or "")
            return None

    def _compare(self, table: Table, limits: Mapping[str, int | None]) -> None:
        """Notes where somebody else has set the same cell since the form was drawn; takes over what else stands now."""
        stands = _standing(table)
        for key, fen in limits.items():
            if stands[key] not in (self.shown.get(key, ""), "" if fen is None else as_typed(fen)):
                value = stands[key] or gettext("nothing")
                self.problems.setdefault(key, gettext("Somebody else set this to %(value)s.") % {"value": value})
                self.met = True
        self.typed = stands | {key: self.typed[key] for key in limits}
        self.shown = stands


def table_keys(table: Table) -> list[str]:
    """The branch numbers that the form asks for."""
    return [cell.key for cell in table.cells]


def _standing(table: Table) -> dict[str, str]:
    """What the branch has set itself for the day of the table, as it would be typed."""
    own = own_limits(table.branch, table.on)
    return {key: as_typed(own[key]) if key in own else "" for key in table_keys(table)}


def _shown(given: str) -> dict[str, str]:
    try:
        found = json.loads(given or "{}")
    except (ValueError, RecursionError):
        return {}
    return {key: str(text) for key, text in found.items()} if isinstance(found, dict) else {}


def _filled(table: Table, typed: Mapping[str, str], limits: Mapping[str, int | None]) -> dict[str, int | None]:
    """The total of each role for its kinds that were left empty and that nobody above has set."""
    found: dict[str, int | None] = {}
    for *kinds, total in (line.cells for line in table.lines):
        fen = limits.get(total.key, total.limit.fen)
        empty = [cell.key for cell in kinds if not typed[cell.key] and cell.inherited.fen is None]
        found |= dict.fromkeys(empty if fen is not None else (), fen)
    return found


def _doubts(table: Table, limits: Mapping[str, int | None], since: date) -> Iterator[Doubt]:
    """Where, with `limits` set, a role could decide on more than the next one above it on its ladder."""
    branch, pack, money = table.branch, packs()[table.branch.pack], table.money
    stands, above = limits_at(branch, since), limits_at(branch, since, own=False)
    after = {key: stands[key].fen for key in stands}
    after |= {key: above[key].fen if fen is None else fen for key, fen in limits.items()}
    for kind in (*pack.codes[money.lines], TOTAL):
        for ladder in money.ladders:
            known = [(key, after[key]) for role in ladder.roles if after[key := limit_key(role, kind)] is not None]
            for (low, fen), (high, more) in zip(known, known[1:], strict=False):
                if fen is not None and more is not None and fen > more and {low, high} & {*limits}:
                    yield Doubt(name_of(pack, money, low), fen, name_of(pack, money, high), more)
