"""Signing in and out, and how often somebody may guess."""

import hashlib
import hmac
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from wenguo.people.addresses import address_of
from wenguo.people.businessclock import now
from wenguo.web.language import safe_path
from wenguo.web.models import Attempt
from wenguo.web.pages import page, typed_in

WINDOW = timedelta(minutes=15)
ACCOUNT_TRIES = 10  # in a window
ADDRESS_TRIES = 60  # a whole shop may sit behind one address; only failures count
LONGEST = 200  # signs of a name or password that are looked at


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page. A refusal says the same, and takes as long, for a wrong password and for an unknown name."""
    target = safe_path(request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "GET":
        return HttpResponseRedirect(target) if request.user.is_authenticated else _form(request, target)
    carried = request.POST.get("carried", "")
    name = request.POST.get("username", "")[:LONGEST].replace("\0", "").strip()
    password = request.POST.get("password", "")[:LONGEST]
    account, address, at = _key("account", name.lower()), _key("address", address_of(request)), now()
    if not all([_may_try(account, ACCOUNT_TRIES, at), _may_try(address, ADDRESS_TRIES, at)]):  # a list: both count
        wait = int(WINDOW.total_seconds())
        words = gettext("Too many attempts. Please wait %(minutes)s minutes.") % {"minutes": wait // 60}
        response = _form(request, target, name, words, carried, status=429)
        response["Retry-After"] = str(wait)
        return response
    staff = authenticate(request, username=name, password=password)
    if staff is None:
        return _form(request, target, name, gettext("Name or password is wrong."), carried, status=422)
    Attempt.objects.filter(key=address).update(count=F("count") - 1)
    Attempt.objects.filter(Q(key=account) | Q(since__lt=at - WINDOW)).delete()
    login(request, staff)  # with a new session
    return _send_again(request, target, carried) if carried else HttpResponseRedirect(target)


def _form(
    request: HttpRequest, target: str, name: str = "", problem: str = "", carried: str = "", status: int = 200
) -> HttpResponse:
    return page(request, "login.html", status, target=target, name=name, problem=problem, carried=carried)


def _send_again(request: HttpRequest, target: str, carried: str) -> HttpResponse:
    """The form that was sent after its session had ended, to be sent by a press: it may be somebody else by now."""
    fields = typed_in((key, [text]) for key, text in parse_qsl(carried, keep_blank_values=True))
    return page(request, "send_again.html", target=target, fields=fields)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session here and in the database, and has the browser forget what it kept of our pages."""
    logout(request)
    response = HttpResponseRedirect(settings.LOGIN_URL)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _key(kind: str, value: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def _may_try(key: str, limit: int, at: datetime) -> bool:
    """Takes one try from the window of `key`, before the password is looked at: parallel guesses can't slip through."""
    Attempt.objects.get_or_create(key=key, defaults={"since": at})
    Attempt.objects.filter(key=key, since__lt=at - WINDOW).update(count=0, since=at)
    return bool(Attempt.objects.filter(key=key, count__lt=limit).update(count=F("count") + 1))
