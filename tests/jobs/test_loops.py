"""The lease of a loop, and a loop that goes on whatever happens in it."""

import os
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError

from tests.databases import at_once
from tests.people import NOW
from wenguo.cases.models import Loop
from wenguo.jobs.loops import LEASE, Job, Lease, Running


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_a_lease_belongs_to_one_until_it_runs_out(database, watch):
    first, second = Lease("tick", watch), Lease("tick", watch)
    assert first.take() and not second.take()
    watch.now += LEASE
    assert first.take() and not second.take()  # prolonged in time
    watch.now += LEASE + timedelta(seconds=1)
    assert second.take() and not first.take()


def test_a_lease_of_a_process_that_is_gone_is_free_at_once(database, watch):
    first, second = Lease("tick", watch), Lease("tick", watch)
    assert first.take() and not second.take()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    first.holder = first.holder.replace(f":{os.getpid()}:", f":{ended.pid}:")
    Loop.objects.update(holder=first.holder)
    assert second.take() and not first.take()
    elsewhere = f"other:0123abcd-1:{ended.pid}:9"  # of another machine nobody here can tell
    Loop.objects.update(holder=elsewhere)
    assert not second.take()


def test_loops_have_a_lease_each(database, watch):
    assert Lease("tick", watch).take() and Lease("send", watch).take()


def test_a_lease_given_back_is_free_at_once(database, watch):
    first, second = Lease("tick", watch), Lease("tick", watch)
    first.take()
    first.give_back()
    assert second.take()
    first.give_back()  # no longer its own
    assert not first.take()


def test_a_lease_written_by_a_clock_that_was_set_back_since_does_not_hold_for_hours(database, watch):
    Lease("tick", watch).take()
    watch.now -= timedelta(hours=2)
    assert Lease("tick", watch).take()


def test_of_many_at_once_one_gets_the_lease(own_database):
    for _ in range(5):
        Loop.objects.all().delete()
        assert at_once(*[Lease("tick").take for _ in range(6)]).count(True) == 1


def running(own_database, run) -> Running:
    return Running((Job("tick", 0.01, run),)).start()


def test_a_loop_goes_on_after_a_failure(own_database, caplog):
    rounds, enough = [], threading.Event()

    def fail_twice(clock, going_on):
        rounds.append(going_on())
        if len(rounds) < 3:
            raise OperationalError("the database has gone")
        enough.set()
        return 0

    loops = running(own_database, fail_twice)
    assert enough.wait(10)
    loops.stop()
    assert rounds[:3] == [True] * 3
    assert caplog.text.count("the loop tick failed") == 2
    assert Loop.objects.get().until < Loop.objects.get().beat_at  # it went well in the end, and was given back


def test_a_stop_ends_the_round_at_hand(own_database):
    begun, seen = threading.Event(), []

    def long_round(clock, going_on):
        begun.set()
        while going_on():
            pass
        seen.append("end")
        return 0

    loops = running(own_database, long_round)
    assert begun.wait(10)
    loops.stop()
    assert seen == ["end"] and not loops.thread.is_alive()


def test_workers_share_a_loop_lane_by_lane_and_take_a_handful_at_a_time(own_database):
    told, lock, left = [], threading.Lock(), {0: 5, 1: 5, 2: 5}

    def handful(clock, going_on, lane):
        with lock:
            told.append((threading.current_thread().name, lane))
            left[lane] -= left[lane] > 0
            return left[lane]

    job = Job("tick", 0.01, handful, lanes=lambda: 3)
    Loop.objects.create(name="tick 4", holder="of a database with more lanes", until=NOW, beat_at=NOW)
    loops = [Running((job,)).start() for _ in range(2)]
    until = time.monotonic() + 10
    while any(left.values()) and time.monotonic() < until:
        time.sleep(0.01)
    for one in loops:
        one.stop()
    assert {lane for _, lane in told} == {0, 1, 2} and not any(left.values())
    assert sorted(Loop.objects.values_list("name", flat=True)) == ["tick", "tick 2", "tick 3"]
