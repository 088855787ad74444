"""What each channel sends: number, stage, limit and link, an id that stays, and nothing about a customer."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings

from tests.notify.sinks import Sink, replies
from tests.notify.telling import SECRET, has_mail, last_entry, later, notices, opened, outlet, post, wishes
from tests.people import DORA, NOW, at_stage, take
from wenguo.cases.models import Clock, Notice
from wenguo.jobs.tick import tick
from wenguo.notify.models import Posting
from wenguo.notify.webhook import signature

# Whatever was typed and whoever it is about.
PERSONAL = [*DORA.values(), "后排异响", "过减速带", "查清原因", "鲍勃", "安丽思"]


def test_a_mail_says_number_step_stage_limit_and_link(database, letters):
    has_mail("bob")
    wishes("bob", mail="all")
    (case,) = opened()
    assert post() == 1
    ((to, mail),) = letters.came
    (told,) = notices()
    assert to == "bob@dealer.example"
    assert (
        mail["Message-ID"] == f"<notice-{told.pk}@dealer.example>" and mail["X-Wenguo-Delivery"] == f"notice-{told.pk}"
    )
    assert mail["Auto-Submitted"] == "auto-generated" and mail["List-Id"] == "<notices.dealer.example>"
    assert mail["List-Unsubscribe"] == "<https://wenguo.example/settings/notices/>"
    assert mail["Subject"] == f"[通知] {case.number} 登记投诉"
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        for part in (case.number, "杭州店", "2026-03-16 12:00", f"/cases/{case.number}/?told=1", f"notice-{told.pk}"):
            assert part in text, (kind, part)
        assert not [word for word in PERSONAL if word in text]


def test_an_alarm_says_so_in_its_subject_and_which_promise_was_not_kept(database, letters):
    has_mail("bob")
    (case,) = opened()
    tick(lambda: later(hours=3))
    post(later(hours=3))
    (mail,) = [mail for _, mail in letters.came if "首次联系客户" in mail["Subject"]]
    assert mail["Subject"].strip() == f"[紧急] {case.number} 超时提醒 · 首次联系客户" and mail["Importance"] == "high"


def test_a_mail_comes_in_the_language_of_its_reader(database, letters):
    has_mail("bob")
    wishes("bob", mail="all", language="en")
    opened()
    post()
    mail = letters.came[0][1]
    assert (
        mail["Subject"].startswith("[Notice]")
        and "Next limit: 2026-03-16 12:00" in mail.get_body(("plain",)).get_content()
    )


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_a_robot_gets_the_message_as_it_wants_it(database, sink, kind, monkeypatch):
    monkeypatch.setattr(settings, "BASE_URL", "https://wenguo.example")
    outlet(kind, sink.url())
    (case,) = opened()
    assert post() == 1
    (came,) = sink.came
    told = came.told
    text = told["content"]["text"] if kind == "feishu" else told["text"]["content"]
    assert told["msg_type" if kind == "feishu" else "msgtype"] == "text"
    assert case.number in text and f"https://wenguo.example/cases/{case.number}/?told=1" in text
    assert came.id == f"posting-{Posting.objects.get().pk}"
    assert not [word for word in PERSONAL if word in text]


def test_dingtalk_is_signed_with_time_and_secret(database, sink):
    outlet("dingtalk", sink.url("/robot/send?access_token=abc"))
    opened()
    post()
    asked = parse_qs(urlsplit(sink.came[0].path).query)
    right = hmac.new(SECRET.encode(), f"{asked['timestamp'][0]}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert asked["access_token"] == ["abc"] and asked["sign"] == [base64.b64encode(right).decode()]


def test_feishu_is_signed_with_time_and_secret_as_the_key(database, sink):
    outlet("feishu", sink.url())
    opened()
    post()
    told = sink.came[0].told
    right = hmac.new(f"{told['timestamp']}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
    assert told["sign"] == base64.b64encode(right).decode()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("wecom", b'{"errcode": 45009, "errmsg": "freq out of limit"}'),
        ("dingtalk", b'{"errcode": 310000}'),
        ("feishu", b'{"code": 19024, "msg": "Key Words Not Found"}'),
        ("wecom", b"<html>"),
        ("wecom", b"[]"),
        ("wecom", b""),
    ],
)
def test_a_robot_that_refuses_with_200_has_not_taken_the_message(database, sink, kind, body):
    sink.answer = replies(body)
    outlet(kind, sink.url())
    opened()
    assert post() == 0
    row = Posting.objects.get()
    assert row.sent_at is None and row.failure.startswith("answer") and row.next_try_at > NOW


def test_a_webhook_gets_data_that_is_signed(database, sink, monkeypatch):
    monkeypatch.setattr(settings, "BASE_URL", "https://wenguo.example")
    outlet("webhook", sink.url())
    (case,) = opened()
    post()
    (came,) = sink.came
    entry, row = last_entry(case), Posting.objects.get()
    assert came.headers["X-Wenguo-Signature"] == signature(SECRET, came.headers["X-Wenguo-Timestamp"], came.body)
    assert came.told == {
        "id": f"posting-{row.pk}", "urgency": "ordinary", "number": case.number, "process": "complaint", "branch": "HZ",
        "entry": 1, "verb": "registered", "outcome": entry.outcome, "stage": "receiving", "clock": "",
        "at": NOW.isoformat(), "due_at": case.next_due_at.isoformat(),
        "link": f"https://wenguo.example/cases/{case.number}/?told=1",
    }  # fmt: skip
    assert not [word for word in PERSONAL if word in came.body.decode()]


def test_a_webhook_is_told_of_each_thing_by_itself_and_which_clock_ran_out(database, sink):
    outlet("webhook", sink.url(), wants="alarm")
    opened(8)
    tick(lambda: later(hours=3))
    post(later(hours=3))
    assert [came.told["clock"] for came in sink.came] == ["first_contact"] * 8
    assert len({came.id for came in sink.came}) == 8


def test_a_text_message_goes_through_the_gateway_with_number_and_text_in_its_body(database, sink):
    outlet("sms", sink.url("/send"), secret="gateway-token")
    wishes("bob", sms="all", mobile="13700137000")
    (case,) = opened()
    post()
    (came,) = sink.came
    assert came.path == "/send" and came.headers["Authorization"] == "Bearer gateway-token"
    assert came.told["to"] == "13700137000" and came.told["id"] == came.id == f"notice-{notices('sms')[0].pk}"
    assert came.told["text"] == f"[通知] {case.number} 登记投诉，下一个时限 2026-03-16 12:00"


def test_the_gateway_nearest_to_the_case_is_used(database, inside):
    group, shop = Sink(), Sink()
    outlet("sms", group.url(), branch="G1", secret="")
    wishes("bob", sms="all", mobile="13700137000")
    opened()
    post()
    outlet("sms", shop.url(), branch="HZ", secret="")
    opened()
    post(later(minutes=1))
    assert (len(group.came), len(shop.came)) == (1, 1) and "Authorization" not in shop.came[0].headers
    group.close()
    shop.close()


def test_neither_addresses_nor_secrets_nor_people_come_into_the_log(database, sink, letters, caplog):
    caplog.set_level("DEBUG")
    sink.answer = replies(b"no", status=500)
    letters.refuses = "451 later"
    has_mail("bob")
    wishes("bob", mail="all", sms="all", mobile="13700137000")
    for kind in ("wecom", "dingtalk", "feishu", "webhook", "sms"):
        outlet(kind, sink.url())
    opened()
    post()
    wenguo = [one.getMessage() for one in caplog.records if one.name.startswith("wenguo")]
    every = " ".join(wenguo)
    for word in (SECRET, "s3cret-part", "127.0.0.1", "13700137000", "dealer.example", *PERSONAL):
        assert word not in every
    stored = json.dumps(list(Posting.objects.values("failure")) + list(Notice.objects.values("failure")))
    assert SECRET not in stored and "127.0.0.1" not in stored


def test_what_happens_to_a_grave_case_is_an_alarm(database, letters):
    has_mail("bob")
    case = take(at_stage("receiving"), "turned_major", now=NOW)
    post(NOW)
    assert case.severity == "major"
    subjects = [mail["Subject"] for _, mail in letters.came]
    assert subjects and all("[紧急]" in one for one in subjects)


def test_an_escalation_is_an_alarm_for_whoever_is_to_take_it_up(database, letters):
    has_mail("service_director")
    case = take(at_stage("investigating"), "raised_to_director")
    post(NOW)
    ((to, mail),) = letters.came
    assert to == "service_director@dealer.example"
    assert mail["Subject"] == f"[紧急] {case.number} 上报总监"
    assert Clock.objects.filter(case=case, kind="acknowledgement").exists()


def test_ids_are_the_same_at_every_try(database, sink):
    sink.answer = replies(status=500)
    outlet("webhook", sink.url())
    opened()
    at = NOW
    for _ in range(3):
        post(at)
        at += timedelta(hours=1)
    assert len(sink.came) == 3 and len({came.id for came in sink.came}) == 1
