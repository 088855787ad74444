"""The loops that never end: each runs in whichever process holds its lease, on however many machines."""

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.db import IntegrityError, close_old_connections, connections
from django.db.models import Q

from wenguo.cases.models import Loop
from wenguo.jobs.calendars import fill_in
from wenguo.jobs.deliver import deliver
from wenguo.jobs.imports import bring_in
from wenguo.jobs.sealing import seal_round
from wenguo.jobs.searching import follow
from wenguo.jobs.send import send
from wenguo.jobs.tick import lanes, tick
from wenguo.jobs.tidy import tidy
from wenguo.jobs.watch import watch
from wenguo.people import businessclock

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=15)
RENEW = 5.0  # seconds
LONGEST_PAUSE = 8.0  # seconds after repeated failures: a database that comes back is noticed soon


class Job(NamedTuple):
    """What a loop does in one round, and how many seconds lie between two rounds. `apart`: a round may take long, so
    it has a thread of its own and the others don't wait for it. `lanes`: how many workers may share its rounds; each
    takes a handful of one lane after the other, under a lease for the lane, and `run` is told which."""

    name: str
    every: float
    run: Callable[..., int]  # of what tells the time, of what says whether to go on, and of the lane
    apart: bool = False
    lanes: Callable[[], int] | None = None


JOBS = (
    Job("tick", 5, tick, lanes=lanes),
    Job("send", 2, send),
    Job("deliver", 2, deliver, apart=True),
    Job("seal", 60, seal_round),
    Job("import", 2, bring_in, apart=True),
    Job("search", 5, follow),
    Job("watch", 10, watch, apart=True),
    Job("tidy", 3600, tidy),
    Job("calendar", 3600, fill_in, apart=True),
)


def real_time() -> datetime:
    return datetime.now(UTC)


class Lease:
    """The right to run one loop. The row in the database decides; nothing breaks while two think they hold it, since
    each due row is taken once all the same. It runs out by the machine's own time, whatever time it is for business."""

    def __init__(self, name: str, clock: Callable[[], datetime] = real_time):
        self.name, self.clock = name, clock
        self.holder = f"{socket.gethostname()[:16]}:{_place()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.renew_at = 0.0

    def take(self) -> bool:
        """Takes or prolongs the lease; whether it is ours now."""
        now = self.clock()
        # A lease far in the future was written by a clock that was set back since.
        free = Q(holder=self.holder) | Q(until__lt=now) | Q(until__gt=now + 4 * LEASE)
        ours = {"holder": self.holder, "until": now + LEASE}
        held = Loop.objects.filter(free, name=self.name).update(**ours) > 0 or self._take_over(now, ours)
        self.renew_at = time.monotonic() + RENEW
        return held

    def _take_over(self, now: datetime, ours: dict[str, Any]) -> bool:
        """Takes one that nobody ever had, or whose holder was a process of this machine that is gone."""
        holder = Loop.objects.filter(name=self.name).values_list("holder", flat=True).first()
        if holder is None:
            try:
                Loop.objects.create(name=self.name, beat_at=businessclock.now(), **ours)
                return True
            except IntegrityError:
                return False  # another process was first
        return gone(holder) and Loop.objects.filter(name=self.name, holder=holder).update(**ours) > 0

    def kept(self) -> bool:
        """Whether it is still ours; prolongs it in time."""
        return time.monotonic() < self.renew_at or self.take()

    def beat(self, now: datetime) -> None:
        """Says that a round went well."""
        Loop.objects.filter(name=self.name, holder=self.holder).update(beat_at=now)

    def give_back(self) -> None:
        """Lets another process have it at once."""
        Loop.objects.filter(name=self.name, holder=self.holder).update(until=self.clock() - LEASE)


@cache
def _place() -> str:
    """This machine since it was started, and the processes that can be seen from here (a container sees its own only):
    who has the same place can look whether we are alive. Empty where there is no telling."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
        return f"{boot}-{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def gone(holder: str) -> bool:
    """Whether the process that this lease names has ended, as far as can be seen from here."""
    _host, place, pid, _nonce = (["", "", "", "", *holder.split(":")])[-4:]
    return bool(place) and place == _place() and not Path(f"/proc/{pid}").exists()


class Running:
    """All loops of this process until stop(): in one thread, but for those that go apart."""

    def __init__(self, jobs: tuple[Job, ...] = JOBS):
        self.jobs = jobs
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.run, name="loops", daemon=True)
        self.apart = [
            threading.Thread(target=self._turn, args=((job,),), name=job.name, daemon=True) for job in jobs if job.apart
        ]

    def start(self) -> "Running":
        self.thread.start()
        return self

    def stop(self, seconds: float = 5) -> None:
        """Ends the loops after the row at hand and gives the leases back."""
        self.ending.set()
        for thread in (self.thread, *self.apart):
            if thread.ident is not None:
                thread.join(seconds)

    def run(self) -> None:
        """Runs the loops in this thread (those apart beside it) until somebody calls stop()."""
        for thread in self.apart:
            thread.start()
        self._turn(tuple(job for job in self.jobs if not job.apart))
        for thread in self.apart:
            thread.join()

    def _turn(self, jobs: tuple[Job, ...]) -> None:
        turns = [Turn(job, self.ending) for job in jobs]
        while not self.ending.is_set():
            for turn in turns:
                if time.monotonic() >= turn.next_at:
                    turn.take()
            soonest = min((turn.next_at for turn in turns), default=time.monotonic() + LONGEST_PAUSE)
            self.ending.wait(max(0.05, soonest - time.monotonic()))
        for turn in turns:
            turn.leave()
        connections.close_all()


class Turn:
    """One loop's next round: when it is, and how often it has failed in a row."""

    def __init__(self, job: Job, ending: threading.Event):
        self.job, self.ending, self.lease = job, ending, Lease(job.name)
        self.next_at, self.failures, self.begun = 0.0, 0, False

    def take(self) -> None:
        """One round, where the lease is ours. Failures are logged, and the next round waits longer."""
        close_old_connections()
        try:
            pause = self._round()
            self.failures = 0
        except Exception:
            log.exception("the loop %s failed", self.job.name)
            connections.close_all()
            self.failures += 1
            pause = min(2.0 ** (self.failures - 1), LONGEST_PAUSE)
        self.next_at = time.monotonic() + pause

    def _round(self) -> float:
        """Seconds until the next one."""
        if self.job.lanes:
            lanes = [f"{self.job.name} {lane + 1}" if lane else self.job.name for lane in range(self.job.lanes())]
            if not self.begun:  # lanes of another database, restored here: nobody would ever beat for them
                Loop.objects.filter(name__startswith=f"{self.job.name} ").exclude(name__in=lanes).delete()
                self.begun = True
            done = sum(self._in_lane(lane, name) for lane, name in enumerate(lanes))
            return 0 if done else self.job.every
        if self.lease.take():
            self.job.run(businessclock.now, self._going_on)
            self.lease.beat(businessclock.now())
        return self.job.every

    def _in_lane(self, lane: int, name: str) -> int:
        """A handful of one lane, where no other worker is in it."""
        self.lease.name = name
        if not self.lease.take():
            return 0
        done = self.job.run(businessclock.now, self._going_on, lane)
        self.lease.beat(businessclock.now())
        self.lease.give_back()
        return done

    def _going_on(self) -> bool:
        return not self.ending.is_set() and self.lease.kept()

    def leave(self) -> None:
        try:
            self.lease.give_back()
        except Exception:
            log.exception("the lease of %s runs out by itself", self.job.name)


def run_here() -> None:
    """Runs the loops in this very thread until SIGTERM or SIGINT."""
    running = Running()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: running.ending.set())
    running.run()
