"""Databases for tests: real SQLite files and a real PostgreSQL, each made once and then copied or rolled back.

A template is built by the owner of the tables; tests run as the app, as in production.
"""

import itertools
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.machine import Postgres
from wenguo.cases import triggers
from wenguo.settings import _database as read_url

EMPTY, DEALER = "empty", "dealer"  # templates: tables only; with the dealer group of tests/people.py


@dataclass(frozen=True)
class Database:
    """One database and the data folder beside it. `url` is empty for SQLite, which lies in the folder."""

    vendor: str
    home: Path
    url: str = ""
    owner_url: str = ""

    def settings(self, owner: bool = False) -> dict[str, Any]:
        """What Django's DATABASES says of it; `owner`: as the owner of the tables."""
        found = read_url(self.owner_url if owner else self.url)
        if self.vendor == "sqlite":
            found["NAME"] = self.home / "wenguo.sqlite3"
        return connections.configure_settings({"default": found})["default"]

    def environment(self) -> dict[str, str]:
        """The environment of a wenguo process on this database."""
        ours = {key: value for key, value in os.environ.items() if not key.startswith(("WENGUO_", "DATABASE_"))}
        # The same key as here, so that a test can sign somebody in without their password.
        key = {"WENGUO_SECRET_KEY": settings.SECRET_KEY}
        place = {"WENGUO_HOME": str(self.home), "DATABASE_URL": self.url}
        return ours | key | place | {"WENGUO_TEST": "1", "WENGUO_API_RATE": "-1", "WENGUO_API_STRANGERS": "-1"}


class Templates:
    """Both templates on one kind of database; `copy` makes a fresh database from one of them."""

    def __init__(self, vendor: str, folder: Path, fill: Callable[[], None]):
        self.vendor, self.folder, self.fill = vendor, folder, fill
        self.copies = itertools.count(1)
        if vendor == "postgresql":
            self.postgres = Postgres(fsync=False).start()
        self._build()
        # The database of all tests that are rolled back, and the one connection that they share.
        self.shared = self.copy(DEALER)
        with connected(self.shared) as self.steady:
            pass

    def _build(self) -> None:
        empty = self._make(EMPTY, None)
        with connected(empty, owner=True) as connection:
            call_command("migrate", verbosity=0, interactive=False)
            triggers.install(connection)
        with connected(self._make(DEALER, EMPTY)), transaction.atomic():
            self.fill()

    def copy(self, template: str) -> Database:
        """A database of its own, for tests with threads or processes, where rolling back is no way."""
        return self._make(f"{template}_{next(self.copies)}", template)

    def untouched(self) -> Database:
        """A database in which nothing has been made."""
        return self._make(f"untouched_{next(self.copies)}", None)

    def _make(self, name: str, template: str | None) -> Database:
        home = self.folder / name
        home.mkdir(parents=True)
        if self.vendor == "postgresql":
            made = self.postgres.create_database(name, template)
            return Database(self.vendor, home, made.app_url, made.owner_url)
        if template:
            shutil.copy(self.folder / template / "wenguo.sqlite3", home)
        return Database(self.vendor, home)

    def drop(self, database: Database) -> None:
        """Removes a copy."""
        if self.vendor == "postgresql":
            self.postgres.drop_database(database.home.name)
        shutil.rmtree(database.home, ignore_errors=True)

    def stop(self) -> None:
        if self.vendor == "postgresql":
            self.postgres.stop()


@contextmanager
def connected(
    database: Database, owner: bool = False, steady: BaseDatabaseWrapper | None = None
) -> Iterator[BaseDatabaseWrapper]:
    """Points the default connection, and those of threads started within, at `database`.

    `steady` is an earlier connection to it, to be used again and left open.
    """
    settings_before, connection_before = connections.settings["default"], connections["default"]
    connections.settings["default"] = database.settings(owner)
    connection = steady or connections.create_connection("default")
    connections["default"] = connection
    try:
        yield connection
    finally:
        if not steady:
            connection.close()
        connections.settings["default"], connections["default"] = settings_before, connection_before


@contextmanager
def rolled_back(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Whatever happens within is undone. The door's durable transactions work as if they were outermost."""
    outer = transaction.atomic()
    outer._from_testcase = True  # what Django's own TestCase says to allow durable blocks inside
    with outer:
        try:
            yield
            if connection.is_usable() and not connection.needs_rollback:
                connection.check_constraints()  # PostgreSQL would else look only at the commit that never comes
        finally:
            transaction.set_rollback(True)


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Runs the actions in threads that start together; what each returned or raised, in their order."""
    start, results = threading.Barrier(len(actions)), [None] * len(actions)

    def run(nth: int, action: Callable[[], Any]) -> None:
        start.wait()
        try:
            results[nth] = action()
        except Exception as failure:
            results[nth] = failure
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
