"""What to do and to say now: the rows of words/*.toml, and which of them fit a case at one of its steps."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from wenguo.policy.conditions import Conditions, holds
from wenguo.policy.row import Label, Place

DO, SAY, AVOID = "do", "say", "avoid"
SHOWN = {DO: 3, SAY: 4, AVOID: 3}  # as much as somebody reads at a glance while the customer talks
STAGE = "stage"  # may stand in `when` beside the fields: where the case is
FAULT, OURS = "fault", "ours"  # the field that decides whose fault it was, and its code for our own


@dataclass(frozen=True)
class Line:
    """One thing to do, to say or to avoid, beside the forms of these steps, for such cases."""

    kind: str  # do, say, avoid
    label: Label
    beside: tuple[str, ...]  # verbs
    when: Conditions
    admits: bool  # says that we were at fault
    source: tuple[str, ...]  # the rules it comes from
    place: Place

    @cached_property
    def asks(self) -> tuple[str, ...]:
        """What must be known before it can be shown."""
        return tuple(sorted(self.when))

    def fits(self, known: Mapping[str, Any]) -> bool:
        """Whether it may be shown; nothing admits a fault before it is decided to be ours (R053, R057)."""
        return holds(self.when, known) and (not self.admits or known.get(FAULT) == OURS)


@dataclass(frozen=True)
class Admission:
    """Phrases that admit something, and the decisions of fault after which alone they may be said."""

    fault: tuple[str, ...]
    says: tuple[str, ...]
    en: tuple[str, ...]
    place: Place

    def found_in(self, label: Label) -> str:
        """The first of the phrases that stands in what would be said; "" for none."""
        spoken = [(phrase, label.says) for phrase in self.says]
        spoken += [(phrase.casefold(), label.en.casefold()) for phrase in self.en]
        return next((phrase for phrase, text in spoken if phrase in text), "")


@dataclass(frozen=True)
class Words:
    """All that a pack's words/*.toml say, in the order of files and rows."""

    lines: tuple[Line, ...] = ()
    admissions: tuple[Admission, ...] = ()

    @cached_property
    def by_verb(self) -> dict[str, tuple[Line, ...]]:
        """The lines that stand beside the form of each verb."""
        verbs = dict.fromkeys(verb for line in self.lines for verb in line.beside)
        return {verb: tuple(line for line in self.lines if verb in line.beside) for verb in verbs}

    def keys(self, verb: str) -> frozenset[str]:
        """Fields (and `stage`) on which it depends what is shown beside the form of `verb`."""
        return frozenset(key for line in self.by_verb.get(verb, ()) for key in line.when)


class Advice(NamedTuple):
    """What a page shows: a handful of each, the most fitting first."""

    do: list[str]
    say: list[str]
    avoid: list[str]


def advice(words: Words, verb: str, known: Mapping[str, Any], language: str) -> Advice:
    """What to do, say and avoid beside the form of `verb`, as `known` (codes by field, and the stage) has it by now.

    `language`: "en", or anything else for Chinese.
    """
    fitting = [line for line in words.by_verb.get(verb, ()) if line.fits(known)]
    return Advice(*([line.label.word(language) for line in handful(fitting, kind)] for kind in (DO, SAY, AVOID)))


def handful(lines: Iterable[Line], kind: str) -> list[Line]:
    """Those of `kind` that are shown of `lines`, all of which fit: who asks most comes first.

    Of lines that ask equally much, each question (the mood, the situation …) gets its first line before any gets its
    second, so that none crowds out the others.
    """
    return [line for *_, line in sorted(_ranked(lines, kind), key=lambda one: one[:3])][: SHOWN[kind]]


def _ranked(lines: Iterable[Line], kind: str) -> Iterator[tuple[int, int, int, Line]]:
    """(minus the number of conditions, which of the lines with the same question, position, line)."""
    met: Counter[tuple[str, ...]] = Counter()
    for position, line in enumerate(one for one in lines if one.kind == kind):
        yield -len(line.when), met[line.asks], position, line
        met[line.asks] += 1
