"""Settings: the limits of money at a branch, seen by whoever decides on money there and set by whom the pack names."""

from datetime import date
from http import HTTPStatus
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from wenguo.cases.asking import asking
from wenguo.channels.rows import imports_anything
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.limits import PAGE, Change, history, money_at, sees_any_limits, sees_limits, set_limits, sets_limits
from wenguo.people.models import Branch
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.policy.money import Money
from wenguo.web.limits_sheet import Sheet
from wenguo.web.limits_table import Table, name_of, source, table_of, yuan
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.safety import is_htmx


class Saved(NamedTuple):
    """Changes that were made together, in words: who, and (what, before, after) of each, in fen."""

    first: Change
    who: str
    lines: list[tuple[str, int | None, int | None]]


@signed_in
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """What can be set up, as far as this person may look at it."""
    limits, imports = sees_any_limits(request.actor), imports_anything(request.actor)
    if not (limits or imports):
        raise Http404
    return page(request, "settings/overview.html", limits=limits, imports=imports)


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The table of a branch as it stands today, and its history; for our script only further rows of that."""
    by, before = request.actor, _number(request.GET.get("before", ""))
    branches = [one for one in tree().branches.values() if sees_limits(by, one)]
    branch, money = _branch(branches, request.GET.get("branch", ""), by)
    found = history(branch, before)
    told: dict[str, Any] = {
        "branch": branch, "history": list(_together(found, branch, money)),
        "more": found[-1].id if len(found) == PAGE else 0, "today": by.today,
    }  # fmt: skip
    if before and is_htmx(request):
        return page(request, "settings/limits_history.html", **told)
    return page(
        request, "settings/limits.html", **told, table=table_of(branch, money, by.today, by.today), branches=branches,
        may_set=sets_limits(by, branch), saved=request.GET.get("saved") == "yes", source=source, yuan=yuan,
    )  # fmt: skip


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest) -> HttpResponse:
    """The form for the whole table, or one row of it, as it stands on the day `from`; on POST back to the table."""
    by, row = request.actor, request.GET.get("row", "")
    branches = [one for one in tree().branches.values() if sets_limits(by, one)]
    branch, money = _branch(branches, request.GET.get("branch", ""), by)
    table = table_of(branch, money, by.today, _day(request.GET.get("from", ""), by.today), row)
    if not table.cells:
        raise Http404
    if request.method != "POST":
        return _draw(request, table, Sheet.fresh(table))
    sheet = Sheet.posted(table, request.POST)
    limits, since, reason = sheet.judge(table, by.today, asking(branch, by, now()))
    if sheet.refused:
        return _draw(request, table, sheet)
    set_limits(branch, by, limits, since, reason, now())
    target = f"{reverse('limits')}?{urlencode({'branch': branch.code, 'saved': 'yes'})}"
    return HttpResponseRedirect(target, status=HTTPStatus.SEE_OTHER)


def _draw(request: StaffRequest, table: Table, sheet: Sheet) -> HttpResponse:
    wrong = [(one.key, table.named(one), sheet.problems[one.key]) for one in table.cells if one.key in sheet.problems]
    met = sheet.met or (sheet.doubts and not sheet.problems)
    refused = HTTPStatus.CONFLICT if met else HTTPStatus.UNPROCESSABLE_ENTITY
    status = refused if sheet.refused else HTTPStatus.OK
    return page(
        request, "settings/limits_edit.html", status=status, table=table, branch=table.branch, sheet=sheet,
        wrong=wrong, first=wrong[0][0] if wrong else "", today=request.actor.today, source=source, yuan=yuan,
    )  # fmt: skip


def _branch(branches: list[Branch], code: str, by: Actor) -> tuple[Branch, Money]:
    """The branch asked for, of those that may be; with no code the first where the person holds a post.

    Raises Http404 in the same words whether it isn't there or isn't within sight.
    """
    own = {path for path, _ in by.posts}
    fitting = [one for one in branches if one.code == code or (not code and one.path in own)]
    money = money_at(fitting[0]) if fitting else None
    if money is None:
        raise Http404
    return fitting[0], money


def _day(text: str, today: date) -> date:
    """The day named, today at the earliest."""
    try:
        return max(date.fromisoformat(text), today)
    except ValueError:
        return today


def _number(text: str) -> int | None:
    """An id as it stands in an address; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _together(found: list[Change], branch: Branch, money: Money) -> list[Saved]:
    """Changes that were saved at once, as one."""
    pack, names = packs()[branch.pack], tree().names
    made = []
    for _, rows in groupby(found, key=lambda one: (one.at, one.by, one.since, one.reason)):
        changes = list(rows)
        code = changes[0].by
        who = names.get(int(code[6:]), "") if code.startswith("staff:") else gettext("System") if code else ""
        lines = [(name_of(pack, money, one.key), one.before, one.after) for one in changes]
        made.append(Saved(changes[0], who, lines))
    return made
