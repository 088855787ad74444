"""Moves data: what a car had run becomes its first reading, row by row, for that takes a while."""

from django.db import migrations

from tests.keeping.later.people import NEWEST


def first_readings(apps, schema_editor) -> None:
    vehicle, reading = (apps.get_model("vehicles", name) for name in ("Vehicle", "Reading"))
    told = apps.get_model("people", "Amendment").objects.filter(kind="vehicle").in_bulk(field_name="hash")
    for car in vehicle.objects.filter(readings=None).order_by("pk"):
        by = told[f"{car.pk:064d}"]
        reading.objects.create(vehicle=car, km=car.mileage_km, read_on=by.at.date(), entered_by=by.actor)


class Migration(migrations.Migration):
    dependencies = [("people", NEWEST), ("vehicles", "__first__")]

    operations = [migrations.RunPython(first_readings)]
