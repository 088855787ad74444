"""Vehicles as a branch knows them: the car, its visits to the workshop, and how far it had run on which day."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import connection, models
from django.db.models import Q

from wenguo.people.amend import amend
from wenguo.people.models import Branch
from wenguo.people.rows import first, places, read

CODE, NAME = 40, 60  # lengths


class Vehicle(models.Model):
    """A car that a branch has met, known by plate or VIN (or both). Another branch has its own row.

    A car without plate yet has an empty one. `launched_on`: when its model came to market (W7). What the three
    guarantees ask beside the days: `business_use` (not bought for living needs), `province` (where it was bought; a
    code of the pack), `replaced_on` (the day it was given in exchange for another), `transferred`, `resold` (returned
    before: 三包换退车), and what the booklet (三包凭证) says: months and km of both periods, and `use_fee`, its n as
    written there ("0.5%").
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    plate = models.CharField(max_length=12, blank=True)
    vin = models.CharField(max_length=17, blank=True)
    mileage_km = models.IntegerField(null=True, blank=True)
    temporary_plate = models.CharField(max_length=20, blank=True)
    brand = models.CharField(max_length=CODE, blank=True)
    series = models.CharField(max_length=CODE, blank=True)
    model = models.CharField(max_length=80, blank=True)
    engine_no = models.CharField(max_length=CODE, blank=True)
    launched_on = models.DateField(null=True, blank=True)
    invoiced_on = models.DateField(null=True, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    business_use = models.BooleanField(default=False)
    transferred = models.BooleanField(default=False)
    resold = models.BooleanField(default=False)
    replaced_on = models.DateField(null=True, blank=True)
    province = models.CharField(max_length=CODE, blank=True)
    price_fen = models.BigIntegerField(null=True, blank=True)
    warranty_months = models.IntegerField(null=True, blank=True)
    warranty_km = models.IntegerField(null=True, blank=True)
    sanbao_months = models.IntegerField(null=True, blank=True)
    sanbao_km = models.IntegerField(null=True, blank=True)
    use_fee = models.CharField(max_length=20, blank=True)

    PRIVATE: ClassVar[frozenset[str]] = frozenset({"plate", "vin", "temporary_plate", "engine_no"})

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["branch", "vin"], condition=~Q(vin=""), name="vehicle_vin"),
            models.UniqueConstraint(fields=["branch", "plate"], condition=~Q(plate=""), name="vehicle_plate"),
        )
        indexes = (models.Index(fields=["vin"]), models.Index(fields=["plate"]))


class Visit(models.Model):
    """One stay in the workshop: the repair order (工单) as the dealer's own system has it, with its number.

    `kind`, `quality` and `payer` are codes of the pack. Advisor and technician are names: that system knows no staff
    ids of ours. `items`: what was done, a text each. `parts`: {name, number, quantity, fen} each, quantity as decimal
    text. `labour_hours` is decimal text, money is in fen; what is unknown is None or "".

    `agreed_at`: customer and shop settled on the repair; unknown, it began when the car came, unless `not_agreed`.
    `done_at`: repaired; unknown, it was when the car left. `work`: the pack's code for the extent of the repair, on
    which its guarantee depends; `guarantee_days`, `guarantee_km`: a longer one that this shop gave.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, db_index=False)
    order_no = models.CharField(max_length=CODE)
    kind = models.CharField(max_length=CODE)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, db_index=False)
    in_at = models.DateTimeField()
    out_at = models.DateTimeField(null=True, blank=True)
    mileage_km = models.IntegerField(null=True, blank=True)
    advisor = models.CharField(max_length=NAME, blank=True)
    technician = models.CharField(max_length=NAME, blank=True)
    complaint = models.TextField(blank=True)
    items = models.JSONField(default=list, blank=True)
    parts = models.JSONField(default=list, blank=True)
    labour_hours = models.CharField(max_length=20, blank=True)
    labour_fen = models.BigIntegerField(null=True, blank=True)
    material_fen = models.BigIntegerField(null=True, blank=True)
    total_fen = models.BigIntegerField(null=True, blank=True)
    quality = models.CharField(max_length=CODE, blank=True)
    payer = models.CharField(max_length=CODE, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    not_agreed = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True, blank=True)
    undrivable = models.BooleanField(default=False)
    work = models.CharField(max_length=CODE, blank=True)
    guarantee_days = models.IntegerField(null=True, blank=True)
    guarantee_km = models.IntegerField(null=True, blank=True)

    PRIVATE: ClassVar[frozenset[str]] = frozenset({"advisor", "technician", "complaint", "items"})

    class Meta:
        constraints = (models.UniqueConstraint(fields=["branch", "order_no"], name="visit_order"),)
        indexes = (
            models.Index(fields=["vehicle", "in_at", "id"], name="visit_of_vehicle"),
            models.Index(fields=["branch", "in_at"], name="visit_of_branch"),
        )


class VisitProblem(models.Model):
    """What was wrong with the car at one visit, as the law asks (law.facts.Problem): a visit may treat several.

    The same name means the same problem (同一质量问题), at whichever visit: that is for a person to judge. `system`,
    `replaced`, `sign` and `claims` are codes of the pack; `part` is the main part, in the booklet's words. A row stays:
    what was put down by mistake is `void`.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="problems", db_index=False)
    name = models.CharField(max_length=NAME)
    system = models.CharField(max_length=CODE, blank=True)
    part = models.CharField(max_length=NAME, blank=True)
    replaced = models.CharField(max_length=CODE, blank=True)
    sign = models.CharField(max_length=CODE, blank=True)
    severe = models.BooleanField(default=False)
    not_quality = models.BooleanField(default=False)
    wear_months = models.IntegerField(null=True, blank=True)
    wear_km = models.IntegerField(null=True, blank=True)
    claims = models.JSONField(default=list, blank=True)
    void = models.BooleanField(default=False)

    PRIVATE: ClassVar[frozenset[str]] = frozenset({"name", "part"})

    class Meta:
        constraints = (models.UniqueConstraint(fields=["visit", "name"], name="problem_of_visit"),)


class VisitWait(models.Model):
    """Time of a visit in which nothing could be done: `why` is a code of the pack, some of which the law leaves out."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="waits", db_index=False)
    why = models.CharField(max_length=CODE)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    void = models.BooleanField(default=False)

    PRIVATE: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["visit", "since"], name="wait_of_visit"),)


class Reading(models.Model):
    """How far a car had run on a day, and who says so: a visit, a complaint (by its number), or somebody by hand.

    One that is lower than those before it counts only with a reason (instrument replaced, typing error …).
    """

    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="readings", db_index=False)
    km = models.IntegerField()
    read_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, null=True, blank=True)
    case_number = models.CharField(max_length=CODE, blank=True)
    entered_by = models.CharField(max_length=CODE)

    PRIVATE: ClassVar[frozenset[str]] = frozenset({"reason"})

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case_number"], condition=~Q(case_number=""), name="reading_case"),
        )
        indexes = (models.Index(fields=["vehicle", "read_on", "id"], name="reading_of_vehicle"),)


# "NOT … = ''" as in the unique constraints: SQLite takes their indexes only where the same words stand in the question,
# and would else read every car of the branch (20 ms at 100,000 cases, measured).
OF_VIN = "WHERE branch_id = %s AND vin = %s AND NOT vin = ''"
OF_PLATE = "WHERE branch_id = %s AND plate = %s AND NOT plate = ''"
OF_CASE = "WHERE case_number = %s AND NOT case_number = ''"


def find_vehicle(branch: Branch, plate: str, vin: str) -> Vehicle | None:
    """The branch's vehicle with this VIN, else with this plate, else None."""
    by_vin = first(Vehicle, OF_VIN, branch.pk, vin) if vin else None
    return by_vin or (first(Vehicle, OF_PLATE, branch.pk, plate) if plate else None)


def vehicle_for(
    branch: Branch, plate: str, vin: str, km: int | None, by: str, now: datetime, case_number: str = ""
) -> Vehicle | None:
    """The vehicle meant by plate and VIN, made or brought up to date; None where neither is given.

    A plate that moved to another car (the VIN says so) is taken off the old one: plates are handed on, VINs are not.
    `km` is kept as a reading of today that the complaint `case_number` told; it is never refused, for somebody waits.
    """
    if not (plate or vin):
        return None
    met, data = _met(branch, plate, vin, by, now), {key: text for key, text in (("plate", plate), ("vin", vin)) if text}
    ran = {"mileage_km": km} if km else {}
    vehicle = met or amend(Vehicle(branch=branch), by, {"branch": branch, **data, **ran}, "first seen", now)
    told = first(Reading, OF_CASE, case_number) if case_number else None
    if km := km or (told.km if told else None):
        read_on = told.read_on if told else now.astimezone(ZoneInfo(branch.zone)).date()
        reading = {"km": km, "read_on": read_on, "case_number": case_number}
        return keep_reading(vehicle, told, by, reading, now, also=data)
    return amend(vehicle, by, data, "seen again", now) if met else vehicle


def _met(branch: Branch, plate: str, vin: str, by: str, now: datetime) -> Vehicle | None:
    """The vehicle as the branch met it before; whichever other car carried its plate has lost it."""
    found = find_vehicle(branch, plate, vin)
    if found and vin and found.vin and found.vin != vin:  # found by a plate that another car carried before
        amend(found, by, {"plate": ""}, "plate now on another vehicle", now)
        return None
    if found and plate and plate != found.plate and (other := first(Vehicle, OF_PLATE, branch.pk, plate)):
        amend(other, by, {"plate": ""}, "plate now on another vehicle", now)
    return found


def readings_of(vehicle: Vehicle) -> list[Reading]:
    """Every reading of the car, in the order of their days."""
    return read(Reading, "WHERE vehicle_id = %s ORDER BY read_on, id", vehicle.pk)


def judged(readings: Iterable[Reading]) -> Iterator[tuple[Reading, bool]]:
    """Each reading, in the order of their days, with whether it went back behind those before it that count."""
    km = 0
    for one in readings:
        yield one, one.km < km
        km = _after(km, one.km, one.reason)


def _after(before: int, km: int, reason: str) -> int:
    """What the car has run after a reading of `km`: less than `before` only where somebody says why."""
    return km if km >= before or reason else before


def counting(readings: Iterable[Reading]) -> list[Reading]:
    """Readings that count: all but those that went back and nobody says why."""
    return [one for one, went_back in judged(readings) if one.reason or not went_back]


def contradicting(readings: Iterable[Reading], km: int, read_on: date) -> Reading | None:
    """The reading against which `km` on the day `read_on` would need a reason: more before it, or less after it."""
    counted = counting(readings)
    before = [one for one in counted if one.read_on <= read_on]
    after = [one for one in counted if one.read_on > read_on]
    if before and before[-1].km > km:
        return before[-1]
    return after[0] if after and after[0].km < km and not after[0].reason else None


def keep_reading(
    vehicle: Vehicle, told: Reading | None, by: str, data: dict, now: datetime, also: dict | None = None
) -> Vehicle:
    """Stores a new reading of the car, or of the one `told` before what changed; returns the car with its mileage.

    A car to which `told` was put down by mistake loses it. `also`: what else is to be changed of the car with it.
    Within a transaction, and under a lock: two readings at once must each know of the other.
    """
    _lock(vehicle.pk, told.vehicle_id if told else vehicle.pk)
    who = {} if told else {"entered_by": by}
    amend(told or Reading(), by, {"vehicle": vehicle, **who, **data}, "mileage read", now)
    if told and told.vehicle_id != vehicle.pk:
        amend(told.vehicle, by, {"mileage_km": _mileage(told.vehicle_id)}, "mileage of another vehicle", now)
    return amend(vehicle, by, {**(also or {}), "mileage_km": _mileage(vehicle.pk)}, "mileage read", now)


def _lock(*vehicles: int) -> None:
    """Holds these cars until the transaction ends, always in the order of their ids; SQLite has one writer anyway."""
    if connection.features.has_select_for_update:
        ids = sorted(set(vehicles))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM vehicles_vehicle WHERE id IN ({places(ids)}) ORDER BY id FOR UPDATE", ids)


def _mileage(vehicle: int) -> int | None:
    """What the car has run: the last reading that counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT km, reason FROM vehicles_reading WHERE vehicle_id = %s ORDER BY read_on, id", [vehicle])
        rows = cursor.fetchall()
    km = 0
    for row in rows:
        km = _after(km, *row)
    return km if rows else None
