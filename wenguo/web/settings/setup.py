"""The first start: whoever knows the link that `serve` prints founds the root branch and is its administrator."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from wenguo.people.businessclock import now
from wenguo.people.founding import ZONES
from wenguo.people.models import Staff
from wenguo.people.setting_up import is_setup_key, set_up
from wenguo.web.settings.account import same_twice
from wenguo.web.settings.asking import Posted, ask, form_of


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """Asks for the group or shop and its first administrator, and signs them in. Nothing here once a branch exists."""
    if not is_setup_key(key):
        raise Http404
    made: list[Staff] = []

    def save(posted: Posted) -> str:
        given = {name: (value or "").strip() for name, value in posted.values.items()}
        same_twice(posted.values)
        staff = set_up(
            given["code"], given["branch"], given["branch_en"], given["zone"], given["username"], given["name"],
            posted.values["password"], now(),
        )  # fmt: skip
        made.extend([staff] if staff else [])
        return reverse("settings") if staff else reverse("sign_in")

    zones = {zone: zone for zone in dict.fromkeys([settings.TIME_ZONE, *ZONES])}
    form = form_of("set_up", zones=zones)
    answer = ask(request, form, save, {"zone": settings.TIME_ZONE}, template="settings/set_up.html")
    if made and answer.status_code == 303:
        login(request, made[0], backend=settings.AUTHENTICATION_BACKENDS[0])
    return answer
