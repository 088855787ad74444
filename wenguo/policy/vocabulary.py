"""The words that code brings to a pack: verbs, relations and facts. The layer above hands them in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from wenguo.policy.pack import Label, Place
from wenguo.policy.source import Fault


class CodedVerb(Protocol):
    """A verb with code of its own: what can come of it, the fields it takes with the kinds they may have, and those of
    them that it can't do without."""

    @property
    def outcomes(self) -> tuple[str, ...]: ...
    @property
    def takes(self) -> Mapping[str, frozenset[str]]: ...
    @property
    def must(self) -> frozenset[str]: ...
    @property
    def system(self) -> Label | None: ...


@dataclass(frozen=True)
class Vocabulary:
    """`facts`: those that code answers, beside the pack's own. `relations`: what somebody can be to a case. `measures`:
    facts that warnings may compare with."""

    verbs: Mapping[str, CodedVerb]
    relations: frozenset[str]
    facts: frozenset[str]
    measures: frozenset[str] = frozenset()


def unknown(words: Iterable[str], known: Iterable[str], what: str, place: Place) -> Iterator[Fault]:
    """A fault for each of `words` that isn't `known`."""
    known = frozenset(known)
    for word in words:
        if word not in known:
            yield Fault(place, f"unknown {what} '{word}'")
