"""What every reply of the API has in common: its JSON, its headers, and how a refusal is told."""

import json
import logging
import math
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from wenguo.cases.refusals import Invalid, Refusal, Stale
from wenguo.cases.sentences import problems, sentence
from wenguo.people.actors import Actor
from wenguo.policy.fields import Problem

log = logging.getLogger(__name__)


class Call(HttpRequest):
    """A request as the operations see it."""

    auth: Actor
    language: str
    request_id: str


class Unfit(Refusal):
    """A request that can't even be put to the door."""

    def __init__(self, status: int, code: str, problem: Problem):
        super().__init__(problem.message, **problem.fill)
        self.status, self.code = status, code


class Outdated(Refusal):
    """The door's Stale with all that the sender needs to compare: both versions, their own values, those that stand."""

    status, code = Stale.status, Stale.code

    def __init__(self, stale: Stale, conflict: dict[str, Any]):
        super().__init__(stale.message, **stale.fill)
        self.conflict = conflict


class TooFast(Refusal):
    """More requests than one program may send. `seconds`: after which it may go on."""

    status, code = 429, "too_fast"

    def __init__(self, seconds: float):
        self.retry_after = max(1, math.ceil(seconds))
        problem = Problem("Too many requests. Please go on after %(seconds)s seconds.", seconds=self.retry_after)
        super().__init__(problem.message, **problem.fill)


def reply(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """`content` as JSON. A half of a sign that was sent in a field's name is told as "?"."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(
        text.encode("utf-8", "replace"), content_type="application/json; charset=utf-8", status=status, headers=headers
    )


def refused(request: Call, refusal: Refusal, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The refusal in the caller's language."""
    told: dict[str, Any] = {
        "code": refusal.code,
        "message": sentence(refusal, request.language),
        "fields": problems(refusal, request.language),
        "request_id": request.request_id,
    }
    if isinstance(refusal, Outdated):
        told["conflict"] = refusal.conflict
    return reply(told, refusal.status, headers)


def answered(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """`view` with what every reply carries, whatever came of it."""

    def answer(request: Call, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.request_id = getattr(request, "request_id", "") or uuid4().hex  # the middleware gave it one
        request.language = _language(request.headers.get("Accept-Language", ""))
        asked = request.method
        if asked == "HEAD":
            request.method = "GET"
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            response = _other_method(request, asked, response.headers["Allow"].split(", "))
        if asked == "HEAD":
            response = _without_body(response)
        response.headers["X-Request-Id"] = request.request_id
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Language"] = request.language
        return response

    answer.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie is ever looked at, so none can be misused
    return answer


def _other_method(request: Call, asked: str | None, methods: list[str]) -> HttpResponse:
    """What an address says to a method that it has no operation for: OPTIONS asks for those that it has."""
    allowed = {"Allow": ", ".join(sorted({*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}))}
    if asked == "OPTIONS":
        return HttpResponse(status=204, headers=allowed)
    return refused(
        request, Unfit(405, "wrong_method", Problem("This address doesn't take %(method)s.", method=asked)), allowed
    )


def _without_body(response: HttpResponseBase) -> HttpResponseBase:
    """The same status and headers, as HEAD asks for."""
    if isinstance(response, HttpResponse):
        response.headers["Content-Length"] = str(len(response.content))
        response.content = b""
    elif isinstance(response, StreamingHttpResponse):
        response.streaming_content = ()  # whoever ends the response still closes the file
    return response


def _language(header: str) -> str:
    """Chinese unless English is liked better."""
    known = (code[:2] for code, _ in parse_accept_lang_header(header.lower()[:500]) if code[:2] in ("zh", "en"))
    return "en" if next(known, "zh") == "en" else "zh-hans"


def nowhere(request: Call) -> HttpResponse:
    """Any address that isn't one."""
    return refused(request, Unfit(404, "not_found", Problem("There is nothing at this address.")))


def tell_refusals(api: NinjaAPI) -> None:
    """Whatever is raised becomes a reply of the same form."""
    handlers: dict[type[Exception], Callable[[Any, Any], HttpResponse]] = {
        Refusal: refused,
        TooFast: _too_fast,
        AuthenticationError: _unknown_caller,
        ValidationError: _wrong_parameters,
        SuspiciousOperation: _malformed,
        OperationalError: _busy,
        InterfaceError: _busy,
        IntegrityError: _busy,
        OSError: _busy,
        Exception: _broken,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _too_fast(request: Call, refusal: TooFast) -> HttpResponse:
    return refused(request, refusal, {"Retry-After": str(refusal.retry_after)})


def _unknown_caller(request: Call, failure: AuthenticationError) -> HttpResponse:
    problem = Problem("Please send a valid token: “Authorization: Bearer …”.")
    return refused(request, Unfit(401, "unauthenticated", problem), {"WWW-Authenticate": "Bearer"})


def _wrong_parameters(request: Call, failure: ValidationError) -> HttpResponse:
    problem = Problem("This value can't be used.")
    return refused(request, Invalid({str(one["loc"][-1]): problem for one in failure.errors}))


def _malformed(request: Call, failure: SuspiciousOperation) -> HttpResponse:
    return refused(request, Unfit(400, "malformed", Problem("This request can't be read.")))


def _busy(request: Call, failure: Exception) -> HttpResponse:
    """The database is locked, restarting or gone, or two requests met twice. Nothing was stored."""
    log.warning("request %s: not stored: %s", request.request_id, failure)
    problem = Problem("The system is busy and nothing was stored. Please try again in a moment.")
    return refused(request, Unfit(503, "busy", problem), {"Retry-After": "1"})


def _broken(request: Call, failure: Exception) -> HttpResponse:
    log.error("request %s failed", request.request_id, exc_info=failure)
    problem = Problem("Something went wrong on our side. Please give us the number of this request.")
    return refused(request, Unfit(500, "broken", problem))
