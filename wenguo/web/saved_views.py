"""Views of the list of cases: those of the packs, those that people saved, and the columns that somebody chose."""

from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from wenguo.cases.filters import Filters, read_filters
from wenguo.cases.models import ChosenColumns, SavedView
from wenguo.people.actors import Actor
from wenguo.people.amend import amend
from wenguo.people.businessclock import now
from wenguo.people.models import Branch, Staff
from wenguo.people.rows import first, places, read
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.policy.views import SHOWN, USUAL
from wenguo.web.case_filters import packs_of, raw
from wenguo.web.pages import StaffRequest, signed_in

LONGEST, MOST = 40, 50  # signs of a name; views of one person


class Tab(NamedTuple):
    """A view as it is offered above the list. `pk`: of a saved one, 0 else; `mine`: may be thrown away."""

    name: str
    query: str
    here: bool
    pk: int = 0
    mine: bool = False
    shared: bool = False


def tabs(filters: Filters, by: Actor) -> list[Tab]:
    """Views that this person may choose from, the packs' first."""
    language, found = get_language() or "", [Tab(gettext("All cases"), "", not filters.pairs())]
    for pack in packs_of(by):
        for view in pack.views.values():
            wanted = Filters(view.where, view.sort)
            found.append(Tab(view.label.word(language), f"{wanted.query}&view={view.key}", _same(wanted, filters)))
    for one in saved(by):
        wanted = read_filters(raw(QueryDict(one.query)), by).filters
        mine = one.owner_id == by.staff_id
        query = urlencode([*wanted.pairs(), ("view", one.pk)])
        found.append(Tab(one.name, query, _same(wanted, filters), one.pk, mine, one.branch_id is not None))
    return found


def _same(wanted: Filters, filters: Filters) -> bool:
    return wanted.pairs() == filters.pairs()


def saved(by: Actor) -> list[SavedView]:
    """Views saved by this person, and those shared at a branch where they hold a post, or above it."""
    line = sorted({int(part) for path, _ in by.posts for part in path.strip("/").split("/")})
    shared = f"OR branch_id IN ({places(line)})" if line else ""
    tail = f"WHERE NOT ended AND (owner_id = %s {shared}) ORDER BY branch_id IS NULL, id LIMIT {2 * MOST}"
    return read(SavedView, tail, by.staff_id, *line)


def columns_of(query: QueryDict, by: Actor) -> tuple[str, ...]:
    """The columns to be shown: those of the view that was chosen, else those the person chose, else the usual."""
    view = str(query.get("view", ""))
    if view.isascii() and view.isdigit() and len(view) < 19:
        found = next((one.columns.split() for one in saved(by) if one.pk == int(view)), None)
    else:
        found = next((list(pack.views[view].columns) for pack in packs().values() if view in pack.views), None)
    if found is None:
        chosen = first(ChosenColumns, "WHERE staff_id = %s", by.staff_id)
        found = chosen.columns.split() if chosen else list(USUAL)
    return tuple(one for one in SHOWN if one in found)


def may_share(by: Actor) -> list[Branch]:
    """Branches where this person holds a post that a pack lets share views: whoever leads others there."""
    held: dict[str, set[str]] = {}
    for path, role in by.posts:
        held.setdefault(path, set()).add(role)
    return [
        one for one in tree().branches.values() if one.path in held and held[one.path] & packs()[one.pack].shares_views
    ]


@signed_in
@require_POST
def save(request: StaffRequest) -> HttpResponse:
    """Keeps the list as it stands under a name; shared where a branch is chosen."""
    by, post = request.actor, request.POST
    filters = read_filters(raw(QueryDict(post.get("query", ""))), by).filters
    name = " ".join(str(post.get("name", "")).split())[:LONGEST]
    branch = next((one for one in may_share(by) if one.code == post.get("share")), None)
    back = reverse("cases")
    if not name or "\0" in name or len([one for one in saved(by) if one.owner_id == by.staff_id]) >= MOST:
        return HttpResponseRedirect(
            f"{back}?{urlencode([*filters.pairs(), ('unsaved', 'yes')])}", status=HTTPStatus.SEE_OTHER
        )
    kept = _keep(by, name, filters, columns_of(QueryDict(post.get("query", "")), by), branch, now())
    target = urlencode([*filters.pairs(), ("view", kept.pk)])
    return HttpResponseRedirect(f"{back}?{target}", status=HTTPStatus.SEE_OTHER)


def _keep(
    by: Actor, name: str, filters: Filters, columns: tuple[str, ...], branch: Branch | None, at: datetime
) -> SavedView:  # fmt: skip
    data = {"name": name, "query": filters.query, "columns": " ".join(columns), "branch": branch, "ended": False}
    return amend(SavedView(), by.code, data | {"owner": Staff(pk=by.person)}, "", at)


@signed_in
@require_POST
def end(request: StaffRequest, view: int) -> HttpResponse:
    """Throws a view of one's own away."""
    mine = first(SavedView, "WHERE id = %s AND owner_id = %s AND NOT ended", view, request.actor.staff_id)
    if mine is None:
        raise Http404
    amend(mine, request.actor.code, {"ended": True}, "", now())
    return HttpResponseRedirect(reverse("cases"), status=HTTPStatus.SEE_OTHER)


@signed_in
@require_POST
def choose_columns(request: StaffRequest) -> HttpResponse:
    """Remembers which columns this person wants to see."""
    by = request.actor
    chosen = " ".join(one for one in SHOWN if one in request.POST.getlist("column"))
    known = first(ChosenColumns, "WHERE staff_id = %s", by.staff_id)
    if known:
        amend(known, by.code, {"columns": chosen}, "", now())
    else:
        amend(ChosenColumns(), by.code, {"staff": Staff(pk=by.person), "columns": chosen}, "", now())
    filters = read_filters(raw(QueryDict(request.POST.get("query", ""))), by).filters
    return HttpResponseRedirect(f"{reverse('cases')}?{filters.query}", status=HTTPStatus.SEE_OTHER)
