"""Tables taken out: every row that somebody may see, in the columns in which it can be brought in again.

Rows are read in pieces by their ids, so that memory stays flat however many there are. Numbers of people and cars are
masked for those whose work doesn't need them.
"""

import itertools
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet

from wenguo.cases.masks import MASKS
from wenguo.cases.models import Case, EntryPrivate
from wenguo.people.actors import Actor
from wenguo.people.models import Branch, Customer, Post
from wenguo.policy.fields import Problem
from wenguo.policy.imports import BRANCH, NUMBER
from wenguo.policy.load import default_pack, packs
from wenguo.policy.money import typed_yuan
from wenguo.policy.pack import COLUMNS, Field
from wenguo.reports import sheets
from wenguo.reports.kinds import columns
from wenguo.vehicles.lines import as_line
from wenguo.vehicles.models import Vehicle, Visit, VisitWait

PIECE = 500  # rows read at once
OTHER_NUMBERS = ("temporary_plate", "engine_no")  # masked whole, as no tail of them means anything
Values = dict[str, Any]
Row = TypeVar("Row", bound=Model)


class Asked(NamedTuple):
    """Which rows of which kind, for whom. `branches`: only of these."""

    kind: str
    branches: dict[int, Branch]
    by: Actor
    language: str
    now: datetime

    def clear(self, branch: Branch) -> bool:
        """Whether this person sees whole numbers there."""
        return self.by.code == "system" or bool(packs()[branch.pack].sees_contact & self.by.roles_at(branch))


def export(kind: str, path: Path, branch: Branch | None, by: Actor, language: str, now: datetime) -> int:
    """Writes the file by its ending; how many rows it has. Raises Problem for another ending, or an unwritable text."""
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise Problem("The name of the file must end in .csv or .xlsx.")
    count = itertools.count(-1)  # the header isn't a row
    counted = (row for row in rows(asked(kind, branch, by, language, now)) if next(count) >= -1)
    (sheets.write_csv if path.suffix.lower() == ".csv" else sheets.write_xlsx)(counted, path)
    return next(count)


def asked(kind: str, branch: Branch | None, by: Actor, language: str, now: datetime, among: Any = None) -> Asked:
    """What the system or a person asks for: at `branch` and below it, or everywhere; `among`: the branches allowed."""
    allowed = among if among is not None else Branch.objects.order_by("path")
    found = {one.pk: one for one in allowed if branch is None or one.path.startswith(branch.path)}
    return Asked(kind, found, by, language, now)


def rows(asked: Asked) -> Iterator[list[Any]]:
    """The header and every row."""
    pack = packs()[next(iter(asked.branches.values())).pack] if asked.branches else default_pack()
    fields = columns(pack, asked.kind)
    yield [one.label.word(asked.language) for one in fields]
    for branch, values in KINDS[asked.kind](asked):
        if not asked.clear(branch):
            values = _masked(values, fields)
        values[BRANCH] = branch.code
        yield [_cell(one, values.get(one.key), branch, asked.language) for one in fields]


def _masked(values: Values, fields: tuple[Field, ...]) -> Values:
    kinds = {one.key: one.kind for one in fields}
    masked = {key: MASKS[kinds[key]](value) for key, value in values.items() if value and kinds.get(key) in MASKS}
    return values | masked | {key: "***" for key in OTHER_NUMBERS if values.get(key)}


def _cell(field: Field, value: Any, branch: Branch, language: str) -> Any:
    """A stored value as a spreadsheet shows it: words for codes, yuan for fen, the branch's own clock."""
    if value in (None, ""):
        return None
    match field.kind:
        case "choice":
            return packs()[branch.pack].code(field.codes, value).word(language)
        case "money":
            return Decimal(typed_yuan(value))
        case "moment":
            moment = datetime.fromisoformat(value) if isinstance(value, str) else value
            return moment.astimezone(ZoneInfo(branch.zone)).replace(tzinfo=None)
        case "number":
            return Decimal(str(value))
        case "yes_no":
            return ("yes" if value else "no") if language.startswith("en") else ("是" if value else "否")
    return value


def _pieces(found: QuerySet[Row]) -> Iterator[list[Row]]:
    """The rows in the order of their ids, some at a time."""
    last = 0
    while piece := list(found.filter(pk__gt=last).order_by("pk")[:PIECE]):
        yield piece
        last = piece[-1].pk


def _complaints(asked: Asked) -> Iterator[tuple[Branch, Values]]:
    names = {pack.opens for pack in packs().values()}
    found = Case.objects.filter(branch__in=asked.branches, process__in=names).select_related("customer", "vehicle")
    for piece in _pieces(found.prefetch_related("parties", "entries")):
        private = _first_words(piece)
        for case in piece:
            yield asked.branches[case.branch_id], _complaint(case, private.get(case.pk, {}))


def _first_words(piece: list[Case]) -> dict[int, dict[str, str]]:
    """Of each case the numbers that its first entry told, for cases that keep none as a customer's or a car's."""
    rows = EntryPrivate.objects.filter(entry__case__in=piece, entry__seq=1, field__in=("plate", "vin", "phone"))
    found: dict[int, dict[str, str]] = {}
    for case, field, value in rows.values_list("entry__case_id", "field", "value"):
        if value:
            found.setdefault(case, {})[field] = json.loads(value)
    return found


def _complaint(case: Case, told: dict[str, str]) -> Values:
    first = min(case.entries.all(), key=lambda entry: entry.seq)
    complainant = next((one.name for one in reversed(case.parties.all()) if one.kind == "complainant"), "")
    closed = case.stage_type == "closed"
    return {
        **case.facts, **{key: getattr(case, key) for key in COLUMNS}, NUMBER: case.number,
        "happened_at": first.happened_at, "closed": closed, "closed_at": case.closed_at if closed else None,
        "customer_name": complainant or (case.customer.name if case.customer else ""),
        "phone": case.customer.phone if case.customer else told.get("phone"),
        "plate": (case.vehicle.plate if case.vehicle else "") or told.get("plate"),
        "vin": (case.vehicle.vin if case.vehicle else "") or told.get("vin"),
    }  # fmt: skip


def _customers(asked: Asked) -> Iterator[tuple[Branch, Values]]:
    for piece in _pieces(Customer.objects.filter(branch__in=asked.branches)):
        for one in piece:
            yield asked.branches[one.branch_id], {"phone": one.phone, "name": one.name}


def _vehicles(asked: Asked) -> Iterator[tuple[Branch, Values]]:
    keys = [field.attname for field in Vehicle._meta.concrete_fields]
    for piece in _pieces(Vehicle.objects.filter(branch__in=asked.branches).prefetch_related("readings")):
        for one in piece:
            read = [reading for reading in one.readings.all() if reading.km == one.mileage_km]
            last = max(read, key=lambda reading: (reading.read_on, reading.pk), default=None)
            day = {"read_on": last.read_on, "reason": last.reason} if last else {}
            yield asked.branches[one.branch_id], {key: getattr(one, key) for key in keys} | day


def _visits(asked: Asked) -> Iterator[tuple[Branch, Values]]:
    keys = [field.attname for field in Visit._meta.concrete_fields]
    found = Visit.objects.filter(branch__in=asked.branches).select_related("vehicle")
    for piece in _pieces(found.prefetch_related("problems", "waits")):
        for one in piece:
            branch = asked.branches[one.branch_id]
            values = {key: getattr(one, key) for key in keys}
            rows = {
                "visit_part": ("parts", one.parts),
                "visit_problem": ("problems", [vars(row) for row in one.problems.all() if not row.void]),
                "visit_wait": ("waits", [_local(row, branch) for row in one.waits.all() if not row.void]),
            }
            forms = packs()[branch.pack].forms
            lines = {
                field: "\n".join(as_line(row, forms[key], asked.language) for row in told)
                for key, (field, told) in rows.items() if key in forms
            }  # fmt: skip
            lines["items"] = "\n".join(one.items)
            yield branch, values | lines | {"plate": one.vehicle.plate, "vin": one.vehicle.vin}


def _local(wait: VisitWait, branch: Branch) -> dict[str, Any]:
    """A time of waiting by the branch's own clock."""
    zone = ZoneInfo(branch.zone)
    since, until = wait.since.astimezone(zone), wait.until.astimezone(zone) if wait.until else None
    return {"why": wait.why, "since": f"{since:%Y-%m-%d %H:%M}", "until": f"{until:%Y-%m-%d %H:%M}" if until else ""}


def _staff(asked: Asked) -> Iterator[tuple[Branch, Values]]:
    for piece in _pieces(Post.objects.filter(branch__in=asked.branches, until=None).select_related("staff")):
        for one in piece:
            branch = asked.branches[one.branch_id]
            role = packs()[branch.pack].roles.get(one.role)
            word = role.word(asked.language) if role else one.role
            told = {"login": one.staff.username, "name": one.staff.name, "role": word, "since": one.since}
            yield branch, told


KINDS: dict[str, Callable[[Asked], Iterator[tuple[Branch, Values]]]] = {
    "complaints": _complaints, "customers": _customers, "vehicles": _vehicles, "visits": _visits, "staff": _staff,
}  # fmt: skip
