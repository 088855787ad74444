"""What a pack watches for: rows that turn facts into a warning, and words that hint at danger. Advice to people.

A row holds where each of its groups has at least one test that holds: groups are joined by 且, tests within one by 或.
Where a source can be read in two ways, both readings stand in the row by name, and one is chosen.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from wenguo.policy.row import Label, Place

SIGNS = (">=", "<=", "=", "in")
TEST = re.compile(r"([a-z][a-z0-9_]*) (>=|<=|=|in) (\S+(?: \S+)*)")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
READING = "reading"  # the placeholder for the reading that is chosen
GAP = "…"  # within a danger word: up to so many signs of the same sentence may stand there
GAP_LONGEST = 10
DANGER, JUDGEMENT = "danger", "judgement"  # the fields that danger words propose codes for, and that judgements are in


@dataclass(frozen=True)
class Test:
    """`same_fault_days >= w6_days`: a fact, a sign, and a number (or the key of one) or codes."""

    fact: str
    sign: str
    values: tuple[str, ...]

    def holds(self, value: Any, number: Callable[[str], int]) -> bool:
        """Whether a fact with this value passes; what isn't known never does. `number` resolves the key of one."""
        if value is None:
            return False
        if self.sign in ("=", "in"):
            return any(one in self.values for one in (value if isinstance(value, list) else [_as_code(value)]))
        limit = number(self.values[0])
        return bool(value >= limit if self.sign == ">=" else value <= limit)


def _as_code(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


Groups = tuple[tuple[Test, ...], ...]


@dataclass(frozen=True)
class Reading:
    """One way to read what the source says; `groups` come on top of the row's own."""

    key: str
    label: Label
    groups: Groups
    place: Place


@dataclass(frozen=True)
class Rule:
    """A row: what it is called, what must hold, and the sentence that says why it holds. `together`: about several
    cases at once, which share one warning."""

    key: str
    label: Label
    own: Groups
    evidence: Label
    source: tuple[str, ...]
    readings: dict[str, Reading]
    chosen: str
    together: bool
    place: Place

    @property
    def reading(self) -> Reading | None:
        """The reading that is chosen, where there are several."""
        return self.readings.get(self.chosen)

    @cached_property
    def groups(self) -> Groups:
        """All that must hold, as the row is read."""
        return self.own + (self.reading.groups if self.reading else ())

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Facts that it asks for, each once."""
        return tuple(dict.fromkeys(test.fact for group in self.groups for test in group))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Keys of the numbers that it compares with, and of those that its evidence names."""
        signs = (test for group in self.groups for test in group if test.sign in (">=", "<="))
        compared = [test.values[0] for test in signs if not test.values[0].isdigit()]
        return tuple(dict.fromkeys([*compared, *(one for one in self.words() if one not in (*self.facts, READING))]))

    def words(self) -> Iterator[str]:
        """Placeholders of the evidence, of both languages."""
        yield from PLACEHOLDER.findall(self.evidence.says + self.evidence.en)


class Found(NamedTuple):
    """A danger word in a text: which code it hints at, and from where to where it stands."""

    code: str
    start: int
    end: int


@dataclass(frozen=True)
class DangerWords:
    """Words that hint at one code of the field `danger`; `but`: false friends, within which a word says nothing."""

    code: str
    words: tuple[str, ...]
    but: tuple[str, ...]
    place: Place

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return _any_of(self.words)

    @cached_property
    def _friends(self) -> re.Pattern[str] | None:
        return _any_of(self.but) if self.but else None

    def found(self, text: str) -> Iterator[Found]:
        """Every place at which `text` says one of the words and no false friend stands around it."""
        harmless = [one.span() for one in self._friends.finditer(text)] if self._friends else []
        for one in self._pattern.finditer(text):
            start, end = one.span()
            if not any(since < end and start < until for since, until in harmless):
                yield Found(self.code, start, end)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """The longest words first; a gap never reaches into another sentence."""
    between = rf"[^。！？!?；;\n]{{0,{GAP_LONGEST}}}?"
    parts = (between.join(map(re.escape, word.split(GAP))) for word in sorted(words, key=len, reverse=True))
    return re.compile("|".join(parts), re.IGNORECASE)


@dataclass(frozen=True)
class Identity:
    """W4: whose identity calls for attention. Sensitive, so that only `roles` see or enter it, for `days` at most."""

    codes: str
    roles: frozenset[str]
    days: int
    place: Place


@dataclass(frozen=True)
class Watch:
    """warnings.toml: which processes are watched (`of`), which one a hit opens, the rows, the words. `board`: roles
    whose menu shows the board."""

    of: tuple[str, ...]
    opens: str
    board: frozenset[str]
    rules: dict[str, Rule]
    dangers: tuple[DangerWords, ...]
    identity: Identity | None
    place: Place
    repairs: frozenset[str] = field(default=frozenset())  # kinds of repair order by which a fault is repaired
    returns: frozenset[str] = field(default=frozenset())  # of them, those for a fault that came back

    def proposed(self, text: str) -> list[Found]:
        """Every danger word in `text`, in the order in which they stand there."""
        return sorted((one for row in self.dangers for one in row.found(text)), key=lambda one: (one.start, one.end))


def in_words(evidence: str, values: Mapping[str, str]) -> str:
    """The sentence with its placeholders filled in."""
    return PLACEHOLDER.sub(lambda one: values.get(one[1], "—"), evidence)
