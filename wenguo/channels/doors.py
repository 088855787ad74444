"""Where the rows of each kind of table end: complaints at open_case(), everything else at amend() and what leads there.

Each takes a row without problems and says whether it brought anything new into being. Raises Refusal or Wrong.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError

from wenguo.cases.asking import asking
from wenguo.cases.door import open_case
from wenguo.cases.models import Case, EntryPrivate
from wenguo.channels.cells import plain
from wenguo.channels.rows import Row, digest, forms_of, importable
from wenguo.people.actors import Actor, today_of
from wenguo.people.amend import amend
from wenguo.people.models import Branch, Customer, Post, Staff
from wenguo.people.rows import first
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong, clean
from wenguo.policy.imports import NUMBER
from wenguo.policy.load import packs
from wenguo.reports.kinds import imports_of
from wenguo.vehicles.dms import vehicle_told, visit_told
from wenguo.vehicles.models import find_vehicle

Told = Callable[[Row, Branch, Actor, datetime], bool]


def complaint(row: Row, branch: Branch, by: Actor, now: datetime) -> bool:
    """A case, unless there is one for the same row already, whoever brought it in and whenever."""
    number, raw = row.values.get(NUMBER, ""), _complaint(row)
    if number and (known := Case.objects.filter(branch=branch, number=number).first()):
        return _same(known, raw)
    key = opened_for(row)
    if known := Case.objects.filter(opened_for=key).first():
        return _same(known, raw)
    pack = packs()[branch.pack]
    try:
        open_case(pack.opens, branch, by.through("import"), raw, now, verb=imports_of(pack).takes_over, opened_for=key)
    except IntegrityError:
        if known := Case.objects.filter(opened_for=key).first():  # another import was first
            return _same(known, raw)
        raise
    return True


def _complaint(row: Row) -> dict[str, Any]:
    """What the step is told; a number of another wenguo is an outside one here."""
    raw = dict(row.values)
    number = raw.pop(NUMBER, "")
    return raw if not number or raw.get("outside_number") else raw | {"outside_number": number}


def opened_for(row: Row) -> str:
    """What a case of this row is opened for, so that there is only ever one: its number, else all that it says."""
    raw, branch = _complaint(row), row.branch.code if row.branch else ""
    if number := raw.get("outside_number"):
        return f"import:{digest([branch, 'number', number.casefold()])}"
    return f"import:{digest([branch, row.content])}"


def _same(case: Case, raw: dict[str, Any]) -> bool:
    """False, for it is there already. Raises Wrong where the case of this number tells of something else."""
    told = EntryPrivate.objects.filter(entry__case=case, entry__seq=1, field="content").first()
    words = {" ".join(text.split()) for text in (case.facts.get("content") or "", _value(told))}
    if told is None or not told.value or " ".join(raw.get("content", "").split()) in words:
        return False
    problem = Problem("The number stands for another complaint here: %(number)s.", number=case.number)
    raise Wrong({"outside_number": problem})


def _value(told: EntryPrivate | None) -> str:
    return json.loads(told.value) if told and told.value else ""


def customer(row: Row, branch: Branch, by: Actor, now: datetime) -> bool:
    (form,) = forms_of("customers", branch)
    values = clean(form, row.values, asking(branch, by, now))
    found = first(Customer, "WHERE branch_id = %s AND phone = %s", branch.pk, values["phone"])
    data = {"phone": values["phone"], "name": values["name"] or (found.name if found else "")}
    amend(found or Customer(branch=branch), by.code, data if found else {"branch": branch, **data}, "import", now)
    return found is None


def vehicle(row: Row, branch: Branch, by: Actor, now: datetime) -> bool:
    """A car by its VIN; where the row has none, by its plate."""
    raw = dict(row.values)
    vin = raw.pop("vin", "")
    found = find_vehicle(branch, raw.get("plate", ""), "") if not vin else None
    if not vin and not raw.get("plate"):
        raise Wrong({"vin": Problem("Please give the VIN or the plate.")})
    _, new = vehicle_told(branch, vin or (found.vin if found else ""), raw, asking(branch, by, now), by)
    return new and found is None


def visit(row: Row, branch: Branch, by: Actor, now: datetime) -> bool:
    raw = dict(row.values)
    _, new = visit_told(branch, raw.pop("order_no", ""), raw, asking(branch, by, now), by)
    return new


def staff(row: Row, branch: Branch, by: Actor, now: datetime) -> bool:
    """Somebody with a post. They can't sign in before somebody gives them a password; what they hold already stays."""
    (form,) = forms_of("staff", branch)
    values = clean(form, row.values, asking(branch, by, now))
    role = _role(branch, values["role"])
    person = Staff.objects.filter(username=values["login"]).first()
    new = person is None
    if person is not None and not _within_sight(person, by):
        raise Wrong({"login": Problem("This sign-in name is in use elsewhere.")})
    told = {"name": values["name"]}
    if person is None:
        person = Staff(username=values["login"], password=make_password(None))
        told |= {"username": values["login"]}
    person = amend(person, by.code, told, "import", now)
    held = Post.objects.filter(staff=person, branch=branch, role=role, until=None)
    if not held.exists():
        since = date.fromisoformat(values["since"]) if values["since"] else today_of(now)
        amend(Post(), by.code, {"staff": person, "branch": branch, "role": role, "since": since}, "import", now)
        return True
    return new


def _within_sight(person: Staff, by: Actor) -> bool:
    """Whether somebody holds a post where `by` may bring staff in: nobody else's people get another name or post."""
    mine = {branch.pk for branch in importable(by, "staff")}
    return any(held in mine for held in Post.objects.filter(staff=person).values_list("branch_id", flat=True))


def _role(branch: Branch, word: str) -> str:
    for key, label in packs()[branch.pack].roles.items():
        if plain(word) in {key, plain(label.says), plain(label.en)}:
            return key
    raise Wrong({"role": Problem("“%(word)s” is none of the words known here.", word=word)})


DOORS: dict[str, Told] = {
    "complaints": complaint, "customers": customer, "vehicles": vehicle, "visits": visit, "staff": staff,
}  # fmt: skip
