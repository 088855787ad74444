"""Plays the sample: every deed in the order of time through the door, cars and repair orders as a dealer's system."""

import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import F

from wenguo.cases.asking import asking
from wenguo.cases.door import act, open_case
from wenguo.cases.evidence import store
from wenguo.cases.models import Case, Errand, Idempotency, Notice
from wenguo.cases.refusals import Refusal
from wenguo.cases.warnings import WARNS_OF
from wenguo.jobs.demo_cars import Car, Order
from wenguo.jobs.demo_group import Group
from wenguo.jobs.demo_stories import Complaint, Step
from wenguo.jobs.tick import climb, due_rungs, run_errand
from wenguo.people.actors import SYSTEM, actor_of
from wenguo.people.rows import read
from wenguo.policy.fields import Asking
from wenguo.policy.load import default_pack
from wenguo.policy.pack import Field
from wenguo.vehicles.dms import vehicle_told, visit_told
from wenguo.vehicles.models import Vehicle, Visit

KEYS = "sample:"  # what the keys of the sample's acts begin with
READ_AFTER = timedelta(days=2)  # until then a notice stays unread


class Deed(NamedTuple):
    """One thing that happens. `of` says what; `nth` and `step` which step (0: the opening) of which complaint.

    `soon`: belongs to the last weeks, which a visitor sees first.
    """

    soon: bool
    at: datetime
    nth: int
    step: int
    of: Car | Order | Complaint

    @property
    def key(self) -> str:
        """By this an act of the sample is known again; the same after a break."""
        return f"{KEYS}{self.nth}:{self.step}"


class Player:
    """Plays deeds, each once: those that the database has already are passed by, so a broken filling can go on.

    `quiet_before`: nobody is told of what happened before then.
    """

    def __init__(self, group: Group, complaints: list[Complaint]):
        self.group, self.complaints, self.pack = group, complaints, default_pack()
        played = Idempotency.objects.filter(key__startswith=KEYS).values_list("key", "entry__case_id")
        cases = Case.objects.select_related("branch").in_bulk([case for _, case in played])
        self.played = {key for key, _ in played}
        self.opened = {int(key.split(":")[1]): cases[case] for key, case in played if key.endswith(":0")}
        self.cars = set(Vehicle.objects.values_list("vin", flat=True))
        self.orders = set(Visit.objects.values_list("order_no", flat=True))
        self.refused: dict[int, str] = {}
        self.quiet_before: datetime | None = None

    def play(self, deed: Deed) -> None:
        """Lets it happen, and before it whatever ran out until then."""
        if isinstance(deed.of, Car):
            self._car(deed.of, deed.at)
        elif isinstance(deed.of, Order):
            self._order(deed.of, deed.at)
        elif deed.key not in self.played and deed.nth not in self.refused:
            ring(deed.at)
            self._act(deed, deed.of)
            if self.quiet_before:
                Notice.objects.filter(sent_at=None, next_try_at__lt=self.quiet_before).delete()

    def _car(self, car: Car, at: datetime) -> None:
        if car.vin not in self.cars:
            vehicle_told(self.group.branches[car.shop], car.vin, car.told, self._asking(car.shop, at), SYSTEM)
            self.cars.add(car.vin)

    def _order(self, order: Order, at: datetime) -> None:
        shop, number = order.car.shop, order_number(order)
        if number not in self.orders:
            staff = {key: self.group.staff[self.group.login(shop, key)].name for key in ("advisor", "technician")}
            told = {**staff, **order.told, "in_at": order.in_at.isoformat(), "out_at": at.isoformat()}
            told |= {"vin": order.car.vin}
            visit_told(self.group.branches[shop], number, told, self._asking(shop, at), SYSTEM)
            self.orders.add(number)

    def _asking(self, shop: str, at: datetime) -> Asking:
        return asking(self.group.branches[shop], SYSTEM, at)

    def _act(self, deed: Deed, complaint: Complaint) -> None:
        step = complaint.steps[deed.step - 1] if deed.step else Step(0, complaint.by, self._opening, complaint.intake)
        try:
            self._take(deed, complaint, step)
        except Refusal as refusal:
            # Somebody who looks at the sample while it is being filled may have gone on with this case.
            self.refused[deed.nth] = f"{step.do} {refusal.code} {getattr(refusal, 'fields', '')}"

    @property
    def _opening(self) -> str:
        return self.pack.processes[self.pack.opens].opening.do

    def _take(self, deed: Deed, complaint: Complaint, step: Step) -> None:
        by = actor_of(self.group.staff[self._login(complaint, step.by)], deed.at)
        case = self._case(deed, step) if deed.step else None
        process = self.pack.processes[case.process if case else self.pack.opens]
        form = self.pack.forms[process.steps[step.do].form]
        given = {
            key: self._raw(asked, value, deed, complaint, lambda: store("签字件.png", [_picture()], by, deed.at).pk)
            for key, value in step.given.items()
            if (asked := form.field(key))
        }
        if case:
            act(case, step.do, by, given, deed.at, key=deed.key)
        else:
            branch = self.group.branches[complaint.shop]
            self.opened[deed.nth] = open_case(self.pack.opens, branch, by, given, deed.at, key=deed.key).case

    def _case(self, deed: Deed, step: Step) -> Case:
        """The complaint; for a step that no complaint knows, the latest warning of it."""
        complaint = self.opened[deed.nth]
        if step.do in self.pack.processes[complaint.process].steps:
            return complaint
        return Case.objects.filter(links__other=complaint, links__kind=WARNS_OF).latest("pk")

    def _login(self, complaint: Complaint, login: str) -> str:
        return self.group.login(complaint.shop, complaint.owner if login == "owner" else login)

    def _raw(self, asked: Field, value: Any, deed: Deed, complaint: Complaint, picture: Callable[[], int]) -> Any:
        """What a person would have typed: logins become people, hours and days become moments and dates."""
        match asked.kind:
            case "person":
                return str(self.group.staff[self._login(complaint, value)].pk)
            case "moment":
                return (deed.at + timedelta(hours=value)).astimezone(UTC).isoformat()
            case "date":
                zone = asking(self.group.branches[complaint.shop], SYSTEM, deed.at).zone
                return (deed.at.astimezone(zone).date() + timedelta(days=value)).isoformat()
            case "file":
                return [str(picture())]
            case "case":
                return self._number(value.removeprefix("@"))
        return f"{complaint.shop}-F{deed.at:%y%m%d}{deed.nth % 100:02d}" if value == "#" else value

    def _number(self, name: str) -> str:
        """The number of the complaint that the sample calls `name`."""
        nth = next(nth for nth, one in enumerate(self.complaints) if one.name == name)
        return self.opened[nth].number


def order_number(order: Order) -> str:
    """The number that the order has, or one made of shop, day and minute."""
    return order.told.get("order_no") or f"{order.car.shop}-{order.in_at:%y%m%d%H%M}{order.car.vin[-2:]}"


def ring(until: datetime) -> None:
    """Lets every clock that ran out until then, and every errand, come at its own time."""
    for clock in due_rungs(until):
        climb(clock, clock.next_at)
    for errand in read(Errand, "WHERE done_at IS NULL AND due_at <= %s ORDER BY due_at, id", until):
        run_errand(errand, errand.due_at)


def read_old_notices(now: datetime) -> None:
    """What was told in the past has reached its people, and all but the latest has been read."""
    Notice.objects.filter(sent_at=None, next_try_at__lte=now).update(sent_at=F("next_try_at"))
    Notice.objects.filter(read_at=None, next_try_at__lte=now - READ_AFTER).update(read_at=F("next_try_at"))


def _picture() -> bytes:
    """A small grey PNG that stands for the photo of a signed paper."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    width, height = 240, 160
    rows = b"".join(b"\0" + (b"\xd0" if row % 24 > 20 else b"\xf4") * width for row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
