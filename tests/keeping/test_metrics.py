"""/metrics and /readyz: what monitoring sees, and that nobody else does."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.people import NOW, at_stage
from wenguo.cases.models import Clock, Entry, Loop, Notice
from wenguo.people.businessclock import now
from wenguo.web import metrics

SQLITE = pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)


def scraped(**more) -> dict[str, float]:
    """Every sample by its name (with its labels)."""
    answer = Client().get("/metrics", **more)
    assert answer.status_code == 200
    samples = re.findall(r"^(\w+(?:\{[^}]*\})?) (\S+)$", answer.content.decode(), re.MULTILINE)
    return {name: float(value) for name, value in samples}


def test_what_waits_is_told(database):
    empty = scraped()
    assert (empty["wenguo_up"], empty["wenguo_cases_open"], empty["wenguo_notices_waiting"]) == (1, 0, 0)
    at_stage("investigating")
    Loop.objects.create(name="tick", holder="x", until=NOW, beat_at=now() - timedelta(seconds=100))
    found = scraped()
    assert found["wenguo_cases_open"] == found["wenguo_cases_overdue"] == 1  # NOW is long ago
    assert found["wenguo_notices_waiting"] == Notice.objects.filter(sent_at=None).count() > 0
    assert found["wenguo_clocks_due"] == Clock.objects.filter(stopped_at=None).count() > 0
    assert found["wenguo_clocks_oldest_seconds"] > 0 and found["wenguo_notices_oldest_seconds"] > 0
    assert found["wenguo_entries_last_id"] == found["wenguo_entries_unsealed"] == Entry.objects.latest("pk").pk
    assert found["wenguo_database_bytes"] > 100_000
    assert 99 < found['wenguo_loop_age_seconds{loop="tick"}'] < 200
    assert found["process_resident_memory_bytes"] > 10_000_000


def test_what_could_not_be_delivered_is_told(database):
    at_stage("investigating")
    assert scraped()["wenguo_notices_given_up"] == scraped()["wenguo_postings_waiting"] == 0
    Notice.objects.update(given_up_at=NOW)
    found = scraped()
    assert found["wenguo_notices_given_up"] == Notice.objects.count() and found["wenguo_notices_waiting"] == 0


@SQLITE
def test_requests_are_counted_by_the_name_of_their_address(database):
    before = scraped().get('wenguo_requests_total{method="GET",route="case",status="302"}', 0)
    Client().get(f"/cases/{at_stage('receiving').number}/")
    found = scraped()
    assert found['wenguo_requests_total{method="GET",route="case",status="302"}'] == before + 1
    assert not [name for name in found if "HZ-" in name]


def test_a_scrape_asks_a_few_small_questions(database):
    at_stage("investigating")
    scraped()  # the organisation is known then
    with CaptureQueriesContext(
        connection,
    ) as asked:
        scraped()
    assert len(asked) <= 19
    for one in asked.captured_queries:
        sql = one["sql"].upper()
        assert "COUNT" not in sql or "LIMIT" in sql, sql


def test_no_question_of_a_scrape_reads_a_whole_table(database):
    at_stage("investigating")
    with CaptureQueriesContext(connection) as asked:
        scraped()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for one in asked.captured_queries:
                if one["sql"].startswith("SELECT") and not one["sql"].endswith("DESC LIMIT 1"):  # by key
                    cursor.execute("EXPLAIN QUERY PLAN " + one["sql"].replace("%", "%%"))
                    plan = " ".join(row[3] for row in cursor.fetchall())
                    assert not re.search(r"SCAN (?:cases|notify)_(?!loop)\w+(?! USING)$", plan), (one["sql"], plan)


@SQLITE
@pytest.mark.parametrize(
    "headers", [{"X-Forwarded-For": "127.0.0.1"}, {"X-Real-Ip": "1.2.3.4"}, {"Via": "1.1 x"}, {"Forwarded": "for=1"}]
)
def test_whoever_comes_through_a_proxy_finds_nothing(database, headers):
    assert Client().get("/metrics", headers=headers).status_code == 404


@SQLITE
@pytest.mark.parametrize("address", ["10.0.0.8", "203.0.113.9", "2001:db8::1", "", "x"])
def test_another_machine_finds_nothing(database, address):
    assert Client().get("/metrics", REMOTE_ADDR=address).status_code == 404


@SQLITE
def test_with_a_token_only_the_token_counts(database, monkeypatch):
    monkeypatch.setattr(settings, "METRICS_TOKEN", "a-long-token")
    assert Client().get("/metrics").status_code == 404
    assert Client().get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert Client().get("/metrics", headers={"Authorization": "Bearer 金"}).status_code == 404
    scraped(REMOTE_ADDR="10.0.0.8", headers={"Authorization": "Bearer a-long-token"})


@SQLITE
def test_behind_tls_a_token_is_needed(database, monkeypatch):
    monkeypatch.setattr(settings, "SECURE", True)
    assert Client().get("/metrics").status_code == 404


@SQLITE
def test_counts_stop_at_most(database, monkeypatch):
    monkeypatch.setattr(metrics, "MOST", 1)
    at_stage("investigating")
    at_stage("receiving")
    found = scraped()
    assert found["wenguo_cases_open"] == found["wenguo_clocks_due"] == 1


def test_readiness_tells_how_safe_an_acknowledged_change_is(database):
    told = Client().get("/readyz").json()
    assert told["replication"] in (("file",) if connection.vendor == "sqlite" else ("local", "unsafe"))
