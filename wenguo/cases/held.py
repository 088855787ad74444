"""Open cases that wait for one person: what has to be handed over before they leave."""

from typing import Any, NamedTuple

from wenguo.cases.models import Case, Task
from wenguo.people.actors import Actor

PAGE = 50  # cases shown at most


class Held(NamedTuple):
    """A case and what the person is to it: whether it is theirs, their turn, a task of theirs."""

    case: Case
    owns: bool
    turn: bool
    task: bool


def held_by(staff: int, by: Actor) -> tuple[list[Held], bool]:
    """Open cases within `by`'s sight whose owner `staff` is, whose turn it is with them, or in which they still have
    something to do; the latest first, at most PAGE. And whether there are more."""
    within = [one.pk for one in by.branches()]
    open_here = Case.objects.filter(stage_type="open", branch__in=within).order_by("-id")
    owned = _ids(open_here.filter(owner=staff).values_list("pk", flat=True))
    turns = _ids(open_here.filter(turn_person=staff).values_list("pk", flat=True))
    todo = Task.objects.filter(person=staff, done_at=None, case__stage_type="open", case__branch__in=within)
    tasks = _ids(todo.order_by("-case_id").values_list("case_id", flat=True).distinct())
    found = sorted(owned | turns | tasks, reverse=True)
    rows = Case.objects.filter(pk__in=found[:PAGE]).select_related("branch").order_by("-id")
    return [Held(one, one.pk in owned, one.pk in turns, one.pk in tasks) for one in rows], len(found) > PAGE


def _ids(rows: Any) -> set[int]:
    """The first of them, one more than is shown."""
    return set(rows[: PAGE + 1])
