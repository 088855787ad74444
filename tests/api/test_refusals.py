"""What is refused, how it is said, and that nothing of it is stored."""

import json

import pytest
from django.apps import apps
from django.test import Client

from tests.api.calls import API, INTAKE, Program, checked, told
from tests.people import NOW, at_stage
from wenguo.api.shapes import StaleShape
from wenguo.cases.models import Case, Entry
from wenguo.people.models import Post, Staff, Token
from wenguo.people.tree import touch
from wenguo.policy.load import default_pack

database = pytest.mark.usefixtures("database")


# ---- who calls ----


@database
def test_without_a_valid_token_nobody_is_let_in(dealer):
    number = Program().open()["number"]
    for sent in ({}, {"authorization": "Bearer"}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic YTpi"},
                 {"authorization": "Bearer \xff\xfe"}, {"authorization": "Bearer token-of-alice "}):  # fmt: skip
        for method, path in (("GET", f"cases/{number}"), ("POST", "cases"), ("POST", "evidence")):
            answer = checked(Client().generic(method, API + path, "{}", headers=sent))
            told(answer, 401, "unauthenticated")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert Case.objects.count() == 1


@database
def test_a_session_of_the_pages_opens_nothing_here(dealer):
    client = Client()
    client.force_login(dealer.staff["alice"])
    answer = client.post(API + "cases", json.dumps(INTAKE), content_type="application/json")
    told(answer, 401, "unauthenticated")


@database
def test_an_ended_token_and_the_token_of_somebody_who_left_are_refused(dealer):
    caller = Program()
    Token.objects.update(ended_at=NOW)
    told(caller.get("cases/X"), 401, "unauthenticated")
    Token.objects.update(ended_at=None)
    told(caller.get("cases/X"), 404, "not_found")
    Staff.objects.filter(username="alice").update(is_active=False)
    told(caller.get("cases/X"), 401, "unauthenticated")


@database
def test_a_case_of_another_branch_looks_exactly_like_a_missing_one(dealer):
    number, caller = at_stage("receiving").number, Program("charlie")

    def seen(number, method, path, body=""):
        answer = caller.call(method, f"cases/{number}{path}", body)
        headers = {key: value for key, value in answer.headers.items() if key != "X-Request-Id"}
        return answer.status_code, headers, answer.json() | {"request_id": ""}

    for method, path in (("GET", ""), ("GET", "/entries"), ("GET", "/steps"), ("POST", "/steps/noted"),
                         ("POST", "/steps/nonsense"), ("POST", "/steps/assigned")):  # fmt: skip
        theirs, missing = seen(number, method, path, "{}"), seen("HZ-202603-9999", method, path, "{}")
        assert theirs == missing and theirs[0] == 404, path
    assert Entry.objects.count() == 1


@database
@pytest.mark.parametrize(
    "number", ["%00", "X%00Y", "%0A", "'", "1%20OR%201=1", "%F0%9F%9A%97", "X" * 5000, "%FF", "-1"]
)
def test_a_strange_number_is_simply_not_there(dealer, number):
    for path in ("", "/entries", "/steps"):
        told(Program().get(f"cases/{number}{path}"), 404, "not_found")
    told(Program().post(f"cases/{number}/steps/noted", {"note": "x"}), 404, "not_found")


@database
def test_a_step_that_the_role_may_not_take_is_refused_and_leaves_no_entry(dealer):
    number = at_stage("receiving").number
    told(Program("technician").post(f"cases/{number}/steps/assigned", {}), 403, "not_allowed")
    assert Entry.objects.count() == 1


@database
def test_the_accused_is_refused_and_leaves_no_entry(dealer):
    number = at_stage("receiving").number
    named = Program("bob").post(f"cases/{number}/steps/accused_named", {"accused": dealer.staff["alice"].pk})
    assert named.status_code == 200, named.content.decode()
    contact = {"way": "call", "reached": True, "note": "问过了"}
    refused = told(Program("alice").post(f"cases/{number}/steps/contacted", contact), 403, "not_allowed")
    assert refused.fields == {}
    assert Entry.objects.filter(case__number=number).count() == 2
    assert Program("bob").post(f"cases/{number}/steps/contacted", contact).status_code == 200


@database
def test_only_somebody_with_a_post_uploads(dealer):
    Post.objects.filter(staff=dealer.staff["alice"]).delete()
    touch()
    told(Program().upload(), 403, "not_allowed")


# ---- what it is about ----


@database
def test_the_wrong_stage_and_missing_facts_are_conflicts(dealer):
    number = at_stage("receiving").number
    told(Program("bob").post(f"cases/{number}/steps/closed", {}), 409, "wrong_stage")
    number = at_stage("accepting").number
    refused = told(Program("bob").post(f"cases/{number}/steps/customer_accepted", {}), 409, "missing")
    assert "%(" not in refused.message
    told(Program("bob").post(f"cases/{number}/steps/nonsense", {}), 404, "not_found")


@database
def test_a_stale_version_is_refused_with_both_sides_and_nothing_is_lost(dealer):
    number = Program().open(place="门口")["number"]
    mine = {"correction_reason": "客户改口", "place": "二号工位"}
    first = Program("alice").post(
        f"cases/{number}/steps/corrected", {"correction_reason": "听错", "place": "一号工位"}, if_match='"1"'
    )
    assert first.status_code == 200
    refused = Program("bob").post(f"cases/{number}/steps/corrected", mine, if_match='"1"')
    assert refused.status_code == 412
    conflict = StaleShape.model_validate(refused.json()).conflict
    assert (conflict.versions.yours, conflict.versions.now) == (1, 2)
    assert (conflict.yours, conflict.theirs) == (mine, {"place": "一号工位"})
    assert Program().get(f"cases/{number}").json()["facts"]["place"] == "一号工位"
    assert Program("bob").post(f"cases/{number}/steps/corrected", mine, if_match='"2"').status_code == 200


@database
def test_what_others_changed_elsewhere_disturbs_nobody(dealer):
    number = Program().open()["number"]
    for field, value in (("place", "门口"), ("work_order", "R1")):
        form = {"correction_reason": "补充", field: value}
        assert Program().post(f"cases/{number}/steps/corrected", form, if_match='"1"').status_code == 200


@database
@pytest.mark.parametrize("tag", ['"', '"x"', '"1", "2"', "-1", '"９"', '"99999999999"', '"1.0"', ""])
def test_an_if_match_that_is_no_version_is_refused(dealer, tag):
    number = Program().open()["number"]
    told(Program().post(f"cases/{number}/steps/noted", {"note": "x"}, if_match=tag), 400, "malformed")


# ---- the fields ----


@database
def test_every_wrong_field_is_named_at_once(dealer):
    refused = told(
        Program().post("cases", INTAKE | {"phone": "12", "content": " ", "severity": "awful", "mileage_km": -1}),
        422, "invalid",
    )  # fmt: skip
    assert refused.fields.keys() == {"phone", "content", "severity", "mileage_km"}
    assert not Case.objects.exists()


@database
@pytest.mark.parametrize("changed", [{"branch": "XX"}, {"branch": "SX"}, {"branch": None}, {"branch": ["HZ"]},
                                     {"branch": 1}, {"branch": "hz\0"}])  # fmt: skip
def test_a_branch_out_of_sight_is_refused_like_one_that_is_not_there(dealer, changed):
    refused = told(Program().post("cases", INTAKE | changed), 422, "invalid")
    assert refused.fields.keys() == {"branch"}
    assert refused.fields == told(Program().post("cases", INTAKE | {"branch": "??"}), 422, "invalid").fields


@database
@pytest.mark.parametrize("process", [None, "", "nonsense", 7, ["complaint"], "complaint\0"])
def test_an_unknown_process_is_refused(dealer, process):
    assert told(Program().post("cases", INTAKE | {"process": process}), 422, "invalid").fields.keys() == {"process"}


def inner_names():
    """Every column of every table, which nobody may set from outside."""
    asked = {field.key for field in default_pack().forms["intake"].fields} | {"process", "branch"}
    found = {column.name for model in apps.get_models() for column in model._meta.get_fields()}
    found |= {column.attname for model in apps.get_models() for column in model._meta.concrete_fields}
    return sorted((found | {"is_staff", "is_superuser", "role", "__class__"}) - asked)


@database
def test_no_inner_name_can_be_set(dealer):
    names = inner_names()
    assert {"stage", "version", "owner_id", "id", "number", "closed_at", "facts"} <= set(names)
    for nth in range(0, len(names), 50):  # a body with very many names isn't even read
        some = names[nth : nth + 50]
        refused = told(Program().post("cases", INTAKE | dict.fromkeys(some, 1)), 422, "invalid")
        assert refused.fields.keys() == set(some)
    assert not Case.objects.exists()


@database
def test_neither_query_nor_step_sets_an_inner_name(dealer):
    number = Program().open()["number"]
    refused = Program().post(f"cases/{number}/steps/noted", {"note": "x", "stage": "closed", "version": 9})
    assert told(refused, 422, "invalid").fields.keys() == {"stage", "version"}
    taken = Program().post(f"cases/{number}/steps/noted?stage=closed&version=9", {"note": "x"})
    assert (taken.json()["stage"], taken.json()["version"]) == ("receiving", 1)


@database
@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=99999999999999999999", "limit=0", "limit=201", "after="]
)
def test_a_page_that_can_not_be_is_refused_by_name(dealer, query):
    number = Program().open()["number"]
    refused = told(Program().get(f"cases/{number}/entries?{query}"), 422, "invalid")
    assert refused.fields.keys() == {query.split("=")[0]}


# ---- the language ----


@database
@pytest.mark.parametrize("asked, spoken", [("", "zh"), ("en", "en"), ("en-US,en;q=0.9,zh;q=0.1", "en"), ("fr", "zh"),
                                           ("zh-CN,en;q=0.5", "zh"), (";;q=,,", "zh"), ("*", "zh"),
                                           ("a" * 9000, "zh")])  # fmt: skip
def test_the_language_is_chinese_unless_english_is_asked_for(dealer, asked, spoken):
    answer = Program().post("cases", INTAKE | {"severity": "x"}, accept_language=asked)
    assert answer.headers["Content-Language"].startswith(spoken)
    number = at_stage("receiving").number
    refused = Program("technician").post(f"cases/{number}/steps/assigned", {}, accept_language=asked)
    step = {"zh": "指派调查", "en": "Assign the investigation"}[spoken]
    assert step in refused.json()["message"]
