"""Cars and customers of special care (重点关注): proposed by what came in, decided and ended by the service manager.

A proposal is only ever worked out (focus_lists), never stored: it is gone once somebody has decided, and comes back
with the next such order or complaint. What was decided stands in a row, changed through amend().
"""

from collections.abc import Iterable
from typing import Any

from wenguo.people.actors import Actor
from wenguo.people.amend import amend, as_one
from wenguo.people.models import Branch, Customer, Staff
from wenguo.people.rows import first, read
from wenguo.policy.fields import Asking, Problem
from wenguo.policy.focus import FocusRules
from wenguo.policy.forms import Wrong, clean
from wenguo.policy.load import packs
from wenguo.vehicles.models import Care, Focus, Vehicle
from wenguo.vehicles.stored import stored

NOT_YET = Problem("This can't lie in the future.")


class NotTheirs(Exception):
    """Somebody else decides this: the roles are `roles`."""

    def __init__(self, roles: Iterable[str]):
        super().__init__(", ".join(roles))
        self.roles = tuple(sorted(roles))


def rules_of(branch: Branch) -> FocusRules | None:
    """What the branch's pack says of special care; None where it watches nobody."""
    return packs()[branch.pack].focus


def may(by: Actor, branch: Branch, what: str) -> bool:
    """Whether somebody may do this at the branch: "decides", "cares" or "supervises"."""
    rules = rules_of(branch)
    return rules is not None and bool(getattr(rules, what) & by.roles_at(branch))


def where(by: Actor, what: str) -> list[Branch]:
    """The branches at which somebody may."""
    return [one for one in by.branches() if may(by, one, what)]


def _only_for(by: Actor, branch: Branch, what: str) -> None:
    if not may(by, branch, what):
        rules = rules_of(branch)
        raise NotTheirs(getattr(rules, what) if rules else ())


# ---- what is decided ----


@as_one
def watch(target: Vehicle | Customer, why: str, raw: dict[str, Any], asking: Asking, by: Actor) -> Focus:
    """Makes the car or the customer one of special care. The same again changes nothing. Raises Wrong, NotTheirs."""
    values = _decided(target, "focus_watch", raw, asking, by)
    if there := watched(target):
        return there
    data = {"reason": values["reason"], "technician": _staff(values["technician"]), "state": Focus.WATCHED}
    return _new(target, why, data, asking, by)


@as_one
def decline(target: Vehicle | Customer, why: str, raw: dict[str, Any], asking: Asking, by: Actor) -> Focus:
    """Keeps that the manager said no, so that the same isn't proposed again. Raises Wrong, NotTheirs."""
    values = _decided(target, "focus_decline", raw, asking, by)
    return _new(target, why, {"reason": values["reason"], "state": Focus.DECLINED}, asking, by)


def _decided(
    target: Vehicle | Customer, form: str, raw: dict[str, Any], asking: Asking, by: Actor
) -> dict[str, Any]:  # fmt: skip
    _only_for(by, target.branch, "decides")
    return clean(packs()[target.branch.pack].forms[form], raw, asking)


def _new(target: Vehicle | Customer, why: str, data: dict[str, Any], asking: Asking, by: Actor) -> Focus:
    whose = {"vehicle" if isinstance(target, Vehicle) else "customer": target}
    known = why if why in rules(target.branch).proposals else ""
    return amend(
        Focus(), by.code, {"branch": target.branch, **whose, "why": known, "since": asking.now, **data}, "decided",
        asking.now,
    )  # fmt: skip


def rules(branch: Branch) -> FocusRules:
    """The same, of a branch that has them."""
    rules = rules_of(branch)
    assert rules is not None  # who may do something there has rules
    return rules


@as_one
def change_technician(focus: Focus, raw: dict[str, Any], asking: Asking, by: Actor) -> Focus:
    """Another reason, another technician. Raises Wrong, NotTheirs."""
    _only_for(by, focus.branch, "decides")
    values = clean(packs()[focus.branch.pack].forms["focus_watch"], raw, asking)
    data = {"reason": values["reason"], "technician": _staff(values["technician"])}
    return amend(focus, by.code, data, "decided", asking.now)


@as_one
def end(focus: Focus, raw: dict[str, Any], asking: Asking, by: Actor) -> Focus:
    """Ends the special care, after a call-back at which the customer was satisfied. Raises Wrong, NotTheirs."""
    _only_for(by, focus.branch, "decides")
    values = clean(packs()[focus.branch.pack].forms["focus_end"], raw, asking)
    if focus.state != Focus.WATCHED:
        return focus
    if not satisfied(focus):
        raise Wrong({"reason": Problem("First call the customer back: it ends only once they say they are satisfied.")})
    data = {"state": Focus.ENDED, "ended_at": asking.now, "ended_because": values["reason"]}
    return amend(focus, by.code, data, "decided", asking.now)


def satisfied(focus: Focus) -> bool:
    """Whether the latest call-back since the car is watched found the customer satisfied."""
    found = [one for one in cares_of(focus) if one.way == rules(focus.branch).call_back]
    return bool(found) and found[0].satisfied is True


@as_one
def note_care(
    branch: Branch, focus: Focus | None, case_number: str, raw: dict[str, Any], asking: Asking, by: Actor
) -> Care:  # fmt: skip
    """A call-back, letter or visit: of a focus, or of a grave complaint. Raises Wrong, NotTheirs."""
    _only_for(by, branch, "cares")
    form = packs()[branch.pack].forms["focus_care"]
    cleaned = clean(form, raw, asking)
    values = stored(Care, {key: value for key, value in cleaned.items() if key != "satisfied"})
    if values["done_on"] > asking.now.astimezone(asking.zone).date():
        raise Wrong({"done_on": NOT_YET})
    asked = form.field("satisfied")
    answered = asked is not None and values["way"] in asked.asked_if.get("way", (values["way"],))
    values["satisfied"] = bool(cleaned["satisfied"]) if answered else None
    data = {"branch": branch, "focus": focus, "case_number": case_number, **values}
    there = first(Care, "WHERE focus_id = %s ORDER BY id DESC", focus.pk) if focus else None
    if there and there.by_id == by.person and all(getattr(there, key) == value for key, value in values.items()):
        return there  # the form sent twice
    return amend(Care(), by.code, {**data, "by": _staff(by.person)}, "care", asking.now)


def _staff(pk: int) -> Staff:
    return Staff.objects.get(pk=pk)


def watched(target: Vehicle | Customer) -> Focus | None:
    """The focus that stands for the car or the customer, or None."""
    column = "vehicle_id" if isinstance(target, Vehicle) else "customer_id"
    found = first(Focus, f"WHERE {column} = %s AND state = 'watched'", target.pk)
    if found:
        found.branch = target.branch
    return found


def cares_of(focus: Focus) -> list[Care]:
    """Call-backs, letters and visits, the latest first."""
    return read(Care, "WHERE focus_id = %s ORDER BY done_on DESC, id DESC", focus.pk)
