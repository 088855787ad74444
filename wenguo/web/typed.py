"""Values as somebody would type them: what a form shows at first, as it stands or as the pack suggests."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from wenguo.cases.acting import Parties
from wenguo.cases.facts import Facts
from wenguo.cases.models import Case
from wenguo.people.actors import Actor, people_at
from wenguo.policy.conditions import first_that_holds
from wenguo.policy.fields import KINDS
from wenguo.policy.money import typed_yuan
from wenguo.policy.pack import COLUMNS, Field, Form, Label, Suggestion

Typed = str | list[str] | dict[str, str]


def word(label: Label) -> str:
    """The pack's word in the language of this page."""
    return label.word(get_language() or "")


def standing(case: Case, form: Form, sees_contact: bool) -> dict[str, Typed]:
    """What stands of the form's fields, as it would be typed. A number that the person may not see stays empty."""
    complainant = next((row.name for row in reversed(Parties(case).stored) if row.kind == "complainant"), "")
    known: dict[str, Any] = {
        "phone": case.customer.phone if case.customer and sees_contact else "",
        "customer_name": complainant or (case.customer.name if case.customer else ""),
        "plate": case.vehicle.plate if case.vehicle and sees_contact else "",
        "vin": case.vehicle.vin if case.vehicle and sees_contact else "",
        **{column: getattr(case, column) for column in COLUMNS},
    }
    zone = ZoneInfo(case.branch.zone)
    return {one.key: as_typed(one, known.get(one.key, case.facts.get(one.key)), zone) for one in form.fields}


def suggested(case: Case, form: Form, by: Actor, now: datetime) -> dict[str, str]:
    """What the pack suggests for the form's fields in a case of this kind (R060), as it would be typed."""
    facts = Facts(case, by.today)
    found = {one.key: first_that_holds(one.suggest, facts) for one in form.fields if one.suggest}
    typed = {key: _suggested(case, row, by, now) for key, row in found.items() if row}
    return {key: text for key, text in typed.items() if text}


def _suggested(case: Case, row: Suggestion, by: Actor, now: datetime) -> str:
    """The person nearest to the case's branch who holds the role; a moment; or the words."""
    if row.role:
        return next((str(staff) for staff, _, _ in people_at(case.branch, (row.role,), by.today)), "")
    if row.hours:
        due = (now + timedelta(hours=row.hours)).astimezone(ZoneInfo(case.branch.zone))
        return due.strftime("%Y-%m-%dT%H:%M")
    return word(row.label)


def as_typed(one: Field, value: Any, zone: ZoneInfo) -> Typed:
    """A stored value as somebody would type it."""
    if KINDS[one.kind].many:
        return [str(part) for part in value or []]
    if one.kind == "amounts":
        return {code: typed_yuan(fen) for code, fen in (value or {}).items()}
    if value is None:
        return "off" if one.kind == "yes_no" else ""
    if one.kind == "money":
        return typed_yuan(value)
    if one.kind == "moment" and value:
        return datetime.fromisoformat(value).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    return plain(value)


def plain(value: Any) -> str:
    """A value as a control of the page holds it."""
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
