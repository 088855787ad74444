"""One fault planted in what a copied pack says of money; the check must name it with file and line."""

import pytest

from tests.policy.planting import PackCopy, field

FILE = "money.toml"


def money(copy: PackCopy, old: str, new: str, at: str = "") -> str:
    """Plants a fault above the tables of money.toml."""
    return copy.plant(FILE, "#", "lines", old, new, at)


def ladder(copy: PackCopy, row: str, old: str, new: str, at: str = "") -> str:
    """Plants a fault in the ladder that has that line."""
    return copy.plant(FILE, "[[ladder]]", row, old, new, at)


def limits(copy: PackCopy, old: str, new: str) -> str:
    """Plants a fault in the limits."""
    return copy.plant(FILE, "[limits_fen]", "reception", old, new, at=new)


@pytest.mark.parametrize(("old", "new", "message"), [
    ('lines = "remedy_line"', 'lines = "remedy_lines"', "unknown list of codes 'remedy_lines'"),
    ('countersign = ["finance"]', 'countersign = ["finances"]', "unknown role 'finances'"),
    ('set_by = ["general_manager", "administrator"]', 'set_by = ["boss"]', "unknown role 'boss'"),
    ('set_by = ["general_manager", "administrator"]', "set_by = []", "nobody may set the limits"),
    ("days = 365", "days = 0", "a customer's remedies are summed over one day at least"),
])  # fmt: skip
def test_money_is_of_kinds_roles_and_days_that_there_are(copy: PackCopy, old: str, new: str, message: str):
    place = money(copy, old, new)
    assert f"{place}: {message}" in copy.faults()


def test_somebody_must_countersign_what_is_to_be_countersigned(copy: PackCopy):
    place = money(copy, 'countersign = ["finance"]', "countersign_fen = 50000", at="countersign_fen")
    assert copy.faults() == [f"{place}: nobody is named who countersigns"]


def test_money_is_decided_by_roles_that_there_are(copy: PackCopy):
    place = ladder(copy, 'roles = ["showroom_manager"', '"sales_director"', '"sales_boss"', at="roles")
    assert copy.faults() == [f"{place}: unknown role 'sales_boss'"]


def test_somebody_stands_on_each_ladder(copy: PackCopy):
    place = ladder(copy, 'roles = ["showroom_manager"', "roles = ", "roles = []  #")
    assert copy.faults() == [f"{place}: nobody stands on this ladder"]


def test_a_ladder_is_for_cases_that_there_are(copy: PackCopy):
    place = ladder(copy, 'roles = ["showroom_manager"', '["sales"]', '["sale"]', at="when")
    assert copy.faults() == [f"{place}: unknown value of 'business_line' 'sale'"]


def test_every_case_has_somebody_who_decides_on_money(copy: PackCopy):
    ladder(copy, 'roles = ["reception"', "roles = ", 'when = { severity = ["major"] }\nroles = ')
    assert copy.faults() == [
        "auto_dealer/money.toml:1: the last ladder must have no 'when', so that every case has one"
    ]


def test_a_ladder_that_is_for_every_case_comes_last(copy: PackCopy):
    first = ladder(copy, 'roles = ["showroom_manager"', "when = ", "#", at="[[ladder]]")
    never = copy.place(FILE, "[[ladder]]", 'roles = ["reception"', "[[ladder]]")
    assert copy.faults() == [f"{never}: this never comes to pass: {first} comes first wherever it fits"]


@pytest.mark.parametrize(("new", "limit"), [
    ("clerk = { cash = 0, gift = 0 }", "limit.clerk.cash"),  # no such role
    ("finance = { cash = 0, gift = 0 }", "limit.finance.cash"),  # stands on no ladder, so decides on nothing
    ("reception = { cash = 0, gold = 0 }", "limit.reception.gold"),
])  # fmt: skip
def test_a_limit_is_of_somebody_who_decides_and_of_something(copy: PackCopy, new: str, limit: str):
    place = limits(copy, "reception = { discount = 0, cash = 0, gift = 0 }", new)
    assert f"{place}: unknown limit '{limit}'" in copy.faults()


@pytest.mark.parametrize("amount", ["-1", "0.5", '"0"', "true"])
def test_a_limit_is_a_whole_number_of_fen_from_nought(copy: PackCopy, amount: str):
    new = f"reception = {{ discount = {amount}, cash = 0, gift = 0 }}"
    place = limits(copy, "reception = { discount = 0, cash = 0, gift = 0 }", new)
    assert copy.faults() == [f"{place}: the limits of 'reception' must be {{ kind = fen, … }}, whole numbers from 0"]


def test_the_amount_to_be_countersigned_is_not_negative(copy: PackCopy):
    place = money(copy, "days = 365", "days = 365\ncountersign_fen = -1", at="countersign_fen")
    assert copy.faults() == [f"{place}: 'countersign_fen' must be a whole number from 0"]


def test_the_limit_of_all_kinds_together_may_be_named(copy: PackCopy):
    limits(copy, "reception = { discount = 0, cash = 0, gift = 0 }", "reception = { total = 0 }")
    assert copy.faults() == []


def test_what_a_remedy_costs_is_asked_in_the_kinds_that_have_limits(copy: PackCopy):
    place = field(copy, "settling", "solution", "costs", 'codes = "remedy_line"', 'codes = "remedy"')
    assert copy.faults() == [f"{place}: limits are for the codes of 'remedy_line', so 'costs' too"]


def test_a_pack_without_money_takes_none(copy: PackCopy):
    (copy.folder / FILE).unlink()
    asked = [
        ("settling", "solution", "costs", "solution_proposed"),
        ("receiving", "intake", "settled_costs", "registered"),
        ("receiving", "spot", "settled_costs", "settled_on_the_spot"),
    ]
    expected = []
    for file, form, key, verb in asked:
        place = copy.place(f"forms/{file}.toml", f"[[{form}.field]]", f'key = "{key}"', "[[")
        expected.append(f"{place}: '{verb}' takes '{key}', but no money.toml says who decides on it")
    assert sorted(copy.faults()) == sorted(expected)
