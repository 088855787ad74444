"""What is answered when something can't be: calm, in the reader's language, with a way on. Asks no database."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language, gettext

from wenguo.cases.refusals import Refusal
from wenguo.cases.sentences import sentence
from wenguo.web.pages import page


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page for a refusal of the door."""
    return _answer(request, refusal.status, refusal.code, sentence(refusal, get_language() or ""))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    words = gettext("This request could not be read. Please go back and try again.")
    return _answer(request, 400, "bad_request", words)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 403, "forbidden", gettext("You may not do this with your present role."))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF check said no: nearly always a page that stood open while somebody signed in anew."""
    words = gettext("This page is out of date, so nothing was sent. Go back and reload it; what you typed is kept.")
    return _answer(request, 403, "out_of_date", words)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 404, "not_found", gettext("There is nothing here, or you are not allowed to see it."))


def broken(request: HttpRequest) -> HttpResponse:
    words = gettext("Something broke on our side; nothing was changed by it. Please try again in a moment.")
    return _answer(request, 500, "broken", words)


def _answer(request: HttpRequest, status: int, code: str, words: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": code, "message": words, "fields": {}}, status=status)
    return page(request, "error.html", status, sentence=words, code=status, unread="")
