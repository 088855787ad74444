"""The shapes of what the API answers about cars and their visits, and of what it takes: for openapi.json and tests."""

from dataclasses import replace
from typing import Any, Literal

from wenguo.api.forms import Schema, form_schema
from wenguo.api.shapes import Shape
from wenguo.policy.load import default_pack
from wenguo.policy.pack import Field, Form, Label
from wenguo.vehicles.lines import MOST_ROWS

ROWS_OF = {"parts": "visit_part", "problems": "visit_problem", "waits": "visit_wait"}  # of a visit: forms of rows
FEN: Schema = {"type": ["integer", "null"], "minimum": 0, "maximum": 10_000_000_000}


class VehicleTold(Shape):
    """A car as its branch knows it. Its numbers are masked for those whose work doesn't need them.

    `vin_doubtful`: the check digit doesn't fit, so it may be mistyped.
    """

    id: int
    branch: str
    plate: str
    temporary_plate: str
    vin: str
    vin_doubtful: bool
    engine_no: str
    brand: str
    series: str
    model: str
    launched_on: str | None
    invoiced_on: str | None
    delivered_on: str | None
    mileage_km: int | None
    province: str
    business_use: bool
    transferred: bool
    resold: bool
    replaced_on: str | None
    price_fen: int | None
    warranty_months: int | None
    warranty_km: int | None
    sanbao_months: int | None
    sanbao_km: int | None
    use_fee: str


class CustomerTold(Shape):
    """A customer as their branch knows them; `phone` is masked for those whose work doesn't need it."""

    id: int
    branch: str
    external_id: str
    name: str
    phone: str


class PartTold(Shape):
    """`quantity` is a whole number, or decimal text."""

    name: str
    number: str
    quantity: int | str | None
    amount_fen: int | None


class ProblemTold(Shape):
    """What was wrong at a visit. The same name means the same problem; `claims`: exemptions that somebody claims."""

    name: str
    system: str
    part: str
    replaced: str
    sign: str
    severe: bool
    not_quality: bool
    wear_months: int | None
    wear_km: int | None
    claims: list[str]


class WaitTold(Shape):
    """A time of waiting within a visit."""

    why: str
    since: str
    until: str | None


class VisitTold(Shape):
    """A stay in the workshop. `days`: every 24 hours begun; a car that is still there counts until now."""

    order_no: str
    branch: str
    vehicle: int
    kind: str
    in_at: str
    out_at: str | None
    days: int
    mileage_km: int | None
    advisor: str
    technician: str
    complaint: str
    items: list[str]
    parts: list[PartTold]
    labour_hours: str
    labour_fen: int | None
    material_fen: int | None
    total_fen: int | None
    quality: str
    payer: str
    work: str
    agreed_at: str | None
    not_agreed: bool
    done_at: str | None
    undrivable: bool
    guarantee_days: int | None
    guarantee_km: int | None
    problems: list[ProblemTold]
    waits: list[WaitTold]


class CaseMet(Shape):
    """A case of whoever was asked for."""

    number: str
    process: str
    stage: str
    stage_type: Literal["open", "closed"]
    opened_at: str
    next_due_at: str | None


class MetShape(Shape):
    """Who calls, and about which car: what a branch knows of them."""

    customers: list[CustomerTold]
    vehicle: VehicleTold | None
    visits: list[VisitTold]
    cases: list[CaseMet]


def described(asked: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """What openapi.json says of a body with these fields, each of one of the pack's forms; at least one is given."""
    found: dict[str, Schema] = {"branch": {"type": "string"}}
    for key, (form, field) in asked.items():
        found[key] = _properties(default_pack().forms[form])[field]
    schema = {
        "type": "object", "properties": found, "required": ["branch"], "additionalProperties": False,
        "anyOf": [{"required": [key]} for key in asked],
    }  # fmt: skip
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def body(form_keys: tuple[str, ...], left_out: str, also: dict[str, Schema]) -> dict[str, Any]:
    """What openapi.json says of a body with the fields of these forms; words in both languages, for one serves both."""
    forms = [default_pack().forms[key] for key in form_keys]
    found: dict[str, Schema] = {"branch": {"type": "string"}, **also}
    for form in forms:
        found |= {key: schema for key, schema in _properties(form).items() if key != left_out}
    schema = {"type": "object", "properties": found, "required": ["branch"], "additionalProperties": False}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _properties(form: Form) -> dict[str, Schema]:
    both = replace(form, fields=tuple(_in_both(one) for one in form.fields))
    found: dict[str, Schema] = form_schema(both, "zh")["properties"]
    for one in both.fields:
        if one.kind == "money":
            found[one.key] = FEN | {"title": one.label.says.replace("（元）", "").replace("(yuan)", "(fen)")}
    for key, row_form in ROWS_OF.items():
        if key in found:
            inside = default_pack().forms[row_form]
            must = [one.key for one in inside.fields if one.required]
            row = {"type": "object", "properties": _properties(inside), "required": must, "additionalProperties": False}
            found[key] = {"type": "array", "maxItems": MOST_ROWS, "items": row, "title": found[key]["title"]}
    if "items" in found:
        lines = {"type": "array", "maxItems": MOST_ROWS, "items": {"type": "string"}}
        found["items"] = lines | {"title": found["items"]["title"]}
    return found


def _in_both(field: Field) -> Field:
    options = {key: _both(label) for key, label in field.options.items()}
    return replace(field, label=_both(field.label), help=field.help and _both(field.help), options=options, default="")


def _both(label: Label) -> Label:
    both = f"{label.says} · {label.en}"
    return Label(both, both)
