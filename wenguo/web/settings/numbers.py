"""Numbers of the pack that a branch may set: what holds, where it comes from, what it was."""

from collections.abc import Iterator
from datetime import date

from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from wenguo.people.branch_numbers import numbers_of, set_here, set_number
from wenguo.people.businessclock import now
from wenguo.people.models import Branch
from wenguo.people.tree import INHERITED
from wenguo.policy.check_clocks import over_statute
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.policy.load import packs
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of, not_past
from wenguo.web.settings.branches import administered_branch, branch_options
from wenguo.web.settings.staff import EDITS
from wenguo.web.settings.telling import Line, history_of, lines
from wenguo.web.typed import word
from wenguo.web.words import branch_name

TOO_LONG = gettext_noop("The law allows %(hours)s hours at most: %(source)s.")


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """Every number at one branch."""
    by = request.actor
    branch = administered_branch(by, request.GET.get("branch", ""))
    rows = [(one, word(one.number.label)) for one in numbers_of(branch, by.today)]
    return page(
        request, "settings/numbers.html", branch=branch, branches=branch_options(by), rows=rows,
        saved="saved" in request.GET,
    )  # fmt: skip


@signed_in
@require_http_methods(EDITS)
def change(request: StaffRequest, code: str, key: str) -> HttpResponse:
    """One number, from a day on."""
    by = request.actor
    branch = administered_branch(by, code)
    stands = next((one for one in numbers_of(branch, by.today) if one.number.key == key), None)
    if stands is None:
        raise Http404
    ids = set_here(branch, key)
    back = f"{reverse('numbers')}?branch={branch.code}"

    def save(posted: Posted) -> str:
        since = not_past(posted.day("since") or by.today, by.today)
        value = posted.values["value"]
        if isinstance(value, str):
            raise Wrong({"value": Problem("This must be a whole number.")})
        _lawful(branch, key, value, since)
        if posted.version is not None and posted.version != len(set_here(branch, key)):
            posted.confirmed([gettext("Somebody else set this number meanwhile: see the changes below.")])
        set_number(branch, key, value, since, by.code, posted.values["reason"], now())
        return f"{back}&saved"

    own = stands.branch is not None and stands.branch.pk == branch.pk
    typed = {"value": str(stands.value) if own else "", "since": by.today.isoformat()}
    history = history_of(request, {"branchnumber": ids}, lambda told: _set(lines(told, branch)))
    about = gettext("%(number)s at %(branch)s. What holds above: %(value)s.") % {
        "number": word(stands.number.label), "branch": branch_name(branch), "value": stands.inherited,
    }  # fmt: skip
    return ask(
        request, form_of("number_edit"), save, typed, len(ids), back=back, about=about, history=history,
        zone=branch.zone,
    )  # fmt: skip


def _set(made: list[Line]) -> Iterator[Line]:
    """What was set each time; what stood before is another row."""
    for one in made:
        told = [(what, gettext("as above") if after == str(INHERITED) else after) for what, _, after in one.changes]
        yield one._replace(changes=[(what, "", value) for what, value in told])


def _lawful(branch: Branch, key: str, value: int | None, since: date) -> None:
    """Raises Wrong for a time that is none, or longer than the statute of that day allows."""
    rule = packs()[branch.pack].clock_of(key)
    if rule is None or value is None:
        return
    if value < 1:
        raise Wrong({"value": Problem("At least %(smallest)s.", smallest=1)})
    if limit := over_statute(rule, value, since):
        raise Wrong({"value": Problem(TOO_LONG, hours=limit.hours, source=limit.source)})


urlpatterns = [
    path("", show, name="numbers"),
    path("<slug:code>/<str:key>/", change, name="number_edit"),
]
