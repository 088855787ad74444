"""Cars and repair orders put by a dealer's own system."""

import json

import pytest

from tests.api.calls import Program, told
from tests.api.test_document import described
from tests.people import at_stage
from wenguo.api.law_shapes import VehicleWithLaw
from wenguo.api.vehicle_shapes import VehicleTold, VisitTold
from wenguo.people.models import Amendment
from wenguo.vehicles.models import Reading, Vehicle, Visit

pytestmark = pytest.mark.usefixtures("database")

VIN, DOUBTFUL = "LX0GA41C9M0012845", "LX0GA41C8M0012845"
CAR = {"branch": "HZ", "plate": "浙A12345", "brand": "东辰", "engine_no": "EA211-778899", "delivered_on": "2024-05-12"}
ORDER = {
    "branch": "HZ", "vin": VIN, "kind": "comeback", "in_at": "2026-03-10T09:20:30+08:00",
    "out_at": "2026-03-12T09:05:00Z", "mileage_km": 58620, "items": ["换刹车片", "路试"],
    "parts": [{"name": "刹车片", "number": "45022", "quantity": "1", "amount_fen": 68050}, {"name": "卡扣"}],
    "labour_hours": "1.5", "labour_fen": 30000, "total_fen": 98050, "payer": "goodwill", "quality": "passed",
    "advisor": "陈立群", "technician": "吴大勇", "complaint": "冷车异响",
}  # fmt: skip


def put(path, body, by="alice", **headers):
    return Program(by).call("PUT", path, json.dumps(body, ensure_ascii=False), **headers)


def test_a_car_is_made_once_and_the_same_body_again_changes_nothing(dealer):
    made = put(f"vehicles/{VIN}", CAR | {"mileage_km": 3000})
    car = VehicleTold.model_validate(made.json())
    assert (made.status_code, car.plate, car.mileage_km, car.vin_doubtful) == (201, "浙A12345", 3000, False)
    before = Amendment.objects.count()
    again = put(f"vehicles/{VIN.lower()}", CAR | {"mileage_km": 3000})
    assert (again.status_code, again.json()) == (200, made.json())
    assert Amendment.objects.count() == before
    assert put(f"vehicles/{VIN}", {"branch": "HZ", "series": "远景"}).json() == made.json() | {"series": "远景"}
    moved = put(f"vehicles/{DOUBTFUL}", {"branch": "HZ", "plate": "浙A12345"}).json()
    assert (moved["vin_doubtful"], Vehicle.objects.get(vin=VIN).plate) == (True, "")


def test_the_car_of_a_complaint_is_the_one_that_is_told(dealer):
    case = at_stage("receiving", plate="浙A12345")
    assert put(f"vehicles/{VIN}", CAR).json()["id"] == case.vehicle_id


def test_whoever_does_not_need_its_numbers_is_answered_with_masked_ones(dealer):
    answer = put(f"vehicles/{VIN}", CAR, by="technician").json()
    assert (answer["plate"], answer["vin"], answer["engine_no"]) == ("浙A1***5", "…012845", "***")


def test_an_order_is_made_once_and_the_same_body_again_changes_nothing(dealer):
    made = put("visits/R1", ORDER)
    visit = VisitTold.model_validate(made.json())
    assert (made.status_code, visit.order_no, visit.days, visit.items) == (201, "R1", 3, ORDER["items"])
    assert visit.in_at == "2026-03-10T01:20:30.000000Z"
    assert visit.parts[0].amount_fen == 68050 and visit.parts[1].quantity is None
    before = Amendment.objects.count()
    assert put("visits/R1", ORDER).json() == made.json()
    assert Amendment.objects.count() == before
    changed = put("visits/R1", {"branch": "HZ", "out_at": None, "parts": [], "items": ["路试"], "advisor": ""}).json()
    assert (changed["out_at"], changed["parts"], changed["items"], changed["advisor"]) == (None, [], ["路试"], "")
    assert (changed["total_fen"], Visit.objects.get().vehicle.mileage_km) == (98050, 58620)
    assert Reading.objects.get().km == 58620


WRONG = [
    ({"branch": "SX"}, {"branch"}),
    ({"branch": None}, {"branch"}),
    ({"kind": None}, {"kind"}),
    ({"kind": "picnic", "in_at": "yesterday", "payer": 7}, {"kind", "in_at", "payer"}),
    ({"vin": "ABC", "plate": "浙I12345"}, {"vin", "plate"}),
    ({"vin": None}, {"vin"}),
    ({"total_fen": 9.5, "labour_fen": "300", "material_fen": -1}, {"total_fen", "labour_fen", "material_fen"}),
    ({"total_fen": True}, {"total_fen"}),
    ({"colour": "red"}, {"colour"}),
    ({"items": [1], "parts": "x"}, {"items", "parts"}),
    ({"items": [{"a": 1}]}, {"items"}),
    ({"parts": [{"name": "x", "price": 1}]}, {"parts"}),
    ({"parts": [{"number": "x"}]}, {"parts"}),
    ({"parts": ["x"]}, {"parts"}),
    ({"parts": [{"name": "x", "amount_fen": 1.5}]}, {"parts"}),
    ({"parts": [{"name": "x"}] * 101}, {"parts"}),
    ({"parts": [{"name": {"deep": [1]}}], "items": {"deep": 1}}, {"items"}),
    ({"parts": [{"name": {"deep": [1]}}]}, {"parts"}),
    ({"out_at": "2026-03-01T00:00:00Z"}, {"out_at"}),
    ({"order_no": "R2"}, {"order_no"}),
]
WRONG_NAMES = [
    ("vehicles/ABC", CAR, {"vin"}),
    (f"vehicles/{VIN}", CAR | {"vin": DOUBTFUL}, {"vin"}),
    (f"vehicles/{VIN}", CAR | {"delivered_on": "2126-01-01"}, {"delivered_on"}),
    (f"vehicles/{VIN}", CAR | {"plate": "A1", "launched_on": "soon"}, {"plate", "launched_on"}),
    (f"vehicles/{VIN}", CAR | {"read_on": "2026-03-01"}, {"mileage_km"}),
    ("visits/%00", ORDER, {"order_no"}),
    ("visits/" + "R" * 41, ORDER, {"order_no"}),
]


def test_what_can_not_be_is_refused_by_field_and_leaves_nothing(dealer):
    for body, wrong in WRONG:
        assert told(put("visits/R1", ORDER | body), 422, "invalid").fields.keys() == wrong, body
    for path, body, wrong in WRONG_NAMES:
        assert told(put(path, body), 422, "invalid").fields.keys() == wrong, path
    assert (Visit.objects.count(), Vehicle.objects.count(), Amendment.objects.count()) == (0, 0, 0)


def test_another_branch_is_out_of_reach_and_has_its_own(dealer):
    put("visits/R1", ORDER)
    assert put("visits/R1", ORDER, by="charlie").json()["fields"].keys() == {"branch"}
    assert put("visits/R1", ORDER | {"branch": "SX"}, by="charlie").status_code == 201
    assert Visit.objects.count() == Vehicle.objects.count() == 2


def test_the_document_names_every_field_of_both():
    paths = described()["paths"]
    for path, sent in (("/vehicles/{vin}", CAR), ("/visits/{order_no}", ORDER)):
        schema = paths[path]["put"]["requestBody"]["content"]["application/json"]["schema"]
        assert sent.keys() <= schema["properties"].keys()
        assert (schema["required"], schema["additionalProperties"]) == (["branch"], False)
    assert schema["properties"]["total_fen"]["type"] == ["integer", "null"]
    assert "外部返工维修（外返） · Comeback after delivery" in json.dumps(
        schema["properties"]["kind"], ensure_ascii=False
    )
    assert schema["properties"]["parts"]["items"]["properties"].keys() == {"name", "number", "quantity", "amount_fen"}


def test_what_the_law_gives_is_told_with_the_car_to_whoever_sees_it(dealer):
    rows = {"problems": [{"name": "异响", "system": "suspension"}], "waits": [], "work": "minor"}
    told = VisitTold.model_validate(put("visits/R1", ORDER | rows).json())
    assert [one.name for one in told.problems] == ["异响"]
    put(f"vehicles/{VIN}", CAR | {"delivered_on": "2026-01-01", "sanbao_months": 12})
    found = Program("alice").call("GET", f"vehicles/{VIN}")
    law = VehicleWithLaw.model_validate(found.json()).law
    assert (found.status_code, [one.key for one in law.periods]) == (200, ["warranty", "sanbao"])
    assert "repair_days" in {one.key for one in law.meters} and law.laxer_promises[0].key == "sanbao"
    assert Program("alice").call("GET", f"vehicles/{found.json()['id']}").json() == found.json()
    for word in (VIN, str(found.json()["id"]), "99999", "9" * 16, "ABC", "%00"):
        assert Program("charlie").call("GET", f"vehicles/{word}").status_code == 404
    wrong = told_wrong("visits/R1", {"branch": "HZ", "problems": [{"name": "x", "system": "wing"}]})
    assert wrong == {"problems"}


def told_wrong(path, body):
    return told(put(path, body), 422, "invalid").fields.keys()
