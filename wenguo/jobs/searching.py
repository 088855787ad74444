"""Search beside a backup and the doctor: its tables are derived from the record, so they are made anew, never kept.

JOIN HERE: the part that brings search has `wenguo/cases/reindexing.py` with faults() and rebuild(say). Nothing else in
backup, restore or doctor knows of search; once it is merged, the two functions below may import it outright.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def _search() -> Any:
    return import_module("wenguo.cases.reindexing") if find_spec("wenguo.cases.reindexing") else None


def make_search_anew(say: Callable[[str], None]) -> None:
    """Makes the tables of search anew from the record."""
    if search := _search():
        search.rebuild(say)


def search_faults() -> Iterator[str]:
    """What search says otherwise than the record, a sentence each."""
    if search := _search():
        yield from search.faults()
