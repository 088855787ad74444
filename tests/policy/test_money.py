"""Whose limit suffices: to the fen, over kinds and over what was granted before. No case, no database."""

import pytest

from tests.policy.asking import PLACE
from wenguo.policy.load import default_pack
from wenguo.policy.money import COUNTERSIGN, Ladder, Money, Purse

# Fen. The advisor gives no cash; nobody has said how much cash the manager may give.
LIMITS = {
    "limit.advisor.labour": 10_000, "limit.advisor.cash": 0, "limit.advisor.gift": 5_000, "limit.advisor.total": 12_000,
    "limit.manager.labour": 50_000, "limit.manager.gift": 50_000, "limit.manager.total": 80_000,
}  # fmt: skip
LADDERS = (
    Ladder({"business_line": ("sales",)}, ("showroom",), PLACE),
    Ladder({"severity": ("major",), "category": ("billing", "service")}, ("manager",), PLACE),
    Ladder({}, ("advisor", "manager"), PLACE),
)
MONEY = Money("line", 365, LADDERS, ("finance",), ("manager",), LIMITS, PLACE)


def purse(granted=None, overlaid=None, **asked: int) -> Purse:
    """A remedy that asks for so many fen by kind of line."""
    return Purse(MONEY, overlaid or {}, asked, granted or {})


@pytest.mark.parametrize(("asked", "enough"), [
    ({}, True),
    ({"labour": 10_000}, True),
    ({"labour": 10_001}, False),
    ({"gift": 5_000, "labour": 7_000}, True),  # 12,000 in all
    ({"gift": 5_000, "labour": 7_001}, False),  # each kind alone would pass: split up, it comes to no more
    ({"gift": 5_001}, False),
    ({"cash": 1}, False),
    ({"labour": 100, "cash": 0}, True),
])  # fmt: skip
def test_a_limit_suffices_to_the_fen_for_each_kind_and_for_all_together(asked: dict[str, int], enough: bool):
    assert purse(**asked).suffices("advisor") is enough


def test_what_was_granted_before_counts_for_its_kind_and_in_all():
    assert purse({"labour": 4_000}, labour=6_000).suffices("advisor")
    assert not purse({"labour": 4_001}, labour=6_000).suffices("advisor")
    assert purse({"gift": 5_000}, labour=7_000).suffices("advisor")
    assert not purse({"gift": 5_000}, labour=7_001).suffices("advisor")
    assert not purse({"cash": 12_000}, labour=1).suffices("advisor")
    assert purse({"cash": 12_000}).suffices("advisor")  # of what nobody asks for today only the total counts
    assert not purse({"cash": 12_001}).suffices("advisor")


def test_a_limit_that_nobody_has_set_lets_nothing_pass_and_is_named():
    assert purse(cash=1).limit("manager", "cash") is None
    assert not purse(cash=1).suffices("manager")
    assert list(purse(cash=1).unset(["advisor", "manager"])) == [("manager", "cash")]
    assert list(purse(cash=1, parts=1).unset(["advisor"])) == [("advisor", "parts")]
    assert list(purse().unset(["advisor", "finance"])) == [("finance", "total")]


def test_a_kind_that_costs_nothing_asks_for_no_limit():
    free = purse(cash=0, labour=1)
    assert free.kinds == ["labour", "total"]
    assert list(free.unset(["manager"])) == []
    assert free.suffices("manager")


def test_the_number_of_the_branch_counts_before_that_of_the_pack():
    strict = {"limit.advisor.labour": 0, "limit.manager.cash": 30_000}
    assert not purse(overlaid=strict, labour=1).suffices("advisor")
    assert purse(overlaid=strict, cash=30_000).suffices("manager")
    assert not purse(overlaid=strict, cash=30_001).suffices("manager")


def test_what_somebody_may_still_decide_on_is_their_smallest_limit():
    assert purse(labour=1).tightest("advisor") == 10_000
    assert purse(labour=1, gift=1).tightest("advisor") == 5_000
    assert purse(cash=1).tightest("manager") == 80_000  # of those that are set
    assert purse(cash=1).tightest("finance") == 0


def test_another_role_must_agree_from_the_very_amount_that_the_branch_sets():
    above = {COUNTERSIGN: 20_000}
    assert purse(overlaid=above, labour=15_000, gift=4_999).countersigned() == ()
    assert purse(overlaid=above, labour=15_000, gift=5_000).countersigned() == ("finance",)
    assert purse(labour=10**9).countersigned() == ()  # where no amount is set, nobody is asked


@pytest.mark.parametrize(("facts", "roles"), [
    ({"business_line": "sales", "severity": "major", "category": "service"}, ("showroom",)),
    ({"business_line": "after_sales", "severity": "major", "category": "billing"}, ("manager",)),
    ({"severity": "major", "category": "repair_quality"}, ("advisor", "manager")),
    ({}, ("advisor", "manager")),
])  # fmt: skip
def test_the_first_ladder_that_fits_the_case_decides(facts: dict[str, str], roles: tuple[str, ...]):
    assert MONEY.ladder(facts) == roles


def test_below_the_service_manager_nothing_is_given_away_until_the_shop_says_otherwise():
    """A13: discount, cash and gifts; what labour and parts may cost each shop has to say itself."""
    money = default_pack().money
    assert money is not None
    below = money.ladder({"business_line": "after_sales"})[:3]
    assert below == ("reception", "service_advisor", "shift_supervisor")
    for role in below:
        assert [Purse(money, {}, {}, {}).limit(role, kind) for kind in ("discount", "cash", "gift")] == [0, 0, 0]
        assert Purse(money, {}, {}, {}).limit(role, "labour") is None
