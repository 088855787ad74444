"""The page of a special identity (W4), for a few posts; to all others it doesn't exist."""

from datetime import date

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST

from wenguo.cases.identities import Told, drop_identity, identity_of, longest, look_again, note_identity
from wenguo.cases.models import Case, SpecialIdentity
from wenguo.cases.refusals import NotFound
from wenguo.people.businessclock import now
from wenguo.policy.load import packs
from wenguo.web.pages import StaffRequest, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of
from wenguo.web.settings.staff import EDITS
from wenguo.web.within_sight import seen


@signed_in
@require_http_methods(EDITS)
def note(request: StaffRequest, number: str) -> HttpResponse:
    """Asks for it, showing what stands, and keeps it."""
    by, case = request.actor, seen(number, request.actor)
    there = _row(case, request)
    back = reverse("case", args=[case.number])

    def save(posted: Posted) -> str:
        until = posted.day("until")
        assert until is not None  # the form requires it
        told = Told(posted.values["code"], posted.values["reason"], posted.values["consent"], until)
        note_identity(case, told, by, now())
        return back

    typed = {"until": longest(case, by.today).isoformat()}
    if there:
        typed = {"code": there.code, "reason": there.reason, "consent": there.consent, "until": _day(there.until)}
    answer = ask(
        request, form_of("attention", identities=_codes(case)), save, typed=typed, back=back,
        about=gettext("Only a few posts see this. It is in no record, paper, search or export."),
    )  # fmt: skip
    if request.method == "POST" and answer.status_code == 303:  # a door of its own, so after the form's own transaction
        look_again(case, now())
    return answer


@signed_in
@require_POST
def drop(request: StaffRequest, number: str) -> HttpResponse:
    """Takes it away at once."""
    case = seen(number, request.actor)
    _row(case, request)

    def save(posted: Posted) -> str:
        drop_identity(case, request.actor)
        return reverse("case", args=[case.number])

    return ask(request, form_of("attention_drop"), save, back=reverse("case", args=[case.number]), danger=True)


def _row(case: Case, request: StaffRequest) -> SpecialIdentity | None:
    try:
        return identity_of(case, request.actor)
    except NotFound:
        raise Http404 from None


def _codes(case: Case) -> dict[str, str]:
    """The identities in words, by code."""
    pack = packs()[case.pack]
    watch = pack.warnings
    codes = pack.codes.get(watch.identity.codes, {}) if watch and watch.identity else {}
    return {key: label.word(get_language() or "") for key, label in codes.items()}


def _day(day: date) -> str:
    return day.isoformat()
