"""Opening, reading and moving a case by program."""

import pytest

from tests.api.calls import INTAKE, Program, told
from tests.people import DORA, at_stage
from wenguo.api.shapes import CaseShape, EntriesShape, StepsShape, WarningsShape
from wenguo.cases.models import Case, Entry
from wenguo.policy.load import default_pack

pytestmark = pytest.mark.usefixtures("database")


def test_a_case_is_opened_and_can_be_read_where_location_says(dealer):
    made = Program().post("cases", INTAKE | DORA | {"mileage_km": "3.2万", "severity": "ordinary"})
    assert made.status_code == 201
    assert made.headers["ETag"] == '"1"'
    case = CaseShape.model_validate(made.json())
    assert (case.branch, case.stage, case.severity, case.category) == ("HZ", "receiving", "ordinary", None)
    assert case.facts == {"content": INTAKE["content"], "mileage_km": 32000}
    assert case.owner and case.owner.name == "鲍勃"
    assert made.headers["Location"] == f"/api/v1/cases/{case.number}"
    assert Program().get(f"cases/{case.number}").json() == made.json()


def test_whoever_does_not_need_phone_plate_and_vin_sees_them_masked(dealer):
    number = Program().open(**DORA, vin="LSVAU2180N2183294")["number"]
    whole, masked = (Program(login).get(f"cases/{number}").json() for login in ("bob", "technician"))
    assert (whole["customer"]["phone"], whole["vehicle"]["plate"]) == ("13800138000", "浙A12345")
    assert (masked["customer"]["phone"], masked["vehicle"]["plate"]) == ("138****8000", "浙A1***5")
    data = Program("technician").get(f"cases/{number}/entries").json()["items"][0]["data"]
    assert (data["phone"], data["plate"], data["vin"]) == ("138****8000", "浙A1***5", "…183294")


def test_entries_tell_who_did_what_and_when(dealer):
    number = Program().open(happened_at="2026-03-01 09:30", customer_name="陶朵拉")["number"]
    (first,) = EntriesShape.model_validate(Program("bob").get(f"cases/{number}/entries").json()).items
    assert (first.verb, first.actor.name, first.channel, first.role) == ("registered", "安丽思", "api", "staff")
    assert first.happened_at == "2026-03-01T01:30:00.000000Z"
    assert first.data["happened_at"] == "2026-03-01T01:30:00.000000Z"
    assert first.data["customer_name"] == "陶朵拉"


def test_entries_come_in_pages_until_the_last(dealer):
    number = Program().open()["number"]
    for nth in range(4):
        assert Program().post(f"cases/{number}/steps/noted", {"note": f"第{nth}条"}).status_code == 200
    seen, after = [], 0
    while after is not None:
        page = EntriesShape.model_validate(Program().get(f"cases/{number}/entries?limit=2&after={after}").json())
        seen += [one.seq for one in page.items]
        after = page.next
    assert seen == [1, 2, 3, 4, 5]


def test_an_erased_value_stays_as_a_name_without_a_value(dealer):
    number = Program().open(customer_name="陶朵拉")["number"]
    Entry.objects.get(case__number=number).private.filter(field="customer_name").update(salt="", value="")
    (first,) = Program().get(f"cases/{number}/entries").json()["items"]
    assert first["data"]["customer_name"] is None


def test_a_correction_tells_what_stood_before(dealer):
    number = Program().open(component="engine")["number"]
    corrected = Program().post(
        f"cases/{number}/steps/corrected", {"correction_reason": "听错了", "component": "brakes"}
    )  # fmt: skip
    assert corrected.json()["component"] == "brakes", corrected.content.decode()
    last = Program().get(f"cases/{number}/entries?after=1").json()["items"][0]
    assert (last["data"]["component"], last["before"]) == ("brakes", {"component": "engine"})


def test_steps_are_those_of_the_caller_with_the_form_in_their_language(dealer):
    number = at_stage("receiving").number
    found = StepsShape.model_validate(Program("bob").get(f"cases/{number}/steps").json())
    assigned = next(one for one in found.items if one.verb == "assigned")
    assert assigned.main and assigned.label == "指派调查"
    assert assigned.form["required"] == ["investigator", "duty", "due_at", "expected_range"]
    assert {"const": dealer.staff["alice"].pk, "title": "安丽思"} in assigned.form["properties"]["investigator"][
        "oneOf"
    ]
    english = Program("bob").get(f"cases/{number}/steps", accept_language="en-GB,en;q=0.9").json()
    contacted = next(one for one in english["items"] if one["verb"] == "contacted")
    assert contacted["form"]["properties"]["way"]["title"] == "How"
    assert contacted["form"]["properties"]["way"]["enum"] == ["call", "in_person", "message", "letter"]
    others = Program("technician").get(f"cases/{number}/steps").json()["items"]
    assert {one["verb"] for one in others} == {"noted", "evidence_added", "turned_major"}


def test_steps_name_the_facts_that_are_still_missing(dealer):
    case = at_stage("accepting")
    found = Program("bob").get(f"cases/{case.number}/steps").json()["items"]
    accepted = next(one for one in found if one["verb"] == "customer_accepted")
    assert [one["fact"] for one in accepted["missing"]] == ["quality_passed"]


def test_a_step_moves_the_case_and_answers_with_it(dealer):
    case = at_stage("receiving")
    form = {"investigator": dealer.staff["alice"].pk, "duty": "查刹车片", "due_at": "2099-01-01T10:00"}
    form |= {"expected_range": "三天内给初步答复"}
    moved = Program("bob").post(f"cases/{case.number}/steps/assigned", form, if_match='"1"')
    assert moved.status_code == 200, moved.content.decode()
    told = CaseShape.model_validate(moved.json())
    assert (told.stage, told.turn.role, told.turn.person.name) == ("investigating", "investigator", "安丽思")
    assert moved.headers["ETag"] == '"2"'
    last = Program("bob").get(f"cases/{case.number}/entries?after=1").json()["items"][0]
    assert last["data"]["investigator"] == {"id": dealer.staff["alice"].pk, "name": "安丽思"}
    assert last["data"]["due_at"] == "2099-01-01T02:00:00.000000Z"


def test_money_is_sent_in_yuan_and_told_in_fen(dealer):
    case = at_stage("planning")
    seq = case.entries.count()
    form = {"remedies": ["rework"], "plan": "返工", "costs": {"labour": 12.5, "parts": "30"}}
    assert Program("bob").post(f"cases/{case.number}/steps/solution_proposed", form).status_code == 200
    told = Program().get(f"cases/{case.number}/entries?after={seq}").json()["items"][0]["data"]["costs"]
    assert told == {"labour": 1250, "parts": 3000}


@pytest.mark.parametrize("stage", [one.key for one in default_pack().processes["complaint"].stages.values()])
def test_every_stage_is_told_by_the_documented_keys_only(dealer, stage):
    number = at_stage(stage).number
    for login in ("bob", "technician"):
        caller = Program(login)
        CaseShape.model_validate(caller.get(f"cases/{number}").json())
        EntriesShape.model_validate(caller.get(f"cases/{number}/entries?limit=200").json())
        StepsShape.model_validate(caller.get(f"cases/{number}/steps").json())


def test_reading_changes_nothing(dealer):
    number = at_stage("receiving").number
    before = Case.objects.filter(number=number).values().get(), Entry.objects.count()
    for path in ("", "/entries", "/steps"):
        Program().get(f"cases/{number}{path}")
    assert (Case.objects.filter(number=number).values().get(), Entry.objects.count()) == before


def test_what_warned_is_told_with_its_evidence_and_of_a_warning_what_it_is_about(database):
    bob = Program("bob")
    number = bob.open(judgement=["violent"], plate="浙A12345")["number"]
    said = WarningsShape.model_validate(bob.get(f"cases/{number}/warnings").json())
    assert [(one.rule, one.evidence, one.facts) for one in said.items] == [
        ("R110", "言行激烈。", {"judgement": ["violent"], "major_ground": None})
    ]
    (warning,) = said.warnings
    of_warning = WarningsShape.model_validate(bob.get(f"cases/{warning.number}/warnings").json())
    assert [one.number for one in of_warning.complaints] == [number] and len(of_warning.vehicles) == 1
    assert [one.rule for one in of_warning.items] == ["R110"]
    told(bob.post("cases", {"process": "warning", "branch": "HZ"}), 403, "not_allowed")
    told(Program("charlie").get(f"cases/{number}/warnings"), 404, "not_found")
