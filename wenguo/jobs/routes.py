"""Every address the product answers at: for people who check who may call what."""

import inspect
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

from wenguo import __version__


class Route(NamedTuple):
    """`who`: staff (signed in), token (programs) or anyone; `name` is the page's or step's."""

    path: str
    methods: list[str]
    who: str
    name: str


def all_routes() -> list[Route]:
    """Pages as the site knows them; of the API, what its own document says."""
    return sorted([*_pages(get_resolver(), "/"), *_api()])
