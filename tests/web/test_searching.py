"""The search box of every page: from the question to the marked hits, and nothing personal in an address."""

import pytest

from tests.people import at_stage
from tests.web.signed_in import browser

pytestmark = pytest.mark.usefixtures("database")


def asked(client, text):
    """The answer to a question, as a browser gets it."""
    sent = client.post("/cases/search/", {"q": text})
    assert sent.status_code == 303
    return sent["Location"], client.get(sent["Location"]).content.decode()


def test_a_question_is_answered_with_its_words_marked_and_does_not_stand_in_the_address(dealer):
    case = at_stage("receiving", content="冷车起步时前轴<b>异响</b>，要求查清", phone="13812345678")
    client = browser("bob")
    for text, mark in (("异响", "<mark>异响</mark>"), ("13812345678", "<mark>13812345678</mark>")):
        address, page = asked(client, text)
        assert case.number in page and mark in page, text
        assert text not in address and "%" not in address
    assert "<b>异响" not in page


def test_the_very_number_of_a_case_leads_to_it(dealer):
    case = at_stage("receiving")
    sent = browser("bob").post("/cases/search/", {"q": f" {case.number.lower()} "})
    assert sent["Location"] == f"/cases/{case.number}/"
    elsewhere = browser("charlie").post("/cases/search/", {"q": case.number})
    assert case.number not in elsewhere["Location"]


def test_a_question_of_somebody_else_or_of_an_ended_session_is_unknown(dealer):
    at_stage("receiving", content="前轴异响")
    address, _ = asked(browser("bob"), "异响")
    page = browser("alice").get(address).content.decode()
    assert "<mark>" not in page and "这次搜索已经过期" in page


def test_nothing_found_and_nothing_to_be_searched_are_told_apart(dealer):
    client = browser("bob")
    assert "没有找到" in asked(client, "天窗")[1]
    assert "单个字母或数字" in asked(client, "x")[1]
    assert "最多 200" in asked(client, "长" * 201)[1]
    assert client.post("/cases/search/", {"q": "  "})["Location"] == "/cases/search/"


def test_every_page_has_the_box(dealer):
    page = browser("bob").get("/").content.decode()
    assert 'action="/cases/search/"' in page and 'role="search"' in page
