"""All cases: the list by filters, the form in which they are chosen, and the list as a file for other programs."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from wenguo.cases import lists
from wenguo.cases.filters import Filters, read_filters
from wenguo.cases.listing import every, listed
from wenguo.cases.sentences import sentence
from wenguo.people.businessclock import now
from wenguo.policy.fields import Problem
from wenguo.policy.views import SHOWN
from wenguo.web import words
from wenguo.web.case_filters import FIXED, NAMES, ORDERS, Chip, chips, groups, order_word, people, raw
from wenguo.web.case_rows import HEADS, cells_of, rows_of, spoken
from wenguo.web.downloads import download
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.safety import is_htmx
from wenguo.web.saved_views import columns_of, may_share, tabs
from wenguo.web.searching import text_of

CELLS = ("about", "stage", "due", "turn")  # columns with a look of their own; the others are plain words
NEWEST = ORDERS["-opened"]  # the order of whatever was searched for
CARRIED = ("view", "s")  # what else an address carries from page to page: the view, the token of a search


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """A page of the list; for our script only its further rows."""
    by, at = request.actor, now()
    filters, problems = read_filters(raw(request.GET), by)
    after, before = request.GET.get("after", ""), _count(request.GET.get("n", ""))
    text = text_of(request)
    found = listed(by, filters, after, at, text=text)
    columns, so_far = columns_of(request.GET, by), before + len(found.rows)
    carried = [*filters.pairs(), *_carried(request)]
    values: dict[str, Any] = {
        "rows": rows_of(found.rows, by, at, [one for one in columns if one not in CELLS], len(by.branches()) > 1),
        "shows": columns, "heads": spoken(HEADS), "ticks": True,
        "more": f"?{urlencode([*carried, ('after', found.next), ('n', so_far)])}" if found.next else "",
        "looking": bool(found.next) and so_far < lists.PAGE,  # a short page: our script goes on by itself
    }  # fmt: skip
    if after and is_htmx(request):
        return page(request, "desk_rows.html", **values)
    return page(
        request, "cases/list.html", **values, chips=_chips(request, filters, text), first=not after,
        tabs=tabs(filters, by), query=urlencode(carried), order=gettext(NEWEST) if text else order_word(filters),
        share_at=may_share(by),
        wrong=[(gettext(NAMES[key]), sentence(one, get_language() or "")) for key, one in problems.items()],
        offered=SHOWN, unsaved="unsaved" in request.GET,
    )  # fmt: skip


def _chips(request: StaffRequest, filters: Filters, text: str) -> list[Chip]:
    """What is searched for, and every filter."""
    found = chips(filters, request.actor, urlencode(_carried(request)))
    said = Chip(gettext("Says"), words.short(text, 20), f"?{urlencode(filters.pairs())}")
    return [said, *found] if text else found


def _count(text: str) -> int:
    """How many rows stand above, as our own address says."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _carried(request: StaffRequest) -> list[tuple[str, str]]:
    return [(key, str(request.GET[key])) for key in CARRIED if request.GET.get(key)]


@signed_in
@require_safe
def choose(request: StaffRequest) -> HttpResponse:
    """The form in which filters are chosen: a page of its own, or for our script a part of the list."""
    by = request.actor
    filters = read_filters(raw(request.GET), by).filters
    template = "cases/filter_form.html" if is_htmx(request) else "cases/filter.html"
    return page(
        request, template, filters=filters, groups=groups(filters, by), people=people(by),
        names=spoken(NAMES), searched=request.GET.get("s", ""), fixed=spoken(FIXED),
        orders=spoken(ORDERS), branches=[(one.code, words.branch_name(one)) for one in by.branches()],
    )  # fmt: skip


@signed_in
@require_safe
def export(request: StaffRequest, sheet: str) -> HttpResponseBase:
    """The list that is shown, whole, with its columns: "csv" or "xlsx"."""
    filters = read_filters(raw(request.GET), request.actor).filters
    columns = ["number", "customer", "phone", "plate", *columns_of(request.GET, request.actor)]
    rows = _told(request, filters, columns)
    name = f"cases-{now():%Y%m%d}.{sheet}"
    try:
        return download(rows, name)
    except Problem as problem:
        said = sentence(problem, get_language() or "")
        return page(request, "cases/unfit.html", 422, problem=said, query=filters.query)


def _told(request: StaffRequest, filters: Filters, columns: list[str]) -> Iterator[list[Any]]:
    """Header and rows. They are told after the request has ended, so the language is chosen anew for each."""
    language, by = get_language() or "", request.actor
    with translation.override(language):
        yield [gettext(HEADS[column]) for column in columns]
    for case in every(by, filters, now(), text_of(request)):
        with translation.override(language):
            yield cells_of(case, columns, by, language)
