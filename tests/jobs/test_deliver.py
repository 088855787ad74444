"""Whatever the receivers do, each message arrives at least once under one id, and nobody holds up anybody else."""

import time
from datetime import timedelta

import pytest
from django.conf import settings

from tests.databases import at_once
from tests.machine import free_port
from tests.notify.sinks import Sink, hangs, mail_goes_to, replies
from tests.notify.telling import carry, has_mail, later, notices, opened, outlet, post, wishes
from tests.people import NOW
from wenguo.cases.models import Notice
from wenguo.jobs import deliver as delivering
from wenguo.jobs.deliver import LATEST, SOONEST, TRIES, deliver, pause
from wenguo.jobs.resting import LONGEST, PATIENCE, Resting
from wenguo.jobs.send import send
from wenguo.notify import call, parcels
from wenguo.notify.lockbox import Unreadable, lock, unlock
from wenguo.notify.models import Posting
from wenguo.notify.parcels import CLAIM, Parcel, Receiver, claimed
from wenguo.notify.undelivered import given_up, send_again
from wenguo.people.models import Branch, Staff


def everywhere() -> list[int]:
    return list(Branch.objects.values_list("pk", flat=True))


def fail_until_given_up() -> None:
    """Time passes until the postman gives up; a day or so."""
    at = NOW
    for _ in range(3 * TRIES):
        carry(at)
        at += LATEST + LATEST / 2


def test_pauses_grow_and_never_fall_together():
    waits = [[pause(tries) for _ in range(50)] for tries in range(1, 40)]
    assert all(wait >= 0.8 * SOONEST for wait in waits[0]) and all(wait <= 1.2 * LATEST for wait in waits[-1])
    assert all(max(some) < 3 * min(more) for some, more in zip(waits, waits[1:], strict=False))
    assert all(len(set(some)) > 10 for some in waits)


def test_what_fails_is_tried_again_later_and_then_arrives(database, sink):
    sink.answer = replies(status=503)
    outlet("webhook", sink.url())
    opened()
    post()
    row = Posting.objects.get()
    assert (row.tries, row.failure, row.sent_at) == (1, "status 503", None) and row.next_try_at > NOW
    assert carry(NOW + timedelta(seconds=1)) == 0
    sink.answer = replies()
    assert carry(later(minutes=1)) == 1
    row.refresh_from_db()
    assert (row.tries, row.failure, row.sent_at) == (2, "", later(minutes=1))


def test_after_so_many_tries_it_is_given_up_seen_and_sent_again_on_request(database, sink, letters):
    sink.answer, letters.refuses = replies(status=500), "451 later"
    has_mail("bob")
    wishes("bob", mail="all")
    outlet("webhook", sink.url())
    (case,) = opened()
    send(lambda: NOW)
    fail_until_given_up()
    lost = given_up(everywhere())
    assert [(one.number, one.tries) for one in lost] == [(case.number, TRIES)] * 2
    assert {(one.to, one.failure) for one in lost} == {("出口 webhook", "status 500"), ("鲍勃", "smtp 451")}
    assert carry(later(days=30)) == 0
    sink.answer, letters.refuses = replies(), ""
    mail_id = next(one.id for one in lost if one.channel == "mail")
    assert send_again(everywhere(), later(days=30), mail_id) == 1
    assert carry(later(days=30)) == 1 and len(letters.came) == 1
    assert letters.came[0][1]["X-Wenguo-Delivery"] == mail_id
    assert send_again(everywhere(), later(days=30)) == 1 and carry(later(days=30)) == 1
    assert given_up(everywhere()) == []


def test_of_another_branch_nothing_is_seen_nor_sent_again(database, sink):
    outlet("webhook", sink.url())
    opened()
    send(lambda: NOW)
    Posting.objects.update(given_up_at=NOW, together=1)
    other = [Branch.objects.get(code="SX").pk]
    assert given_up(other) == [] and send_again(other, NOW) == send_again(other, NOW, "posting-1") == 0
    assert (
        send_again(everywhere(), NOW, "posting-x") == send_again(everywhere(), NOW, "posting-9999999999999999999") == 0
    )


def test_an_address_that_the_mail_server_does_not_know_is_given_up_at_once_and_holds_up_nobody(database, letters):
    letters.refuses_person = "550 no such user"
    has_mail("bob")
    wishes("bob", mail="all")
    opened(2)
    rest = Resting()
    assert post(NOW, rest) == 0
    assert [(one.failure, one.given_up_at) for one in notices()] == [("smtp 550", NOW)] * 2
    assert rest.failures(Receiver("mail")) == 0


def test_whoever_left_gets_nothing_more(database, letters):
    has_mail("bob")
    wishes("bob", mail="all")
    opened()
    send(lambda: NOW)
    Staff.objects.filter(username="bob").update(is_active=False)
    carry()
    assert letters.came == [] and notices()[0].failure == "nobody" and notices()[0].given_up_at


def test_a_receiver_that_does_not_answer_is_left_alone_ever_longer_and_asked_again(database, sink):
    sink.answer = replies(status=500)
    outlet("webhook", sink.url())
    opened(9)
    rest, at = Resting(), NOW
    send(lambda: NOW)
    for _ in range(60):
        carry(at, rest)
        at += timedelta(seconds=10)
    (who,) = rest._silent
    assert PATIENCE < len(sink.came) < 12 and rest.rests(who, at - timedelta(seconds=10)) in (True, False)
    sink.answer = replies()
    came = len(sink.came)
    while Posting.objects.filter(sent_at=None).exists():
        carry(at, rest)
        at += LONGEST / 2
    assert {one.id for one in sink.came[came:]} == {
        f"posting-{pk}" for pk in Posting.objects.values_list("pk", flat=True)
    }
    assert rest.failures(who) == 0


def test_a_clock_that_was_set_back_keeps_nobody_silent():
    rest, who = Resting(), Receiver("mail")
    for _ in range(5):
        rest.failed(who, later(days=2))
    assert rest.rests(who, later(days=2)) and not rest.rests(who, NOW)


def test_ten_bad_receivers_hold_up_no_good_one(own_database, sink, letters, monkeypatch):
    monkeypatch.setattr(call, "TOTAL", 2.0)
    bad = [Sink(hangs) for _ in range(6)] + [Sink(replies(status=500)) for _ in range(4)]
    for one in bad:
        outlet("webhook", one.url())
    outlet("webhook", f"http://127.0.0.1:{free_port()}/")
    outlet("wecom", sink.url())
    has_mail("bob")
    wishes("bob", mail="all")
    opened(3)
    send(lambda: NOW)
    since, went_on = time.monotonic(), True
    sent = deliver(lambda: NOW, lambda: went_on, Resting())
    assert sent == 6 and len(sink.came) == len(letters.came) == 3
    assert time.monotonic() - since < 20
    for one in bad:
        one.close()


def test_a_turn_ends_when_it_is_told_to(database, letters):
    has_mail("bob")
    wishes("bob", mail="all")
    opened(3)
    send(lambda: NOW)
    assert delivering.turn(Receiver("mail"), lambda: NOW, lambda: False, Resting()) == 1


def test_postmen_at_once_carry_each_message_once(own_database, letters, sink, monkeypatch):
    monkeypatch.setattr(parcels, "HANDFUL", 100)  # or one who sees what another has just sent packs the rest together
    has_mail("bob")
    wishes("bob", mail="all")
    outlet("webhook", sink.url())
    opened(5)
    send(lambda: NOW)
    assert sum(at_once(*[lambda: deliver(lambda: NOW, resting=Resting())] * 3)) == 10
    assert len(letters.came) == 5 and len(sink.came) == 5 and len({one.id for one in sink.came}) == 5


def test_what_was_claimed_by_one_who_died_is_carried_later_under_the_same_id_with_the_same_content(database, letters):
    has_mail("bob")
    wishes("bob", mail="all", digest_at="")
    opened(7)
    send(lambda: NOW)
    ids = tuple(one.pk for one in notices())
    assert len(claimed(Receiver("mail"), Parcel(0, ids), NOW)) == 7  # and then a crash
    opened(2, now=later(seconds=30))
    assert post(later(seconds=30)) == 2
    assert carry(NOW + CLAIM) == 1
    mail = letters.came[-1][1]
    assert mail["X-Wenguo-Delivery"] == f"notice-{ids[0]}"
    text = mail.get_body(("plain",)).get_content()
    assert all(f"notice-{pk}" in text for pk in ids) and f"notice-{ids[-1] + 1}" not in text


def test_nothing_that_waits_is_lost_while_the_mail_server_is_away(database, letters, monkeypatch):
    port = settings.EMAIL_PORT
    mail_goes_to(monkeypatch, f"smtp://127.0.0.1:{free_port()}")
    has_mail("bob")
    wishes("bob", mail="all")
    opened(3)
    assert post() == 0
    assert {one.failure for one in notices() if one.tries} == {"connection"}
    mail_goes_to(monkeypatch, f"smtp://127.0.0.1:{port}")
    carry(later(minutes=1))
    assert len(letters.came) == 3


def test_an_outlet_that_was_switched_off_gets_nothing_and_one_whose_key_is_gone_says_so(database, sink, monkeypatch):
    one = outlet("webhook", sink.url())
    opened()
    send(lambda: NOW)
    with monkeypatch.context() as patch:
        patch.setattr(settings, "SECRET_KEY", "another-key-" * 5)
        carry()
        assert Posting.objects.get().failure == "locked"
    one.on = False
    one.save()
    carry(later(minutes=1))
    assert Posting.objects.get().failure == "off" and sink.came == [] and Posting.objects.get().given_up_at


def test_what_is_locked_up_opens_with_its_key_only(monkeypatch):
    kept = lock("https://robot.example/key")
    assert (
        "robot" not in kept
        and kept != lock("https://robot.example/key")
        and unlock(kept) == "https://robot.example/key"
    )
    assert lock("") == unlock("") == ""
    with pytest.raises(Unreadable):
        unlock(kept[:-2] + "AA")
    monkeypatch.setattr(settings, "SECRET_KEY", "another-key-" * 5)
    with pytest.raises(Unreadable):
        unlock(kept)


def test_the_bell_is_no_slower_for_a_receiver_that_hangs(database, inside):
    silent = Sink(hangs)
    outlet("webhook", silent.url())
    opened(3)
    since = time.monotonic()
    assert send(lambda: NOW) == Notice.objects.filter(channel="bell").count()
    assert time.monotonic() - since < 2 and silent.came == []
    silent.close()
