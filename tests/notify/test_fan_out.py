"""What follows from a bell is written once, in the moment in which it rings, for the branch of the case and above."""

import pytest

from tests.databases import at_once
from tests.notify.telling import has_mail, later, notices, opened, outlet, wishes
from tests.people import NOW, at_stage
from wenguo.cases.models import Notice
from wenguo.jobs import send as sending
from wenguo.jobs.send import send
from wenguo.notify.fan_out import fan_out
from wenguo.notify.models import Posting


def test_outlets_of_the_branch_and_above_are_told_and_no_others(database, inside, sink):
    for branch in ("G1", "HD", "HZ", "SX"):
        outlet("wecom", sink.url(), branch=branch)
    opened()
    send(lambda: NOW)
    told = Posting.objects.values_list("outlet__branch__code", flat=True)
    assert sorted(told) == ["G1", "HD", "HZ"]


def test_an_outlet_is_told_once_of_each_entry_however_many_people_are(database, sink):
    outlet("wecom", sink.url())
    case = at_stage("negotiating")
    send(lambda: NOW)
    entries = set(Notice.objects.filter(entry__case=case).values_list("entry", flat=True))
    assert Posting.objects.count() == len(entries) > 1


def test_an_outlet_for_alarms_hears_of_alarms_only_and_one_switched_off_of_nothing(database, sink):
    outlet("wecom", sink.url(), wants="alarm")
    outlet("feishu", sink.url(), on=False)
    opened()
    send(lambda: NOW)
    assert not Posting.objects.exists()


def test_rung_twice_nothing_is_written_twice(database, letters, sink):
    has_mail("bob")
    wishes("bob", mail="all")
    outlet("webhook", sink.url())
    opened()
    send(lambda: NOW)
    fan_out(list(Notice.objects.filter(channel="bell").select_related("entry__case")), NOW)
    assert len(notices()) == Posting.objects.count() == 1


def test_several_postmen_at_once_write_everything_once(own_database, letters, inside, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 2)
    has_mail("bob")
    wishes("bob", mail="all")
    outlet("webhook", "http://127.0.0.1:9/")
    opened(6)
    bells = Notice.objects.count()
    assert sum(at_once(*[lambda: send(lambda: NOW)] * 3)) == bells
    assert len(notices()) == Posting.objects.count() == 6


def test_a_bell_from_which_nothing_can_follow_rings_all_the_same(database, letters, monkeypatch, caplog):
    has_mail("bob")
    wishes("bob", mail="all")
    first, second = opened(2)
    really = sending.fan_out

    def trips(bells, now):
        if any(bell.entry.case_id == first.pk for bell in bells):
            raise KeyError("a pack that is gone")
        really(bells, now)

    monkeypatch.setattr(sending, "fan_out", trips)
    bells = Notice.objects.count()
    assert send(lambda: later(minutes=1)) == bells
    assert not Notice.objects.filter(channel="bell", sent_at=None).exists()
    assert [one.entry.case_id for one in notices()] == [second.pk]
    assert "nothing follows" in caplog.text


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_what_is_written_beside_an_act_stays_one_bell_for_each(database, letters, sink):
    has_mail("bob")
    wishes("bob", mail="all")
    outlet("webhook", sink.url())
    opened()
    assert set(Notice.objects.values_list("channel", flat=True)) == {"bell"} and not Posting.objects.exists()
