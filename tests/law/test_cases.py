"""What statutes say, case by case: cases/*.toml."""

from datetime import date
from typing import Any

import pytest

from tests.law.telling import CALLS, Case, answer, read_cases
from wenguo.law.compensation import fraud
from wenguo.law.tables import rule, rules

CASES = read_cases()
KEYS = {
    *("name", "call", "rule", "article", "on", "car", "visits", "give", "jobs", "item", "km", "province"),
    *("key", "since", "rest", "weekends", "expect", "gives", "without", "none", "error"),
    *("gives_fen", "gives_days", "gives_moment"),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_law_says_what_the_case_expects(case: Case):
    if "error" in case:
        with pytest.raises(ValueError, match=case["error"]):
            answer(case)
        return
    found = answer(case)
    _whole(case, found)
    for key, fields in _expected(case, found):
        assert {name: _plain(getattr(key, name)) for name in fields} == fields


def _whole(case: Case, found: Any) -> None:
    """What is told of the answer as a whole."""
    if case.get("none"):
        assert found is None
    for key in ("gives_fen", "gives_days", "gives_moment"):
        if key in case:
            assert found == case[key]
    if "gives" in case:
        name = "about" if case["call"] == "laxer_than_law" else "key"
        assert sorted(getattr(one, name) for one in found) == sorted(case["gives"])
    if "without" in case:
        assert {_metered(one) for one in found}.isdisjoint(case["without"])


def _expected(case: Case, found: Any) -> list[tuple[Any, Case]]:
    """Each thing found of which fields are told, with those."""
    told = case.get("expect", {})
    if not isinstance(found, list):
        return [(found, told)]
    named = {_metered(one) if case["call"] == "meters" else one.key: one for one in found}
    return [(named[key], fields) for key, fields in told.items()]


def _metered(meter: Any) -> str:
    return f"{meter.key}:{meter.unit}"


def _plain(value: Any) -> Any:
    """As a case tells it: tuples as lists, remarks by their key."""
    return [getattr(one, "key", one) for one in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_case_names_the_article_of_its_rule(case: Case):
    sources = [value.source for value in rule(case["rule"]).values]
    assert any(case["article"] in source for source in sources), sources


def test_there_are_many_cases_and_each_is_told_once_in_words_that_are_known():
    names = [case["name"] for case in CASES]
    assert len(names) >= 120
    assert len(set(names)) == len(names)
    assert {key for case in CASES for key in case} <= KEYS
    assert {case["call"] for case in CASES} == set(CALLS)


def told(found: Any) -> set[str]:
    """Keys of the grounds and remarks in an answer."""
    grounds = found if isinstance(found, list) else [found]
    remarks = [remark for one in grounds for remark in getattr(one, "remarks", ())]
    return {getattr(one, "key", "") for one in (*grounds, *remarks)}


def test_every_sentence_of_the_tables_is_told_in_some_case():
    answers = [answer(case) for case in CASES if "error" not in case and case["call"] != "meters"]
    seen = {key for found in [*answers, fraud(100_000, date(2026, 5, 1))] for key in told(found)}
    assert {key for key, one in rules().items() if one.ground} <= seen


def test_fraud_tells_the_sum_and_leaves_the_judgement_to_people():
    found = fraud(123_450, date(2026, 5, 1))
    assert "3,703.50" in found.says
    assert "负责人和主管部门判断" in found.says
    assert [one.key for one in found.remarks] == ["false_repair"]
