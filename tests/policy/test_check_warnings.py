"""One fault planted in what a copied pack watches for; the check must name it with file and line."""

import pytest

from tests.policy.planting import PackCopy

FILE = "warnings.toml"
W6 = '[["judgement in strong_complaint"], ["same_fault_repairs >= w6_repairs", "same_fault_days >= w6_days"]]'


def head(copy: PackCopy, old: str, new: str, at: str) -> str:
    """Plants a fault above the tables of the file."""
    return copy.plant(FILE, "#", "of = ", old, new, at)


def warning(copy: PackCopy, key: str, old: str, new: str, at: str) -> str:
    """Plants a fault in the row of that key."""
    return copy.plant(FILE, "[[warning]]", f'key = "{key}"\n', old, new, at)


def danger(copy: PackCopy, code: str, old: str, new: str, at: str) -> str:
    """Plants a fault in the words of that code."""
    return copy.plant(FILE, "[[danger]]", f'code = "{code}"\n', old, new, at)


@pytest.mark.parametrize(("old", "new", "message"), [
    ('of = ["complaint"]', 'of = ["complaints"]', "unknown process 'complaints'"),
    ('opens = "warning"', 'opens = "warnings"', "unknown process 'warnings'"),
    ('opens = "warning"', 'opens = "complaint"', "'complaint' would be warned of itself"),
    ('opens = "warning"', 'opens = "complaint"', "'complaint' is opened by 'registered', not by 'warned'"),
    ('"comeback", "internal_rework"]   #', '"comebacks"]   #', "unknown code of 'visit_kind' 'comebacks'"),
])  # fmt: skip
def test_what_is_watched_and_what_is_opened_exists(copy: PackCopy, old: str, new: str, message: str):
    place = head(copy, old, new, at=new.split(" ")[0] if " = " in new else "returns")
    assert f"{place}: {message}" in copy.faults()


@pytest.mark.parametrize(("new", "message"), [
    ('[["judgment in strong_complaint"]]', "unknown fact 'judgment'"),
    ('[["judgement in furious"]]', "unknown code of 'judgement' 'furious'"),
    ('[["judgement >= 3"]]', "'judgement' is chosen from codes, so it is neither more nor less"),
    ('[["same_fault_days >= w6_weeks"]]', "unknown number 'w6_weeks'"),
    ('[["same_fault_days over 3"]]', "'same_fault_days over 3' is no test: it needs a fact, one of >= <= = in, "
     "and what to compare with"),
    ('[["judgement = violent furious"]]', "'judgement = violent furious' compares with more than one value: "
     "that takes 'in'"),
    ('["judgement in violent"]', "'all' must be groups of tests: [[\"fact >= number\", …], …]"),
    ("[]", "'W6' asks for nothing, so it would always warn"),
])  # fmt: skip
def test_a_row_compares_what_there_is(copy: PackCopy, new: str, message: str):
    place = warning(copy, "W6", f"all = {W6}", f"all = {new}", at="all")
    assert f"{place}: {message}" in copy.faults()


def test_a_row_says_where_it_comes_from_and_fills_in_what_it_knows(copy: PackCopy):
    source = warning(copy, "W3", 'source = ["W3"]', "source = []", at="source")
    evidence = warning(copy, "W1", "{danger}。", "{dangers}。", at="evidence")
    faults = copy.faults()
    assert f"{source}: 'W3' doesn't say where it comes from" in faults
    assert f"{evidence}: unknown placeholder 'dangers'" in faults


def test_of_two_readings_one_is_chosen(copy: PackCopy):
    place = warning(copy, "W2", 'read_as = "either"', 'read_as = "first"', at="read_as")
    assert f"{place}: unknown reading 'first'" in copy.faults()


def test_a_danger_word_hints_at_one_code_and_a_false_friend_holds_one(copy: PackCopy):
    place = danger(copy, "tyre", '"爆胎"', '"爆胎", "失控"', at="words")
    friend = danger(copy, "fuel_leak", 'but = ["油箱盖"]', 'but = ["加油站"]', at="but")
    assert sorted(copy.faults()) == sorted([
        f"{place}: '失控' hints at 'runaway' already", f"{friend}: no word of 'fuel_leak' stands in '加油站'",
    ])  # fmt: skip


def test_a_pack_that_watches_for_nothing_is_sound(copy: PackCopy):
    (copy.folder / FILE).unlink()
    assert copy.faults() == []
