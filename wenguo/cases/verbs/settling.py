"""Plan, negotiate, confirm (R070-R077)."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_noop

from wenguo.cases import money, refusals
from wenguo.cases.models import Case, Party, Task
from wenguo.cases.verbs import AMOUNTS, CHOICE, DATE, MOMENT, PERSON, TEXT, add, end, verb
from wenguo.people.actors import Actor


@verb(
    "proposed", "needs_approval",
    takes={"plan": TEXT, "costs": AMOUNTS, "ready_on": DATE}, must=("plan",),
)  # fmt: skip
def solution_proposed(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """A plan: free of cost or within one's own limit it goes to the customer, else to whoever may approve it."""
    money.take_back(case)
    costs = data["costs"] or {}
    ready_on = date.fromisoformat(data["ready_on"]) if data["ready_on"] else None
    purse = money.purse_of(case, costs, now) if costs else None
    ladder = money.ladder_of(case, purse) if purse else ()
    if purse is None or (money.own_role(by, case, ladder, purse) and not purse.countersigned()):
        money.new_remedy(case, by, data["plan"], costs, ready_on=ready_on, state="proposed", granted_at=now)
        return "proposed"
    roles = money.deciders(case, by, ladder, purse)
    if not roles:
        raise refusals.Missing(("limits",), gettext_noop("Nobody here may decide on this amount: no limit is enough."))
    money.new_remedy(case, by, data["plan"], costs, ready_on=ready_on, state="asked")
    add(case, *(Party(kind="approver", role=role) for role in roles))
    add(case, *(Party(kind="countersigner", role=role) for role in purse.countersigned()))
    return "needs_approval"


@verb("recalled", takes={"reason": TEXT})
def recalled(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """Takes a plan back; whatever was approved of it no longer counts."""
    money.take_back(case, agreed=True)
    return "recalled"


@verb("accepted", takes={"customer_words": TEXT})
def solution_accepted(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    case.remedies.filter(state="proposed").update(state="accepted")
    return "accepted"


@verb("rejected", "rejected_again", takes={"reason": TEXT})
def solution_rejected(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    again = case.remedies.filter(round=case.round, state="rejected").exists()
    case.remedies.filter(state="proposed").update(state="rejected")
    return "rejected_again" if again else "rejected"


HANDING_OVER = {"agreed": TEXT, "executor": PERSON, "due_at": MOMENT, "carry_out_as": CHOICE}


@verb("in_house", "comeback", takes=HANDING_OVER, must=HANDING_OVER)
def confirmed(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """Hands the work over; as a comeback job it goes to the team that did it before (R103)."""
    end(case, "executor")
    add(
        case,
        Party(kind="executor", staff_id=data["executor"]),
        Task(
            kind="execution", person_id=data["executor"], text=data["agreed"],
            due_at=datetime.fromisoformat(data["due_at"]),
        ),
    )  # fmt: skip
    return data["carry_out_as"]


@verb("withdrawn", takes={"reason": TEXT})
def withdrawn(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    money.take_back(case, agreed=True)
    case.tasks.filter(done_at=None).update(done_at=now)
    return "withdrawn"
