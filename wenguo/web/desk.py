"""My desk: what waits for me, and what is going on at my branches; what hurts first, first."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from wenguo.cases import lists
from wenguo.cases.filters import Filters
from wenguo.cases.listing import listed
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.policy.load import packs
from wenguo.policy.views import USUAL
from wenguo.web import words
from wenguo.web.case_rows import rows_of
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.safety import is_htmx
from wenguo.web.settings.calendar import to_announce

NEW = timedelta(days=1)  # so long a case counts as new
OPEN = Filters({"state": ("open",)})


class Card(NamedTuple):
    """One figure above the list. `more`: the list goes on, so there may be more of them."""

    key: str
    number: int
    more: bool


@signed_in
@require_safe
def desk(request: StaffRequest) -> HttpResponse:
    """The list and, on its first page, the figures that can be told from it."""
    actor, at, after = request.actor, now(), request.GET.get("after", "")
    view = "all" if request.GET.get("view") == "all" else "mine"
    found = listed(actor, OPEN, after, at) if view == "all" else lists.desk(actor, after)
    values: dict[str, Any] = {
        "view": view,
        "rows": rows_of(found.rows, actor, at),
        "shows": USUAL,
        "ticks": False,
        "looking": False,
        "heads": {},
        "more": f"?{urlencode({'view': view, 'after': found.next})}" if found.next else "",
    }
    if after and is_htmx(request):
        return page(request, "desk_rows.html", **values)
    cards = [] if after else _cards(found, at)
    missing = to_announce(actor) if not after else None
    return page(request, "desk.html", cards=cards, first=not after, home=_home(actor), missing=missing, **values)


def _home(actor: Actor) -> str:
    """The branch of the actor's first post, and the role held there."""
    if not actor.posts:
        return ""
    path, role = actor.posts[0]
    branch = next(one for one in actor.branches() if one.path == path)
    label = packs()[branch.pack].roles.get(role)
    return f"{words.branch_name(branch)} · {label.word(get_language() or '')}" if label else words.branch_name(branch)


def _cards(found: lists.Page, at: datetime) -> list[Card]:
    """Figures of this page alone: counting a big table for a number at the top would cost more than it tells."""
    rows = found.rows
    late = sum(case.next_due_at < at for case in rows)
    soon = sum(at <= case.next_due_at < at + words.SOON for case in rows)
    new = sum(case.opened_at > at - NEW for case in rows)
    goes_on = bool(found.next)
    # Sorted by what is due: more of a kind can follow only where the page ends within it.
    return [
        Card("all", len(rows), goes_on),
        Card("late", late, goes_on and late == len(rows)),
        Card("soon", soon, goes_on and late + soon == len(rows)),
        Card("new", new, goes_on),
    ]
