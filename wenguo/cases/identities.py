"""Special identities (W4): noted, looked at and taken away by a few posts only, apart from everything else.

The security log says that somebody did, never what.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from wenguo.cases.board import sees_identity
from wenguo.cases.door import act
from wenguo.cases.models import Case, SpecialIdentity
from wenguo.cases.refusals import NotFound, Refusal
from wenguo.cases.warnings import FACTS_CHANGED, forget_identity
from wenguo.people.actors import SYSTEM, Actor
from wenguo.people.logs import noted
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.policy.load import packs


class Told(NamedTuple):
    """What somebody says of a customer: the code, why it matters, on which ground it is kept, and until which day."""

    code: str
    reason: str
    consent: str
    until: date


def identity_of(case: Case, by: Actor) -> SpecialIdentity | None:
    """The row of the case. Raises NotFound for whoever may not know of any, and where no such thing is kept."""
    watch = packs()[case.pack].warnings
    if watch is None or case.process not in watch.of or not sees_identity(by, case.branch):
        raise NotFound
    return SpecialIdentity.objects.filter(case=case).select_related("noted_by").first()


def longest(case: Case, today: date) -> date:
    """The last day until which it may be kept."""
    watch = packs()[case.pack].warnings
    days = watch.identity.days if watch and watch.identity else 0
    return today + timedelta(days=days)


def note_identity(case: Case, told: Told, by: Actor, now: datetime) -> None:
    """Keeps it, in place of what was there. Raises Wrong by field, NotFound for whoever may not. What follows from it
    is for look_again(), once this is committed."""
    last, today = longest(case, by.today), by.today
    if not today < told.until <= last:
        raise Wrong({"until": Problem("Please name a day after today, %(last)s at the latest.", last=last.isoformat())})
    with transaction.atomic():
        identity_of(case, by)
        open_still = Case.objects.select_for_update(of=("self",)).filter(pk=case.pk, stage_type="open").exists()
        if not open_still:
            raise Wrong({"code": Problem("This case is closed, so nothing more may be kept of the customer.")})
        row = {"code": told.code, "reason": told.reason, "consent": told.consent, "until": told.until}
        SpecialIdentity.objects.update_or_create(
            case=case, defaults=row | {"noted_by_id": by.person, "noted_at": now}
        )  # fmt: skip
    noted("identity_noted", actor=by.code, thing="case", thing_id=case.pk)


def drop_identity(case: Case, by: Actor) -> None:
    """Takes it away before its time. Raises NotFound for whoever may not."""
    identity_of(case, by)
    with transaction.atomic():
        forget_identity(case)
    noted("identity_dropped", actor=by.code, thing="case", thing_id=case.pk)


def look_again(case: Case, now: datetime) -> None:
    """Puts the warnings to the case once more, through the door."""
    try:
        act(case, FACTS_CHANGED, SYSTEM, {}, now)
    except Refusal:  # nothing new follows
        return
