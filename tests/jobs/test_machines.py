"""A group: two `web` and two `worker` over one PostgreSQL, each worker with its own data folder, as on a machine of its
own. One of each is killed under load; nothing is done twice, nothing is left undone."""

import json
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from tests.databases import Database
from tests.jobs.test_failover import Spread, acknowledged
from tests.jobs.test_server import until
from tests.notify.sinks import Sink
from tests.notify.telling import outlet
from tests.people import at_stage
from tests.serving import ROOT, Serving
from tests.test_crash import violations
from wenguo.cases.models import Clock, Entry, Notice, Seal
from wenguo.jobs.newcomers import new_token
from wenguo.notify.models import Posting
from wenguo.policy.clocks import CLOCKWORK


@pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)
def test_two_webs_and_two_workers_do_everything_once_whichever_is_killed(own_database: Database, sink: Sink, inside):
    outlet("webhook", sink.url(), wants="all")
    new = {"DATABASE_URL": own_database.url, "WENGUO_OUTLETS_INSIDE": "127.0.0.0/8"}
    with ExitStack() as stack:
        webs = [stack.enter_context(Serving(own_database, "-m", "wenguo", "web")) for _ in range(2)]
        workers = [worker(stack, own_database, new, nth) for nth in range(2)]
        load = Spread(webs[0].port, new_token("alice", datetime.now(UTC)))
        load.ports = tuple(one.port for one in webs)
        load.start()
        try:
            acknowledged(load, 15, webs[0])
            workers[0].kill()
            webs[1].kill()
            acknowledged(load, 15, webs[0])  # whoever asked the dead one asks again, and meets the other
        finally:
            load.stop()
        assert violations(load) == [] and not load.refused
        for nth in range(3):
            at_stage("receiving", now=datetime.now(UTC) - timedelta(days=60, minutes=nth))
        assert until(lambda: not waiting(), 180)  # what the dead one had claimed is free after two minutes
    told = [(case, verb, json.dumps(json.loads(body)["data"])) for case, verb, body in said()]
    assert len(told) == len(set(told)) > 3
    ids = [one.id for one in sink.came]
    assert set(ids) == {f"posting-{pk}" for pk in Posting.objects.values_list("pk", flat=True)} and ids
    assert len(ids) - len(set(ids)) <= 1  # the kill may have cut one off after it was taken
    assert Seal.objects.exists()


def said():
    return Entry.objects.filter(verb__in=CLOCKWORK).values_list("case", "verb", "body")


def waiting() -> bool:
    """Whether anything is still to be told, rung, or posted."""
    now = datetime.now(UTC)
    return (
        Clock.objects.filter(stopped_at=None, next_at__lte=now).exists()
        or Notice.objects.filter(sent_at=None, next_try_at__lte=now).exists()
        or Posting.objects.filter(sent_at=None).exists()
    )


def worker(stack: ExitStack, database: Database, more: dict[str, str], nth: int) -> subprocess.Popen:
    home = database.home / f"machine-{nth}"
    home.mkdir()
    log = stack.enter_context((home / "log").open("wb"))
    process = subprocess.Popen(
        [sys.executable, "-m", "wenguo", "worker"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        env=database.environment() | more | {"WENGUO_HOME": str(home)},
    )  # fmt: skip
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process
