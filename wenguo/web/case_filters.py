"""The filters of the list of cases in words: chips above the list, and the form in which they are chosen."""

from collections.abc import Iterable
from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import get_language, gettext, gettext_noop

from wenguo.cases.filters import Filters, colleagues
from wenguo.people.actors import Actor
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.policy.pack import Label, Pack
from wenguo.policy.views import CODED, COLUMNS
from wenguo.web import words
from wenguo.web.case_rows import HEADS

NAMES = HEADS | {
    "mine": gettext_noop("My turn"),
    "overdue": gettext_noop("Overdue"),
    "state": gettext_noop("State"),
    "turn": gettext_noop("Whose turn"),
    "process": gettext_noop("Kind of case"),
    "opened": gettext_noop("Registered"),
    "opened_since": gettext_noop("Registered from"),
    "opened_until": gettext_noop("Registered until"),
    "closed": gettext_noop("Closed"),
    "closed_since": gettext_noop("Closed from"),
    "closed_until": gettext_noop("Closed until"),
    "sort": gettext_noop("Order"),
}
FIXED = {
    "open": gettext_noop("In progress"),
    "closed": gettext_noop("Closed"),
    "none": gettext_noop("Nobody yet"),
    "me": gettext_noop("Me"),
    "today": gettext_noop("Today"),
    "this_week": gettext_noop("This week"),
    "this_month": gettext_noop("This month"),
    "last_month": gettext_noop("Last month"),
    "last_30_days": gettext_noop("The last 30 days"),
}
ORDERS = {
    "due": gettext_noop("What is due first"),
    "-due": gettext_noop("What is due last"),
    "-opened": gettext_noop("The newest first"),
    "opened": gettext_noop("The oldest first"),
}


class Chip(NamedTuple):
    """One value chosen: its words, and the address of the list without it."""

    name: str
    value: str
    without: str


class Offer(NamedTuple):
    """One value that may be chosen."""

    value: str
    word: str
    chosen: bool


class Group(NamedTuple):
    """A filter of which several codes may be chosen. `open`: something is."""

    key: str
    name: str
    offers: list[Offer]
    open: bool


def chips(filters: Filters, by: Actor, kept: str = "") -> list[Chip]:
    """Every value chosen, each with the way to take it off; `kept` is what else stands in the address."""
    return [
        Chip(gettext(NAMES[key]), _word(key, value, by), _with(filters.without(key, value), kept))
        for key, value in filters.pairs()
        if key != "sort"
    ]


def _with(filters: Filters, kept: str) -> str:
    return "?" + "&".join(filter(None, [filters.query, kept]))


def _word(key: str, value: str, by: Actor) -> str:
    """The value in words; nothing where the filter's own name says it all."""
    if value == "yes":
        return ""
    if key in ("turn", "owner") and value.isdigit():
        return tree().names.get(int(value), "")
    if key == "branch":
        return next((words.branch_name(one) for one in by.branches() if one.code == value), value)
    if key in CODED:
        words_of = (label.word(get_language() or "") for code, label in _codes(key, packs().values()) if code == value)
        return next(words_of, value)
    return gettext(FIXED[value]) if value in FIXED else value


def _codes(key: str, of: Iterable[Pack]) -> Iterable[tuple[str, Label]]:
    """(code, word) of a filter in these packs."""
    found: dict[str, Label] = {}
    for pack in of:
        processes = pack.processes.values()
        if key == "process":
            found |= {one.name: one.label for one in processes}
        elif key == "stage":
            found |= {stage.key: stage.label for one in processes for stage in one.stages.values()}
        else:
            found |= pack.codes.get(key, {})
    return found.items()


def packs_of(by: Actor) -> list[Pack]:
    """Packs of the branches within sight."""
    return [packs()[name] for name in sorted({one.pack for one in by.branches()})]


def groups(filters: Filters, by: Actor) -> list[Group]:
    """The filters by code, as far as the packs in sight have any; a process only where there are several."""
    language, found = get_language() or "", []
    for key in ("stage", *COLUMNS, "process"):
        chosen = filters.chosen.get(key, ())
        offers = [Offer(code, label.word(language), code in chosen) for code, label in _codes(key, packs_of(by))]
        if len(offers) > 1:
            found.append(Group(key, gettext(NAMES[key]), offers, bool(chosen)))
    return found


def people(by: Actor) -> list[tuple[str, str]]:
    """Colleagues within sight, to choose one."""
    return [(str(pk), name) for pk, name in colleagues(by).items()]


def raw(query: QueryDict) -> dict[str, list[str]]:
    """What an address asks for, name by name."""
    return {key: [str(value) for value in query.getlist(key)] for key in query}


def order_word(filters: Filters) -> str:
    """The order in which the list stands."""
    order = filters.order
    key = ("-" if order.backwards else "") + {"next_due_at": "due", "opened_at": "opened"}[order.column]
    return gettext(ORDERS[key])
