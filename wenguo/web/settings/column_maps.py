"""Column maps: how the columns of other systems' tables are called, kept for the next file of the kind."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from wenguo.channels.models import ColumnMap
from wenguo.channels.rows import importable
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.editing import edit, only_one, version_of
from wenguo.people.history import Told
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.policy.imports import KINDS
from wenguo.policy.load import packs
from wenguo.policy.pack import Field, Form, Label
from wenguo.reports.kinds import LABELS, columns
from wenguo.web.imports import importing
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of
from wenguo.web.settings.staff import EDITS, LARGEST_ID
from wenguo.web.settings.telling import Line, history_of, lines
from wenguo.web.typed import Typed, plain
from wenguo.web.words import branch_name

COLUMN = "column-"  # with the place of the title in the map, a field of the form


@signed_in
@require_safe
@importing
def show(request: StaffRequest) -> HttpResponse:
    """The maps of every shop where this person may bring tables in, also those that are no longer offered."""
    by = request.actor
    branches = {one.pk for kind in KINDS for one in importable(by, kind)}
    found = ColumnMap.objects.filter(branch__in=branches).select_related("branch").order_by("branch", "kind", "name")
    rows = [one for one in found if _may(by, one)]
    return page(request, "settings/column_maps.html", rows=rows, kind=_kind, saved="saved" in request.GET)


def _may(by: Actor, row: ColumnMap) -> bool:
    return row.branch_id in {one.pk for one in importable(by, row.kind)}


def _kind(row: ColumnMap) -> str:
    return LABELS[row.kind].word(get_language() or "")


@signed_in
@require_http_methods(EDITS)
@importing
def change(request: StaffRequest, row: int) -> HttpResponse:
    """Another name, another meaning of a title, or no longer offered; and what it was before."""
    by = request.actor
    found = ColumnMap.objects.select_related("branch").filter(pk=row).first() if row < LARGEST_ID else None
    if found is None or not _may(by, found):
        raise Http404
    titles, known = sorted(found.columns), _fields(found)  # PostgreSQL keeps no order in JSON
    stands: dict[str, Typed] = {"name": found.name, "on": plain(found.on), "reason": ""}
    stands |= {f"{COLUMN}{nth}": found.columns[title] for nth, title in enumerate(titles)}

    def save(posted: Posted) -> str:
        given = posted.values
        chosen = {title: given.get(f"{COLUMN}{nth}") or "" for nth, title in enumerate(titles)}
        _refuse_twice(titles, chosen)
        kept = {title: key for title, key in chosen.items() if key}
        data: dict[str, Any] = {"name": (given["name"] or "").strip(), "on": bool(given.get("on")), "columns": kept}
        with only_one("name", Problem("This name is taken.")):
            edit(found, by.code, data, given.get("reason") or "", posted.version, now())
        return f"{reverse('column_maps')}?saved"

    return ask(
        request, _form(titles, known), save, stands, version_of(found), back=reverse("column_maps"),
        about=f"{_kind(found)} · {branch_name(found.branch)}", zone=found.branch.zone,
        history=history_of(request, {"columnmap": [found.pk]}, lambda told: _told(told, found, known)),
    )  # fmt: skip


def _fields(row: ColumnMap) -> dict[str, Label]:
    """What a column of such a table may be."""
    return {one.key: one.label for one in columns(packs()[row.branch.pack], row.kind)}


def _form(titles: list[str], known: dict[str, Label]) -> Form:
    """The form with a question for each title; what is left empty isn't brought in, which the first one says."""
    form = form_of("column_map")
    asked = form.field("column")
    assert asked is not None
    each: list[Field] = [
        replace(asked, key=f"{COLUMN}{nth}", label=Label(title, title), options=known, help=None if nth else asked.help)
        for nth, title in enumerate(titles)
    ]
    return replace(form, fields=tuple(one for field in form.fields for one in (each if field is asked else [field])))


def _refuse_twice(titles: list[str], chosen: dict[str, str]) -> None:
    """Raises Wrong where two titles would be the same column."""
    seen: set[str] = set()
    for nth, title in enumerate(titles):
        if chosen[title] and chosen[title] in seen:
            raise Wrong({f"{COLUMN}{nth}": Problem("Two columns can't both be the same.")})
        seen.add(chosen[title])


def _told(told: list[Told], row: ColumnMap, known: dict[str, Label]) -> Iterator[Line]:
    """The changes in words: of the columns, those that mean something else since."""
    for one, line in zip(told, lines(told, row.branch), strict=True):
        before, after = next(((was or {}, now) for key, was, now in one.changes if key == "columns"), ({}, {}))
        said = [
            (title, _word(known, before.get(title)) if before else "", _word(known, after.get(title)))
            for title in sorted({*before, *after})
            if before.get(title) != after.get(title)
        ]
        yield line._replace(changes=line.changes + said)


def _word(known: dict[str, Label], key: str | None) -> str:
    if not key:
        return "—"
    return known[key].word(get_language() or "") if key in known else key


urlpatterns = [
    path("", show, name="column_maps"),
    path("<int:row>/", change, name="column_map"),
]
