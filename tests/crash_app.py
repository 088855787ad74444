"""`wenguo serve` with a fault planted in it: the kill harness must find each, or its green result means nothing.

    WENGUO_CRASH_FAULT=early   answers before it commits
    WENGUO_CRASH_FAULT=split   writes the entry in a second transaction

Run as `python -m tests.crash_app --port PORT`. Nothing of this is in the product.
"""

import io
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import django

WINDOW = 0.05  # seconds in which a kill does the harm


def answers_early(application: Callable) -> Callable[[dict, Callable], Iterable[bytes]]:
    """The application with its answer sent while the transaction is still open."""
    from django.core.signals import request_started
    from django.db import close_old_connections, connections, transaction

    request_started.disconnect(close_old_connections)  # it would end the transaction

    def early(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read())
        answered, reply = threading.Event(), {}

        def begin(status: str, headers: list, failure: Any = None) -> None:
            reply["head"] = status, headers

        def run() -> None:
            outer = transaction.atomic()
            outer._from_testcase = True  # lets the door's durable transaction be an inner one
            with outer:
                reply["body"] = b"".join(application(environ, begin))
                answered.set()
                time.sleep(WINDOW)
            connections.close_all()

        threading.Thread(target=run).start()
        assert answered.wait(30)
        start_response(*reply["head"])
        return [reply["body"]]

    return early


def plant(fault: str) -> None:
    from django.db.models import Model

    from wenguo.cases import door
    from wenguo.cases.models import Entry
    from wenguo.jobs import server

    if fault == "early":
        site = server._site
        server._site = lambda: answers_early(site())
    elif fault == "split":
        door._transact = door._transact.__wrapped__  # every statement for itself
        store = door.store

        def store_late(row: Model) -> None:
            if isinstance(row, Entry):
                time.sleep(WINDOW)
            store(row)

        door.store = store_late
    else:
        raise SystemExit(f"no such fault: {fault}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenguo.settings")
    django.setup()
    from wenguo.cli import main

    plant(os.environ["WENGUO_CRASH_FAULT"])
    main(["serve", *sys.argv[1:]])
