"""Worklists of stages and calling hours: each fault planted is named with file and line, and nothing else."""

import pytest

from tests.policy.planting import PackCopy, stage


def hours(copy: PackCopy, key: str, old: str, new: str, at: str = "") -> str:
    return copy.plant("pack.toml", "[[calling_hours]]", f'key = "{key}"\n', old, new, at)


def test_there_is_one_kind_of_worklist_and_its_turn_is_roles(copy: PackCopy):
    unknown = stage(copy, "calling_back", 'worklist = "calls"', 'worklist = "visits"')
    assert copy.faults() == [f"{unknown}: the only worklist is 'calls', not 'visits'"]


def test_a_worklist_is_read_by_role_so_no_relation_may_have_its_turn(copy: PackCopy):
    place = stage(copy, "calling_back", 'turn = ["callback_agent"]', 'turn = ["owner"]')
    assert copy.faults() == [f"{place}: unknown role (a worklist is for roles) 'owner'"]


@pytest.mark.parametrize(
    ("key", "old", "new", "message"),
    [
        ("noon", '"noon"', '"midnight"', "unknown code of 'preferred_time' 'midnight'"),
        ("noon", 'until = "14:00"', 'until = "11:00"', "the hours of 'noon' end before they begin"),
        ("noon", 'since = "12:00"', 'since = "noon"', "'since' must be a time like 08:30"),
        ("weekend", "days = [6, 7]", "days = [7, 8]", "'days' must be days of the week, 1 (Monday) to 7"),
    ],
)
def test_calling_hours_are_hours_of_known_codes(copy: PackCopy, key, old, new, message):
    place = hours(copy, key, old, new, at=f"key = {new}" if old == '"noon"' else "")
    assert copy.faults() == [f"{place}: {message}"]
