"""Vehicles as a branch knows them."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from wenguo.people.amend import amend
from wenguo.people.models import Branch
from wenguo.people.rows import first


class Vehicle(models.Model):
    """A car that a branch has met, known by plate or VIN (or both). Another branch has its own row."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    plate = models.CharField(max_length=12, blank=True)
    vin = models.CharField(max_length=17, blank=True)
    mileage_km = models.IntegerField(null=True, blank=True)

    PRIVATE: ClassVar[frozenset[str]] = frozenset({"plate", "vin"})

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["branch", "vin"], condition=~Q(vin=""), name="vehicle_vin"),
            models.UniqueConstraint(fields=["branch", "plate"], condition=~Q(plate=""), name="vehicle_plate"),
        )
        indexes = (models.Index(fields=["vin"]), models.Index(fields=["plate"]))


def find_vehicle(branch: Branch, plate: str, vin: str) -> Vehicle | None:
    """The branch's vehicle with this VIN, else with this plate, else None."""
    by_vin = first(Vehicle, "WHERE branch_id = %s AND vin = %s", branch.pk, vin) if vin else None
    return by_vin or (first(Vehicle, "WHERE branch_id = %s AND plate = %s", branch.pk, plate) if plate else None)


def vehicle_for(branch: Branch, plate: str, vin: str, km: int | None, by: str, now: datetime) -> Vehicle | None:
    """The vehicle meant by plate and VIN, made or brought up to date; None where neither is given.

    A plate that moved to another car (the VIN says so) is taken off the old one: plates are handed on, VINs are not.
    """
    if not (plate or vin):
        return None
    found = find_vehicle(branch, plate, vin)
    if found and vin and found.vin and found.vin != vin:  # found by a plate that another car carried before
        amend(found, by, {"plate": ""}, "plate now on another vehicle", now)
        found = None
    data = {key: value for key, value in (("plate", plate), ("vin", vin), ("mileage_km", km)) if value}
    if found is None:
        return amend(Vehicle(branch=branch), by, {"branch": branch, **data}, "first seen", now)
    if plate and plate != found.plate and (other := Vehicle.objects.filter(branch=branch, plate=plate).first()):
        amend(other, by, {"plate": ""}, "plate now on another vehicle", now)
    if km and found.mileage_km and km < found.mileage_km:
        del data["mileage_km"]  # a lower reading stays with its case; the car keeps the highest
    return amend(found, by, data, "seen again", now)
