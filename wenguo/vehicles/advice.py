"""What the law gives for a car on a day, put together for whoever shows it. Grounds and meters; a person decides."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from wenguo.law.facts import Car, Repair
from wenguo.law.grounds import Ground, Meter
from wenguo.law.guarantee import Guarantee, Job, guarantee_ends, guarantee_rights
from wenguo.law.history import history
from wenguo.law.limits import burden_of_proof
from wenguo.law.meters import meters
from wenguo.law.promises import laxer_than_law
from wenguo.law.repairing import spare_car_from
from wenguo.law.sanbao import FIRST, against, rights
from wenguo.law.tables import Statute, Text, in_force, rule, statutes
from wenguo.people.calendars import works
from wenguo.people.models import Branch
from wenguo.policy.load import packs
from wenguo.vehicles.models import Vehicle
from wenguo.vehicles.standing import Seen, Standing, here_now, law_car, standing_of

PERIODS = ("warranty", "sanbao")  # whose end the page of a car tells
NOTHING = ("start_unknown", "before_order43", "not_household", "returned_car")  # why no right can be reckoned


class Period(NamedTuple):
    """A period of the car: its last day and km (None: no such limit), whichever is reached first."""

    key: str
    name: Text
    source: str
    last: date
    km: int | None
    over: bool


class Covered(NamedTuple):
    """An item that this branch repaired, whose guarantee holds on the day, and what follows if it fails."""

    job: Job
    ends: Guarantee
    grounds: list[Ground]


class Advice(NamedTuple):
    """`grounds`: what the customer may demand, what weighs most first. `against`: why nothing can be reckoned, and the
    exemptions that somebody claims. `counts`, `limits`: meters of numbers and of periods. `proof`: who must prove what.
    `laxer`: promises below the law. `spare_on`: the day from which a spare car is due for the repair that goes on.
    `elsewhere`: repairs at other shops that counted; `unjudged`: orders of which nobody said what was wrong.
    """

    on: date
    car: Car
    place: str
    grounds: list[Ground]
    against: list[Ground]
    counts: list[Meter]
    limits: list[Meter]
    periods: list[Period]
    covered: list[Covered]
    proof: list[Ground]
    laxer: list[Ground]
    spare_on: date | None
    local: list[Statute]
    elsewhere: int
    unjudged: list[str]

    @property
    def reckoned(self) -> bool:
        """Whether the three guarantees could be reckoned at all."""
        return not any(one.key in NOTHING for one in self.against)


def advice(vehicle: Vehicle, branch: Branch, on: date, seen: Seen, found_on: date | None = None) -> Advice:
    """For the car as the branch knows it, on the day `on`; `seen` as in repairs_of(). `found_on`: when the fault was
    found on which the burden of proof is asked, else the same day."""
    told = standing_of(vehicle, on, seen)
    car, repairs = told.car, told.repairs
    found = meters(car, repairs, on, works)
    return Advice(
        on, car, told.place, sorted(rights(car, repairs, on, works), key=_weight), against(car, repairs, on),
        [one for one in found if _is_count(one)], [one for one in found if not _is_count(one)],
        list(_periods(car, on)), list(_covered(told, on)), list(_proof(told, found_on or on)), list(_laxer(car)),
        _spare_on(car, repairs, on),
        [one for one in statutes() if one.province and one.province in (car.province, told.place)],
        told.elsewhere, _unjudged(told, packs()[branch.pack].judged_visits),
    )  # fmt: skip


def _weight(one: Ground) -> tuple[bool, bool, bool]:
    """Grounds that still hold before late ones, another car or a refund before all else."""
    return not one.in_time, "exchange" not in one.may, not one.may


def _is_count(one: Meter) -> bool:
    """Whether the meter counts repairs or days of repair, rather than how far a period has gone."""
    return rule(one.key).within != "" or one.key == "spare_car"


def _periods(car: Car, on: date) -> Iterator[Period]:
    past = history(car, (), on, works)
    for key in PERIODS if car.household and not car.resold else ():
        start, found = past.start(key), past.window(key)
        if start and found:
            over = on > found.last or found.run_out(car.km)
            yield Period(key, rule(key).name, in_force(key, start).source, found.last, found.km, over)


def _covered(told: Standing, on: date) -> Iterator[Covered]:
    """The latest job of each item whose guarantee still holds, the one that ends last first."""
    latest = {one.item: one for one in sorted(told.jobs, key=lambda one: one.done_on) if _FROM <= one.done_on <= on}
    found = [(one, guarantee_ends(one, works)) for one in latest.values()]
    for job, ends in sorted(found, key=lambda pair: pair[1].last, reverse=True):
        if ends.holds(on, told.car.km):
            yield Covered(
                job, ends, guarantee_rights(told.jobs, job.item, on, told.car.km, told.place, works)
            )  # fmt: skip


_FROM = rule("car_minor").values[-1].since  # older jobs stand in no table


def _proof(told: Standing, on: date) -> Iterator[Ground]:
    """Whose burden the proof is for what is found on the day: of the car, and of the latest repair."""
    car = told.car
    received = car.replaced_on or car.delivered_on or car.invoiced_on
    if car.household and received and (found := _burden(received, on, service=False)):
        yield found
    done = max((one.done_on for one in told.jobs if one.done_on <= on), default=None)
    if done and (found := _burden(done, on, service=True)):
        yield found


def _burden(received: date, on: date, *, service: bool) -> Ground | None:
    if rule("burden_of_proof").on(received) is None:
        return None
    return burden_of_proof(received, on, service, works)


def _laxer(car: Car) -> Iterator[Ground]:
    start = car.started_on or FIRST
    for key, amounts in car.promised.items():
        yield from laxer_than_law(key, amounts, start)


def _spare_on(car: Car, repairs: Iterable[Repair], on: date) -> date | None:
    """The first day from which a spare car or travel money is due, of a repair that isn't done yet."""
    days = [moment.date() for one in _going_on(car, repairs, on) if (moment := spare_car_from(one))]
    return min(days, default=None)


def _going_on(car: Car, repairs: Iterable[Repair], on: date) -> list[Repair]:
    """Repairs within the free-repair period that aren't done yet."""
    if not _counts(car):
        return []
    return [one for one in history(car, repairs, on, works).repairs_within("spare_car") if one.done_at is None]


def in_repair_since(vehicle: Vehicle, on: date) -> datetime | None:
    """When the repair was agreed on that goes on at the car's own branch and from whose sixth day on a spare car or
    travel money is due (Order 43 art. 21); None where there is no such repair. Of several the first.

    What other branches repair counts there: whoever has the car owes the spare car.
    """
    here = here_now(vehicle)
    found = _going_on(law_car(vehicle, on), here, on) if here else []
    return min((one.agreed_at for one in found if one.agreed_at and spare_car_from(one)), default=None)


def _counts(car: Car) -> bool:
    return car.household and not car.resold and car.started_on is not None and car.started_on >= FIRST


def _unjudged(told: Standing, kinds: Collection[str]) -> list[str]:
    """Numbers of orders of a kind that asks for it, of which nobody said what was wrong."""
    return [one.visit.order_no for one in told.stays if one.visit.kind in kinds and not one.problems]
