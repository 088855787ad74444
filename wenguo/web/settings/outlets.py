"""Outlets of a branch: group robots, webhooks, gateways; trying them; what couldn't be delivered."""

import secrets
from typing import NamedTuple

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wenguo.notify import undelivered
from wenguo.notify.failures import Failed, words
from wenguo.notify.models import Outlet
from wenguo.notify.outlets import SMS, add_outlet, change_outlet, try_out
from wenguo.notify.wishes import wish_of
from wenguo.people.actors import Actor
from wenguo.people.administering import administered, administers
from wenguo.people.businessclock import now
from wenguo.people.editing import version_of
from wenguo.people.models import Branch
from wenguo.people.tree import tree
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of
from wenguo.web.settings.branches import administered_branch, branch_options
from wenguo.web.settings.notice_words import channel, kinds, languages, wanted
from wenguo.web.settings.staff import EDITS, LARGEST_ID
from wenguo.web.settings.telling import history_of, lines
from wenguo.web.typed import Typed, plain
from wenguo.web.words import branch_name


class Tried(NamedTuple):
    """What came of a test: whether it was taken, in words, and the beginning of what came back."""

    outlet: int
    taken: bool
    words: str
    answer: str


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The outlets of one branch, those above that serve it too, and what couldn't be delivered here and below."""
    return _draw(request, administered_branch(request.actor, request.GET.get("branch", "")))


def _draw(request: StaffRequest, branch: Branch, tried: Tried | None = None) -> HttpResponse:
    by = request.actor
    rows = list(Outlet.objects.filter(branch__in=branch.line).select_related("branch").order_by("id"))
    wants = wanted()
    return page(
        request, "settings/outlets.html", branch=branch, branches=branch_options(by), tried=tried, wants=wants,
        own=[one for one in rows if one.branch_id == branch.pk], kinds=kinds(), channel=channel, failure=words,
        above=[one for one in rows if one.branch_id != branch.pk and one.on], saved="saved" in request.GET,
        lost=undelivered.given_up(_below(by, branch)),
    )  # fmt: skip


def _below(by: Actor, branch: Branch) -> list[int]:
    """The branch and all below it that this person keeps in order."""
    return [one.pk for one in administered(by) if one.path.startswith(branch.path)]


def _page_of(branch: Branch, saved: bool = False) -> str:
    return f"{reverse('outlets')}?branch={branch.code}{'&saved' if saved else ''}"


def _found(pk: int, by: Actor) -> Outlet:
    """An outlet at a branch that `by` administers; Http404 in the same words for others."""
    outlet = Outlet.objects.filter(pk=pk).first() if pk < LARGEST_ID else None
    if outlet is None or not administers(by, tree().branches[outlet.branch_id]):
        raise Http404
    return outlet


@sensitive_post_parameters()
@signed_in
@require_http_methods(EDITS)
def add(request: StaffRequest) -> HttpResponse:
    """A new outlet of a branch."""
    by = request.actor
    branch = administered_branch(by, request.GET.get("branch", ""))

    def save(posted: Posted) -> str:
        add_outlet(branch, {key: value for key, value in posted.values.items() if value is not None}, by.code, now())
        return _page_of(branch, saved=True)

    form = form_of("outlet_add", outlets=kinds(), wants=wanted(none=False), languages=languages())
    return ask(request, form, save, back=_page_of(branch), about=branch_name(branch))


@sensitive_post_parameters()
@signed_in
@require_http_methods(EDITS)
def change(request: StaffRequest, outlet: int) -> HttpResponse:
    """Another name, address or secret; switched on or off."""
    by = request.actor
    row = _found(outlet, by)
    branch = tree().branches[row.branch_id]

    def save(posted: Posted) -> str:
        given = dict(posted.values)
        change_outlet(row, given, by.code, given.pop("reason", None) or "", posted.version, now())
        return _page_of(branch, saved=True)

    shown = ("name", "on", "wants", "language")
    stands: dict[str, Typed] = {"address": "", "secret": "", "reason": ""}
    stands |= {key: plain(getattr(row, key)) for key in shown}
    about = gettext("%(kind)s at %(host)s. Address and secret are never shown again.") % {
        "kind": kinds()[row.kind], "host": row.host,
    }  # fmt: skip
    return ask(
        request, form_of("outlet_edit", wants=wanted(none=False), languages=languages()), save, stands,
        version_of(row), back=_page_of(branch), about=about,
        history=history_of(request, {"outlet": [row.pk]}, lambda told: lines(told, branch)), zone=branch.zone,
    )  # fmt: skip


@signed_in
@require_POST
def try_one(request: StaffRequest, outlet: int) -> HttpResponse:
    """Sends a test at once, and shows what came back."""
    by = request.actor
    row = _found(outlet, by)
    text = gettext("Test from wenguo: this outlet works.")
    mobile = wish_of(by.person).mobile if row.kind == SMS else ""
    try:
        answer = try_out(row, text, f"test-{row.pk}-{secrets.token_hex(4)}", now(), mobile)
        tried = Tried(
            row.pk, True, gettext("The test was taken (%(status)s).") % {"status": answer.status}, answer.told
        )
    except Failed as failed:
        tried = Tried(row.pk, False, words(failed.code), failed.told)
    return _draw(request, tree().branches[row.branch_id], tried)


@signed_in
@require_POST
def again(request: StaffRequest) -> HttpResponse:
    """Has one message, or everything given up at a branch and below, sent anew."""
    branch = administered_branch(request.actor, request.GET.get("branch", ""))
    undelivered.send_again(_below(request.actor, branch), now(), request.POST.get("id", ""))
    return HttpResponseRedirect(_page_of(branch, saved=True), status=303)


urlpatterns = [
    path("", show, name="outlets"),
    path("add/", add, name="outlet_add"),
    path("again/", again, name="outlets_again"),
    path("<int:outlet>/", change, name="outlet_edit"),
    path("<int:outlet>/test/", try_one, name="outlet_test"),
]
