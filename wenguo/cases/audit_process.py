"""How a process begins that helps an audit. By itself, because it is read before Django knows its models."""

import atexit
import gc
import os
from contextlib import ExitStack
from multiprocessing import parent_process
from threading import Thread
from typing import Any

_standing = ExitStack()  # the transaction in which this process reads all its life


def begin(snapshot: str, gate: Any) -> None:
    """Stands at the moment of the one who started it, as audit.together has it: by `snapshot` or behind `gate`."""
    Thread(target=_end_with_parent, daemon=True).start()
    import django

    django.setup()
    from django.db import connection

    from wenguo.cases.audit.finding import as_it_stands

    connection.ensure_connection()
    if gate:
        gate.wait()
        gate.wait()
    _standing.enter_context(as_it_stands(snapshot))
    atexit.register(_standing.close)
    if gate:
        gate.wait()
    gc.freeze()  # an eighth of the time went into looking for garbage; there is next to none
    gc.disable()


def _end_with_parent() -> None:
    """Else it would wait for ever, its transaction open, where the one that started it was killed."""
    if parent := parent_process():
        parent.join()
        os._exit(1)
