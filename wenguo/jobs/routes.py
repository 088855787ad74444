"""Every address the product answers at: for people who check who may call what."""

import inspect
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver


class Route(NamedTuple):
    """`who`: staff (signed in), token (programs) or anyone; `name` is the page's or step's."""

    path: str
    methods: list[str]
    who: str
    name: str


def all_routes() -> list[Route]:
    """Pages as the site knows them; of the API, what its own document says."""
    return sorted([*_pages(get_resolver(), "/"), *_api()])


def _pages(resolver: URLResolver, prefix: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if path != API:
                yield from _pages(pattern, path)
        elif isinstance(pattern, URLPattern):
            who = getattr(pattern.callback, "asks", "anyone")
            yield Route(path, _methods(pattern.callback), who, pattern.name or "")


def _methods(view: Any) -> list[str]:
    """What Django's require_http_methods lets through to the view; it keeps the list to itself."""
    while view is not None:
        if allowed := inspect.getclosurevars(view).nonlocals.get("request_method_list"):
            return sorted(allowed)
        view = getattr(view, "__wrapped__", None)
    return ["GET", "HEAD", "POST"]


API = "/api/v1/"


def _api() -> Iterator[Route]:
    from wenguo.api.document import described
    from wenguo.api.urls import api

    for path, operations in described(api, "en")["paths"].items():
        for method, operation in operations.items():
            who = "token" if operation.get("security") else "anyone"
            yield Route(API + path.lstrip("/"), _with_head([method.upper()]), who, operation["operationId"])
    for path, view in api.default_router.path_operations.items():  # what the document leaves out: itself
        for one in view.operations:
            if not one.include_in_schema:
                who = "token" if one.auth_callbacks else "anyone"
                yield Route(API + path.lstrip("/"), _with_head(one.methods), who, one.view_func.__name__)


def _with_head(methods: list[str]) -> list[str]:
    """Whatever can be got can be asked for its headers alone."""
    return sorted({*methods, *(["HEAD"] if "GET" in methods else [])})
