"""The call-back page: what somebody who calls needs to know, and nothing that the customer wasn't told."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import at_stage, take
from tests.web.signed_in import HTMX, browser, seen, text
from wenguo.cases import calls
from wenguo.people.businessclock import now

pytestmark = pytest.mark.usefixtures("database")
FORMS = {
    "investigated": {"findings": "张师傅漏装缓冲胶"},
    "cause_decided": {"explanation": "是张师傅的责任"},
    "solution_proposed": {"plan": "更换缓冲胶，免收工时费", "costs": {"labour": "187.50"}},
    "customer_accepted": {"customer_words": "先观察几天"},
}


def to_call(phone="13900001027", **intake):
    return at_stage("calling_back", now=now() - timedelta(hours=1), phone=phone, forms=FORMS, **intake)


def test_whoever_calls_sees_what_was_promised_and_none_of_what_the_customer_was_not_told():
    one = to_call(customer_name="杨先生", content="过减速带咯噔响", preferred_time=["morning", "noon"])
    other = to_call(content="座椅有油渍")
    take(one, "noted", now=now(), note="此客户难缠")
    take(one, "not_reached", now=now(), note="关机")
    page = seen(browser("callback_agent").get("/calls/"))
    for words in (
        "杨先生", "13900001027", "2 件投诉，一次打完", one.number, other.number, "过减速带咯噔响", "座椅有油渍", "今天",
        "更换缓冲胶，免收工时费", "先观察几天", "第 2 次拨打，共 3 次", "关机", "方便接听：上午、中午", "1 回访满意",
        "2 回访不满意", "3 未接通",
    ):  # fmt: skip
        assert words in page, words
    for words in ("187", "张师傅", "难缠", "陶朵拉"):
        assert words not in page, words
    english = seen(browser("callback_agent", "en").get("/calls/"))
    assert "2 complaints, one call" in english and "Attempt 2 of 3" in english


def test_one_customer_is_drawn_anew_and_told_what_was_saved():
    case, other = to_call(), to_call()
    client = browser("callback_agent")
    form = client.get(f"/cases/{case.number}/satisfied/", headers=HTMX)
    assert 'hx-target="closest .step"' in text(form)
    sent = client.post(f"/cases/{case.number}/satisfied/", {"solved": "on", "rating": "5"}, headers=HTMX)
    seq = sent["HX-Redirect"].rpartition("=")[2]
    card = client.get(f"/calls/{case.number}/?saved={seq}", headers=HTMX)
    assert "已保存：回访满意 → 待结案。" in seen(card)
    assert other.number in seen(card) and case.number not in seen(card)
    take(other, "not_satisfied", now=now(), by="callback_agent")
    assert "data-call" not in text(client.get(f"/calls/{case.number}/?saved=1"))
    assert "已保存" not in text(client.get(f"/calls/{case.number}/?saved=1"))  # somebody else's
    assert "该打的回访都打完了" in seen(client.get("/calls/"))


def test_nothing_of_other_branches_shows_and_who_does_not_call_is_told_so():
    case = to_call()
    assert browser("callback_agent_b").get(f"/calls/{case.number}/").status_code == 404
    assert case.number not in seen(browser("callback_agent_b").get("/calls/"))
    page = browser("technician").get("/calls/")
    assert "您的岗位不负责回访" in seen(page) and 'href="/calls/"' not in text(page)
    assert 'href="/calls/"' in text(browser("callback_agent").get("/"))
    assert browser().get("/calls/").status_code == 302


@pytest.mark.parametrize("after", ["x", "later~", "later~x_y", "9999-12-31T23:59:59-14:00_1", "\0"])
def test_a_made_up_place_in_the_list_breaks_nothing(after):
    to_call()
    assert browser("callback_agent").get("/calls/", {"after": after}).status_code == 200


def test_more_customers_come_page_by_page_at_the_same_cost(monkeypatch):
    client, counts = browser("callback_agent"), []
    for phone in ("13900001027", "13900001028", "13900001029"):
        case = take(to_call(phone), "not_reached", now=now())
        client.get("/calls/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/calls/")
        counts.append(len(asked))
    assert counts[0] == counts[2] <= 22
    monkeypatch.setattr(calls, "PAGE", 2)
    first = client.get("/calls/")
    assert text(first).count("data-call=") == 2 and "显示更多" in seen(first)
    after = text(first).split('href="?after=')[1].split('"')[0]
    rest = client.get(f"/calls/?after={after}", headers=HTMX)
    assert case.number in seen(rest) and "<html" not in text(rest)
