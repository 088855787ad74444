"""The kinds of table that go in and out, and their columns, as the pack's forms say them."""

from dataclasses import replace

from wenguo.policy.fields import Problem
from wenguo.policy.imports import ALSO, BRANCH, FORMS, KINDS, NUMBER, Imports
from wenguo.policy.pack import Field, Form, Label, Pack

LABELS = {
    "complaints": Label("投诉", "Complaints"),
    "customers": Label("客户", "Customers"),
    "vehicles": Label("车辆", "Vehicles"),
    "visits": Label("进厂工单", "Visits"),
    "staff": Label("员工", "Staff"),
}
OURS = {BRANCH: Label("门店", "Branch"), NUMBER: Label("投诉单号", "Case number")}  # columns that no form asks for

assert set(LABELS) == set(KINDS)


def imports_of(pack: Pack) -> Imports:
    """What the pack says of tables from elsewhere. Raises Problem where it takes none."""
    if pack.imports is None:
        raise Problem("This branch takes no tables from elsewhere.")
    return pack.imports


def complaint_form(pack: Pack) -> Form:
    """The form of the step by which complaints come in."""
    return pack.form_of(pack.processes[pack.opens].steps[imports_of(pack).takes_over])


def columns(pack: Pack, kind: str) -> tuple[Field, ...]:
    """The columns of a kind, in their order; the branch (and the number of a complaint) come first."""
    forms = (complaint_form(pack),) if kind == "complaints" else tuple(pack.forms[key] for key in FORMS[kind])
    found = [one for form in forms for one in form.fields]
    form_key, keys = ALSO.get(kind, ("", ()))
    found += [one for one in pack.forms[form_key].fields if one.key in keys] if form_key else []
    ours = [NUMBER, BRANCH] if kind == "complaints" else [BRANCH]
    return tuple(_ours(found[0], key) for key in ours) + tuple(found)


def _ours(like: Field, key: str) -> Field:
    """A column that no form asks for: text on one line."""
    return replace(
        like, key=key, kind="text", label=OURS[key], help=None, required=False, required_if={}, required_unless="",
        asked_if={}, fact=False, longest=200, suggest=(), default="",
    )  # fmt: skip
