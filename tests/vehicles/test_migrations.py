"""Tables of an earlier version are brought up to this one."""

from datetime import date

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.databases import connected
from tests.people import NOW

BEFORE = [("people", "0001_initial"), ("vehicles", "0001_initial")]


def test_what_a_car_had_run_becomes_its_first_reading(templates):
    made = templates.untouched()
    try:
        with connected(made, owner=True):
            executor = MigrationExecutor(connection)
            executor.migrate(BEFORE)
            old = executor.loader.project_state(BEFORE).apps
            branch = old.get_model("people", "Branch").objects.create(code="HZ", name="店", path="/1/", pack="x")
            vehicle = old.get_model("vehicles", "Vehicle")
            known = vehicle.objects.create(branch=branch, plate="浙A12345", mileage_km=32000)
            vehicle.objects.create(branch=branch, plate="浙A54321")
            old.get_model("people", "Amendment").objects.create(
                kind="vehicle", thing=known.pk, seq=1, at=NOW, actor="staff:7", body='{"after":{"mileage_km":32000}}'
            )
            call_command("migrate", verbosity=0, interactive=False)
            with connection.cursor() as cursor:
                cursor.execute("SELECT vehicle_id, km, read_on, entered_by FROM vehicles_reading")
                (row,) = cursor.fetchall()
                assert [str(value) for value in row] == [str(known.pk), "32000", str(date(2026, 3, 16)), "staff:7"]
                cursor.execute("SELECT plate, brand, launched_on FROM vehicles_vehicle ORDER BY id")
                assert cursor.fetchall()[1] == ("浙A54321", "", None)
    finally:
        templates.drop(made)
