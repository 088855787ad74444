"""What every request leaves behind: its number, a line in the log, its time in /metrics, a security line where due."""

import logging
import time
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from wenguo.people.addresses import address_of
from wenguo.people.logs import noted, request_id
from wenguo.web import metrics
from wenguo.web.safety import View

log = logging.getLogger("wenguo.requests")
CASES = ("case", "step", "calls_of", "coach_step", "evidence")  # pages of one case; the API's begin with "api:"


def observed(get_response: View) -> View:
    """Middleware, the outermost: it sees what is really answered."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.request_id = uuid4().hex  # type: ignore[attr-defined]
        token = request_id.set(request.request_id)  # type: ignore[attr-defined]
        began = time.perf_counter()
        try:
            response = get_response(request)
            response.headers.setdefault("X-Request-Id", request.request_id)  # type: ignore[attr-defined]
            _leave(request, response.status_code, time.perf_counter() - began)
            return response
        finally:
            request_id.reset(token)

    return middleware


def _leave(request: HttpRequest, status: int, seconds: float) -> None:
    route = route_of(request)
    method = request.method if request.method in metrics.METHODS else "other"
    metrics.count(route, method or "other", status, seconds)
    about = {"method": method, "route": route, "status": status, "actor": actor_of(request)}
    log.info("request", extra=about | {"ms": round(seconds * 1000, 1)})
    if event := _security_event(route, method or "", status):
        noted(event, **about, address=address_of(request))


def route_of(request: HttpRequest) -> str:
    """The name of the address: never the address itself, which may hold a token."""
    match = request.resolver_match
    if match is None:
        return "none"
    return match.view_name or "none"


def actor_of(request: HttpRequest) -> str:
    """The code of whoever asked, such as staff:7; empty for a stranger."""
    actor = getattr(request, "actor", None) or getattr(request, "auth", None)
    return getattr(actor, "code", "")


def _security_event(route: str, method: str, status: int) -> str:
    """What a watchman wants to know of it, or nothing."""
    if route == "sign_in" and method == "POST" and status in (302, 422):
        return "signed_in" if status == 302 else "sign_in_failed"
    if status == 429:
        return "rate_limited"
    if status == 401 and route.startswith("api:"):
        return "token_refused"
    if status == 403:
        return "access_refused"
    return "access_refused" if status == 404 and (route in CASES or route.startswith("api:")) else ""
