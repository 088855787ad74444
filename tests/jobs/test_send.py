"""Every notice leaves at least once, always with the same id; what can't leave doesn't hold up the rest."""

import threading
from datetime import timedelta

import pytest

from tests.databases import at_once
from tests.people import NOW, actor, at_stage
from wenguo import notify
from wenguo.cases.models import Notice
from wenguo.jobs import send as sending
from wenguo.jobs.send import CLAIM, LATEST, SOONEST, send

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def sink(monkeypatch) -> list[int]:
    """A channel "sink" that keeps the ids of what it was given."""
    given: list[int] = []
    monkeypatch.setitem(notify.CHANNELS, "sink", lambda notice: given.append(notice.pk))
    return given


def waiting(channel: str = "sink", count: int = 3) -> list[int]:
    """Ids of so many notices that wait in `channel`."""
    entry = at_stage("receiving").entries.get()
    people = [actor(login).staff_id for login in ("alice", "charlie", "technician", "finance", "reception")]
    rows = [Notice(entry=entry, recipient_id=one, channel=channel, next_try_at=NOW) for one in people[:count]]
    return [row.pk for row in Notice.objects.bulk_create(rows)]


def test_a_bell_rings_once_and_keeps_the_time(database):
    at_stage("receiving")
    bells = Notice.objects.filter(channel="bell").count()
    assert bells and send(lambda: LATER) == bells
    assert set(Notice.objects.values_list("sent_at", flat=True)) == {LATER}
    assert send(lambda: LATER) == 0


def test_nothing_leaves_before_its_time(database):
    at_stage("receiving")
    assert send(lambda: NOW - timedelta(seconds=1)) == 0


def test_each_notice_goes_to_its_own_channel(database, sink):
    ids = waiting()
    send(lambda: LATER)
    assert sink == ids


def test_more_than_a_batch_leaves_in_one_go(database, sink, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 2)
    ids = waiting(count=5)
    send(lambda: LATER)
    assert sorted(sink) == ids


def test_what_cannot_leave_is_tried_again_ever_more_seldom_and_holds_up_nobody(database, sink, monkeypatch, caplog):
    (bad,), good = waiting("broken", 1), waiting()
    monkeypatch.setitem(notify.CHANNELS, "broken", lambda notice: 1 / 0)
    send(lambda: LATER)
    assert sink == good
    tries, at = [], LATER
    for _ in range(12):
        row = Notice.objects.get(pk=bad)
        assert row.sent_at is None
        tries.append(row.next_try_at - at)
        at = row.next_try_at
        assert send(lambda: at - timedelta(seconds=1)) == send(lambda: at) == 0  # noqa: B023
    assert tries == sorted(tries) and tries[0] >= SOONEST and tries[-1] == LATEST
    assert "can't be delivered" in caplog.text


def test_a_channel_that_is_back_gets_what_waited(database, sink, monkeypatch):
    deliver = notify.CHANNELS["sink"]
    ids = waiting()
    monkeypatch.setitem(notify.CHANNELS, "sink", lambda notice: 1 / 0)
    send(lambda: LATER)
    monkeypatch.setitem(notify.CHANNELS, "sink", deliver)
    send(lambda: LATER + LATEST)
    assert sorted(sink) == ids


def test_a_notice_for_a_channel_that_nobody_knows_is_logged_and_waits(database, caplog):
    waiting("pigeon", 1)
    send(lambda: LATER)
    assert Notice.objects.get(channel="pigeon").sent_at is None and "pigeon" in caplog.text


def test_after_a_crash_between_claim_and_delivery_it_leaves_under_the_same_id(database, sink, monkeypatch):
    ids = waiting()

    def crash(notice: Notice) -> None:
        sink.append(notice.pk)
        raise SystemExit  # gone after sending, before the row says so

    deliver = notify.CHANNELS["sink"]
    monkeypatch.setitem(notify.CHANNELS, "sink", crash)
    with pytest.raises(SystemExit):
        send(lambda: LATER)
    monkeypatch.setitem(notify.CHANNELS, "sink", deliver)
    assert send(lambda: LATER + CLAIM - timedelta(seconds=1)) == 0  # somebody may still be at it
    assert send(lambda: LATER + CLAIM) == 3
    assert sorted(set(sink)) == ids and len(sink) == 4


def test_senders_at_once_give_each_notice_out_once(own_database, monkeypatch):
    given, lock = [], threading.Lock()

    def deliver(notice: Notice) -> None:
        with lock:
            given.append(notice.pk)

    monkeypatch.setitem(notify.CHANNELS, "sink", deliver)
    monkeypatch.setattr(sending, "BATCH", 2)
    ids = sorted([*waiting(count=5), *waiting(count=5)])
    done = at_once(*[lambda: send(lambda: LATER)] * 3)
    assert sum(done) == Notice.objects.count()
    assert sorted(given) == ids
