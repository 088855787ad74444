"""openapi.json says what is."""

import json

import pytest
from django.test import Client

from tests.api.calls import API, Program, checked
from wenguo.policy.load import packs

pytestmark = pytest.mark.usefixtures("database")


def described(language="zh"):
    return checked(Client().get(API + "openapi.json", headers={"accept-language": language})).json()


def test_every_step_of_every_pack_has_a_path_of_its_own_with_its_form():
    paths = described()["paths"]
    for pack in packs().values():
        for process in pack.processes.values():
            for step in process.steps.values():
                if "new" in step.at:
                    continue
                body = paths[f"/cases/{{number}}/steps/{step.do}"]["post"]["requestBody"]
                schema = body["content"]["application/json"]["schema"]
                forms = schema.get("anyOf", [schema])
                keys = {field.key for field in pack.forms[step.form].fields} if step.form else set()
                assert keys in [form["properties"].keys() for form in forms]


def test_the_words_are_in_the_language_asked_for():
    for language, word in (("zh", "登记投诉"), ("en", "Complaint intake")):
        schema = described(language)["paths"]["/cases"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        one = schema.get("anyOf", [schema])[0]
        assert word in (one["title"], "登记投诉")
        assert one["required"][:2] == ["process", "branch"] and "content" in one["required"]


def test_every_reference_leads_somewhere_and_every_operation_is_named_once():
    whole = described()
    assert whole["openapi"].startswith("3.1")
    text = json.dumps(whole)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in whole["components"]["schemas"]
    names = [one["operationId"] for methods in whole["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))


def test_every_path_but_this_one_asks_for_a_token():
    whole = described()
    for path, methods in whole["paths"].items():
        for method, one in methods.items():
            assert one["security"] == [{"Bearer": []}]
            address = path.lstrip("/").replace("{number}", "X")
            assert checked(Client().generic(method.upper(), API + address)).status_code == 401


def test_an_answer_is_what_the_document_says(dealer):
    keys = described()["components"]["schemas"]["CaseShape"]["properties"].keys()
    assert Program().open().keys() == keys
