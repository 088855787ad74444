"""What no act brings about: a repair order came in, a car became known, or nothing happened but time. It may warn, and
begin or end the stay of a car in the workshop (cases/stays.py).

Visits and cars are amended outside of any act, so their amendments are followed; once an hour every open complaint is
looked at, for days pass by themselves. What is new goes through the door, which looks again under the lock.
"""

import json
import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from wenguo.cases.door import act
from wenguo.cases.measuring import Look
from wenguo.cases.models import Case, SpecialIdentity, Watched
from wenguo.cases.refusals import Refusal
from wenguo.cases.stays import SINCE, follows_stays, in_workshop, news_of_stay
from wenguo.cases.warnings import FACTS_CHANGED, forget_identity, fresh_hits, keep_alike
from wenguo.people.actors import SYSTEM, today_of
from wenguo.people.models import Amendment
from wenguo.people.rows import plain
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.vehicles.models import Visit

log = logging.getLogger(__name__)
BATCH, MOST_BATCHES = 200, 40  # amendments or cases at once; batches of amendments in a round
REST = 3  # times as long as a full batch took: whoever works at a page meanwhile hardly notices
WHOLE = timedelta(hours=1)  # between two looks at everything
LONGEST = timedelta(days=400)  # no branch counts the same fault of a model for longer


def follow_changes(now: datetime, going_on: Callable[[], bool]) -> int:
    """Looks at the open complaints of cars that were amended, or in for a visit, since the last round; returns of how
    many something is new. Ends early once `going_on` says no.

    Each amendment is looked at in two rounds: on PostgreSQL one with a lower number may be committed after the first.
    """
    done = 0
    for _ in range(MOST_BATCHES):
        began = time.monotonic()
        mark, _ = Watched.objects.get_or_create(pk=1)
        rows = list(Amendment.objects.filter(pk__gt=mark.before).order_by("pk")[:BATCH])
        if not rows or rows[-1].pk == mark.before == mark.latest or not going_on():
            break
        done += sum(_look_at(case, now, stirred=True, stays=True) for case in _open(Q(vehicle__in=_cars(rows))))
        before, latest = min(mark.latest, rows[-1].pk), rows[-1].pk
        Watched.objects.filter(pk=1, before=mark.before).update(before=before, latest=latest)
        _rest(began, rows)
    return done


def _cars(rows: list[Amendment]) -> set[int]:
    """Cars of which these amendments change something that warnings compare: a visit, or the car itself."""
    cars = {row.thing for row in rows if row.kind == "vehicle" and row.seq > 1}
    visits = {row.thing for row in rows if row.kind == "visit"}
    beside = {json.loads(row.body)["after"].get("visit") for row in rows if row.kind == "visitproblem"}
    cars.update(Visit.objects.filter(pk__in=visits | beside - {None}).values_list("vehicle_id", flat=True))
    return cars


def look_at_all(now: datetime, going_on: Callable[[], bool]) -> int:
    """Looks at every open complaint, where the last time is an hour ago; returns of how many something is new."""
    mark, _ = Watched.objects.get_or_create(pk=1)
    if mark.whole_at and mark.whole_at <= now < mark.whole_at + WHOLE:
        return 0
    for row in SpecialIdentity.objects.filter(until__lt=today_of(now)).select_related("case"):
        with transaction.atomic():
            forget_identity(row.case)
    done, alike, here = 0, _in_company(now), in_workshop()
    for case in _open(Q()):
        if not going_on():
            return done
        done += _look_at(case, now, stirred=case.pk in alike, stays=case.pk in here or SINCE in case.facts)
    Watched.objects.filter(pk=1).update(whole_at=now)
    return done


IN_COMPANY = """
    SELECT one.case_id FROM cases_samefault one JOIN (
        SELECT branch_id, model, fault FROM cases_samefault WHERE opened_at >= %s
        GROUP BY branch_id, model, fault HAVING count(DISTINCT vehicle_id) > 1
    ) many ON many.branch_id = one.branch_id AND many.model = one.model AND many.fault = one.fault
"""


def _in_company(now: datetime) -> set[int]:
    """Cases that aren't the only ones of their model and fault: of the others nobody needs to be asked (W5)."""
    with connection.cursor() as cursor:
        cursor.execute(IN_COMPANY, [plain(now - LONGEST)])
        return {pk for (pk,) in cursor.fetchall()}


def _open(which: Q) -> Iterator[Case]:
    """Open cases that are watched, some at a time, with their cars."""
    watched = Q(pk=None)
    for pack in packs().values():
        of = pack.warnings.of if pack.warnings else ()
        watched |= Q(
            pack=pack.name, process__in=[key for key in pack.processes if key in of or follows_stays(pack, key)]
        )
    rows, last = Case.objects.filter(which, watched, stage_type="open").select_related("vehicle").order_by("pk"), 0
    began = time.monotonic()
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        for case in batch:
            case.branch = tree().branches[case.branch_id]
            yield case
        last = batch[-1].pk
        _rest(began, batch)
        began = time.monotonic()


def _rest(began: float, batch: list) -> None:
    """Leaves the machine to others for a while, where there is more to look at."""
    if len(batch) == BATCH:
        time.sleep(REST * (time.monotonic() - began))


def _look_at(case: Case, now: datetime, *, stirred: bool, stays: bool) -> bool:
    """Takes the case through the door where a new row holds, and with `stays` where a repair of its car began or ended.
    Whether it did. One that fails is logged and met again with the next whole look: all others must still be seen."""
    try:
        news = news_of_stay(case, now) if stays else None
        return (news is not None and _take(case, *news, now)) | _warns(case, now, stirred=stirred)
    except Exception:
        log.exception("case %s can't be looked at", case.pk)
        return False


def _warns(case: Case, now: datetime, *, stirred: bool) -> bool:
    if stirred:
        with transaction.atomic():
            keep_alike(case)
    return bool(fresh_hits(Look(case, now, stirred=stirred))) and _take(case, FACTS_CHANGED, {}, now)


def _take(case: Case, verb: str, data: dict[str, Any], now: datetime) -> bool:
    """Whether the door took it. It didn't where somebody was quicker: the case closed, or it is told already."""
    try:
        act(case, verb, SYSTEM, data, now)
    except Refusal:
        return False
    return True
