"""Whose case it is, whose turn it is, and who is told."""

from wenguo.cases.acting import RELATIONS, Act
from wenguo.cases.models import Entry, Notice
from wenguo.people.actors import holders, today_of, with_deputies
from wenguo.people.rows import store_all


def people_of_roles(act: Act) -> dict[str, list[int]]:
    """Staff ids by every role that this act has to name: who is to be told, and who may become owner."""
    roles = {*(_role(act, word) for word in _told(act)), _new_owner(act)} - {""}
    return holders(act.case.branch, roles, today_of(act.now)) if roles else {}


def name_owner(act: Act, people: dict[str, list[int]]) -> None:
    """A case gets an owner: whoever holds the role that such cases belong to, or to which this step hands it (R013).

    Where nobody holds it, the owner stays as it is. Somebody who holds that role already keeps the case.
    """
    found = people.get(_new_owner(act), [])
    if found and act.case.owner_id not in found:
        act.case.owner_id = found[0]


def _new_owner(act: Act) -> str:
    """The role whose holder is to own the case from now on; "" where that stays as it is."""
    if role := act.step.hands_to.get(act.outcome, "") or act.case.__dict__.get("hands_to", ""):
        return str(role)
    return act.route.owner if act.reowned or act.case.owner_id is None else ""


def pass_turn(act: Act) -> None:
    """The turn goes to the first word of the stage's `turn` that is somebody; a role stands for all who hold it."""
    case = act.case
    case.turn_role, case.turn_person_id = "", None
    accused = act.parties.accused()  # may not handle it (R064), so it is never their turn
    for word in act.process.stages[case.stage].turn:
        if word in RELATIONS and (person := act.parties.person(word)) and person not in accused:
            case.turn_role, case.turn_person_id = word, person
            return
        if role := _role(act, word):
            case.turn_role = role
            return


def _role(act: Act, word: str) -> str:
    """The role that a word of the pack stands for; "" where it is one person, or nobody."""
    return act.parties.role(word) if word in RELATIONS else word


def notify(act: Act, entry: Entry, people: dict[str, list[int]]) -> None:
    """Writes a notice for everybody who is to be told of this act and for their deputies, not for whoever did it."""
    told: list[int] = []
    for word in _told(act):
        person = act.parties.person(word) if word in RELATIONS else None
        told += [person] if person else people.get(_role(act, word), [])
    recipients = with_deputies(told, today_of(act.now)) if told else []
    store_all([
        Notice(entry=entry, recipient_id=one, channel="bell", next_try_at=act.now)
        for one in recipients
        if one != act.by.staff_id
    ])  # fmt: skip


def _told(act: Act) -> list[str]:
    """The pack's words for this outcome, those that the verb added, and those who hear of every case of its kind."""
    # What is closed by the very act that opens it is history, and nobody's news.
    kind = ["owner", *act.route.tell] if act.rerouted and act.case.stage_type != "closed" else []
    return [*act.step.tell.get(act.outcome, ()), *act.case.__dict__.get("tells", ()), *kind]
