"""The sample dealer group: people, cars, repair orders and complaints from the pack's sample/, made by chance from a
seed, everything through the door and amend(), in the order of time.

A filling that was broken off goes on where it stopped: what it was to be stands in the record (of the group's root,
which is called so while it is being filled), and every act of it has a key.
"""

import os
import random
import re
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth import authenticate
from django.db import connection

from wenguo.jobs import demo_group
from wenguo.jobs.demo_cars import Car, Maker, Order
from wenguo.jobs.demo_playing import Deed, Player, read_old_notices, ring
from wenguo.jobs.demo_stories import UTC8, Complaint, Teller, endless, written
from wenguo.jobs.demo_watched import watch_some
from wenguo.people.actors import SYSTEM
from wenguo.people.amend import amend
from wenguo.people.models import Amendment, Branch, Staff
from wenguo.people.setting_up import setup_key
from wenguo.policy.load import PACKS, default_pack

COMPLAINTS, MONTHS, SEED = 250, 12, 1  # unless told
CARS = 1.25  # a complaint
ORDERS_OF = 14  # months before which no repair order is told
BEING_FILLED = "（样例数据填入中）"
FILLED = "sample filled"
RECENT = timedelta(days=10)  # are filled in before anybody looks, with the rest of their month
PATIENCE = 25  # seconds before the port opens
PIECES = 20  # times that progress is told

Say = Callable[[str], None]


class Sample(NamedTuple):
    """What a filling is made from; `now` (UTC) is the moment before which everything lies. Two alike are the same."""

    cases: int
    seed: int
    months: int
    now: datetime

    @property
    def reason(self) -> str:
        return f"sample of {self.cases} cases, seed {self.seed}, {self.months} months"


class Show(NamedTuple):
    """Everything that is to be played, the last weeks first, each part in the order of time; and by whom."""

    player: Player
    deeds: list[Deed]


def password() -> str:
    """The password of all sample staff."""
    return os.environ.get("WENGUO_DEMO_PASSWORD") or "wenguo-demo"


def logins() -> str:
    """The sample logins and their password, in two lines."""
    rows = Staff.objects.exclude(username__regex="_[b-d]$").order_by("id").values_list("username", "name")
    named = ", ".join(f"{login} ({name})" for login, name in rows)
    more = "其他三家店加 _b、_c、_d · the other shops: _b, _c, _d"
    return f"样例账号 · sample logins: {named}; {more}\n密码 · password: {password()}"


def greeting(wanted: bool, address: str) -> str:
    """What `serve` adds to its address: the sample logins, or the link to set-up, good until there is a branch."""
    if not Branch.objects.exists():
        return f"\n第一次使用，请打开 · first start, open this to set up: {address}set-up/{setup_key()}/"
    return "\n" + logins() if wanted and authenticate(None, username="manager", password=password()) else ""


def fill(cases: int | None, seed: int, months: int, secret: str, now: datetime, say: Say) -> int:
    """Fills an empty installation, or goes on with a filling that was broken off; returns how many cases there are.

    The first complaints are the written ones; what `cases` asks for beyond them is told by chance, over the last
    `months` months, the same for the same `seed`. Acts that would lie after `now` (UTC) are left out. `say` hears of
    progress.
    """
    sample = unfinished() or begin(Sample(cases or COMPLAINTS, seed, months, now), secret)
    player, deeds = show(sample)
    _play(player, sorted(deeds, key=lambda deed: deed[1:4]), say)
    finish(sample)
    for nth, why in player.refused.items():
        say(f"样例投诉 {nth} 没有走完 · sample complaint {nth} stopped: {why}")
    return len(player.opened)


def start(secret: str, now: datetime, say: Say) -> None:
    """Fills an empty installation before anybody looks: wholly, where the machine is quick enough for that, else with
    the group and the complaints of the last weeks. How quick it is shows while the cars are told."""
    if Branch.objects.exists():
        return
    sample = begin(Sample(COMPLAINTS, SEED, MONTHS, now), secret)
    player, deeds = show(sample)
    cars, began = [deed for deed in deeds if isinstance(deed.of, Car)], time.monotonic()
    _play(player, cars, say, len(deeds))
    if (time.monotonic() - began) / len(cars) * len(deeds) < PATIENCE:
        fill(None, SEED, MONTHS, secret, now, say)
        return
    _play(player, [deed for deed in deeds if deed.soon], say, len(deeds))
    ring(now)
    read_old_notices(now)


def go_on(say: Say) -> None:
    """The rest of a filling that is not finished, the last weeks first. What was told before them isn't kept in
    people's bells: these show the newest row first."""
    if sample := unfinished():
        player, deeds = show(sample)
        player.quiet_before = min((deed.at for deed in deeds if deed.soon and deed.nth >= 0), default=sample.now)
        _play(player, deeds, say)
        finish(sample)


def begin(sample: Sample, secret: str) -> Sample:
    """Founds the group, and says in its record what is being filled in."""
    tables = _tables()
    name = tables["branch"][0]["says"] + BEING_FILLED
    demo_group.found(tables, secret, sample.now, name, sample.reason)
    return sample


def unfinished() -> Sample | None:
    """The filling that was begun here and not finished."""
    told = Amendment.objects.filter(kind="branch", reason__startswith="sample ").order_by("id").last()
    said = told and re.fullmatch(r"sample of (\d+) cases, seed (-?\d+), (\d+) months", told.reason)
    if not (told and said):
        return None
    cases, seed, months = (int(number) for number in said.groups())
    return Sample(cases, seed, months, told.at)


def finish(sample: Sample) -> None:
    """Whatever ran out is told, and the group has its own name."""
    ring(sample.now)
    read_old_notices(sample.now)
    watch_some(tomllib.loads((_folder() / "watched.toml").read_text(encoding="utf-8")), sample.now)
    root = Branch.objects.get(parent=None)
    amend(root, SYSTEM.code, {"name": root.name.removesuffix(BEING_FILLED)}, FILLED, sample.now)


def _play(player: Player, deeds: list[Deed], say: Say, whole: int = 0) -> None:
    """`whole`: how many deeds there are in all, where these are only the first of them."""
    whole = whole or len(deeds)
    with _in_haste():
        for count, deed in enumerate(deeds):
            if count % max(whole // PIECES, 1) == 0:
                say(f"样例数据 · sample data {count * 100 // whole}%")
            player.play(deed)


@contextmanager
def _in_haste() -> Iterator[None]:
    """Within, a commit doesn't wait for the disk: what a power failure takes from the end is filled in again."""
    hurry = {"sqlite": "PRAGMA synchronous = NORMAL", "postgresql": "SET synchronous_commit TO off"}
    calm = {"sqlite": "PRAGMA synchronous = FULL", "postgresql": "RESET synchronous_commit"}
    with connection.cursor() as cursor:
        cursor.execute(hurry[connection.vendor])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(calm[connection.vendor])


def show(sample: Sample) -> Show:
    """The sample as it is to be played; the same for the same `sample`."""
    tables, folder = _tables(), _folder()
    chance = random.Random(sample.seed)
    cars = tomllib.loads((folder / "cars.toml").read_text(encoding="utf-8"))
    shops = [row for row in tables["branch"] if "suffix" in row]
    maker = Maker(cars, shops, chance, sample.now)
    complaints = list(_with_cars(written(folder)[: sample.cases], maker))
    codes = [row["code"] for row in shops for _ in range(2 if row is shops[0] else 1)]
    stock = [maker.car(codes[nth % len(codes)]) for nth in range(max(round(sample.cases * CARS) - len(complaints), 1))]
    teller, queue = Teller(folder, maker, chance, sample.months), endless(stock)
    complaints += [teller.tell(queue) for _ in range(sample.cases - len(complaints))]
    deeds = [*_acts(complaints, sample), *_orders(complaints, stock, maker, sample)]
    return Show(
        Player(demo_group.known(tables), complaints), sorted(deeds, key=lambda deed: (not deed.soon, *deed[1:4]))
    )


def _tables() -> demo_group.Tables:
    return tomllib.loads((_folder() / "staff.toml").read_text(encoding="utf-8"))


def _folder() -> Path:
    return PACKS / default_pack().name / "sample"


def _with_cars(complaints: list[Complaint], maker: Maker) -> Iterator[Complaint]:
    """The written complaints with the cars that they name, as the dealer's system knows them; one car a plate."""
    met: dict[str, Car] = {}
    for complaint in complaints:
        intake = complaint.intake
        numbers = {key: intake.get(key, "") for key in ("vin", "plate", "phone")}
        number = numbers["plate"] or numbers["vin"]
        on = next(complaint.times(maker.now)).date()
        if number in met and "mileage_km" in intake:
            intake = intake | {"mileage_km": met[number].km_on(on)}
        elif number and number not in met:
            km = complaint.km or intake.get("mileage_km")
            met[number] = maker.car(complaint.shop, **numbers, km=km, on=on)
        yield complaint._replace(car=met.get(number), intake=intake)


def _acts(complaints: list[Complaint], sample: Sample) -> Iterator[Deed]:
    for nth, complaint in enumerate(complaints):
        soon = _is_soon(next(complaint.times(sample.now)), sample)
        for step, at in enumerate(complaint.times(sample.now)):
            if at < sample.now:
                yield Deed(soon, at, nth, step, complaint)


def _is_soon(at: datetime, sample: Sample) -> bool:
    """Whether it lies in this month, or the one before while this is young; whole months, for each counts its cases
    from one on."""
    lately = sample.now + UTC8 - RECENT
    return at + UTC8 >= lately.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _orders(complaints: list[Complaint], stock: list[Car], maker: Maker, sample: Sample) -> Iterator[Deed]:
    """Every car, and its repair orders. What was before the sample's time is told at its beginning."""
    begun = sample.now - timedelta(days=sample.months * 31)
    cars: dict[str, bool] = {car.vin: False for car in stock}
    by_vin = {car.vin: car for car in stock}
    for complaint in complaints:
        if complaint.car:
            by_vin.setdefault(complaint.car.vin, complaint.car)
            opened = next(complaint.times(sample.now))
            cars[complaint.car.vin] = cars.get(complaint.car.vin, False) or _is_soon(opened, sample)
            if order := _order_before(complaint, opened, maker):
                yield Deed(_is_soon(opened, sample), _left_at(order), -1, 0, order)
    for vin, car in by_vin.items():
        yield Deed(cars[vin], max(begun, car.met_at), -2, 0, car)
        for order in maker.orders(car, ORDERS_OF):
            if (at := _left_at(order)) < sample.now:
                yield Deed(cars[vin], max(at, begun), -1, 0, order)


def _left_at(order: Order) -> datetime:
    return order.in_at + timedelta(hours=2 + float(order.told["labour_hours"]))


def _order_before(complaint: Complaint, opened: datetime, maker: Maker) -> Order | None:
    """The repair order that a complaint is about, with the number that it gives."""
    if not (complaint.job and complaint.car):
        return None
    job = {
        "kind": "general_repair", "said": "", "items": complaint.job.split("、"), "parts": [], "hours": "1.5",
        "labour": 260, "payer": "customer",
    }  # fmt: skip
    hours = complaint.intake.get("happened_at", -30) - 20
    order = maker.order(complaint.car, maker.morning((opened + timedelta(hours=hours)).date()), job)
    order.told.pop("mileage_km", None)
    number = complaint.intake.get("work_order")
    if order.in_at < complaint.car.met_at:
        return None
    return order._replace(told=order.told | ({"order_no": number} if number else {}))
