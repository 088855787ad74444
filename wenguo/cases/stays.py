"""Cars that stay in the workshop while their owners complain: repair orders say when a repair began and ended, and a
clock of the pack says from when on a spare car is owed. Repair orders change outside of any act, so they are followed
(cases/rounds.py). Only reads.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from wenguo.cases.measuring import car_of
from wenguo.cases.models import Case
from wenguo.policy.load import packs
from wenguo.policy.pack import Pack
from wenguo.vehicles.advice import in_repair_since
from wenguo.vehicles.models import Visit

STAYS, DONE = "car_stays", "car_done"  # steps of a pack that has such a clock
SINCE, IN_REPAIR = "repair_agreed_at", "in_repair"  # facts that the first of them tells


def follows_stays(pack: Pack, process: str) -> bool:
    """Whether such cases have that clock."""
    return STAYS in pack.processes[process].steps


def in_workshop() -> set[int]:
    """Open cases, by id, whose car has a repair order that isn't done yet."""
    here = Visit.objects.filter(vehicle=OuterRef("vehicle"), done_at=None, out_at=None)
    return set(Case.objects.filter(Exists(here), stage_type="open").values_list("pk", flat=True))


def news_of_stay(case: Case, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """The step of the system, with its form, that says that the repair of the case's car began or ended since; None
    where nothing did. A repair for which the spare car was arranged is not begun again."""
    if not follows_stays(packs()[case.pack], case.process):
        return None
    car, known = car_of(case), case.facts.get(SINCE)
    today = now.astimezone(ZoneInfo(case.branch.zone)).date()
    since = in_repair_since(car, today) if car else None
    if since and since != (known and datetime.fromisoformat(known)):
        return STAYS, {SINCE: since.isoformat(), IN_REPAIR: True}
    return (DONE, {}) if known and not since else None
