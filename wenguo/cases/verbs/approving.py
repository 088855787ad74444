"""Decide on money (R071, R014): the lowest role whose limit suffices, and beside it whoever must agree too."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from wenguo.cases import money, refusals
from wenguo.cases.facts import Facts
from wenguo.cases.models import Approval, Case, Remedy
from wenguo.cases.verbs import MONEY, TEXT, add, end, verb
from wenguo.people.actors import Actor
from wenguo.people.tree import tree
from wenguo.policy.fields import Problem
from wenguo.policy.money import Purse, yuan


@verb("approved", "waiting", takes={"amount": MONEY}, must=("amount",))
def approved(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """Agrees to exactly the amount that is asked for, as one whose limit suffices at this moment."""
    remedy = _asked(case, data["amount"])
    purse = _purse(case, remedy, now)
    role = money.own_role(by, case, money.ladder_of(case, purse), purse)
    if not role:
        raise refusals.NotAllowed(gettext_noop("Your limit is not enough for this amount."))
    _once_only(remedy, by)
    _decide(case, remedy, by, role, purse, granted=True)
    end(case, "approver")
    return _come_of(case, remedy, now)


@verb("approved", "waiting", takes={"amount": MONEY}, must=("amount",))
def countersigned(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """Agrees beside whoever decides: another person, by a role that the pack names."""
    remedy = _asked(case, data["amount"])
    purse = _purse(case, remedy, now)
    role = next(role for role in purse.money.countersign if role in by.roles_at(case.branch))
    _once_only(remedy, by)
    _decide(case, remedy, by, role, purse, granted=True)
    end(case, "countersigner", role=role)
    return _come_of(case, remedy, now)


@verb("refused", takes={"reason": TEXT}, must=("reason",))
def approval_refused(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """Says no, with the reason: the plan must be made anew."""
    remedy = case.remedies.filter(state="asked").latest("nth")
    purse = _purse(case, remedy, now)
    mine = by.roles_at(case.branch)
    roles = [*purse.money.ladder(Facts(case, by.today)), *purse.money.countersign]
    role = next(role for role in reversed(roles) if role in mine)
    _decide(case, remedy, by, role, purse, granted=False)
    case.remedies.filter(pk=remedy.pk).update(state="refused")
    end(case, "approver", "countersigner")
    return "refused"


def _asked(case: Case, amount: int) -> Remedy:
    """The remedy that is to be decided on. Raises Invalid where another amount was meant than it asks for."""
    remedy = case.remedies.filter(state="asked").latest("nth")
    if remedy.amount_fen != amount:
        asked = yuan(remedy.amount_fen)
        raise refusals.Invalid({"amount": Problem("The plan asks for ¥%(amount)s, no other amount.", amount=asked)})
    return remedy


def _purse(case: Case, remedy: Remedy, now: datetime) -> Purse:
    return money.purse_of(case, dict(remedy.lines.values_list("kind", "amount_fen")), now)


def _once_only(remedy: Remedy, by: Actor) -> None:
    if remedy.approvals.filter(approver=by.person, granted=True).exists():
        raise refusals.NotAllowed(gettext_noop("You have agreed already; somebody else must agree too."))


def _decide(case: Case, remedy: Remedy, by: Actor, role: str, purse: Purse, *, granted: bool) -> None:
    add(case, Approval(
        remedy=remedy, approver_id=by.person, in_place_of_id=_absent(case, by, role), role=role,
        limit_fen=purse.tightest(role), amount_fen=remedy.amount_fen, granted=granted,
    ))  # fmt: skip


def _absent(case: Case, by: Actor, role: str) -> int | None:
    """For whom a deputy decides: whoever holds the role that they don't hold themselves (R014)."""
    for held in tree().posts_of(sorted(by.stands_for, key=lambda one: one != by.staff_id), by.today):
        if held.role == role and held.branch in case.branch.line:
            return held.staff if held.staff != by.staff_id else None
    return None


def _come_of(case: Case, remedy: Remedy, now: datetime) -> str:
    """Once nobody is missing the plan may go to the customer, and its money counts as given."""
    if case.parties.filter(kind__in=("approver", "countersigner"), ended=False).exists():
        return "waiting"
    case.remedies.filter(pk=remedy.pk).update(state="proposed", granted_at=now)
    return "approved"
