"""A real `wenguo` server process for tests: started, waited for, killed."""

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.databases import Database
from tests.machine import free_port

ROOT = Path(__file__).resolve().parent.parent


def wenguo(database: Database, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command that ends, as a process of its own on `database`."""
    return subprocess.run(
        [sys.executable, "-m", "wenguo", *arguments], env=database.environment() | environment,
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip


class Serving:
    """`wenguo serve` (or another command line of `python`) on `database`, in a process group of its own.

    `environment` goes on top of the database's. Its output lies in the file `log`.
    """

    def __init__(self, database: Database, *arguments: str, environment: dict[str, str] | None = None):
        self.port = free_port()
        self.arguments = arguments or ("-m", "wenguo", "serve")
        self.environment = database.environment() | (environment or {})
        self.log = Path(tempfile.mkstemp(prefix="serving-", dir=database.home)[1])
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        self.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Starts the process and doesn't wait for it to answer."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.arguments, "--port", str(self.port)],
                cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def wait(self, seconds: float = 30) -> None:
        """Returns once the server answers anything at all. Raises AssertionError with its output when it doesn't."""
        until = time.monotonic() + seconds
        while not self.answers():
            ended = self.process is None or self.process.poll() is not None
            assert not ended and time.monotonic() < until, f"no answer; it said:\n{self.log.read_text()}"
            time.sleep(0.03)

    def answers(self) -> bool:
        """Whether somebody answers at the port."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True

    def kill(self) -> None:
        """SIGKILL to the whole group; afterwards nothing of it runs."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):  # all of it ended before
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def workers(self) -> list[int]:
        """Process ids of the server's children."""
        assert self.process
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(one) for one in path.read_text().split()]
