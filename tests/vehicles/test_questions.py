"""What every intake asks about cars is answered out of an index."""

import pytest
from django.db import connection

from wenguo.vehicles.models import OF_CASE, OF_PLATE, OF_VIN

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)  # PostgreSQL plans by size, and a test's tables are small
@pytest.mark.parametrize(
    "table, question, values, index",
    [
        ("vehicles_vehicle", OF_VIN, [1, "LSVAU2180N2183294"], "vehicle_vin"),
        ("vehicles_vehicle", OF_PLATE, [1, "浙A12345"], "vehicle_plate"),
        ("vehicles_reading", OF_CASE, ["HZ-202603-0001"], "reading_case"),
    ],
)
def test_a_car_or_a_reading_is_found_by_its_own_index(table, question, values, index):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {table} {question}", values)
        assert index in " ".join(row[3] for row in cursor.fetchall())
