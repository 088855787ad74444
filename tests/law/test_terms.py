"""Statutory terms that clocks name: dated, each with its article and its unit."""

from datetime import date, timedelta

import pytest

from wenguo.law.terms import Term, _terms, term, term_names


def test_an_agreed_duty_must_be_kept_within_fifteen_days():
    found = term("obligation", date(2026, 11, 1))
    article = "侵害消费者权益行为处罚办法 第八条 (15日)"
    assert found == Term("obligation", 360, date(2015, 3, 15), article, "days", 15)


def test_a_term_counts_from_the_day_it_comes_into_force():
    since = date(2022, 1, 1)
    assert term("sanbao_answer", since - timedelta(days=1)) is None
    assert term("sanbao_answer", since) is not None


def test_of_several_values_the_newest_in_force_counts(monkeypatch):
    old, new = Term("x", 100, date(2020, 1, 1), "旧"), Term("x", 50, date(2027, 1, 1), "新")
    monkeypatch.setattr("wenguo.law.terms._terms", lambda: {"x": [new, old]})
    assert term("x", date(2026, 12, 31)) == old
    assert term("x", date(2027, 1, 1)) == new


def test_a_term_that_has_ended_counts_no_more(monkeypatch):
    ended = Term("x", 100, date(2020, 1, 1), "旧", until=date(2026, 4, 14))
    monkeypatch.setattr("wenguo.law.terms._terms", lambda: {"x": [ended]})
    assert term("x", date(2026, 4, 14)) == ended
    assert term("x", date(2026, 4, 15)) is None


@pytest.mark.parametrize(
    ("name", "unit", "count", "hours"),
    [
        ("obligation", "days", 15, 360),
        ("sanbao_answer", "workdays", 10, 240),
        ("sanbao_completion", "workdays", 20, 480),
    ],
)
def test_a_term_tells_its_own_unit_and_the_plain_hours_it_has_at_least(name: str, unit: str, count: int, hours: int):
    found = term(name, date(2026, 11, 1))
    assert found is not None
    assert (found.unit, found.count, found.hours) == (unit, count, hours)


def test_a_name_that_no_statute_knows_is_an_error():
    with pytest.raises(KeyError):
        term("goodwill", date(2026, 11, 1))


def test_names_are_those_that_a_clock_may_give():
    assert "obligation" in term_names()


@pytest.mark.parametrize("name", sorted(term_names()))
def test_every_term_is_positive_dated_and_names_its_article(name: str):
    for value in _terms()[name]:
        assert value.hours > 0
        assert value.source.strip()
        assert isinstance(value.since, date)


@pytest.mark.parametrize("name", sorted(term_names()))
def test_values_of_a_term_stand_newest_first(name: str):
    days = [value.since for value in _terms()[name]]
    assert days == sorted(days, reverse=True)
    assert len(set(days)) == len(days)
