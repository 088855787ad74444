"""Branches: the tree grows by them, and their codes stay for ever."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.utils.translation import gettext_noop

from wenguo.people.amend import amend
from wenguo.people.calendar_seeding import seed
from wenguo.people.editing import only_one
from wenguo.people.models import Branch
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong
from wenguo.policy.load import default_pack, packs

CODE = re.compile(r"[A-Za-z0-9]{1,12}")
IN_USE = gettext_noop("This code is in use already.")
ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "Asia/Singapore")


def found_branch(
    code: str, name: str, name_en: str, parent: Branch | None, now: datetime, *,
    pack: str = "", zone: str = "", by: str = "system", reason: str = "new branch",
) -> Branch:  # fmt: skip
    """A new branch under `parent` (None: the root of the tree, and with it the country's calendar). Pack and zone are
    the parent's unless they are told.

    Raises Wrong for a code in use or of other signs than letters and digits, for a second root, for an unknown pack
    or zone.
    """
    pack = pack or (parent.pack if parent else default_pack().name)
    zone = zone or (parent.zone if parent else settings.TIME_ZONE)
    if problems := _problems(code, parent, pack, zone):
        raise Wrong(problems)
    row = {
        "code": code, "name": name, "name_en": name_en, "parent": parent, "path": f"new {code}", "pack": pack,
        "zone": zone,
    }  # fmt: skip
    with only_one("code", Problem(IN_USE)):
        branch = amend(Branch(), by, row, reason, now)
        path = f"{parent.path if parent else '/'}{branch.pk}/"  # known only once the row has its id
        branch = amend(branch, by, {"path": path}, reason, now)
    if parent is None:
        seed(now, "system", reason)
    return branch


def _problems(code: str, parent: Branch | None, pack: str, zone: str) -> dict[str, Problem]:
    found: dict[str, Problem] = {}
    if not CODE.fullmatch(code):
        found["code"] = Problem(gettext_noop("A code is made of letters and digits, at most 12."))
    elif Branch.objects.filter(code__iexact=code).exists():
        found["code"] = Problem(IN_USE)
    if parent is None and Branch.objects.exists():
        found["parent"] = Problem(gettext_noop("There is a root already: please name the branch above."))
    if pack not in packs():
        found["pack"] = Problem(gettext_noop("Please choose one of the list."))
    if problem := zone_problem(zone):
        found["zone"] = problem
    return found


def zone_problem(zone: str) -> Problem | None:
    """What is wrong with the name of a time zone."""
    if zone not in available_timezones():
        return Problem(gettext_noop("There is no such time zone."))
    ZoneInfo(zone)
    return None
