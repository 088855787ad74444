"""The day's stock-take: what came in, what is late, who signs for it and who may not."""

from datetime import timedelta

import pytest

from tests.people import Dealer, actor, at_stage
from tests.web.signed_in import browser, seen
from tests.web.test_settings import send
from wenguo.cases.audit.amendments import Count, amendment_faults
from wenguo.cases.models import StockTake
from wenguo.cases.stock_taking import stock_of
from wenguo.people.businessclock import now

PAGE = "/stock/"


@pytest.fixture(autouse=True)
def group(dealer: Dealer) -> Dealer:
    return dealer


def test_the_day_lists_what_came_in_and_what_is_late_now():
    today = at_stage("receiving", now=now())
    old = at_stage("receiving", now=now() - timedelta(days=3))
    told = seen(browser("bob").get(PAGE))
    assert (
        told.index("当日收到的投诉") < told.index(today.number) < told.index("超时未办的投诉") < told.index(old.number)
    )
    assert "签字确认" in told
    english = seen(browser("bob", "en").get(PAGE))
    assert "Daily stock-take" in english and "Late and not done" in english


def test_today_tells_what_special_care_waits_for_at_the_branch_and_below():
    assert "等服务经理认定" not in seen(browser("bob").get(PAGE))
    at_stage("receiving", now=now())
    ended = at_stage("closed", now=now(), severity="major", phone="13900139001", plate="浙A00001")
    assert "1 项建议等服务经理认定，1 位客户等着去信或上门关怀" in seen(browser("bob").get(PAGE))
    assert "1 to decide on, 1 owed a letter or a visit" in seen(browser("bob", "en").get(PAGE))
    yesterday = (now() - timedelta(days=1)).date().isoformat()
    assert "等服务经理认定" not in seen(browser("bob").get(f"{PAGE}?day={yesterday}"))  # it is as it is now
    assert ended.stage_type == "closed"


def test_a_quiet_day_is_signed_and_says_who_signed_it():
    at_stage("receiving", now=now())
    answer = send(browser("bob"), PAGE, note="")
    assert answer.status_code == 303
    row = StockTake.objects.get()
    assert (row.branch.code, row.received, row.unowned, row.late) == ("HZ", 1, 0, 0)
    assert row.signed_by.username == "bob" and row.day == actor("bob", now()).today
    assert "鲍勃" in seen(browser("reception").get(PAGE))
    assert not [one for one in amendment_faults(Count()) if one.where.startswith("stocktake")]


def test_what_is_late_wants_a_word_about_it_and_what_was_typed_is_kept():
    at_stage("receiving", now=now() - timedelta(days=3))
    answer = send(browser("bob"), PAGE, note="   ")
    assert answer.status_code == 422 and "请写明怎么处理" in seen(answer)
    assert not StockTake.objects.exists()
    assert send(browser("bob"), PAGE, note="已电话安抚，今天下班前给方案").status_code == 303
    assert StockTake.objects.get().late == 1


def test_a_day_that_is_signed_anew_keeps_one_row_and_its_history():
    for login, note in (("bob", "早上"), ("reception", "下班前")):
        assert send(browser(login), PAGE, note=note).status_code == 303
    row = StockTake.objects.get()
    assert (row.signed_by.username, row.note) == ("reception", "下班前")
    assert not [one for one in amendment_faults(Count()) if one.where.startswith("stocktake")]


@pytest.mark.parametrize("login", ["technician", "finance", "parts_clerk"])
def test_whoever_takes_no_stock_finds_no_page_and_no_menu(login):
    assert browser(login).get(PAGE).status_code == 404
    assert send(browser(login), PAGE, note="").status_code == 404
    assert "日盘点" not in seen(browser(login).get("/"))


def test_another_shop_s_day_is_not_there():
    case = at_stage("receiving", branch="SX", now=now())
    assert browser("bob").get(f"{PAGE}?branch=SX").status_code == 404
    assert case.number not in seen(browser("bob").get(PAGE))
    assert case.number in seen(browser("charlie").get(PAGE))


@pytest.mark.parametrize("day", ["2999-01-01", "tomorrow", "2026-02-30", "0001-01-01"])
def test_a_day_that_has_not_begun_or_is_none_is_not_there(day):
    assert browser("bob").get(f"{PAGE}?day={day}").status_code == 404


def test_what_nobody_owns_is_counted():
    case = at_stage("receiving", now=now())
    type(case).objects.filter(pk=case.pk).update(owner=None)
    by = actor("bob", now())
    stock = stock_of(by, case.branch, by.today, now())
    assert (stock.unowned, stock.needs_note) == (1, True)
    type(case).objects.filter(pk=case.pk).update(owner=case.owner)


def test_a_day_costs_as_many_questions_however_much_came_in(django_assert_max_num_queries):
    for _ in range(3):
        at_stage("receiving", now=now())
    by = actor("bob", now())
    branch = by.branches()[0]
    with django_assert_max_num_queries(12):
        stock_of(by, branch, by.today, now())
