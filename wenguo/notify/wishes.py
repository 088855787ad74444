"""When and by which channels somebody wants to be told, beside the bell, which always rings."""

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_noop

from wenguo.notify.models import ALARM, ALL, Wish
from wenguo.people.amend import amend
from wenguo.people.editing import edit, version_of
from wenguo.people.models import Staff
from wenguo.people.tree import tree
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong

MOBILE = re.compile(r"1[3-9]\d{9}|\+[1-9]\d{6,14}", re.ASCII)


def wish_of(staff: int) -> Wish:
    """What this person chose; what holds for everybody who chose nothing."""
    return Wish.objects.filter(staff=staff).first() or Wish(staff_id=staff)


def wishes_of(people: Iterable[int]) -> dict[int, Wish]:
    """The same for several, in one question."""
    ids = set(people)
    found = {one.staff_id: one for one in Wish.objects.filter(staff__in=ids)}
    return {one: found.get(one) or Wish(staff_id=one) for one in ids}


def choose(staff: int, given: dict[str, Any], by: str, seen: int | None, now: datetime) -> Wish:
    """Stores what somebody chose. Raises Wrong, and Overtaken where another one was faster (see editing.edit)."""
    stands = wish_of(staff)
    after = {key: given.get(key, getattr(stands, key)) or "" for key in ("mobile", "quiet_from", "quiet_until")}
    problems = {}
    if bool(after["quiet_from"]) != bool(after["quiet_until"]):
        problems["quiet_until"] = Problem(gettext_noop("Please give both, when quiet hours begin and when they end."))
    if given.get("sms", stands.sms) in (ALL, ALARM) and not after["mobile"]:
        problems["mobile"] = Problem(gettext_noop("Please give the number that text messages are to go to."))
    if after["mobile"] and not MOBILE.fullmatch(after["mobile"]):
        problems["mobile"] = Problem(gettext_noop("This is no mobile number."))
    if problems:
        raise Wrong(problems)
    if not stands.pk:
        return amend(Wish(), by, {"staff": Staff.objects.get(pk=staff), **given}, "", now)
    return edit(stands, by, given, "", seen, now)


def version(staff: int) -> int:
    """Of the stored wish; 0 where there is none."""
    stands = wish_of(staff)
    return version_of(stands) if stands.pk else 0


def zone_of(staff: int) -> ZoneInfo:
    """Where the person works: the zone of the branch of their first post."""
    held = tree().posts.get(staff, ())
    return ZoneInfo(tree().branches[held[0].branch].zone if held else settings.TIME_ZONE)


def wants(wanted: str, alarm: bool) -> bool:
    """Whether something of that urgency is wanted."""
    return wanted == ALL or (wanted == ALARM and alarm)


def ready_at(wish: Wish, alarm: bool, at: datetime, zone: ZoneInfo) -> datetime:
    """When something told at `at` may go out: at once, with the next digest, after quiet hours."""
    if wish.digest_at and not alarm:
        at = _next(_time(wish.digest_at), at, zone)
    return after_quiet(wish, alarm, at, zone)


def after_quiet(wish: Wish, alarm: bool, at: datetime, zone: ZoneInfo) -> datetime:
    """`at`, or the end of the quiet hours in which it lies."""
    if not (wish.quiet_from and wish.quiet_until) or (alarm and wish.breaks_through):
        return at
    begin, end, here = _time(wish.quiet_from), _time(wish.quiet_until), at.astimezone(zone).time()
    quiet = begin <= here < end if begin < end else (here >= begin or here < end)
    return _next(end, at, zone) if quiet and begin != end else at


def _time(text: str) -> time:
    return time.fromisoformat(text)


def _next(clock: time, at: datetime, zone: ZoneInfo) -> datetime:
    """The next moment after `at` at which a clock there shows that time."""
    local = at.astimezone(zone)
    then = datetime.combine(local.date(), clock, zone)
    if then <= local:
        then = datetime.combine(local.date() + timedelta(days=1), clock, zone)
    return then.astimezone(at.tzinfo)
