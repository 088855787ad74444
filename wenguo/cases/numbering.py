"""The numbers of cases: gap-free within a branch and a month, since they roll back with the case."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from wenguo.people.models import Branch

NEXT_NUMBER = """
    INSERT INTO cases_counter (branch_id, month, last) VALUES (%s, %s, 1)
    ON CONFLICT (branch_id, month) DO UPDATE SET last = cases_counter.last + 1 RETURNING last
"""


def next_number(branch: Branch, now: datetime) -> str:
    """The next number of the branch's month, such as HZ-202611-0007."""
    month = now.astimezone(ZoneInfo(branch.zone)).strftime("%Y%m")
    with connection.cursor() as cursor:  # one statement, so that the first two cases of a month can't both be the first
        cursor.execute(NEXT_NUMBER, [branch.pk, month])
        (number,) = cursor.fetchone()
    return f"{branch.code}-{month}-{number:04d}"
