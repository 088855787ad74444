"""What programs ask about customers is answered out of an index."""

import pytest
from django.db import connection

from wenguo.people.customers import OF_NAME, OF_NUMBER, OF_PHONE

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)  # PostgreSQL plans by size, and a test's tables are small
@pytest.mark.parametrize(
    ("question", "columns"),
    [(OF_NUMBER, "external_id=?"), (OF_PHONE, "phone=?"), (OF_NAME, "name=?")],
)
def test_a_customer_is_found_by_an_index_of_all_that_is_asked(question, columns):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN SELECT * FROM people_customer {question}", [1, "C-1"])
        (plan,) = [row[3] for row in cursor.fetchall()]
    assert "USING INDEX" in plan and plan.endswith(f"(branch_id=? AND {columns})")
