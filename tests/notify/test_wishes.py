"""Everybody is told as they chose: by channel and urgency, not in quiet hours, once a day, and never by the hundred."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.notify.telling import carry, has_mail, later, notices, opened, outlet, post, wishes
from tests.people import NOW
from wenguo.cases.models import Notice
from wenguo.jobs.send import send
from wenguo.jobs.tick import tick
from wenguo.notify.models import Posting, Wish
from wenguo.notify.wishes import after_quiet, choose, ready_at, wish_of
from wenguo.people.models import Amendment, Deputy, Staff
from wenguo.people.tree import touch
from wenguo.policy.forms import Wrong

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """A moment of 16 March 2026 (or `DD HH:MM` of that month) by the clocks of the shop."""
    day, _, clock = text.rpartition(" ")
    return datetime.fromisoformat(f"2026-03-{day or 16} {clock}").replace(tzinfo=SHANGHAI).astimezone(UTC)


def subjects(letters) -> list[str]:
    return [mail["Subject"] for _, mail in letters.came]


def test_who_chose_nothing_gets_alarms_by_mail_and_the_rest_by_the_bell(database, letters):
    has_mail("bob")
    opened()
    post()
    assert letters.came == [] and notices("bell")
    tick(lambda: later(hours=3))
    post(later(hours=3))
    assert len(letters.came) == 1 and "超时" in subjects(letters)[0]


@pytest.mark.parametrize(("mail", "count"), [("all", 4), ("alarm", 1), ("none", 0)])
def test_each_hears_by_mail_of_what_they_chose(database, letters, mail, count):
    has_mail("bob")
    wishes("bob", mail=mail)
    opened()
    tick(lambda: later(hours=3))
    post(later(hours=3))
    assert len(letters.came) == count


def test_without_address_mail_server_number_or_gateway_nothing_waits(database, letters, monkeypatch, settings):
    wishes("bob", mail="all", sms="all", mobile="13700137000")
    opened()
    post()
    has_mail("bob")
    settings.EMAIL_HOST = ""
    opened()
    post()
    assert set(Notice.objects.values_list("channel", flat=True)) == {"bell"} and not Posting.objects.exists()


@pytest.mark.parametrize(
    ("quiet", "now", "then"),
    [
        (("22:00", "07:00"), "23:30", "17 07:00"),
        (("22:00", "07:00"), "06:59", "07:00"),
        (("22:00", "07:00"), "07:00", "07:00"),
        (("22:00", "07:00"), "21:59", "21:59"),
        (("12:00", "13:30"), "12:00", "13:30"),
        (("12:00", "13:30"), "13:30", "13:30"),
        (("08:00", "08:00"), "08:00", "08:00"),
        (("", ""), "23:30", "23:30"),
    ],
)
def test_quiet_hours_end_when_they_end(quiet, now, then):
    wish = Wish(quiet_from=quiet[0], quiet_until=quiet[1])
    assert after_quiet(wish, False, at(now), SHANGHAI) == at(then)


def test_an_alarm_breaks_through_where_that_was_chosen():
    wish = Wish(quiet_from="22:00", quiet_until="07:00")
    assert after_quiet(wish, True, at("23:00"), SHANGHAI) == at("23:00")
    wish.breaks_through = False
    assert after_quiet(wish, True, at("23:00"), SHANGHAI) == at("17 07:00")


def test_the_digest_waits_for_its_time_and_alarms_do_not():
    wish = Wish(digest_at="08:30")
    assert ready_at(wish, False, at("10:00"), SHANGHAI) == at("17 08:30")
    assert ready_at(wish, False, at("08:00"), SHANGHAI) == at("08:30")
    assert ready_at(wish, True, at("10:00"), SHANGHAI) == at("10:00")


def test_in_quiet_hours_nothing_comes_and_afterwards_all_of_it(database, letters):
    has_mail("bob")
    wishes("bob", mail="all", quiet_from="22:00", quiet_until="07:00")
    opened(2, now=at("23:00"))
    assert post(at("23:00")) == post(at("17 06:59")) == 0
    assert post(at("17 07:00")) == 2


def test_quiet_hours_chosen_after_it_was_told_still_count(database, letters):
    has_mail("bob")
    wishes("bob", mail="all")
    opened(now=at("23:00"))
    send(lambda: at("23:00"))
    wishes("bob", quiet_from="22:00", quiet_until="07:00")
    assert carry(at("23:01")) == 0 and notices()[0].next_try_at == at("17 07:00")


def test_once_a_day_means_one_mail_that_lists_each_with_its_id(database, letters):
    has_mail("bob")
    wishes("bob", mail="all", digest_at="08:30")
    cases = opened(7, now=at("10:00"))
    assert post(at("10:00")) == post(at("17 08:29")) == 0
    assert post(at("17 08:30")) == 1
    text = letters.came[0][1].get_body(("plain",)).get_content()
    for case, notice in zip(cases, notices(), strict=True):
        assert case.number in text and f"notice-{notice.pk}" in text


def test_a_handful_comes_one_by_one_and_more_comes_together(database, letters):
    has_mail("bob")
    wishes("bob", mail="all")
    opened(5)
    assert post() == 5
    opened(6, now=later(minutes=30))
    assert post(later(minutes=30)) == 1 and "6 条" in subjects(letters)[-1]
    assert {one.together for one in notices()[5:]} == {notices()[5].pk}


def test_what_comes_after_a_handful_waits_for_ten_minutes_and_then_comes_together(database, letters):
    has_mail("bob")
    wishes("bob", mail="all")
    opened(5)
    post()
    for minute in range(1, 8):
        opened(now=later(minutes=minute))
        assert post(later(minutes=minute)) == 0
    assert post(later(minutes=11)) == 1 and "7 条" in subjects(letters)[-1]


def test_glpi_2408_after_a_standstill_nobody_gets_hundreds_of_mails(database, letters, sink):
    """Everything ran out while nothing ran: one mail with all alarms for each who is told, one message in the group."""
    has_mail("bob", "customer_director", "service_manager")
    outlet("wecom", sink.url(), wants="alarm")
    opened(60)
    tick(lambda: later(days=9))
    assert Notice.objects.filter(entry__verb="overdue", recipient__username="bob").count() >= 60
    at_restart = later(days=9)
    for seconds in range(0, 600, 60):
        post(at_restart + timedelta(seconds=seconds))
    told = [to for to, _ in letters.came]
    assert told and max(told.count(to) for to in set(told)) == 1
    assert len(sink.came) <= 2  # so many at once that one look doesn't take them all
    text = next(mail for to, mail in letters.came if to.startswith("bob")).get_body(("plain",)).get_content()
    waited = Notice.objects.filter(channel="mail", recipient__username="bob")
    assert {f"notice-{one.pk}" for one in waited} <= {*text.split()} and all(one.sent_at for one in waited)
    assert len(sink.came[0].told["text"]["content"].encode()) <= 2048


def test_a_choice_is_stored_with_its_history_and_the_number_apart(database):
    bob = Staff.objects.get(username="bob")
    choose(bob.pk, {"sms": "alarm", "mobile": "13700137000"}, "staff:1", 0, NOW)
    choose(bob.pk, {"mail": "none"}, "staff:1", 1, NOW)
    assert (wish_of(bob.pk).mail, wish_of(bob.pk).mobile) == ("none", "13700137000")
    rows = Amendment.objects.filter(kind="wish").order_by("seq")
    assert len(rows) == 2 and "13700137000" not in "".join(row.body for row in rows)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [({"quiet_from": "22:00"}, "quiet_until"), ({"sms": "all"}, "mobile"), ({"mobile": "12345"}, "mobile")],
)
def test_a_choice_that_makes_no_sense_is_refused(database, given, wrong):
    with pytest.raises(Wrong) as caught:
        choose(Staff.objects.get(username="bob").pk, given, "staff:1", 0, NOW)
    assert wrong in caught.value.problems and not Wish.objects.exists()


def test_deputies_are_told_as_they_chose_themselves(database, letters):
    has_mail("bob", "charlie")
    wishes("bob", mail="none")
    wishes("charlie", mail="all")
    Deputy.objects.create(
        absent=Staff.objects.get(username="bob"), deputy=Staff.objects.get(username="charlie"),
        since="2026-01-01", until="2027-01-01",
    )  # fmt: skip
    touch()
    opened()
    post()
    assert [to for to, _ in letters.came] == ["charlie@dealer.example"]
