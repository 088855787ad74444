"""Several processes that check pieces of the record, each as the record stood at the same moment."""

import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from multiprocessing import get_context
from threading import BrokenBarrierError
from typing import Any

from django.db import OperationalError, connection

from wenguo.cases.anchors import Anchor
from wenguo.cases.audit.finding import as_it_stands, asked, nobody_writes
from wenguo.cases.audit.pieces import Checked, Piece, check
from wenguo.cases.audit_process import begin

log = logging.getLogger(__name__)
PATIENCE = 60  # seconds that processes may take to start
Check = Callable[[Piece], Checked]


@contextmanager
def checking(pieces: Sequence[Piece], processes: int, anchor: Anchor | None, most: int) -> Iterator[Check]:
    """Within, the record is read as it stood at one moment; gives what checks a piece.

    With several processes all pieces are being checked from here on, and what is given waits for its result. Where one
    of them dies (out of memory), this process does itself what is left.
    """
    alone = partial(check, anchor=anchor, most=most)
    if processes < 2 or connection.in_atomic_block:
        with as_it_stands():
            yield alone
        return
    processes = min(processes, len(pieces))
    with ExitStack() as stack:
        begun = _Begun(processes, stack)
        pool = ProcessPoolExecutor(processes, get_context("spawn"), begin, (begun.snapshot, begun.gate))
        stack.callback(pool.shutdown, cancel_futures=True)
        results: dict[Piece, Future[Checked]] = {}
        with suppress(BrokenProcessPool):
            # The seals, told last, are begun first: they are one long piece, and nobody should wait for it at the end.
            for piece in (pieces[-1], *pieces[:-1]):
                results[piece] = pool.submit(_check, piece, anchor, most)
        begun.all_stand()

        def result(piece: Piece) -> Checked:
            if piece in results:
                try:
                    return results.pop(piece).result()
                except BrokenProcessPool:
                    log.warning("a process of the audit died: this one goes on alone")
                    results.clear()
            return alone(piece)

        yield result


class _Begun:
    """How all begin at one moment: PostgreSQL lends its snapshot to others, on SQLite nobody writes meanwhile."""

    def __init__(self, processes: int, stack: ExitStack) -> None:
        self.stack, self.snapshot = stack, ""
        self.gate: Any = None
        if connection.vendor == "postgresql":
            stack.enter_context(as_it_stands())
            ((self.snapshot,),) = asked("SELECT pg_export_snapshot()")
        else:
            self.gate = get_context("spawn").Barrier(processes + 1, timeout=PATIENCE)

    def all_stand(self) -> None:
        """Returns once everybody reads at that moment, or this process alone, where the others don't get there."""
        if self.gate is None:
            return
        with suppress(BrokenBarrierError):  # whoever waits there dies of it, and the pool with them
            self.gate.wait()  # all are there
        try:
            with nobody_writes(), suppress(BrokenBarrierError):
                self.stack.enter_context(as_it_stands())
                self.gate.wait()  # all begin
                self.gate.wait()  # all have begun
        except OperationalError:  # somebody writes for longer than we may wait
            self.gate.abort()
            self.stack.enter_context(as_it_stands())


def _check(piece: Piece, anchor: Anchor | None, most: int) -> Checked:
    try:
        return check(piece, anchor, most)
    finally:
        gc.collect()
