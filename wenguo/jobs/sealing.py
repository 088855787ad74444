"""The loop `seal`: seals each minute; once a day writes an anchor into the data folder and mails it to the directors.

A file NAME.mailed beside an anchor says that its mail went out; a mail that fails is tried again with the next round.
"""

import logging
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from wenguo.cases.anchors import NoAnchor, folder, take_anchor
from wenguo.cases.seal import seal
from wenguo.jobs.tick import always
from wenguo.notify import mail
from wenguo.people import businessclock
from wenguo.people.actors import today_of
from wenguo.people.models import Staff
from wenguo.people.tree import tree
from wenguo.policy.load import packs

log = logging.getLogger(__name__)
SUBJECT = "闻过记录凭证 %(day)s · wenguo anchor of %(day)s"


def seal_round(clock: Callable[[], datetime] = businessclock.now, going_on: Callable[[], bool] = always) -> int:
    """Seals what was added to the record; returns how many rows that were. With the first round of a day it writes
    the day's anchor. `clock` tells the time in UTC; it ends early once `going_on` says no."""
    sealed = seal(clock(), going_on)
    if going_on() and (file := daily_anchor(clock())) and settings.EMAIL_HOST:
        send_out(file, clock())
    return sealed


def daily_anchor(now: datetime) -> Path | None:
    """Today's anchor, written unless it is there; None where nothing was ever sealed."""
    file = folder() / f"anchor-{today_of(now)}.txt"
    if file.exists():
        return file
    try:
        text = take_anchor(now).text()
    except NoAnchor:
        return None
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")  # whole or not at all
    part.write_text(text, encoding="utf-8")
    part.replace(file)
    return file


def send_out(file: Path, now: datetime) -> bool:
    """Mails the anchor, once; whether a mail went out now. What fails is logged and tried again."""
    done = file.with_suffix(".mailed")
    people = recipients(now)
    if done.exists() or not people:
        return False
    day = file.stem.removeprefix("anchor-")
    try:
        mail.send(people, SUBJECT % {"day": day}, file.read_text(encoding="utf-8"), file.name)
    except OSError:  # smtplib's errors are among them
        log.exception("the anchor of %s can't be mailed", day)
        return False
    done.touch()
    return True


def recipients(now: datetime) -> list[str]:
    """Addresses of active staff who hold today a role that their branch's pack names in `anchors_to`."""
    today, house = today_of(now), tree()
    wanted = {pack.name: pack.anchors_to for pack in packs().values()}
    people = {
        held.staff
        for pk, branch in house.branches.items()
        for held in house.seats.get(pk, ())
        if held.role in wanted.get(branch.pack, ()) and held.span.holds(today)
    }
    found = Staff.objects.filter(pk__in=people, is_active=True).exclude(email="").order_by("id")
    return list(dict.fromkeys(found.values_list("email", flat=True)))
