"""Cases and entries as JSON: moments in UTC with Z, money in fen, persons as id and name."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from wenguo.cases.lists import sees_contact
from wenguo.cases.masks import MASKS
from wenguo.cases.models import NEVER, Case, Clock, Entry, Evidence
from wenguo.cases.warned import Tied, cars_of, complaints_of, held_for, warnings_of
from wenguo.people.actors import SYSTEM, Actor
from wenguo.people.chain import stamp
from wenguo.people.tree import tree
from wenguo.policy.clocks import ClockRule
from wenguo.policy.load import packs
from wenguo.policy.pack import COLUMNS, Field

BEFORE = "before:"  # how the record names a value that stood before a correction


class Eyes(NamedTuple):
    """What telling a case to one reader needs: names by staff id, and whether they see phone, plate and VIN whole."""

    names: Mapping[int, str]
    clear: bool

    @classmethod
    def of(cls, case: Case, by: Actor) -> "Eyes":
        return cls(tree().names, sees_contact(case, by))

    def person(self, staff: int | None) -> dict[str, Any] | None:
        return {"id": staff, "name": self.names.get(staff, "")} if staff else None

    def actor(self, code: str) -> dict[str, Any]:
        """Who acted; nobody with an id where it wasn't staff."""
        if code.startswith("staff:"):
            return self.person(int(code.removeprefix("staff:"))) or {}
        return {"id": None, "name": SYSTEM.name if code == SYSTEM.code else code}

    def contact(self, kind: str, text: str) -> str:
        """A phone, plate or VIN, masked unless this reader's work needs it."""
        return text if self.clear else MASKS[kind](text)

    def values(self, fields: Mapping[str, Field], values: Mapping[str, Any]) -> dict[str, Any]:
        """Stored values as they are told."""
        return {key: self._value(fields[key].kind if key in fields else "", one) for key, one in values.items()}

    def _value(self, kind: str, value: Any) -> Any:
        match kind:
            case "person":
                return self.person(value)
            case "moment" if value:
                return stamp(datetime.fromisoformat(value))
            case "phone" | "plate" | "vin" if value:
                return self.contact(kind, value)
        return value


def case_json(case: Case, by: Actor) -> dict[str, Any]:
    """The case as it stands; phone, plate and VIN masked for those whose work doesn't need them."""
    eyes, customer, vehicle = Eyes.of(case, by), case.customer, case.vehicle
    return {
        "number": case.number, "process": case.process, "branch": case.branch.code,
        "stage": case.stage, "stage_type": case.stage_type,
        "turn": {"role": case.turn_role, "person": eyes.person(case.turn_person_id)} if case.turn_role else None,
        "owner": eyes.person(case.owner_id),
        "customer": customer and {
            "id": customer.pk, "name": customer.name, "phone": eyes.contact("phone", customer.phone)
        },
        "vehicle": vehicle and {
            "id": vehicle.pk, "plate": eyes.contact("plate", vehicle.plate), "vin": eyes.contact("vin", vehicle.vin),
            "mileage_km": vehicle.mileage_km,
        },
        "round": case.round, "version": case.version,
        "opened_at": stamp(case.opened_at), "closed_at": stamp(case.closed_at) if case.closed_at else None,
        "next_due_at": None if case.next_due_at == NEVER else stamp(case.next_due_at),
        **{column: getattr(case, column) or None for column in COLUMNS},
        "facts": eyes.values(packs()[case.pack].fields, case.facts),
    }  # fmt: skip


def entries_json(case: Case, by: Actor, after: int, limit: int) -> dict[str, Any]:
    """`limit` entries after number `after`, oldest first; `next` is the `after` of the next page, null at the end."""
    rows = list(case.entries.filter(seq__gt=after).order_by("seq").prefetch_related("private")[: limit + 1])
    page, eyes = rows[:limit], Eyes.of(case, by)
    files: dict[int | None, list[Evidence]] = {}
    for file in Evidence.objects.filter(entry__in=page).order_by("id"):
        files.setdefault(file.entry_id, []).append(file)
    items = [_entry(case, one, files.get(one.pk, []), eyes) for one in page]
    return {"items": items, "next": page[-1].seq if len(rows) > limit else None}


def _entry(case: Case, entry: Entry, files: list[Evidence], eyes: Eyes) -> dict[str, Any]:
    body = json.loads(entry.body)
    values = body["data"] | dict.fromkeys(body["private"])  # what was erased stays as a name without a value
    values |= {row.field: json.loads(row.value) for row in entry.private.all() if row.value}
    now = {key: value for key, value in values.items() if not key.startswith(BEFORE)}
    before = {key.removeprefix(BEFORE): value for key, value in values.items() if key.startswith(BEFORE)}
    pack = packs()[case.pack]
    step = pack.processes[case.process].steps.get(entry.verb)
    fields = {one.key: one for one in pack.form_of(step).fields} if step else {}
    return {
        "seq": entry.seq, "at": stamp(entry.at), "happened_at": stamp(entry.happened_at),
        "actor": eyes.actor(entry.actor), "role": entry.role, "on_behalf_of": entry.on_behalf_of,
        "channel": entry.channel, "verb": entry.verb, "outcome": entry.outcome, "came_from": entry.came_from,
        "went_to": entry.went_to, "version": body["version"], "data": eyes.values(fields, now),
        "before": eyes.values(fields, before), "files": [file_json(one) for one in files],
        "hash": entry.hash, "prev": entry.prev,
    }  # fmt: skip


def clocks_json(case: Case, language: str) -> dict[str, Any]:
    """Every clock that the case has had, in the order in which they began."""
    rules = packs()[case.pack].processes[case.process].clocks
    return {"items": [_clock(one, rules, language) for one in case.clocks.order_by("id")]}


def _clock(clock: Clock, rules: Mapping[str, ClockRule], language: str) -> dict[str, Any]:
    moments = {key: getattr(clock, key) for key in ("started_at", "due_at", "stopped_at", "overdue_at")}
    label = rules[clock.kind].label.word(language) if clock.kind in rules else clock.kind
    told = {key: stamp(moment) if moment else None for key, moment in moments.items()}
    return {"kind": clock.kind, "label": label, "nth": clock.nth, **told}


def warnings_json(case: Case, by: Actor, language: str) -> dict[str, Any]:
    """What warned of a complaint and which warnings it has; of a warning, what it is about."""
    watch = packs()[case.pack].warnings
    is_warning = bool(watch and case.process == watch.opens)
    about = complaints_of(case) if is_warning else []
    held = held_for([(one.pk, one.number) for one in about] or [(case.pk, case.number)], case, by, language)
    return {
        "items": [
            {
                "rule": one.key, "label": one.label.word(language), "evidence": one.evidence, "at": stamp(one.at),
                "complaint": one.number, "facts": one.said["facts"], "numbers": one.said["numbers"],
                "reading": one.said.get("reading"),
            }
            for one in held
        ],
        "warnings": [_tie(one) for one in ([] if is_warning else warnings_of(case))],
        "complaints": [_tie(one) for one in about],
        "vehicles": [{"id": one.pk, "plate": Eyes.of(case, by).contact("plate", one.plate), "model": one.name}
                     for one in (cars_of(case) if is_warning else [])],
    }  # fmt: skip


def _tie(one: Tied) -> dict[str, Any]:
    return {"number": one.number, "stage": one.stage, "stage_type": "open" if one.open else "closed"}


def file_json(file: Evidence) -> dict[str, Any]:
    """What is known of a file."""
    return {
        "id": file.pk, "field": file.field, "name": file.name, "media_type": file.media_type, "size": file.size,
        "sha256": file.sha256,
    }  # fmt: skip
