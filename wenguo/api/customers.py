"""Customers as a dealer's own system knows them; and who calls: what is known of a phone, a plate, a VIN, a name."""

from typing import Any

from django.http import HttpResponse
from ninja import Router

from wenguo.api.reading import body_of, branch_of
from wenguo.api.replies import Call, reply
from wenguo.api.shapes import refusals
from wenguo.api.telling import customer_json, met_json, refuse_second, sees_whole, tell
from wenguo.api.vehicle_shapes import CustomerTold, MetShape, body, described
from wenguo.cases.asking import asking
from wenguo.cases.lookup import met
from wenguo.cases.refusals import Invalid
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.customers import customer_told
from wenguo.people.models import Branch
from wenguo.policy.fields import KINDS, Problem
from wenguo.policy.load import packs
from wenguo.policy.pack import Field

router = Router()
# What may be asked for, and the field of the pack's forms that reads it.
ASKED = {"phone": ("customer", "phone"), "plate": ("vehicle", "plate"), "vin": ("vehicle", "vin"),
         "name": ("customer", "name")}  # fmt: skip


@router.put(
    "customers/{external_id}",
    response={200: CustomerTold, 201: CustomerTold, **refusals(413, 415, 422)},
    operation_id="put_customer",
    summary="Tell who a customer is",
    openapi_extra=body(("customer",), "external_id", {}),
)
def put_customer(request: Call, external_id: str) -> HttpResponse:
    """Makes the customer with this number of the caller's own system at `branch` (its code), or brings them up to date;
    the same body again changes nothing.

    A new one needs `phone`; a customer known by that phone, without a number yet, takes this one on. What isn't sent
    stays, what is sent empty is emptied. A phone that is another customer's is refused.
    """
    raw = body_of(request)
    branch = branch_of(raw.pop("branch", None), request.auth)
    refuse_second(raw, "external_id")
    customer, new = tell(customer_told, branch, raw | {"external_id": external_id}, by=request.auth)
    return reply(customer_json(customer, branch, request.auth), 201 if new else 200)


@router.post(
    "lookup",
    response={200: MetShape, **refusals(413, 415, 422)},
    operation_id="lookup",
    summary="Who calls, and about which car?",
    openapi_extra=described(ASKED),
)
def lookup(request: Call) -> HttpResponse:
    """What `branch` (its code) knows of a `phone`, a `plate`, a `vin` or a `name`: whole numbers, the whole name.

    At most 20 customers, visits and cases, open cases first. A name is asked for only by those whose work needs contact
    data, who are answered with whole numbers. By POST, so that nothing personal stands in an address.
    """
    raw = body_of(request)
    branch = branch_of(raw.pop("branch", None), request.auth)
    return reply(met_json(met(request.auth, branch, **_asked(branch, raw, request.auth)), branch, request.auth))


def _asked(branch: Branch, raw: dict[str, Any], by: Actor) -> dict[str, str]:
    """The numbers and the name as they are stored. Raises Invalid, also where none is given."""
    wrong: dict[str, Problem] = {key: Problem("There is no such field here.") for key in raw.keys() - ASKED.keys()}
    found = {}
    for key in raw.keys() & ASKED.keys():
        field = _field(branch, key)
        try:
            if field and raw[key] not in (None, ""):
                found[key] = KINDS[field.kind].read(field, raw[key], asking(branch, by, now()))
        except Problem as problem:
            wrong[key] = problem
    if "name" in found and (unfit := _name_problem(found["name"], branch, by)):
        wrong["name"] = unfit
    if not found and not wrong:
        wrong = dict.fromkeys(ASKED, Problem("Please give a phone, a plate, a VIN or a name."))
    if wrong:
        raise Invalid(wrong)
    return found


def _name_problem(name: str, branch: Branch, by: Actor) -> Problem | None:
    """Who holds a phone or a paper has its number; names alone would let anybody find out who is a customer."""
    if not sees_whole(branch, by):
        return Problem("With your roles customers are found by a whole phone, plate or VIN only.")
    return Problem("At least two signs.") if len(name.strip()) < 2 else None


def _field(branch: Branch, key: str) -> Field | None:
    form, name = ASKED[key]
    found = packs()[branch.pack].forms.get(form)
    return found.field(name) if found else None
