"""Whose turn it is, and who is told."""

from wenguo.cases.acting import RELATIONS, Act
from wenguo.cases.models import Entry, Notice
from wenguo.people.actors import holders, today_of, with_deputies
from wenguo.people.rows import store_all


def people_of_roles(act: Act) -> dict[str, list[int]]:
    """Staff ids by every role that this act has to name: who is to be told, and who may become owner."""
    roles = set(_told(act)) - RELATIONS
    if act.case.owner_id is None and act.process.owner:
        roles.add(act.process.owner)
    return holders(act.case.branch, roles, today_of(act.now)) if roles else {}


def name_owner(act: Act, people: dict[str, list[int]]) -> None:
    """A case without an owner gets whoever holds the process's owning role at the branch (R013)."""
    if act.case.owner_id is None and people.get(act.process.owner):
        act.case.owner_id = people[act.process.owner][0]


def pass_turn(act: Act) -> None:
    """The turn goes to the first word of the stage's `turn` that is somebody; a role stands for all who hold it."""
    case = act.case
    case.turn_role, case.turn_person_id = "", None
    for word in act.process.stages[case.stage].turn:
        person = act.parties.person(word) if word in RELATIONS else None
        if person or word not in RELATIONS:
            case.turn_role, case.turn_person_id = word, person
            return


def notify(act: Act, entry: Entry, people: dict[str, list[int]]) -> None:
    """Writes a notice for everybody who is to be told of this act and for their deputies, not for whoever did it."""
    told: list[int] = []
    for word in _told(act):
        person = act.parties.person(word) if word in RELATIONS else None
        told += [person] if person else people.get(word, [])
    recipients = with_deputies(told, today_of(act.now)) if told else []
    store_all([
        Notice(entry=entry, recipient_id=one, channel="bell", next_try_at=act.now)
        for one in recipients
        if one != act.by.staff_id
    ])  # fmt: skip


def _told(act: Act) -> list[str]:
    """The pack's words for this outcome, and those that the verb added."""
    return [*act.step.tell.get(act.outcome, ()), *act.case.__dict__.get("tells", ())]
