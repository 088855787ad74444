"""The web server: granian inside. The parent holds the port and starts workers; the workers answer.

Each worker is a fork of a parent that has everything loaded, so they share most of their memory, and a worker that
died is replaced at once while new connections wait in the port's queue.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.urls import get_resolver
from granian._granian import SocketHolder
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from wenguo.jobs import Refused
from wenguo.jobs.loops import Running
from wenguo.policy.load import packs

THREADS = 4  # Python threads of a worker: more only wait for one another
KILLED_PAUSE, FAILED_PAUSE = 0.05, 2.0  # seconds before a worker is replaced


class Server(MPServer):
    """Listens at `host`:`port` until SIGTERM or SIGINT."""

    def __init__(self, host: str, port: int, workers: int = 1):
        super().__init__(
            "wenguo.wsgi:application", host, port, interface=Interfaces.WSGI, workers=workers,
            blocking_threads=THREADS, log_level=LogLevels.error, log_access=False, workers_kill_timeout=10,
        )  # fmt: skip

    def _init_shared_socket(self) -> None:
        """One socket, opened here and without SO_REUSEPORT: granian's own would share the port with a second server
        in silence, and would be gone while a worker starts anew."""
        family = socket.AF_INET6 if ":" in self.bind_addr else socket.AF_INET
        try:
            listener = socket.create_server((self.bind_addr, self.bind_port), family=family, backlog=self.backlog)
        except OSError as refused:
            why = f"{self.bind_addr}:{self.bind_port}: {refused.strerror}"
            raise Refused(f"不能监听 · can't listen at {why}; another port: --port") from refused
        listener.setblocking(False)
        # Handed down to every connection: without it each answer waited 40 ms for an acknowledgement (measured).
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.set_inheritable(True)
        self._ssp, self._sso = None, listener
        self._shd: Any = SocketHolder(listener.fileno(), False, self.backlog)  # type: ignore[call-arg]

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        """Replaces workers that died, for as long as it takes: granian's own gives up after the second one."""
        while True:
            self.main_loop_interrupt.wait()
            self.main_loop_interrupt.clear()
            if self.interrupt_signal:
                return
            for worker in [self.interrupt_children.pop(0) for _ in range(len(self.interrupt_children))]:
                # One that was killed may come back at once; one that failed by itself would only fail again.
                failed = (self.wrks[worker].inner.exitcode or 0) > 0
                self.main_loop_interrupt.wait(FAILED_PAUSE if failed else KILLED_PAUSE)
                if not self.interrupt_signal:
                    self._respawn_workers([worker], spawn_target, target_loader)


def serve(host: str, port: int, *, loops: bool, ready: Callable[[], None]) -> None:
    """Answers at `host`:`port` until SIGTERM or SIGINT; `loops`: the worker runs the clock's loops as well.

    `ready` is called once the port is ours. Raises Refused where another program listens.
    """
    give_memory_back()
    server = Server(host, port)
    server.on_startup(ready)
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork", force=True)
    _site()
    connections.close_all()  # a connection must not be used on both sides of a fork
    gc.collect()
    gc.freeze()  # or the collector's marks would copy every shared page
    server.serve(_whole_worker if loops else _web_worker, _site, wrap_loader=False)


def give_memory_back() -> None:
    """Has the C library return large blocks at once, where it can be told so (glibc).

    Left alone it keeps them for every thread: a few sign-ins, whose hash wants 16 MB, held 70 MB for good (measured).
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        for setting in (-3, -1):  # M_MMAP_THRESHOLD, M_TRIM_THRESHOLD
            library.mallopt(setting, 128 * 1024)


def _site() -> Any:
    """The application with every view and pack loaded: what workers share, and a fault shows before the port opens."""
    from wenguo.wsgi import application

    packs()
    get_resolver().url_patterns  # noqa: B018 (reading it imports every view)
    return application


def _web_worker(*arguments: Any) -> None:
    end_with_parent()
    MPServer._spawn_wsgi_worker(*arguments)


def _whole_worker(*arguments: Any) -> None:
    end_with_parent()
    running = Running().start()
    MPServer._spawn_wsgi_worker(*arguments)
    running.stop()


def end_with_parent() -> None:
    """Ends this process when the one that started it is gone: an orphan would go on answering at the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    # Where the kernel doesn't do it, or the parent died before it was asked to.
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_watch, args=(parent.pid,), name="parent watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)
