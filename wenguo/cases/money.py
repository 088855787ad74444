"""Money on a case: what was granted already, who decides, and the remedy that comes of it."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext_noop

from wenguo.cases import refusals
from wenguo.cases.acting import Parties
from wenguo.cases.facts import Facts
from wenguo.cases.models import Case, Party, Remedy, RemedyLine
from wenguo.cases.verbs import add, end
from wenguo.people.actors import Actor, holders, numbers
from wenguo.people.models import Customer
from wenguo.policy.fields import Problem
from wenguo.policy.load import packs
from wenguo.policy.money import Fen, Money, Purse, yuan

GRANTED = ("proposed", "accepted", "given")  # states in which what a remedy costs counts as given


def money_of(case: Case) -> Money:
    """What the case's pack says of money. Raises LookupError for a pack without money."""
    money = packs()[case.pack].money
    if money is None:
        raise LookupError(f"the pack {case.pack} has no money.toml")
    return money


def purse_of(case: Case, costs: Fen, now: datetime) -> Purse:
    """`costs` (fen by kind of line) beside what this case, and its customer in the period, were granted before.

    Holds the customer until the act ends: two cases of one customer can't both be granted the same money.
    """
    if case.customer_id:
        Customer.objects.select_for_update(no_key=True).get(pk=case.customer_id)
    money = money_of(case)
    theirs = Q(remedy__case=case) if case.pk else Q(pk=None)
    if case.customer_id:
        since = now - timedelta(days=money.days)
        theirs |= Q(remedy__case__customer=case.customer_id, remedy__granted_at__gte=since)
    before = RemedyLine.objects.filter(theirs, remedy__state__in=GRANTED, remedy__granted_at__isnull=False)
    granted = dict(before.order_by().values_list("kind").annotate(Sum("amount_fen")))
    return Purse(money, numbers(case.branch, now), costs, granted)


def ladder_of(case: Case, purse: Purse) -> tuple[str, ...]:
    """The roles that decide on this case's money, the lowest first. Raises Missing where a limit was never set."""
    ladder = purse.money.ladder(Facts(case, date.min))
    if unset := list(purse.unset(ladder)):
        roles = [packs()[case.pack].roles[role] for role in dict.fromkeys(role for role, _ in unset)]
        raise refusals.Missing(
            ("limits",),
            gettext_noop("Money limits are not set here yet (%(roles)s). They are set under Settings, Limits."),
            roles=roles,
        )
    return ladder


def own_role(by: Actor, case: Case, ladder: Iterable[str], purse: Purse) -> str:
    """The role by which `by` may decide alone; "" where none of theirs suffices."""
    mine = by.roles_at(case.branch)
    return next((role for role in ladder if role in mine and purse.suffices(role)), "")


def deciders(case: Case, by: Actor, ladder: Iterable[str], purse: Purse) -> list[str]:
    """Roles whose limits suffice, those first that somebody else holds: the lowest of them is asked."""
    enough = [role for role in ladder if purse.suffices(role)]
    shut_out = {by.staff_id, *(row.staff_id for row in Parties(case).stored if row.kind == "accused")}
    held = holders(case.branch, enough, by.today)
    return [role for role in enough if set(held.get(role, ())) - shut_out]


def new_remedy(case: Case, by: Actor, plan: str, costs: Fen, **more: Any) -> Remedy:
    """A remedy with a line for each kind of cost, to be stored with this act; whoever proposes it is its proposer."""
    nth = case.remedies.count() + 1 if case.pk else 1
    remedy = Remedy(
        round=case.round, nth=nth, plan=plan, amount_fen=sum(costs.values()), proposed_by_id=by.person, **more
    )  # fmt: skip
    if case.pk:
        end(case, "proposer", "approver", "countersigner")
    add(case, remedy, *_lines(remedy, costs), Party(kind="proposer", staff_id=by.person))
    return remedy


def _lines(remedy: Remedy, costs: Fen) -> Iterator[RemedyLine]:
    return (RemedyLine(remedy=remedy, kind=kind, amount_fen=fen) for kind, fen in costs.items())


def settle_at_once(case: Case, by: Actor, how: str, costs: Fen | None, field: str, now: datetime) -> None:
    """A failure put right on the spot (R054): what it costs must lie within the person's own limit.

    Raises Invalid at `field` where it doesn't.
    """
    if not costs:
        return
    purse = purse_of(case, costs, now)
    ladder = ladder_of(case, purse)
    if not own_role(by, case, ladder, purse) or purse.countersigned():
        mine = [role for role in ladder if role in by.roles_at(case.branch)]
        limit = max((purse.tightest(role) for role in mine), default=0)
        raise refusals.Invalid({field: Problem(
            "This is above what you may decide alone (¥%(limit)s). Propose it as a remedy, so that it can be approved.",
            limit=yuan(limit),
        )})  # fmt: skip
    new_remedy(case, by, how, costs, state="given", granted_at=now)


def take_back(case: Case, *, agreed: bool = False) -> None:
    """Remedies that nobody has accepted yet are off the table; nobody is asked about them any more.

    `agreed`: so is what was agreed on but not given yet. What was given before stays given, and counts.
    """
    off = ("asked", "proposed", "accepted") if agreed else ("asked", "proposed")
    case.remedies.filter(state__in=off).update(state="recalled")
    end(case, "approver", "countersigner")
