"""What every test may ask for. A test that asks for a database runs on SQLite and on PostgreSQL.

database        the dealer group of tests/people.py, in this process; undone after the test
own_database    a copy of the same for this test alone, for threads and other processes
empty_database  the same without any row
served          the address of a real `wenguo serve` on own_database
sink, letters   real receivers of HTTP and mail (tests/notify/sinks.py); with `inside` outlets may call this machine

`@pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)` runs a test on one of the two only. In `make test`
the others take turns (tests/turns.py), except where `@pytest.mark.both_databases` says that it is about the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.contrib.auth.hashers import ScryptPasswordHasher

from tests.databases import DEALER, EMPTY, Database, Templates, connected, rolled_back
from tests.notify.sinks import inside, letters, sink  # noqa: F401
from tests.people import Dealer, found_dealer, make_dealer
from tests.record import faults
from tests.serving import Serving
from tests.turns import TURNS, not_its_turn

settings.API_RATE = settings.API_STRANGERS = 0  # tests call as fast as they can
settings.WHITENOISE_AUTOREFRESH = True  # each of a thousand browsers without a screen would else read every static file
ScryptPasswordHasher.work_factor = 2**8  # a sixty-fourth of the real one: hundreds of sign-ins would else cost a minute


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if TURNS:
        left = not_its_turn(items)
        items[:] = [one for one in items if one not in left]
        config.hook.pytest_deselected(items=list(left))


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory, django_db_blocker) -> Iterator[Templates]:
    with _templates("sqlite", tmp_path_factory, django_db_blocker) as made:
        yield made


@pytest.fixture(scope="session")
def postgresql_templates(tmp_path_factory, django_db_blocker) -> Iterator[Templates]:
    with _templates("postgresql", tmp_path_factory, django_db_blocker) as made:
        yield made


@contextmanager
def _templates(vendor: str, tmp_path_factory, blocker) -> Iterator[Templates]:
    with blocker.unblock():
        made = Templates(vendor, tmp_path_factory.mktemp(vendor), make_dealer)
        yield made
        made.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def vendor(request) -> str:
    return request.param


@pytest.fixture
def templates(vendor: str, request) -> Templates:
    return request.getfixturevalue(f"{vendor}_templates")


@pytest.fixture
def database(templates: Templates, monkeypatch, tmp_path) -> Iterator[Database]:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    with connected(templates.shared, steady=templates.steady), rolled_back(templates.steady):
        yield templates.shared
        assert faults() == []  # whatever a test did, the record tells all of it


@pytest.fixture
def own_database(templates: Templates, monkeypatch) -> Iterator[Database]:
    with _copy(templates, DEALER, monkeypatch) as made:
        yield made


@pytest.fixture
def empty_database(templates: Templates, monkeypatch) -> Iterator[Database]:
    with _copy(templates, EMPTY, monkeypatch) as made:
        yield made


@contextmanager
def _copy(templates: Templates, template: str, monkeypatch) -> Iterator[Database]:
    made = templates.copy(template)
    monkeypatch.setattr(settings, "HOME", made.home)
    with connected(made):
        yield made
    templates.drop(made)


@pytest.fixture
def dealer(database: Database) -> Dealer:
    """The dealer group in `database`."""
    return found_dealer()


@pytest.fixture
def served(own_database: Database) -> Iterator[str]:
    """The base address of a real `wenguo serve` on `own_database`, ended after the test."""
    with Serving(own_database) as serving:
        yield serving.url
