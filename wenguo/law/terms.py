"""Dated statutory terms, read from terms.toml."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """The longest time a statute leaves: `hours` (plain hours), valid from `since` on, with its `source` (article)."""

    name: str
    hours: int
    since: date
    source: str


@cache
def _terms() -> dict[str, list[Term]]:
    """Every term by name, its values newest first."""
    tables = tomllib.loads(Path(__file__).with_name("terms.toml").read_text(encoding="utf-8"))
    return {
        name: sorted(
            (Term(name, value["hours"], value["from"], value["source"]) for value in table["values"]),
            key=lambda term: term.since,
            reverse=True,
        )
        for name, table in tables.items()
    }


def term(name: str, on: date) -> Term | None:
    """The value of the term `name` in force on the day `on`.

    None when nothing was in force yet. Raises KeyError for a term that no statute here knows.
    """
    return next((value for value in _terms()[name] if value.since <= on), None)


def term_names() -> frozenset[str]:
    """Names that a pack's clock may give as its `statute`."""
    return frozenset(_terms())
