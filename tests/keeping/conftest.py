"""A busy shop, made once on each kind of database and copied for every test."""

import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.databases import DEALER, Database, Templates, connected
from tests.keeping.busy import make_busy
from tests.keeping.places import within

_made: dict[str, Database] = {}


@pytest.fixture
def busy(templates: Templates, monkeypatch) -> Iterator[Database]:
    """A copy of the busy shop for this test alone: the default connection and the data folder are its own."""
    place = busy_copy(templates)
    monkeypatch.setattr(settings, "HOME", place.home)
    with connected(place):
        yield place
    templates.drop(place)


def busy_copy(templates: Templates) -> Database:
    if templates.vendor not in _made:
        _made[templates.vendor] = templates.copy(DEALER)
        with within(_made[templates.vendor]):
            make_busy()
    original = _made[templates.vendor]
    place = templates.copy(original.home.name)
    shutil.copytree(original.home / "evidence", place.home / "evidence")
    return place
