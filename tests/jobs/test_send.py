"""Bells ring in their time, each once, however many postmen there are."""

from datetime import timedelta

import pytest

from tests.databases import at_once
from tests.people import NOW, at_stage
from wenguo.cases.models import Notice
from wenguo.jobs import send as sending
from wenguo.jobs.send import send

LATER = NOW + timedelta(minutes=1)


def test_a_bell_rings_once_and_keeps_the_time(database):
    at_stage("receiving")
    bells = Notice.objects.filter(channel="bell").count()
    assert bells and send(lambda: LATER) == bells
    assert set(Notice.objects.values_list("sent_at", flat=True)) == {LATER}
    assert send(lambda: LATER) == 0


def test_nothing_rings_before_its_time(database):
    at_stage("receiving")
    assert send(lambda: NOW - timedelta(seconds=1)) == 0


def test_more_than_a_batch_rings_in_one_go(database, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 2)
    at_stage("negotiating")
    assert send(lambda: LATER) == Notice.objects.count() > 2


def test_ringing_ends_when_it_is_told_to(database):
    at_stage("receiving")
    assert send(lambda: LATER, lambda: False) == 0


def test_postmen_at_once_ring_each_bell_once(own_database, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 2)
    for stage in ("receiving", "negotiating"):
        at_stage(stage)
    assert sum(at_once(*[lambda: send(lambda: LATER)] * 3)) == Notice.objects.count()


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_a_crash_in_the_middle_leaves_the_bells_for_the_next_one(database, monkeypatch):
    at_stage("receiving")

    def crash(*_):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(sending, "fan_out", crash)
        with pytest.raises(SystemExit):
            send(lambda: LATER)
    assert send(lambda: LATER) == Notice.objects.count()
