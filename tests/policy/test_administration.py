"""What a pack may say of who keeps the organisation in order."""

import pytest

from tests.policy.planting import PackCopy
from wenguo.policy.administration import Administration
from wenguo.policy.load import default_pack

LINES = {
    "organisation": 'organisation = ["general_manager", "administrator"]',
    "tokens": 'tokens = ["general_manager", "administrator"]',
    "only_by": "only_by = {",
}


@pytest.mark.parametrize("key", LINES)
def test_a_role_that_does_not_exist_is_told_with_its_line(copy: PackCopy, key: str):
    old = "administrator = [" if key == "only_by" else '"general_manager", "admin'
    new = "admin = [" if key == "only_by" else '"general_manger", "admin'
    if key == "only_by":
        copy.plant("pack.toml", "[administration]", "organisation", "{ " + old, "{ " + new, at="only_by")
        word = "admin"
    else:
        copy.plant("pack.toml", "[administration]", "organisation", f"{key} = [{old}", f"{key} = [{new}", at=key)
        word = "general_manger"
    place = copy.place("pack.toml", "[administration]", "only_by", at=key)
    assert f"{place}: unknown role '{word}'" in copy.faults()


def test_a_role_that_nobody_may_give_is_told(copy: PackCopy):
    place = copy.plant(
        "pack.toml", "[administration]", "only_by",
        'region_manager = ["administrator"]', 'region_manager = ["finance"]',
        at="only_by",
    )  # fmt: skip
    assert copy.faults() == [
        f"{place}: no role may give every other, so a first administrator can't be made",
        f"{place}: nobody who administers may give the role 'region_manager'",
    ]


def test_the_first_administrator_may_give_every_role():
    told = default_pack().administration
    assert told.highest == "administrator"
    assert all(told.gives(frozenset({"administrator"}), role) for role in default_pack().roles)
    assert not told.gives(frozenset({"general_manager"}), "region_manager")
    assert told.gives(frozenset({"general_manager"}), "finance")
    assert not told.gives(frozenset({"finance"}), "finance")


def test_a_pack_that_says_nothing_lets_nobody():
    nobody = Administration()
    assert nobody.highest == "" and not nobody.gives(frozenset({"administrator"}), "finance")
