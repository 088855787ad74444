"""Forms of the pack as JSON Schema (2020-12), with titles in the reader's language."""

from collections.abc import Callable
from typing import Any

from wenguo.policy.fields import LONGEST
from wenguo.policy.pack import Field, Form

Schema = dict[str, Any]
People = Callable[[Field], list[tuple[int, str]]]  # (id, name) of those whom a person field takes

KINDS: dict[str, Schema] = {
    "text": {"type": "string"},
    "long_text": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$"},
    "moment": {"type": "string", "format": "date-time"},
    "number": {"type": ["integer", "string"]},
    "money": {"type": ["integer", "string"], "pattern": r"^[0-9]+(\.[0-9]{1,2})?$"},
    "choice": {"type": "string"},
    "choices": {"type": "string"},
    "yes_no": {"type": "boolean"},
    "phone": {"type": "string"},
    "plate": {"type": "string"},
    "vin": {"type": "string"},
    "mileage": {"type": "integer", "minimum": 0, "maximum": 3_000_000},
    "person": {"type": "integer"},
    "rating": {"type": "integer", "minimum": 1, "maximum": 5},
    "file": {"type": "integer"},
    "case": {"type": "string"},
    "amounts": {"type": "object", "additionalProperties": False},
}
LISTS = ("choices", "file")
NOTHING: Schema = {"enum": [None, "", [], {}]}  # any of these says that a field is empty


def form_schema(form: Form, language: str, people: People | None = None) -> Schema:
    """What `form` takes. `people` names whom its person fields accept; without it any number is documented."""
    must = [one.key for one in form.fields if one.required and not one.asked_if and not (form.prefill and one.stays)]
    schema: Schema = {
        "type": "object",
        "title": form.label.word(language),
        "properties": {one.key: _field(one, language, people) for one in form.fields},
        "additionalProperties": False,
    }
    if must:
        schema["required"] = must
    rules = [] if form.prefill else [rule for one in form.fields for rule in _rules(one)]
    if rules:
        schema["allOf"] = rules
    return schema


def _field(field: Field, language: str, people: People | None) -> Schema:
    one = dict(KINDS[field.kind])
    if field.kind in LONGEST:
        one["maxLength"] = field.longest or LONGEST[field.kind]
    if field.smallest is not None:
        one["minimum"] = field.smallest
    if field.largest is not None:
        one["maximum"] = field.largest
    if field.kind == "amounts":
        titles = {key: {"title": label.word(language)} for key, label in field.options.items()}
        costs = {"anyOf": [KINDS["money"], {"enum": [None, ""]}]}
        one["properties"] = {key: costs | title for key, title in titles.items()}
    elif field.options:
        one |= _choice([(key, label.word(language)) for key, label in field.options.items()])
    if field.kind == "person" and people:
        one |= _choice(people(field))
    whole: Schema = {"type": "array", "items": one, "maxItems": 100} if field.kind in LISTS else one
    if not field.required:
        whole = {"anyOf": [whole, NOTHING]}
    whole["title"] = field.label.word(language)
    if field.help:
        whole["description"] = field.help.word(language)
    if field.default != "":
        whole["default"] = field.default
    return whole | {"x-kind": field.kind}


def _choice(options: list[tuple[Any, str]]) -> Schema:
    return {
        "enum": [value for value, _ in options],
        "oneOf": [{"const": value, "title": title} for value, title in options],
    }  # fmt: skip


def _rules(field: Field) -> list[Schema]:
    """When the field may not stay empty, beside the plain `required`."""
    rules: list[Schema] = []
    if field.required and field.asked_if:
        rules.append({"if": _when(field.asked_if), "then": {"required": [field.key]}})
    if field.required_if:
        rules.append({"if": _when(field.required_if), "then": {"required": [field.key]}})
    if field.required_unless:
        rules.append({"anyOf": [{"required": [field.key]}, {"required": [field.required_unless]}]})
    return rules


def _when(conditions: dict[str, tuple]) -> Schema:
    """That every named field has one of its values; an answer not given counts as no."""
    named = [key for key, values in conditions.items() if False not in values]
    wanted: Schema = {key: {"enum": list(values)} for key, values in conditions.items()}
    return {"properties": wanted, "required": named}
