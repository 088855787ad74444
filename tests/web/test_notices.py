"""Pages about notices: how I am told, outlets with their secrets, what couldn't be delivered, what arrived at whom."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from tests.notify.sinks import replies
from tests.notify.telling import SECRET, has_mail, opened, outlet
from tests.people import NOW, at_stage, take
from tests.web.signed_in import browser, hidden, seen, text
from wenguo.cases.audit.amendments import Count, amendment_faults
from wenguo.cases.models import Notice
from wenguo.jobs.send import send
from wenguo.notify.lockbox import unlock
from wenguo.notify.models import Outlet, Posting, Wish
from wenguo.people.models import Amendment, AmendmentPrivate, Branch, Staff

ADMIN = "administrator"
OWN = "/settings/notices/"
OUTLETS = "/settings/outlets/"


def fill(person: Client, place: str, **given: str):
    """Opens the form and sends it with `given`; what it holds hidden comes along."""
    return person.post(place, hidden(person.get(place)) | given)


def added(person: Client, address: str, **more: str):
    given = {
        "kind": "webhook",
        "name": "售后群",
        "address": address,
        "secret": SECRET,
        "wants": "all",
        "language": "en",
    }
    return fill(person, f"{OUTLETS}add/?branch=HZ", **(given | more))


def test_everybody_chooses_how_they_are_told(dealer):
    alice = browser("technician")
    assert OWN in text(alice.get("/bell/")) and OWN in text(alice.get("/settings/account/"))
    done = fill(alice, OWN, mail="all", sms="none", quiet_from="22:00", quiet_until="07:00", breaks_through="on",
                digest_at="08:30", language="en", mobile="")  # fmt: skip
    assert done.status_code == 303
    wish = Wish.objects.get(staff__username="technician")
    assert (wish.mail, wish.quiet_from, wish.quiet_until, wish.digest_at, wish.language) == (
        "all", "22:00", "07:00", "08:30", "en",
    )  # fmt: skip
    fill(alice, OWN, mail="none", sms="none", quiet_from="", quiet_until="", breaks_through="off", digest_at="",
         language="zh-hans", mobile="")  # fmt: skip
    wish.refresh_from_db()
    assert (wish.mail, wish.quiet_from, wish.digest_at, wish.breaks_through) == ("none", "", "", False)
    page = seen(alice.get(OWN))
    assert "变更记录" in page and "只发紧急的" in page
    assert [one for one in amendment_faults(Count()) if "wish" in one.where] == []


def test_a_choice_that_makes_no_sense_is_told_at_its_field(dealer):
    refused = fill(browser("technician"), OWN, sms="all", mobile="123", language="zh-hans", mail="all")
    assert refused.status_code == 422 and "手机号不对" in seen(refused)


def test_an_outlet_is_added_and_its_secrets_are_never_shown_again(dealer, sink, caplog):
    caplog.set_level("DEBUG", logger="wenguo")
    admin = browser(ADMIN)
    assert added(admin, sink.url()).status_code == 303
    row = Outlet.objects.get()
    assert (unlock(row.address), unlock(row.secret)) == (sink.url(), SECRET)
    page = admin.get(f"{OUTLETS}?branch=HZ")
    form = admin.get(f"{OUTLETS}{row.pk}/")
    assert "售后群" in seen(page) and row.host in seen(page)
    stored = json.dumps([list(Outlet.objects.values()), list(Amendment.objects.filter(kind="outlet").values("body")),
                         list(AmendmentPrivate.objects.values("value"))], default=str)  # fmt: skip
    for place in (text(page), text(form), stored, caplog.text):
        assert SECRET not in place and "s3cret-part" not in place
    assert [one for one in amendment_faults(Count()) if "outlet" in one.where] == []


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_whoever_changes_an_outlet_leaves_a_security_line(own_database, sink, caplog):
    row = outlet("wecom", sink.url())
    (line,) = [one for one in caplog.records if one.getMessage() == "outlet_changed"]
    assert (line.thing, line.thing_id, line.actor[:6]) == ("outlet", row.pk, "staff:")


def test_a_refused_form_does_not_draw_the_secret(dealer, inside):
    refused = added(browser(ADMIN), "http://10.0.0.1/")
    assert refused.status_code == 422 and "内网" in seen(refused) and SECRET not in text(refused)
    refused = added(browser(ADMIN), "http://127.0.0.1/", secret="short")
    assert refused.status_code == 422 and "至少 16 位" in seen(refused)


def test_an_outlet_is_changed_and_what_is_left_empty_stays(dealer, sink):
    admin = browser(ADMIN)
    added(admin, sink.url())
    row = Outlet.objects.get()
    fill(
        admin,
        f"{OUTLETS}{row.pk}/",
        name="总监群",
        on="off",
        wants="alarm",
        language="en",
        address="",
        secret="",
        reason="换群",
    )
    row.refresh_from_db()
    assert (row.name, row.on, row.wants, unlock(row.address), unlock(row.secret)) == (
        "总监群",
        False,
        "alarm",
        sink.url(),
        SECRET,
    )
    fill(admin, f"{OUTLETS}{row.pk}/", name="总监群", on="on", wants="alarm", language="en",
         address=sink.url("/new"), secret="another-secret-of-ours", reason="")  # fmt: skip
    row.refresh_from_db()
    assert (row.on, unlock(row.address), unlock(row.secret)) == (True, sink.url("/new"), "another-secret-of-ours")
    page = seen(admin.get(f"{OUTLETS}{row.pk}/"))
    assert "换群" in page and "••••••" in page and "/new" not in page


def test_a_test_shows_what_came_back(dealer, sink):
    admin = browser(ADMIN)
    row = outlet("wecom", sink.url())
    sink.answer = replies(b'{"errcode": 0, "errmsg": "ok"}')
    page = seen(admin.post(f"{OUTLETS}{row.pk}/test/"))
    assert "测试消息已被接收（200）" in page and "errmsg" in page
    sink.answer = replies(b'{"errcode": 93000, "errmsg": "<b>invalid webhook</b>"}')
    answer = admin.post(f"{OUTLETS}{row.pk}/test/")
    assert "机器人拒收 (93000)" in seen(answer) and "<b>invalid" not in text(answer)
    sink.answer = replies(b"x" * 5000, status=500)
    answer = admin.post(f"{OUTLETS}{row.pk}/test/")
    assert "对方返回错误 (500)" in seen(answer) and text(answer).count("x" * 300) == 1 and "x" * 301 not in text(answer)
    assert all(one.id.startswith(f"test-{row.pk}-") for one in sink.came) and not Posting.objects.exists()


def test_only_who_keeps_the_branch_in_order_sees_its_outlets(dealer, sink):
    row, above = outlet("wecom", sink.url(), branch="SX"), outlet("wecom", sink.url(), branch="G1")
    for login in ("alice", "service_manager", "callback_agent"):
        person = browser(login)
        assert person.get(OUTLETS).status_code == person.get(f"{OUTLETS}add/?branch=HZ").status_code == 404
        assert OUTLETS not in text(person.get("/settings/"))
    admin = browser(ADMIN)  # of HZ
    for one in (row, above):
        assert admin.get(f"{OUTLETS}{one.pk}/").status_code == admin.post(f"{OUTLETS}{one.pk}/test/").status_code == 404
    assert admin.get(f"{OUTLETS}?branch=SX").status_code == admin.post(f"{OUTLETS}again/?branch=SX").status_code == 404
    page = seen(admin.get(OUTLETS))
    assert "上级机构的出口也会收到" in page and page.count("出口 wecom") == 1
    assert sink.came == []


def test_what_was_given_up_is_seen_and_sent_again(dealer, sink):
    outlet("webhook", sink.url())
    (case,) = opened()
    send(lambda: NOW)
    first = Posting.objects.get()
    Posting.objects.update(given_up_at=NOW, failure="status 500", tries=30, together=first.pk)
    admin = browser(ADMIN)
    page = seen(admin.get(OUTLETS))
    assert case.number in page and "对方返回错误 (500)" in page and "试了 30 次" in page
    assert admin.post(f"{OUTLETS}again/?branch=HZ", {"id": f"posting-{first.pk}"}).status_code == 303
    first.refresh_from_db()
    assert (first.given_up_at, first.tries) == (None, 0)
    Posting.objects.update(given_up_at=NOW)
    admin.post(f"{OUTLETS}again/?branch=HZ")
    assert not Posting.objects.filter(given_up_at__isnull=False).exists()


def test_an_escalation_shows_whom_it_reached_by_which_way_and_who_read_it(dealer, sink, settings):
    """R109"""
    settings.EMAIL_HOST = "127.0.0.1"
    has_mail("service_director")
    outlet("wecom", sink.url(), name="总监群")
    case = take(at_stage("investigating"), "raised_to_director")
    send(lambda: NOW)
    entry = case.entries.latest("seq")
    Notice.objects.filter(channel="mail").update(sent_at=NOW + timedelta(minutes=1))
    Posting.objects.filter(entry=entry).update(given_up_at=NOW, failure="timeout")
    page = seen(browser("bob").get(f"/cases/{case.number}/"))
    assert (
        "已告知 1 人" in page
        and "邮件" in page
        and "送达" in page
        and "未送达：对方超时没有答复" in page
        and "总监群" in page
    )
    director = browser("service_director")
    director.get(f"/cases/{case.number}/?told={entry.seq}")  # by the link of the mail
    notice = Notice.objects.get(entry=entry, channel="bell", recipient__username="service_director")
    assert notice.read_at
    assert "已告知 1 人，1 人已读" in seen(browser("bob").get(f"/cases/{case.number}/"))


@pytest.mark.parametrize("told", ["", "x", "0", "99", "1" * 30, "١"])
def test_a_link_marks_only_ones_own_notice_as_read(dealer, told):
    (case,) = opened()
    send(lambda: NOW)
    browser("alice").get(f"/cases/{case.number}/?told=1")
    browser("bob").get(f"/cases/{case.number}/?told={told}")
    assert not Notice.objects.filter(read_at__isnull=False).exists()


def test_who_may_not_see_the_case_sees_nothing_of_it(dealer):
    case = take(at_stage("investigating"), "raised_to_director")
    assert browser("charlie").get(f"/cases/{case.number}/?told=1").status_code == 404


def test_the_address_of_a_mail_is_told_to_its_owner(dealer, settings):
    person = browser("bob")
    settings.EMAIL_HOST = ""
    assert "还没有配置邮件服务器" in seen(person.get(OWN))
    settings.EMAIL_HOST = "127.0.0.1"
    assert "还没有登记邮箱" in seen(person.get(OWN))
    Staff.objects.filter(username="bob").update(email="bob@dealer.example")
    assert "bob@dealer.example" in seen(person.get(OWN))
    assert Branch.objects.exists()
