"""Views of the list of cases, and steps that may be taken on several at once: what a pack may say of them."""

import pytest

from tests.policy.planting import step
from wenguo.cases.filters import Filters
from wenguo.policy.load import load_pack, packs

VIEWS = "views.toml"


def test_the_views_that_ship_are_read_in_their_order():
    views = packs()["auto_dealer"].views
    assert list(views) == ["overdue", "major", "awaiting_maker", "unassigned", "closed_this_month"]
    assert Filters(views["overdue"].where).query == "overdue=yes"
    assert all(view.label.says and view.label.en for view in views.values())


def test_a_pack_without_views_has_none(copy):
    (copy.folder / VIEWS).unlink()
    assert load_pack(copy.folder).views == {} and copy.faults() == []


@pytest.mark.parametrize(
    "line, at, told",
    [
        ('where = { colour = ["red"] }', "where", "unknown filter 'colour'"),
        ('where = { severity = ["huge"] }', "where", "unknown value of 'severity' 'huge'"),
        ('where = { branch = ["HZ"] }', "where", "unknown value of 'branch' 'HZ'"),
        ('where = { opened_since = ["2026-01-01"] }', "where", "unknown value of 'opened_since' '2026-01-01'"),
        ('where = { state = ["open", "closed"] }', "where", "'state' takes one value"),
        ('where = { stage = [] }', "where", "'stage' takes one value"),
        ('sort = "phone"', "sort", "unknown order 'phone'"),
        ('columns = ["phone_number"]', "columns", "unknown column 'phone_number'"),
    ],
)  # fmt: skip
def test_what_the_list_does_not_know_is_a_fault_at_its_line(copy, line, at, told):
    place = copy.append(VIEWS, f'\n[[view]]\nkey = "new"\nsays = "新"\nen = "New"\n{line}\n', at)
    assert f"{place}: {told}" in copy.faults()


def test_a_view_that_stands_twice_is_a_fault(copy):
    copy.append(VIEWS, '\n[[view]]\nkey = "major"\nsays = "又"\nen = "Again"\n', "key")
    assert any("view 'major' stands twice" in fault for fault in copy.faults())


@pytest.mark.parametrize(
    "verb, told",
    [
        ("evidence_added", "'files' belongs to one case, so 'evidence_added' can't be taken on several together"),
        ("corrected", "'corrected' is about one case, so it can't be taken on several together"),
        ("linked", "belongs to one case, so 'linked' can't be taken on several together"),
    ],
)
def test_a_step_about_one_case_can_not_be_taken_on_several(copy, verb, told):
    step(copy, verb, f'do = "{verb}"\n', f'do = "{verb}"\ntogether = true\n', "together")
    assert any(told in fault for fault in copy.faults()), copy.faults()


def test_an_unknown_role_that_shares_views_is_a_fault(copy):
    copy.plant("pack.toml", "", 'name = "auto_dealer"', 'shares_views = ["service_manager"', 'shares_views = ["nobody"')
    assert any("unknown role 'nobody'" in fault for fault in copy.faults())
