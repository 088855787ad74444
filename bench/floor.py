"""The floor: the same rows by bare SQL, without Django, templates or HTTP. Nothing above it can be faster."""

import statistics
import time
from typing import Any

from django.db import connection, transaction

from bench.measure import Figure


def replayed(statements: list[tuple[str, Any]], times: int, write: bool) -> Figure:
    """Runs the statements `times` times, a write in a transaction that is rolled back."""
    walls, start_cpu = [], time.process_time()
    connection.ensure_connection()
    for _ in range(times):
        start = time.perf_counter()
        with transaction.atomic():
            cursor = connection.create_cursor()
            for sql, params in statements:
                cursor.execute(sql, params)
                if not write:
                    cursor.fetchall()
            transaction.set_rollback(True)
        walls.append((time.perf_counter() - start) * 1000)
    cpu = (time.process_time() - start_cpu) * 1000 / times
    return Figure(cpu, statistics.median(walls), statistics.quantiles(walls, n=20)[18])


def statements_of(run: Any) -> list[tuple[str, Any]]:
    """The statements that `run` sends, as they reach the database driver."""
    sent: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: dict) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        run()
    return sent
