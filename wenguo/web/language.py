"""Chinese or English: chosen by a click, kept in a cookie. Chinese is the default whatever the browser asks for."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from wenguo.web.safety import View

COOKIE = "language"
YEAR = 365 * 24 * 3600
KNOWN = {code for code, _ in settings.LANGUAGES}


def chosen_language(get_response: View) -> View:
    """Middleware: the request and its answer speak the language of the cookie."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(COOKIE, "")
        language = chosen if chosen in KNOWN else settings.LANGUAGE_CODE
        translation.activate(language)
        response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keeps the language and goes back to the same page."""
    response = HttpResponseRedirect(safe_path(request.POST.get("next", "")))
    if (wanted := request.POST.get("language")) in KNOWN:
        response.set_cookie(COOKIE, wanted, max_age=YEAR, samesite="Lax", secure=settings.SECURE, httponly=True)
    return response


def safe_path(path: str) -> str:
    """`path` if it is a path of this site, else the desk: nobody is sent elsewhere by a crafted link."""
    if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return path
    return "/"
