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
    return whole


def _body(schemas: list[Schema]) -> dict[str, Any]:
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _processes() -> list[tuple[Pack, Process]]:
    return [(pack, process) for pack in packs().values() for process in pack.processes.values()]


def _openings(language: str) -> list[Schema]:
    """What `POST /cases` takes: for each process its opening form, with the process and the branch."""
    found = []
    for pack, process in _processes():
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
