"""What the system does when a row of the pack's warnings.toml holds (cases/warnings.py), and when repair orders say
that the car is in the workshop (cases/stays.py)."""

from datetime import datetime
from typing import Any

from wenguo.cases.acting import route_of
from wenguo.cases.measuring import Look
from wenguo.cases.models import Case, CaseLink, CaseVehicle
from wenguo.cases.refusals import NothingDue
from wenguo.cases.verbs import MOMENT, YES_NO, add, hand_to, tell, verb
from wenguo.cases.warnings import WARNS_OF, fresh_hits
from wenguo.people.actors import Actor
from wenguo.policy.pack import Label


@verb("opened")
def warned(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """A new warning. `data`: about (numbers of complaints), vehicles (ids), rules. It belongs to whom the first
    complaint belongs."""
    about = _attach(case, data)
    hand_to(case, route_of(about[0]).owner)
    return "opened"


@verb("grew", aside=True, system=Label("又有新的预警依据", "More that warns of it"))
def warning_grew(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """Another row held, or another complaint joined. `data` as of `warned`."""
    _attach(case, data)
    tell(case, "owner", "in_charge")
    return "grew"


def _attach(case: Case, data: dict[str, Any]) -> list[Case]:
    """Links the warning with its complaints and their cars; what is linked already stays so."""
    about = list(Case.objects.filter(number__in=data["about"]).select_related("branch").order_by("pk"))
    linked = set(case.links.filter(kind=WARNS_OF).values_list("other_id", flat=True)) if case.pk else set()
    known = set(CaseVehicle.objects.filter(case=case).values_list("vehicle_id", flat=True)) if case.pk else set()
    add(case, *(CaseLink(other=one, kind=WARNS_OF) for one in about if one.pk not in linked))
    add(case, *(CaseVehicle(vehicle_id=one) for one in data["vehicles"] if one not in known))
    return about


@verb("looked", aside=True, system=Label("资料变化后重新研判", "Looked at again after something changed"))
def facts_changed(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """A visit, the car or time itself changed what warnings compare. Raises NothingDue where nothing new holds."""
    if not fresh_hits(Look(case, now)):
        raise NothingDue("Nothing is due here.")
    return "looked"


@verb("started", takes={"repair_agreed_at": MOMENT, "in_repair": YES_NO}, must=["repair_agreed_at"], aside=True)
def car_stays(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """A repair of the car goes on, from whose sixth day on a spare car or travel money is due (Order 43 art. 21)."""
    return "started"


@verb("ended", aside=True)
def car_done(case: Case, by: Actor, data: dict[str, Any], now: datetime) -> str:
    """That repair is done, or was none that the law counts."""
    return "ended"
