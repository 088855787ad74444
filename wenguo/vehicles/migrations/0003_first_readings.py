"""What a car had run before readings were kept becomes its first reading, of the day on which it was told."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations

AT_ONCE = 1_000  # vehicles


def first_readings(apps: Any, schema_editor: Any) -> None:
    vehicle, reading = (apps.get_model("vehicles", name) for name in ("Vehicle", "Reading"))
    branches = apps.get_model("people", "Branch").objects.values_list("pk", "zone")
    zones = {pk: ZoneInfo(zone) for pk, zone in branches}
    for rows in _in_pieces(vehicle.objects.filter(mileage_km__isnull=False, readings=None)):
        told = _told(apps, [row.pk for row in rows])
        reading.objects.bulk_create(
            reading(
                vehicle=row, km=row.mileage_km, read_on=told[row.pk][0].astimezone(zones[row.branch_id]).date(),
                entered_by=told[row.pk][1],
            )
            for row in rows if row.pk in told
        )  # fmt: skip


def _in_pieces(vehicles: Any) -> Iterator[list[Any]]:
    last = 0
    while rows := list(vehicles.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield rows
        last = rows[-1].pk


def _told(apps: Any, vehicles: list[int]) -> dict[int, tuple[Any, str]]:
    """When each car's mileage was last told, and by whom."""
    amendment = apps.get_model("people", "Amendment")
    found = amendment.objects.filter(kind="vehicle", thing__in=vehicles, body__contains='"mileage_km"')
    return {thing: (at, actor) for thing, at, actor in found.order_by("seq").values_list("thing", "at", "actor")}


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("vehicles", "0002_visits_and_readings"),
    ]

    operations = [
        migrations.RunPython(first_readings, migrations.RunPython.noop),
    ]
