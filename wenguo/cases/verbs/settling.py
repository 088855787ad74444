"""Plan, negotiate, confirm (R070-R077)."""

from datetime import date, datetime
from typing import Any

from wenguo.cases.models import Case, Party, Remedy, RemedyLine, Task
from wenguo.cases.verbs import CHOICES, DATE, MOMENT, MONEY, PERSON, TEXT, add, verb
from wenguo.people.actors import Actor


@verb(
    "proposed",
    takes={"remedies": CHOICES, "plan": TEXT, "amount": MONEY, "ready_on": DATE},
    must=("remedies", "plan"),
)
def solution_proposed(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """A plan with a line for each kind of remedy; the cost stands on the first line."""
    amount = data["amount"] or 0
    remedy = Remedy(
        round=case.round, nth=case.remedies.count() + 1, plan=data["plan"], state="proposed", amount_fen=amount,
        ready_on=date.fromisoformat(data["ready_on"]) if data["ready_on"] else None, proposed_by_id=by.person,
    )  # fmt: skip
    lines = [
        RemedyLine(remedy=remedy, kind=kind, amount_fen=0 if nth else amount)
        for nth, kind in enumerate(data["remedies"])
    ]
    case.parties.filter(kind="proposer", ended=False).update(ended=True)
    add(case, remedy, *lines, Party(kind="proposer", staff_id=by.person))
    return "proposed"


@verb("accepted", takes={"customer_words": TEXT})
def solution_accepted(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    case.remedies.filter(state="proposed").update(state="accepted")
    return "accepted"


@verb("rejected", "rejected_again", takes={"reason": TEXT})
def solution_rejected(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    again = case.remedies.filter(round=case.round, state="rejected").exists()
    case.remedies.filter(state="proposed").update(state="rejected")
    return "rejected_again" if again else "rejected"


HANDING_OVER = {"agreed": TEXT, "executor": PERSON, "due_at": MOMENT}


@verb("confirmed", takes=HANDING_OVER, must=HANDING_OVER)
def confirmed(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    case.parties.filter(kind="executor", ended=False).update(ended=True)
    add(
        case,
        Party(kind="executor", staff_id=data["executor"]),
        Task(
            kind="execution", person_id=data["executor"], text=data["agreed"],
            due_at=datetime.fromisoformat(data["due_at"]),
        ),
    )  # fmt: skip
    return "confirmed"


@verb("withdrawn", takes={"reason": TEXT})
def withdrawn(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    case.tasks.filter(done_at=None).update(done_at=now)
    return "withdrawn"
