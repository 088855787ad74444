"""openapi.json: what ninja knows of the operations, and one concrete path for each step of the packs with its form."""

from functools import cache
from typing import Any

from ninja import NinjaAPI

from wenguo.api.forms import Schema, form_schema
from wenguo.api.listing import listing_parameters
from wenguo.policy.load import packs
from wenguo.policy.pack import NEW, Form, Pack, Process

STEP = "/cases/{number}/steps/{verb}"
KEY = {
    "in": "header", "name": "Idempotency-Key", "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,100}$"},
}  # fmt: skip
VERSION = {
    "in": "header", "name": "If-Match", "required": False,
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}  # fmt: skip

TEXT = {"type": "string"}
SECONDS = {"description": "Seconds until it is worth trying again.", "schema": TEXT}
OF_EVERY = {"X-Request-Id": {"description": "The number of this request, to be named when asking us.", "schema": TEXT}}
OF_STATUS = {
    "401": {"WWW-Authenticate": {"description": "How to say who calls.", "schema": TEXT}},
    "429": {"Retry-After": SECONDS},
    "503": {"Retry-After": SECONDS},
}
TAG = {"ETag": {"description": "The version of the case, for If-Match.", "schema": TEXT}}
REPEATED = {"Idempotency-Replayed": {"description": "true: carried out before.", "schema": TEXT}}
OF_SHAPE = {"CaseShape": TAG, "StepsShape": TAG}
EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("/cases", "post"): {
        "process": "complaint", "branch": "HZ", "content": "保养后刹车异响", "phone": "13800138000",
        "plate": "浙A12345",
    },
    ("/lookup", "post"): {"branch": "HZ", "phone": "13800138000"},
    ("/customers/{external_id}", "put"): {"branch": "HZ", "phone": "13800138000", "name": "陶朵拉"},
    ("/vehicles/{vin}", "put"): {"branch": "HZ", "plate": "浙A12345", "delivered_on": "2024-05-12"},
    ("/visits/{order_no}", "put"): {
        "branch": "HZ", "plate": "浙A12345", "kind": "comeback", "in_at": "2026-03-10T09:20:00+08:00",
        "mileage_km": 58620, "total_fen": 98050,
    },
}  # fmt: skip


@cache
def described(api: NinjaAPI, language: str) -> dict[str, Any]:
    """The whole description, with the words of `language`."""
    whole: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=""))
    paths = whole["paths"]
    paths["/cases"]["post"] |= {"requestBody": _body(_openings(language)), "parameters": [KEY]}
    paths["/cases"]["get"]["parameters"] = listing_parameters()
    one = paths.pop(STEP)["post"]
    number = [parameter for parameter in one["parameters"] if parameter["name"] == "number"]
    for verb, (label, forms) in _steps(language).items():
        paths[STEP.replace("{verb}", verb)] = {"post": one | {
            "operationId": f"step_{verb}", "summary": label, "requestBody": _body(forms),
            "parameters": [*number, KEY, VERSION],
        }}  # fmt: skip
    for path, operations in paths.items():
        for method, operation in operations.items():
            _complete(operation, EXAMPLES.get((path, method)))
    return whole


def _complete(operation: dict[str, Any], example: dict[str, Any] | None) -> None:
    """Says which headers come with each answer, and gives an example of a body."""
    if example:
        operation["requestBody"]["content"]["application/json"]["example"] = example
    keyed = any(one["name"] == KEY["name"] for one in operation.get("parameters", ()))
    for status, answer in operation["responses"].items():
        shape = str(answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", ""))
        headers = OF_STATUS.get(str(status), {}) | OF_SHAPE.get(shape.rsplit("/", 1)[-1], {})
        if shape.endswith("/CaseShape") and keyed:
            headers = headers | REPEATED
        answer["headers"] = OF_EVERY | headers
    if "201" in map(str, operation["responses"]) and operation["operationId"] == "open_case":
        created = next(answer for status, answer in operation["responses"].items() if str(status) == "201")
        created["headers"]["Location"] = {"description": "Where the case is.", "schema": TEXT}


def _body(schemas: list[Schema]) -> dict[str, Any]:
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _processes() -> list[tuple[Pack, Process]]:
    return [(pack, process) for pack in packs().values() for process in pack.processes.values()]


def _openings(language: str) -> list[Schema]:
    """What `POST /cases` takes: for each process its opening form, with the process and the branch. What only the
    system opens is left out."""
    found = []
    for pack, process in ((pack, process) for pack, process in _processes() if process.opening.who):
        schema = _form(pack.forms.get(process.opening.form), language)
        schema["properties"] = {
            "process": {"const": process.name, "title": process.label.word(language)},
            "branch": {"type": "string"},
        } | schema["properties"]
        schema["required"] = ["process", "branch", *schema.get("required", [])]
        found.append(schema)
    return found


def _steps(language: str) -> dict[str, tuple[str, list[Schema]]]:
    """Label and forms by verb; a verb of several processes has a form in each."""
    found: dict[str, tuple[str, list[Schema]]] = {}
    for pack, process in _processes():
        for step in process.steps.values():
            if NEW not in step.at:
                _, forms = found.setdefault(step.do, (step.label.word(language), []))
                forms.append(_form(pack.forms.get(step.form), language))
    return found


def _form(form: Form | None, language: str) -> Schema:
    nothing: Schema = {"type": "object", "properties": {}, "additionalProperties": False}
    return form_schema(form, language) if form else nothing
