"""What the law gives for the car of a case, with what it says of the case itself: on its page once that is there."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from wenguo.cases import lists
from wenguo.cases.models import Case
from wenguo.law.grounds import Ground, Meter
from wenguo.law.limits import delay_meter, deliberate_delay, proof_by
from wenguo.law.promises import laxer_than_law
from wenguo.people.businessclock import now
from wenguo.people.calendars import works
from wenguo.policy.load import packs
from wenguo.vehicles.advice import Advice, advice
from wenguo.web.law_words import bar, card, line
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.safety import is_htmx
from wenguo.web.vehicle_pages import defect_lines
from wenguo.web.within_sight import seen

OWED = "obligation"  # the statute that a clock names whose time is an agreed duty's


@signed_in
@require_safe
def show(request: StaffRequest, number: str) -> HttpResponse:
    """The card of the car with the case's own lines; alone for our script, else on a page."""
    case = seen(number, request.actor)
    if case.vehicle is None:
        raise Http404
    at, zone = now(), ZoneInfo(case.branch.zone)
    first = case.entries.order_by("seq").values_list("happened_at", flat=True)[0]
    today, said = at.astimezone(zone).date(), first.astimezone(zone).date()
    visible = frozenset(one.pk for one in request.actor.branches())
    told = advice(case.vehicle, case.branch, today, visible, said)
    told_card = card(told)
    owed = list(_owed(case, today, zone))
    bars = [bar(one) for one in owed if isinstance(one, Meter)]
    extra = [line(one) for one in (*_of_case(case, told, said), *owed) if isinstance(one, Ground)]
    template = "law/card.html" if is_htmx(request) else "law/case.html"
    shown = told_card._replace(bars=[*bars, *told_card.bars])
    case.vehicle.branch = case.branch
    defects = defect_lines(case.vehicle, request.actor)
    return page(request, template, case=case, car=case.vehicle, law=shown, extra=extra, defects=defects)


def _owed(case: Case, today: date, zone: ZoneInfo) -> Iterator[Ground | Meter]:
    """Of each agreed duty: that more time was promised for it than the statute leaves; how long it is overdue, of the
    15 days after which that counts as deliberate delay."""
    rules = packs()[case.pack].processes[case.process].clocks
    for clock in lists.clocks(case):
        rule = rules.get(clock.kind)
        if rule is None or rule.statute != OWED:
            continue
        since_on = clock.started_at.astimezone(zone).date()
        due_on = clock.due_at.astimezone(zone).date()
        yield from laxer_than_law(OWED, {"days": (due_on - since_on).days}, since_on)
        if due_on < today:
            yield delay_meter(due_on, today)
        if found := deliberate_delay(due_on, today, works):
            yield found


def _of_case(case: Case, told: Advice, said: date) -> Iterator[Ground]:
    """By when this shop must prove that its own repair isn't the cause, where a guarantee of its holds."""
    if told.covered and case.stage_type == "open":
        yield proof_by(said, works)
