"""One's own keys for programs: made, shown once, ended."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wenguo.people.administering import has_keys
from wenguo.people.businessclock import now
from wenguo.people.keys import end_key, keys_of, new_key
from wenguo.people.models import Staff, Token
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of
from wenguo.web.settings.staff import EDITS, LARGEST_ID


def _draw(request: StaffRequest, secret: str = "") -> HttpResponse:
    """`secret`: the key that was just made, told this once."""
    keys = keys_of(request.actor.person)
    return page(
        request, "settings/tokens.html", keys=[one for one in keys if not one.ended_at], secret=secret,
        ended=[one for one in keys if one.ended_at], saved="saved" in request.GET,
    )  # fmt: skip


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """The keys, never their text."""
    if not has_keys(request.actor):
        raise Http404
    return _draw(request)


@signed_in
@require_http_methods(EDITS)
def add(request: StaffRequest) -> HttpResponse:
    """A new key, which is shown once."""
    by = request.actor
    if not has_keys(by):
        raise Http404
    made: list[str] = []

    def save(posted: Posted) -> str:
        staff = Staff.objects.get(pk=by.person)
        made.append(new_key(staff, posted.values["name"].strip(), by.code, now())[1])
        return reverse("tokens")

    answer = ask(request, form_of("token_add"), save, back=reverse("tokens"))
    return _draw(request, made[0]) if made and answer.status_code == 303 else answer


@signed_in
@require_POST
def end(request: StaffRequest, token: int) -> HttpResponse:
    """The key stops working at once."""
    by = request.actor
    row = Token.objects.filter(pk=token, staff=by.person).first() if token < LARGEST_ID else None
    if row is None:
        raise Http404
    end_key(row, by.code, now())
    return HttpResponseRedirect(f"{reverse('tokens')}?saved", status=303)


urlpatterns = [
    path("", show, name="tokens"),
    path("add/", add, name="token_add"),
    path("<int:token>/end/", end, name="token_end"),
]
