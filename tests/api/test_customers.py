"""Customers put by a dealer's own system, and the question who calls."""

import json

import pytest

from tests.api.calls import Program, told
from tests.people import at_stage
from wenguo.api.vehicle_shapes import CustomerTold, MetShape
from wenguo.people.models import Amendment, Customer

pytestmark = pytest.mark.usefixtures("database")

DORA = {"branch": "HZ", "phone": "13800138000", "name": "陶朵拉"}
VIN = "LX0GA41C9M0012845"


def put(path, body, by="alice", **headers):
    return Program(by).call("PUT", path, json.dumps(body, ensure_ascii=False), **headers)


def ask(body, by="alice"):
    return Program(by).post("lookup", {"branch": "HZ"} | body)


def test_a_customer_is_made_once_and_the_same_body_again_changes_nothing(dealer):
    made = put("customers/C-1", DORA)
    told_of = CustomerTold.model_validate(made.json())
    assert (made.status_code, told_of.external_id, told_of.phone) == (201, "C-1", "13800138000")
    before = Amendment.objects.count()
    again = put("customers/C-1", DORA | {"phone": "138 0013 8000"})
    assert (again.status_code, again.json()) == (200, made.json())
    assert Amendment.objects.count() == before
    assert put("customers/C-1", {"branch": "HZ", "phone": "13900139000"}).json()["name"] == "陶朵拉"
    assert Customer.objects.get().phone == "13900139000"


def test_a_customer_known_by_their_phone_takes_the_number_on(dealer):
    case = at_stage("receiving")
    assert put("customers/C-1", DORA | {"name": "陶女士"}).json()["id"] == case.customer_id
    assert Customer.objects.get().external_id == "C-1"


def test_a_phone_that_is_another_customers_is_refused_and_nothing_changes(dealer):
    put("customers/C-1", DORA)
    put("customers/C-2", DORA | {"phone": "13900139000"})
    for number in ("C-2", "C-3"):
        assert told(put(f"customers/{number}", DORA), 422, "invalid").fields.keys() == {"phone"}
    assert list(Customer.objects.order_by("id").values_list("external_id", "phone")) == [
        ("C-1", "13800138000"), ("C-2", "13900139000"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body", "wrong"),
    [
        ("customers/C-1", {"phone": None}, {"phone"}),
        ("customers/C-1", {"phone": "12"}, {"phone"}),
        ("customers/C-1", {"branch": "SX"}, {"branch"}),
        ("customers/C-1", {"colour": "red"}, {"colour"}),
        ("customers/C-1", {"external_id": "C-2"}, {"external_id"}),
        ("customers/C-1", {"name": "长" * 61}, {"name"}),
        ("customers/" + "9" * 41, {}, {"external_id"}),
        ("customers/%00", {}, {"external_id"}),
    ],
)
def test_what_can_not_be_is_refused_by_field_and_leaves_nothing(dealer, path, body, wrong):
    assert told(put(path, DORA | body), 422, "invalid").fields.keys() == wrong
    assert not Customer.objects.exists()


def test_who_calls_is_found_by_phone_plate_vin_and_name(dealer):
    case = at_stage("receiving", vin=VIN)
    put("visits/R1", {"branch": "HZ", "vin": VIN, "kind": "comeback", "in_at": "2026-03-10T09:20:30+08:00"})
    for asked in ({"phone": "13800138000"}, {"plate": "浙A12345"}, {"vin": VIN.lower()}, {"name": "陶朵拉"}):
        found = MetShape.model_validate(ask(asked).json())
        assert [one.number for one in found.cases] == [case.number], asked
        if "name" in asked or "phone" in asked:
            assert [one.name for one in found.customers] == ["陶朵拉"]
        else:
            assert (found.vehicle.vin, [one.order_no for one in found.visits]) == (VIN, ["R1"])


def test_whoever_does_not_need_the_numbers_is_answered_with_masked_ones(dealer):
    at_stage("receiving", vin=VIN)
    found = ask({"phone": "13800138000", "vin": VIN}, by="technician").json()
    assert (found["customers"][0]["phone"], found["vehicle"]["vin"]) == ("138****8000", "…012845")


def test_nobody_whose_work_needs_no_contact_data_finds_out_by_name_who_is_a_customer(dealer):
    at_stage("receiving", vin=VIN)
    for name in ("陶朵拉", "谁都不是"):
        assert told(ask({"name": name}, by="technician"), 422, "invalid").fields.keys() == {"name"}
        assert told(ask({"name": name, "vin": VIN}, by="technician"), 422, "invalid").fields.keys() == {"name"}


def test_another_branch_has_met_nobody(dealer):
    at_stage("receiving")
    assert told(ask({"phone": "13800138000"}, by="charlie"), 422, "invalid").fields.keys() == {"branch"}
    nobody = {"customers": [], "vehicle": None, "visits": [], "cases": []}
    assert ask({"phone": "13800138000", "branch": "SX"}, by="charlie").json() == nobody
    assert ask({"name": "陶朵"}).json() == nobody  # a part of a name is nobody's


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"phone", "plate", "vin", "name"}),
        ({"phone": ""}, {"phone", "plate", "vin", "name"}),
        ({"phone": "138"}, {"phone"}),
        ({"name": ["陶朵拉"]}, {"name"}),
        ({"name": "陶"}, {"name"}),
        ({"name": " 陶 "}, {"name"}),
        ({"colour": "red"}, {"colour"}),
        ({"vin": 5, "plate": "x"}, {"vin", "plate"}),
    ],
)
def test_a_question_that_can_not_be_put_is_refused_by_field(dealer, body, wrong):
    assert told(ask(body), 422, "invalid").fields.keys() == wrong
