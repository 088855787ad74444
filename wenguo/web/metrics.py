"""/metrics for Prometheus: what this process has answered, and what waits in the database, read at each scrape.

Nothing is counted over a whole table: what waits is found by its partial index, and no further than MOST.
"""

import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from wenguo.cases.models import WAITING, Clock, Entry, Errand, Loop, Notice, Seal
from wenguo.notify.models import Posting
from wenguo.people.businessclock import now
from wenguo.people.rows import places, plain
from wenguo.people.tree import tree

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MOST = 10_000  # rows that are counted; more are told as this many
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds
FORWARDED = ("X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via")

registry = CollectorRegistry()
requests = Counter("wenguo_requests", "Requests answered", ("route", "method", "status"), registry=registry)
duration = Histogram("wenguo_request_seconds", "Time to answer", ("route",), buckets=BUCKETS, registry=registry)
ProcessCollector(registry=registry)


def count(route: str, method: str, status: int, seconds: float) -> None:
    """One request was answered."""
    requests.labels(route, method, str(status)).inc()
    duration.labels(route).observe(seconds)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """For Prometheus only. For others there is nothing here."""
    if not _may_read(request):
        raise Http404
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


show.asks = "monitoring"  # type: ignore[attr-defined]  # `wenguo routes` says so


def _may_read(request: HttpRequest) -> bool:
    """Whoever has WENGUO_METRICS_TOKEN; without one set, this very machine, unless the installation is behind a proxy
    (then everybody would seem to be this machine)."""
    if token := settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    if settings.SECURE or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class Waiting(Collector):
    """What the database says, asked at each scrape; wenguo_up is 0 while it can't be asked."""

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return []  # the registry would else ask the database when this module is loaded

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            found = [*_waiting(now())]
        except DatabaseError:
            yield GaugeMetricFamily("wenguo_up", "Whether the database answers", 0)
            return
        yield GaugeMetricFamily("wenguo_up", "Whether the database answers", 1)
        for name, help, value in found:
            yield GaugeMetricFamily(f"wenguo_{name}", help, value)
        yield _loop_ages(now())


registry.register(Waiting())


def _waiting(at: datetime) -> Iterator[tuple[str, str, float]]:
    capped = f"(at most {MOST})"
    yield "cases_open", f"Open cases {capped}", _open_cases("", [])
    yield "cases_overdue", f"Open cases past their due time {capped}", _open_cases(" AND next_due_at <= %s", [at])
    notices, postings = Notice.objects.filter(WAITING), Posting.objects.filter(WAITING)
    yield "notices_waiting", f"Notices not yet delivered {capped}", _counted(notices)
    clocks = Clock.objects.filter(stopped_at=None, next_at__lte=at)
    ages = [_age(notices.filter(channel=one), "next_try_at", at) for one in ("bell", "mail", "sms")]  # by their index
    yield "notices_oldest_seconds", "How long the next notice has been due", max(ages)
    yield "postings_waiting", f"Postings to outlets not yet delivered {capped}", _counted(postings)
    given_up = [one.objects.filter(given_up_at__isnull=False) for one in (Notice, Posting)]
    yield "notices_given_up", f"Notices and postings that were given up {capped}", sum(map(_counted, given_up))
    yield "clocks_due", f"Clocks that ran out and weren't told {capped}", _counted(clocks)
    yield "clocks_oldest_seconds", "How long the first of them has been due", _age(clocks, "next_at", at)
    errands = Errand.objects.filter(done_at=None, due_at__lte=at)
    yield "errands_due", f"Errands not yet run {capped}", _counted(errands)
    entry, sealed = _last(Entry.objects, "pk"), _last(Seal.objects.filter(what="entry"), "last")
    yield "entries_last_id", "Id of the newest entry of the record", entry
    yield "entries_unsealed", "Entries, by id, since the last seal", entry - sealed
    yield "database_bytes", "Size of the database", _database_bytes()


def _open_cases(further: str, values: list[Any]) -> int:
    """Counted by the index over branch, kind of stage and due time."""
    branches = list(tree().branches)
    if not branches:
        return 0
    which = f"branch_id IN ({places(branches)}) AND stage_type = 'open'{further} LIMIT {MOST}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM cases_case WHERE {which}) AS counted",
            [*branches, *(plain(value) for value in values)],
        )
        return int(cursor.fetchone()[0])


def _counted(rows: Any) -> int:
    return int(rows[:MOST].count())


def _age(rows: Any, field: str, at: datetime) -> float:
    """Seconds since the first of them was due; 0 where none is."""
    first = rows.order_by(field, "id").values_list(field, flat=True).first()
    return max((at - first).total_seconds(), 0) if first else 0


def _last(rows: Any, field: str) -> int:
    return rows.order_by("-pk").values_list(field, flat=True).first() or 0


def _loop_ages(at: datetime) -> GaugeMetricFamily:
    ages = GaugeMetricFamily("wenguo_loop_age_seconds", "Since the loop last went round", labels=["loop"])
    for name, beat_at in Loop.objects.order_by("name").values_list("name", "beat_at"):
        ages.add_metric([name], (at - beat_at).total_seconds())
    return ages


def _database_bytes() -> int:
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        return sum(path.stat().st_size for path in (file, file.with_name(f"{file.name}-wal")) if path.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
