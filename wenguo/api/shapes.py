"""The shapes of what the API answers: read by openapi.json and by the tests, never on the way of a request."""

from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict


class Shape(Schema):
    model_config = ConfigDict(extra="forbid")


class Person(Shape):
    id: int | None
    name: str


class Turn(Shape):
    """Whose turn it is: a role or relation, and the person where it is one."""

    role: str
    person: Person | None


class Customer(Shape):
    """`phone` is masked for those whose work doesn't need it."""

    id: int
    name: str
    phone: str


class Vehicle(Shape):
    """`plate` and `vin` are masked for those whose work doesn't need them."""

    id: int
    plate: str
    vin: str
    mileage_km: int | None


class CaseShape(Shape):
    """A case as it stands. `facts` are named by the pack's forms; money in fen, moments in UTC."""

    number: str
    process: str
    branch: str
    stage: str
    stage_type: Literal["open", "closed"]
    turn: Turn | None
    owner: Person | None
    customer: Customer | None
    vehicle: Vehicle | None
    round: int
    version: int
    opened_at: str
    closed_at: str | None
    next_due_at: str | None
    source: str | None
    business_line: str | None
    category: str | None
    component: str | None
    cause: str | None
    validity: str | None
    severity: str | None
    facts: dict[str, Any]


class CasesShape(Shape):
    """A page of cases. It may hold fewer than asked for, even none, and go on all the same: only a `next` of null is
    the end."""

    items: list[CaseShape]
    next: str | None


class FileShape(Shape):
    """A file. `field` names the field of the form that it came with, empty while it belongs to no case."""

    id: int
    field: str
    name: str
    media_type: str
    size: int
    sha256: str


class ClockShape(Shape):
    """Something promised: the nth clock of its kind. `overdue_at`: when it was told that it wasn't kept."""

    kind: str
    label: str
    nth: int
    started_at: str
    due_at: str
    stopped_at: str | None
    overdue_at: str | None


class HeldShape(Shape):
    """A criterion that held: `facts` as they were compared, `numbers` as they were in force, both at that moment.
    `reading`: how the criterion was read, where it can be read in several ways."""

    rule: str
    label: str
    evidence: str
    at: str
    complaint: str
    facts: dict[str, Any]
    numbers: dict[str, int]
    reading: str | None


class TieShape(Shape):
    """Another case that belongs to this one."""

    number: str
    stage: str
    stage_type: Literal["open", "closed"]


class WarnedCar(Shape):
    """A car that a warning counts; `plate` is masked for those whose work doesn't need it."""

    id: int
    plate: str
    model: str


class WarningsShape(Shape):
    """What warned of a complaint, and its warnings; of a warning, the complaints and cars that it is about."""

    items: list[HeldShape]
    warnings: list[TieShape]
    complaints: list[TieShape]
    vehicles: list[WarnedCar]


class ClocksShape(Shape):
    items: list[ClockShape]


class EntryShape(Shape):
    """One thing that happened. `data`: what was filled in, null where erased; `before`: what stood there before."""

    seq: int
    at: str
    happened_at: str
    actor: Person
    role: str
    on_behalf_of: str
    channel: str
    verb: str
    outcome: str
    came_from: str
    went_to: str
    version: int
    data: dict[str, Any]
    before: dict[str, Any]
    files: list[FileShape]
    hash: str
    prev: str


class EntriesShape(Shape):
    """`next` is the `after` of the next page, null at the end."""

    items: list[EntryShape]
    next: int | None


class MissingFact(Shape):
    fact: str
    label: str


class StepShape(Shape):
    """A step that the caller may take now; where facts are `missing`, once those hold. `form` is JSON Schema."""

    verb: str
    label: str
    main: bool
    missing: list[MissingFact]
    form: dict[str, Any] | None


class StepsShape(Shape):
    version: int
    items: list[StepShape]


class Versions(Shape):
    yours: int | None
    now: int


class Conflict(Shape):
    """`yours`: what was sent; `theirs`: what stands now in the fields that both changed."""

    versions: Versions
    yours: dict[str, Any]
    theirs: dict[str, Any]


class ErrorShape(Shape):
    """Why not: `code` for programs, `message` for people, `fields` what is wrong with each field."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "invalid", "message": "请检查标出的栏目。", "fields": {"phone": "这不是电话号码。"},
                "request_id": "663ede70d584165b135e0bd7d636b9b5",
            }
        }
    )  # fmt: skip

    code: str
    message: str
    fields: dict[str, str]
    request_id: str


class StaleShape(ErrorShape):
    conflict: Conflict


def refusals(*statuses: int) -> dict[Any, type[ErrorShape]]:
    """What else an operation may answer, beside what any may."""
    return {frozenset({400, 401, 403, 404, 429, 500, 503, *statuses}): ErrorShape}
