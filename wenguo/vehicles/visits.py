"""Visits to the workshop: which there were, and how many days the car stayed."""

from datetime import datetime, timedelta
from typing import NamedTuple

from wenguo.people.models import Branch
from wenguo.people.rows import first, read
from wenguo.vehicles.models import Vehicle, Visit

PAGE = 20  # visits
DAY = timedelta(days=1)


class Page(NamedTuple):
    """Visits, the latest first, and the id after which the next page starts (0 at the end)."""

    rows: list[Visit]
    next: int


def visits_of(vehicle: Vehicle, after: int = 0) -> Page:
    """One page of the car's visits; `after` is the `next` of the page before."""
    behind, key = "", []
    if after:
        behind = "AND (in_at, id) < (SELECT in_at, id FROM vehicles_visit WHERE id = %s AND vehicle_id = %s)"
        key = [after, vehicle.pk]
    tail = f"WHERE vehicle_id = %s {behind} ORDER BY in_at DESC, id DESC LIMIT {PAGE + 1}"
    rows = read(Visit, tail, vehicle.pk, *key)
    return Page(rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else 0)


def visit_of(branch: Branch, order_no: str) -> Visit | None:
    """The branch's visit with this order number, or None."""
    return first(Visit, "WHERE branch_id = %s AND order_no = %s", branch.pk, order_no)


def days_in_workshop(in_at: datetime, out_at: datetime) -> int:
    """The days that one visit counts for: every 24 hours that began (家用汽车三包规定, article 40)."""
    return -((in_at - out_at) // DAY)


def workshop_days(
    vehicle: Vehicle, now: datetime, since: datetime | None = None, until: datetime | None = None
) -> int:  # fmt: skip
    """Days of all visits that began from `since` until before `until`, each reckoned by itself: three visits of one
    hour are three days. A car that is still here counts until `now`."""
    visits = Visit.objects.filter(vehicle=vehicle)
    if since:
        visits = visits.filter(in_at__gte=since)
    if until:
        visits = visits.filter(in_at__lt=until)
    spans = visits.order_by().values_list("in_at", "out_at")
    return sum(days_in_workshop(in_at, max(in_at, out_at or now)) for in_at, out_at in spans)
