"""How the person who is signed in wants to be told, beside the bell."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from wenguo.notify.models import Wish
from wenguo.notify.wishes import choose, version, wish_of, zone_of
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.models import Staff
from wenguo.people.tree import tree
from wenguo.web.pages import StaffRequest, signed_in
from wenguo.web.settings.asking import Posted, ask, form_of
from wenguo.web.settings.notice_words import languages, wanted
from wenguo.web.settings.staff import EDITS
from wenguo.web.settings.telling import History, history_of, lines
from wenguo.web.typed import Typed, plain

TEXTS = ("mobile", "quiet_from", "quiet_until", "digest_at")  # may be emptied


@signed_in
@require_http_methods(EDITS)
def edit_own(request: StaffRequest) -> HttpResponse:
    """Channels by urgency, quiet hours, the digest, the language."""
    by = request.actor
    wish = wish_of(by.person)

    def save(posted: Posted) -> str:
        given = {key: "" if value is None and key in TEXTS else value for key, value in posted.values.items()}
        if given:
            choose(by.person, given, by.code, posted.version, now())
        return f"{reverse('account')}?saved"

    form = form_of("notices_edit", wants=wanted(), languages=languages())
    stands: dict[str, Typed] = {one.key: plain(getattr(wish, one.key)) for one in form.fields}
    return ask(
        request, form, save, stands, version(by.person), back=reverse("account"), about=_about(by),
        history=_history(request, wish), zone=zone_of(by.person).key,
    )  # fmt: skip


def _about(by: Actor) -> str:
    """Where mails go, or why none come."""
    address = Staff.objects.values_list("email", flat=True).get(pk=by.person)
    if not settings.EMAIL_HOST:
        return gettext("The bell always rings. This installation has no mail server yet, so no mail leaves it.")
    if not address:
        return gettext("The bell always rings. Mails need an address: your administrator enters it under Staff.")
    return gettext("The bell always rings. Mails go to %(address)s.") % {"address": address}


def _history(request: StaffRequest, wish: Wish) -> History:
    held = tree().posts.get(request.actor.person, ())
    at = tree().branches[held[0].branch] if held else next(iter(tree().branches.values()))
    return history_of(request, {"wish": [wish.pk] if wish.pk else []}, lambda told: lines(told, at))


urlpatterns = [path("", edit_own, name="own_notices")]
