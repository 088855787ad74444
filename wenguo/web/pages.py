"""Pages: the Jinja2 environment, and page(), which gives every page what its frame shows."""

import hashlib
from collections.abc import Callable
from functools import cache, lru_cache, wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from wenguo.cases import calls, lists, stock_taking
from wenguo.cases.board import shows_board
from wenguo.people.actors import Actor, actor_of
from wenguo.people.businessclock import now
from wenguo.people.models import Staff
from wenguo.policy.load import packs
from wenguo.web import words
from wenguo.web.safety import View, is_htmx

PASSWORD_PAGE = "own_password"  # the one page that is open to somebody whose password must be changed
SHOWN_UNREAD = 99  # a higher count is shown as "99+"


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in."""

    actor: Actor
    user: Staff


def environment(**options: Any) -> Environment:
    """Django's Jinja2 backend asks for this: our functions and filters, Django's translations, strict names."""
    env = Environment(
        **options | {"undefined": StrictUndefined},
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    env.globals |= {"static": static, "url": url}
    env.filters |= {
        "money": words.money,
        "moment": words.moment,
        "left": words.left,
        "bdi": bdi,
        "branch_name": words.branch_name,
    }
    return env


@cache
def static(path: str) -> str:
    """The address of a static file; it changes with the file's content, so browsers may keep it."""
    digest = hashlib.sha256((settings.STATIC_ROOT / path).read_bytes()).hexdigest()
    return f"{settings.STATIC_URL}{path}?v={digest[:10]}"


@lru_cache(maxsize=4096)
def url(name: str, *parts: Any) -> str:
    """The address of the page called `name`."""
    return reverse(name, args=parts)


def bdi(text: Any) -> Markup:
    """What people typed, so wrapped that direction signs in it can't reorder the page around it."""
    return Markup("<bdi>{}</bdi>").format("" if text is None else text)


def page(request: HttpRequest, template: str, status: int = 200, **values: Any) -> HttpResponse:
    """Renders `template` with `values` and what the frame needs: actor, language, unread, csrf, where we are."""
    actor = getattr(request, "actor", None)
    match = request.resolver_match
    frame = {
        "actor": actor,
        "language": translation.get_language() or settings.LANGUAGE_CODE,
        "csrf": get_token(request),
        "here": match.url_name if match else "",
        "path": request.get_full_path(),
        "now": now(),
        "makes_calls": actor is not None and calls.makes_calls(actor),
        "watches": any(one.focus for one in packs().values()),
        "takes_stock": actor is not None and stock_taking.may_take_stock(actor),
        "warns": actor is not None and shows_board(actor),
    }
    if "unread" not in values:  # an error's page brings it, because it asks no database
        whole = actor if not is_htmx(request) else None
        frame["unread"] = shown_count(lists.unread(whole)) if whole else ""
    return HttpResponse(render_to_string(template, frame | values, using="jinja2"), status=status)


def shown_count(count: int) -> str:
    """A count as the bell shows it: nothing for none."""
    return "" if not count else str(count) if count <= SHOWN_UNREAD else f"{SHOWN_UNREAD}+"


def signed_in(view: Callable[..., HttpResponseBase]) -> View:
    """Only for staff who are signed in: the view finds them as `request.actor`.

    Whose password was made up by somebody else first chooses their own.
    Others go to the sign-in page and come back after it. A script's request is refused instead, because sending it
    away would throw away what stands in the form.
    """

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if is_htmx(request):
                return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
            target = request.get_full_path() if request.method == "GET" else "/"
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': target})}")
        if request.user.must_change_password and request.resolver_match.url_name != PASSWORD_PAGE:
            if is_htmx(request):
                return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
            return HttpResponseRedirect(url(PASSWORD_PAGE))
        request.actor = actor_of(request.user, now())
        return view(request, *args, **kwargs)

    guarded.asks = "staff"  # type: ignore[attr-defined]  # `wenguo routes` says so
    return guarded
