"""Cases that tell somebody, outlets, and one round of both halves of the postman in this very thread."""

from datetime import datetime, timedelta
from typing import Any

from tests.people import NOW, actor, at_stage
from wenguo.cases.models import Case, Entry, Notice
from wenguo.jobs.deliver import turn
from wenguo.jobs.resting import Resting
from wenguo.jobs.send import send
from wenguo.notify.models import Outlet, Wish
from wenguo.notify.outlets import add_outlet
from wenguo.notify.parcels import receivers
from wenguo.people.models import Branch, Staff

SECRET = "a-secret-of-our-own"


def has_mail(*logins: str) -> None:
    for login in logins:
        Staff.objects.filter(username=login).update(email=f"{login}@dealer.example")


def wishes(login: str, **chosen: Any) -> Wish:
    staff = Staff.objects.get(username=login)
    return Wish.objects.update_or_create(staff=staff, defaults=chosen)[0]


def outlet(kind: str, address: str, branch: str = "HZ", **more: Any) -> Outlet:
    given = {"kind": kind, "name": f"出口 {kind}", "address": address, "secret": SECRET, "wants": "all"} | more
    return add_outlet(Branch.objects.get(code=branch), given, actor("administrator").code, NOW)


def opened(count: int = 1, now: datetime = NOW, **intake: Any) -> list[Case]:
    """So many new cases at HZ: bob, their owner, is told of each; nobody else with an address is."""
    return [
        at_stage("receiving", now=now, phone=f"1390014{nth:04d}", plate=f"浙A{nth:05d}", **intake)
        for nth in range(count)
    ]


def post(now: datetime = NOW, resting: Resting | None = None) -> int:
    """Rings what waits, then one turn for each receiver; how many messages left."""
    send(lambda: now)
    return carry(now, resting)


def carry(now: datetime = NOW, resting: Resting | None = None) -> int:
    rest = resting or Resting()
    return sum(turn(one, lambda: now, resting=rest) for one in receivers(now) if not rest.rests(one, now))


def later(**more: float) -> datetime:
    return NOW + timedelta(**more)


def notices(channel: str = "mail") -> list[Notice]:
    return list(Notice.objects.filter(channel=channel).order_by("id"))


def last_entry(case: Case) -> Entry:
    return Entry.objects.filter(case=case).latest("seq")
