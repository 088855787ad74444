"""What a dealer's own system tells of customers, and how they are found. Told twice, nothing changes."""

from typing import Any

from wenguo.people.actors import Actor
from wenguo.people.amend import amend, as_one
from wenguo.people.models import Branch, Customer
from wenguo.people.rows import first, read
from wenguo.policy.fields import Asking, Problem
from wenguo.policy.forms import Wrong, clean_sent
from wenguo.policy.load import packs

MOST = 20  # customers of one name
# "NOT … = ''" as in the unique constraint, or SQLite wouldn't take its index.
OF_NUMBER = "WHERE branch_id = %s AND external_id = %s AND NOT external_id = ''"
OF_PHONE = "WHERE branch_id = %s AND phone = %s"
ANOTHERS = Problem("Another customer of this branch has this number.")


@as_one
def customer_told(branch: Branch, raw: dict[str, Any], asking: Asking, by: Actor) -> tuple[Customer, bool]:
    """The customer meant by `external_id`, else by `phone`, made or brought up to date; and whether they are new.

    `raw`: the fields of the pack's form `customer`. What isn't sent stays, what is sent empty is emptied. A customer
    known by phone alone takes the number on; two customers are never made one here, for each may have complaints: a
    phone that is another's is refused. Raises Wrong.
    """
    form = packs()[branch.pack].forms.get("customer")
    if form is None:
        raise Wrong({"branch": Problem("This branch keeps no customers.")})
    sent = clean_sent(form, raw, asking, fresh=False)
    number, phone = (sent.get("external_id") or "").strip(), sent.get("phone") or ""
    found = _meant(branch, number, phone)
    if found is None:
        sent = clean_sent(form, raw, asking, fresh=True)
    data = {key: (value or "").strip() for key, value in sent.items()}
    if found is None:
        return amend(Customer(branch=branch), by.code, {"branch": branch, **data}, "told", asking.now), True
    return amend(found, by.code, data, "told", asking.now), False


def _meant(branch: Branch, number: str, phone: str) -> Customer | None:
    by_number = first(Customer, OF_NUMBER, branch.pk, number) if number else None
    by_phone = first(Customer, OF_PHONE, branch.pk, phone) if phone else None
    if by_number is None and by_phone and number and by_phone.external_id:
        raise Wrong({"phone": ANOTHERS})
    if by_number and by_phone and by_number.pk != by_phone.pk:
        raise Wrong({"phone": ANOTHERS})
    return by_number or by_phone


def customers_named(branch: Branch, name: str) -> list[Customer]:
    """The branch's customers of exactly this name, the latest first, at most MOST."""
    return read(Customer, f"WHERE branch_id = %s AND name = %s ORDER BY id DESC LIMIT {MOST}", branch.pk, name)
