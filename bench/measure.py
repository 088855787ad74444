"""One client, one connection: how long requests take, and what they cost the server."""

import http.client
import json
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

TICK = os.sysconf("SC_CLK_TCK")


class Figure(NamedTuple):
    """Milliseconds: CPU per request of the whole server, and wall time at p50 and p95."""

    cpu: float
    p50: float
    p95: float


def reference_ms() -> float:
    """How long this machine takes for a million additions in Python: figures of two machines compare by it."""
    runs = []
    for _ in range(5):
        start = time.process_time()
        sum(number for number in range(1_000_000))
        runs.append((time.process_time() - start) * 1000)
    return min(runs)


def family(root: int) -> Iterator[int]:
    """The process `root` and all below it."""
    yield root
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    except FileNotFoundError:
        return
    for child in children:
        yield from family(int(child))


def cpu_seconds(root: int) -> float:
    """User and system time of the process and all below it so far."""
    total = 0
    for pid in family(root):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def memory_mb(root: int) -> float:
    """Proportional set size (PSS) of the process and all below it."""
    total = 0
    for pid in family(root):
        total += int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1])  # type: ignore[index]
    return total / 1024


class Client:
    """A keep-alive client: signs in like a person, or carries a token like a program."""

    def __init__(self, port: int, token: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.token = token

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str]:
        """Status and text of the answer."""
        if self.token:
            headers |= {"Authorization": f"Bearer {self.token}"}
        if self.cookies:
            headers |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        try:
            self.connection.request(method, path, body=body, headers=headers)
            answer = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # the server ended a connection that had been idle
            self.connection.close()
            self.connection.request(method, path, body=body, headers=headers)
            answer = self.connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie = value.split(";")[0].split("=", 1)
                self.cookies[cookie[0]] = cookie[1]
        return answer.status, answer.read().decode()

    def sign_in(self, login: str, password: str) -> None:
        _, page = self.ask("GET", "/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]  # type: ignore[index]
        form = {"username": login, "password": password, "csrfmiddlewaretoken": token}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _ = self.ask("POST", "/login/", urlencode(form), **kind)
        assert status == 302, f"sign-in answered {status}"

    def register(self, nth: int) -> None:
        """A new complaint of a new customer with a new car."""
        intake = {
            "process": "complaint", "branch": "HZ", "content": "更换刹车片后三天又响,冷车起步最明显,要求查清原因。",
            "phone": f"1{7_000_000_000 + nth}", "customer_name": "测试", "plate": f"浙B{nth:05d}",
            "source": "phone", "category": "repair_quality", "component": "brakes", "read_back": True,
        }  # fmt: skip
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"bench-{nth}"}
        status, text = self.ask("POST", "/api/v1/cases", json.dumps(intake), **headers)
        assert status == 201, f"{status}: {text}"


def measured(root: int, times: int, request: Callable[[int], object], warm: int = 20) -> Figure:
    """Runs `request(n)` `warm` times uncounted and then `times` times; `root` is the server's first process."""
    for nth in range(warm):
        request(-1 - nth)
    before, walls = cpu_seconds(root), []
    for nth in range(times):
        start = time.perf_counter()
        request(nth)
        walls.append((time.perf_counter() - start) * 1000)
    cpu = (cpu_seconds(root) - before) * 1000 / times
    return Figure(cpu, statistics.median(walls), statistics.quantiles(walls, n=20)[18])
