"""Cases that belong together: the same matter, or one complaint registered twice."""

from datetime import datetime
from typing import Any

from wenguo.cases import refusals
from wenguo.cases.models import Case, CaseLink, Errand
from wenguo.cases.money import take_back
from wenguo.cases.verbs import CASE, TEXT, add, tell, verb
from wenguo.people.actors import Actor
from wenguo.policy.fields import Problem
from wenguo.policy.pack import Label

SAME_MATTER, MERGED_INTO, PARTED_FROM = "same_matter", "merged_into", "parted_from"


@verb("linked", takes={"other": CASE, "reason": TEXT}, must=("other",), aside=True)
def linked(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """Says that another case is about the same matter; both go on by themselves."""
    other = _other(case, data["other"])
    if case.links.filter(other=other, kind=SAME_MATTER).exists():
        raise refusals.Invalid({"other": Problem("These two cases are linked already.")})
    add(case, CaseLink(other=other, kind=SAME_MATTER), _errand(other, case, "link_told", now))
    return "linked"


@verb("merged", takes={"other": CASE, "reason": TEXT}, must=("other",))
def merged(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """This complaint was registered twice: it ends here and goes on in the other one, which is told of it.

    Both are locked, so that two cases can't vanish into each other; where two people merge them both ways at once,
    the database breaks the knot and the second one is refused.
    """
    other = Case.objects.select_for_update(of=("self",)).get(pk=_other(case, data["other"]).pk)
    if other.stage_type != "open":
        raise refusals.Invalid({"other": Problem("That case is closed. Reopen it first, or choose an open one.")})
    take_back(case)
    case.tasks.filter(done_at=None).update(done_at=now)
    case.links.filter(other=other, kind=PARTED_FROM).delete()
    add(case, CaseLink(other=other, kind=MERGED_INTO), _errand(other, case, "joined", now))
    return "merged"


@verb("unmerged", takes={"reason": TEXT}, must=("reason",))
def unmerged(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """It was another complaint after all: it goes on from where it stood."""
    for link in case.links.filter(kind=MERGED_INTO).select_related("other"):
        case.links.filter(other=link.other, kind=PARTED_FROM).delete()
        case.links.filter(pk=link.pk).update(kind=PARTED_FROM)
        add(case, _errand(link.other, case, "parted", now))
    return "unmerged"


def _other(case: Case, number: str) -> Case:
    """The other case: within sight (the form saw to that), of the same branch, and not this one."""
    other = Case.objects.get(number=number)
    if other.pk == case.pk:
        raise refusals.Invalid({"other": Problem("This is the case itself. Please give another one.")})
    if other.branch_id != case.branch_id:
        raise refusals.Invalid({"other": Problem("That case is at another shop.")})
    return other


def _errand(other: Case, case: Case, verb: str, now: datetime) -> Errand:
    """What the other case is to be told, through its own door."""
    return Errand(case=other, verb=verb, data={"other": case.number}, due_at=now)


@verb("heard", aside=True, system=Label("关联了另一投诉单", "Another case was linked"))
def link_told(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """`data`: other (the number of the case that was linked to this one)."""
    return "heard"


@verb("heard", aside=True, system=Label("另一投诉单并入本单", "Another case was merged into this one"))
def joined(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """`data`: other (the number of the case that goes on in this one)."""
    tell(case, "owner")
    return "heard"


@verb("heard", aside=True, system=Label("另一投诉单已从本单拆出", "A merged case was taken out again"))
def parted(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """`data`: other (the number of the case that left this one)."""
    tell(case, "owner")
    return "heard"
