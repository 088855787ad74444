"""My desk and the bell, as people see them."""

import re
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import DORA, NOW, actor, at_stage
from tests.web.signed_in import HTMX, browser, seen
from wenguo.cases import lists
from wenguo.cases.models import Case, Notice
from wenguo.people import businessclock
from wenguo.people.businessclock import now

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def monday_afternoon(monkeypatch):
    """Half past three at the shop, which has been open since half past eight."""
    monkeypatch.setattr(businessclock, "_STARTED", NOW + timedelta(hours=5, minutes=30))
    monkeypatch.setattr(businessclock, "_AT", time.monotonic())


def deliver():
    Notice.objects.filter(channel="bell", sent_at=None).update(sent_at=now())


def test_the_desk_shows_my_cases_and_nothing_of_other_branches():
    mine = at_stage("receiving", now=now(), content="后排异响，修了两次")
    elsewhere = at_stage("receiving", branch="SX", now=now(), content="绍兴的事")
    page = seen(browser("bob").get("/"))
    assert mine.number in page and "后排异响" in page
    assert elsewhere.number not in page and "绍兴的事" not in page
    assert elsewhere.number not in seen(browser("bob").get("/?view=all"))
    assert elsewhere.number in seen(browser("charlie").get("/"))


def test_who_waits_for_nothing_is_told_what_to_do():
    at_stage("receiving", now=now())
    client = browser("finance")
    page = client.get("/")
    assert "现在没有等您处理的投诉" in seen(page)
    assert 'href="/cases/new"' in page.content.decode()
    assert "HZ-" in seen(client.get("/?view=all"))


def test_the_phone_is_masked_and_the_plate_too_for_those_who_need_not_see_it():
    at_stage("receiving", now=now())
    for login, plate in (("bob", "浙A12345"), ("technician", "浙A1***5")):
        page = seen(browser(login).get("/?view=all"))
        assert "138****8000" in page and DORA["phone"] not in page
        assert plate in page


def test_time_left_is_said_in_words(monday_afternoon):
    at_stage("receiving", now=now() - timedelta(hours=5))
    assert "逾期 3 小时" in seen(browser("bob").get("/"))
    assert "3 hours overdue" in seen(browser("bob", "en").get("/"))


def test_what_a_customer_wrote_can_not_become_markup_or_turn_the_line_around():
    at_stage("receiving", now=now(), content="<img src=x onerror=alert(1)>\u202e反", customer_name="<b>王")
    page = browser("bob").get("/").content.decode()
    assert "<img src=x" not in page and "&lt;img src=x" in page
    assert "<bdi>&lt;b&gt;王</bdi>" in page
    assert re.search(r"<bdi>[^<]*\u202e[^<]*</bdi>", page)


def test_figures_are_of_this_page_and_say_when_there_may_be_more(monkeypatch, monday_afternoon):
    monkeypatch.setattr(lists, "PAGE", 2)
    for hours in (9, 9, 1):
        at_stage("receiving", now=now() - timedelta(hours=hours))
    client = browser("bob")
    page = client.get("/").content.decode()
    assert re.findall(r'figure-count">([^<]+)<', page) == ["2+", "2+", "—", "2+"]
    more = re.search(r'href="(\?view=mine[^"]+)"', page)[1].replace("&amp;", "&")
    rest = client.get(f"/{more}", headers=HTMX).content.decode()
    assert rest.count("desk-number") == 1 and "<html" not in rest
    whole = client.get(f"/{more}").content.decode()
    assert whole.count("desk-number") == 1 and "figure-count" not in whole


@pytest.mark.parametrize(
    "after", ["x", "_", "0001-01-01T00:00:00+14:00_1", "9999-12-31T23:59:59-14:00_1", f"2026-01-01_{10**30}", "\0_\0"]
)
def test_a_made_up_place_in_the_list_breaks_nothing(after):
    at_stage("receiving", now=now())
    assert browser("bob").get("/", {"after": after}).status_code == 200


def test_a_longer_desk_costs_no_more_queries():
    client = browser("bob")
    counts = []
    for _ in range(2):
        at_stage("receiving", now=now())
        client.get("/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 14


def test_the_bell_counts_what_is_unread_and_says_who_did_what():
    case = at_stage("receiving", now=now())
    client = browser("bob")
    assert "bell-unread" not in client.get("/bell/").content.decode()  # not delivered yet
    deliver()
    assert "1 条未读" in seen(client.get("/bell/count/", headers=HTMX))
    page = seen(client.get("/bell/"))
    assert f"安丽思 登记投诉 轮到您 {case.number}" in page
    assert "Register a complaint" in seen(browser("bob", "en").get("/bell/latest/", headers=HTMX))


def test_opening_a_notice_marks_it_as_read_and_leads_to_its_case():
    case = at_stage("receiving", now=now())
    deliver()
    client = browser("bob")
    notice = Notice.objects.get(recipient__username="bob")
    assert client.get(f"/bell/{notice.pk}/").status_code == 405
    assert client.post(f"/bell/{notice.pk}/")["Location"] == f"/cases/{case.number}/"
    assert lists.unread(actor("bob")) == 0


def test_all_that_was_shown_is_marked_as_read_but_nothing_newer():
    at_stage("receiving", now=now())
    deliver()
    newest = Notice.objects.latest("id").pk
    at_stage("receiving", now=now())
    deliver()
    client = browser("bob")
    client.post("/bell/read/", {"newest": newest})
    assert lists.unread(actor("bob")) == 1
    for made_up in ("", "x", "9" * 30, "-1"):
        client.post("/bell/read/", {"newest": made_up})
    assert lists.unread(actor("bob")) == 1


def test_nobody_reads_or_marks_the_notices_of_others():
    at_stage("receiving", now=now())
    deliver()
    notice = Notice.objects.get(recipient__username="bob")
    for login in ("alice", "charlie"):
        assert browser(login).post(f"/bell/{notice.pk}/").status_code == 404
        browser(login).post("/bell/read/", {"newest": notice.pk})
    assert Notice.objects.get(pk=notice.pk).read_at is None
    assert Case.objects.count() == 1
