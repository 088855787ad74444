"""The day's stock-take (日盘点): nothing lost, nothing delayed, and somebody who signs for it (R134)."""

from datetime import date

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from wenguo.cases.stock_taking import sign_off, signed, stock_of, takes_stock_at
from wenguo.people.businessclock import now
from wenguo.people.models import Branch
from wenguo.policy.fields import FIRST_DAY, Problem
from wenguo.policy.forms import Wrong
from wenguo.policy.views import USUAL
from wenguo.web.case_rows import rows_of
from wenguo.web.focus import waiting_at
from wenguo.web.pages import StaffRequest, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of
from wenguo.web.settings.staff import EDITS

NEEDS_NOTE = gettext_noop("Please say what is done about what is late or belongs to nobody.")


@signed_in
@require_http_methods(EDITS)
def show(request: StaffRequest) -> HttpResponse:
    """A branch's day; on POST it is signed off as it stands at that moment."""
    by = request.actor
    branch, day = _branch(request), _day(request)
    at = now()
    stock = stock_of(by, branch, day, at)

    def save(posted: Posted) -> str:
        note = posted.values.get("note") or ""
        if stock.needs_note and not note.strip():
            raise Wrong({"note": Problem(NEEDS_NOTE)})
        sign_off(branch, day, stock, by, note, at)
        return f"{_address(branch, day)}&saved"

    return ask(
        request, form_of("stock_sign"), save, template="stock_take.html", branch=branch, day=day, today=by.today,
        branches=takes_stock_at(by), stock=stock, signature=signed(branch, day), saved="saved" in request.GET,
        zone=branch.zone, shows=USUAL, received=rows_of(stock.received, by, at), late=rows_of(stock.late, by, at),
        care=waiting_at(branch, by, at) if day == by.today else None,
    )  # fmt: skip


def _address(branch: Branch, day: date) -> str:
    return f"{reverse('stock_take')}?branch={branch.code}&day={day}"


def _branch(request: StaffRequest) -> Branch:
    """The branch asked for, or the first whose days the reader may sign; Http404 in the same words for others."""
    code = request.GET.get("branch", "")
    found = next((one for one in takes_stock_at(request.actor) if code in ("", one.code)), None)
    if found is None:
        raise Http404
    return found


def _day(request: StaffRequest) -> date:
    """The day asked for, today unless there is one; Http404 for none that has begun."""
    text, today = request.GET.get("day", ""), request.actor.today
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        raise Http404 from None
    if not FIRST_DAY <= day <= today:
        raise Http404
    return day
