"""kill -9 while messages leave: every one arrives, under one id, and nobody gets more repeats than there were kills.

Delivery to somebody outside can't be exactly once: a kill between the receiver's answer and our note of it sends that
message again. With one message under way for each receiver a kill costs each receiver at most one repeat.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import NamedTuple

import pytest
from django.conf import settings

from tests.databases import Database
from tests.notify.sinks import Sink, mail_server, replies
from tests.notify.telling import has_mail, outlet, wishes
from tests.people import NOW, at_stage
from tests.serving import ROOT
from wenguo.cases.models import Entry, Notice
from wenguo.jobs.send import send
from wenguo.notify.models import Posting
from wenguo.people.models import Staff

KILLS = int(os.environ.get("WENGUO_KILLS") or (300 if os.environ.get("WENGUO_DRILL") == "1" else 3))
SLOWEST = 30  # seconds without a message


class SlowLetters:
    """A mail server that takes its time before it says that a letter was taken."""

    def __init__(self, chance: random.Random):
        self.ids: list[str] = []
        self.chance = chance

    async def handle_DATA(self, server, session, envelope):
        text = envelope.content.decode("utf-8", "replace")
        self.ids.append(text.split("X-Wenguo-Delivery: ")[1].split()[0])
        await asyncio.sleep(self.chance.uniform(0, 0.15))
        return "250 OK"


class Sender:
    """The sending process, started again after each kill."""

    def __init__(self, database: Database, mail_port: int, fault: str):
        self.environment = database.environment() | {
            "WENGUO_SMTP_URL": f"smtp://127.0.0.1:{mail_port}", "WENGUO_OUTLETS_INSIDE": "127.0.0.0/8",
            "WENGUO_SENDING_FAULT": fault,
        }  # fmt: skip
        self.log = database.home / "sending.log"
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.sending_process"], cwd=ROOT, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def stored_more(case, count: int) -> None:
    """So many further bells for bob, as acts would have stored them."""
    last, bob = case.entries.get().seq, Staff.objects.get(username="bob")
    rows = [
        Entry(case=case, seq=last + nth, at=NOW, happened_at=NOW, actor="system", role="", on_behalf_of="",
              channel="clock", verb="noted", outcome="done", came_from="receiving", went_to="receiving",
              pack_version="1",
              body='{"data": {}}', prev="", hash=f"{case.pk}-{last + nth}")
        for nth in range(1, count + 1)
    ]  # fmt: skip
    Entry.objects.bulk_create(rows)
    Notice.objects.bulk_create([Notice(entry=one, recipient=bob, channel="bell", next_try_at=NOW) for one in rows])


def killed(sender: Sender, box: SlowLetters, sink: Sink, chance: random.Random) -> None:
    """Kills again and again, each a moment after something arrived, by turns at either receiver."""
    for nth in range(KILLS):
        arrived = (box.ids, sink.came)[nth % 2]
        before, since = len(arrived), time.monotonic()
        while len(arrived) == before:
            assert time.monotonic() - since < SLOWEST, sender.log.read_text()[-2000:]
            time.sleep(0.003)
        time.sleep(chance.uniform(0, 0.15))
        sender.kill()
        sender.start()


def everything_sent(sender: Sender) -> None:
    """Returns once nothing waits any more; how long that takes depends on the machine, that it goes on doesn't."""
    left, since = _waiting(), time.monotonic()
    while left:
        time.sleep(0.2)
        if (now_left := _waiting()) < left:
            left, since = now_left, time.monotonic()
        assert time.monotonic() - since < SLOWEST, sender.log.read_text()[-2000:]


def _waiting() -> int:
    return Notice.objects.filter(sent_at=None).count() + Posting.objects.filter(sent_at=None).count()


class Drill(NamedTuple):
    """Ids that were to arrive, and how often each did, by receiver."""

    expected: dict[str, set[str]]
    came: dict[str, Counter[str]]

    def lost(self) -> set[str]:
        return {id for what, ids in self.expected.items() for id in ids - self.came[what].keys()}

    def repeats(self, what: str) -> int:
        return sum(self.came[what].values()) - len(self.came[what])


def drill(database: Database, monkeypatch, fault: str = "") -> Drill:
    """Stores messages for mail and a webhook, and kills whoever sends them, until all are noted as sent."""
    chance, lock = random.Random(20261125), threading.Lock()
    box = SlowLetters(chance)

    def slowly(handler) -> None:
        with lock:
            pause = chance.uniform(0, 0.15)
        time.sleep(pause)
        replies()(handler)

    sink = Sink(slowly)
    has_mail("bob")
    wishes("bob", mail="all")
    outlet("webhook", sink.url())
    stored_more(at_stage("receiving"), 8 * KILLS)
    monkeypatch.setattr(settings, "EMAIL_HOST", "127.0.0.1")
    send(lambda: NOW)
    with mail_server(box) as port:
        sender = Sender(database, port, fault)
        try:
            killed(sender, box, sink, chance)
            everything_sent(sender)
        finally:
            sender.kill()
    sink.close()
    notices = Notice.objects.filter(channel="mail").values_list("pk", flat=True)
    postings = Posting.objects.values_list("pk", flat=True)
    return Drill(
        {"mail": {f"notice-{pk}" for pk in notices}, "posting": {f"posting-{pk}" for pk in postings}},
        {"mail": Counter(box.ids), "posting": Counter(one.id for one in sink.came)},
    )


def test_every_message_arrives_and_repeats_are_never_more_than_kills(own_database: Database, inside, monkeypatch):
    held = drill(own_database, monkeypatch)
    for what, ids in held.expected.items():
        print(f"\n{own_database.vendor} {what}: {len(ids)} messages, {KILLS} kills, {held.repeats(what)} repeats")
        assert held.came[what].keys() == ids and held.repeats(what) <= KILLS


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_the_drill_finds_a_sender_that_notes_a_message_before_it_was_taken(own_database: Database, inside, monkeypatch):
    assert drill(own_database, monkeypatch, fault="early").lost()
