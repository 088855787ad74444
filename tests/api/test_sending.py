"""How a request is sent: method, type, bytes; and a database that is away."""

import dataclasses
import json

import pytest

from tests.api.calls import INTAKE, Program, told
from tests.databases import connected
from tests.people import at_stage
from wenguo.cases.models import Case, Entry

database = pytest.mark.usefixtures("database")


@database
def test_the_wrong_method_is_refused_and_changes_nothing(dealer):
    number = Program().open()["number"]
    step = f"cases/{number}/steps/noted"
    wrong = [("GET", step), ("GET", "evidence"), ("POST", f"cases/{number}"), ("PUT", step)]
    for method, path in [*wrong, ("DELETE", f"cases/{number}"), ("PATCH", f"cases/{number}")]:
        answer = Program().call(method, path, '{"note": "x"}')
        told(answer, 405, "wrong_method")
        assert answer.headers["Allow"] == ("GET, HEAD, OPTIONS" if path.endswith(number) else "OPTIONS, POST")
    assert Entry.objects.count() == 1


@database
@pytest.mark.parametrize("path", ["", "nope", "cases/", "cases/X/", "cases/X/steps/noted/more", "docs", "%00"])
def test_an_address_that_is_none_is_said_as_json(dealer, path):
    told(Program().get(path), 404, "not_found")


@database
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", ""]
)
def test_another_content_type_is_refused(dealer, kind):
    told(Program().post("cases", INTAKE, **{"content-type": kind}), 415, "wrong_type")
    assert not Case.objects.exists()


BROKEN = {
    "half": b'{"process": ',
    "not an object": b"[1, 2]",
    "a word": b'"complaint"',
    "a name twice": b'{"content": "a", "content": "b"}',
    "NaN": b'{"mileage_km": NaN}',
    "more than a float holds": b'{"mileage_km": 1e999}',
    "more digits than Python reads": b'{"mileage_km": ' + b"9" * 5000 + b"}",
    "deep": b'{"content": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "GBK": '{"content": "刹车异响"}'.encode("gbk"),
    "overlong UTF-8": b'{"content": "\xc0\xaf"}',
    "UTF-16": '{"content": "x"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"content": "x"}',
    "a thousand fields": json.dumps({f"x{nth}": 1 for nth in range(1000)}).encode(),
    "a name without end": json.dumps({"x" * 1000: 1}).encode(),
}


@database
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_body_that_is_no_json_object_is_refused(dealer, body):
    number = at_stage("receiving").number
    told(Program().post("cases", body), 400, "malformed")
    told(Program().post(f"cases/{number}/steps/noted", body), 400, "malformed")
    assert Entry.objects.count() == 1


@database
def test_a_huge_body_is_refused_before_it_is_read(dealer):
    told(Program().post("cases", b'{"content": "' + b"x" * 6 * 1024 * 1024 + b'"}'), 413, "too_large")


@database
@pytest.mark.parametrize("value", [["a"], {"a": 1}, [["a"]], True, 1, 1.5, ["a"] * 1000])
def test_a_value_of_another_kind_is_refused_by_field(dealer, value):
    number = Program().open()["number"]
    assert told(Program().post("cases", INTAKE | {"content": value}), 422, "invalid").fields.keys() == {"content"}
    refused = Program().post(f"cases/{number}/steps/noted", {"note": value})
    assert told(refused, 422, "invalid").fields.keys() == {"note"}
    assert told(Program().post("cases", INTAKE | {"source": value}), 422, "invalid").fields.keys() == {"source"}


# ---- the database ----


def test_a_database_that_is_away_is_busy_not_broken(own_database, tmp_path):
    caller = Program()
    nowhere = dataclasses.replace(
        own_database, home=tmp_path / "gone", url=own_database.url and "postgres://app:x@127.0.0.1:1/gone"
    )
    with connected(nowhere):
        answer = caller.post("cases", INTAKE)
    told(answer, 503, "busy")
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_a_locked_database_is_busy_and_the_same_request_works_later(own_database):
    caller = Program()
    with connected(own_database) as other:
        other.cursor().execute("BEGIN IMMEDIATE")
        with connected(own_database) as mine:
            mine.settings_dict["OPTIONS"] = mine.settings_dict["OPTIONS"] | {"timeout": 0.1}
            told(caller.post("cases", INTAKE, idempotency_key="k"), 503, "busy")
        other.cursor().execute("ROLLBACK")
    assert caller.post("cases", INTAKE, idempotency_key="k").status_code == 201
