"""The same request sent again, by a program that didn't hear the answer."""

import pytest

from tests.api.calls import INTAKE, Program
from tests.databases import at_once
from wenguo.cases.models import Case, Entry
from wenguo.people.models import Post
from wenguo.people.tree import touch

database = pytest.mark.usefixtures("database")


@database
def test_the_same_key_and_body_open_one_case(dealer):
    first = Program().post("cases", INTAKE, idempotency_key="k-1")
    again = Program().post("cases", dict(reversed(INTAKE.items())), idempotency_key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers and again.headers["Idempotency-Replayed"] == "true"
    assert Case.objects.count() == 1


@database
def test_the_same_key_for_another_request_is_refused(dealer):
    number = Program().post("cases", INTAKE, idempotency_key="k-1").json()["number"]
    for path, body in (("cases", INTAKE | {"content": "别的事"}), (f"cases/{number}/steps/noted", {"note": "x"})):
        refused = Program().post(path, body, idempotency_key="k-1")
        assert (refused.status_code, refused.json()["code"]) == (422, "key_reused")
    assert Entry.objects.count() == 1


@database
def test_a_key_belongs_to_its_sender(dealer):
    for login in ("alice", "bob"):
        assert Program(login).post("cases", INTAKE, idempotency_key="k-1").status_code == 201
    assert Case.objects.count() == 2


@database
def test_a_refused_request_does_not_use_its_key_up(dealer):
    assert Program().post("cases", INTAKE | {"phone": "1"}, idempotency_key="k-1").status_code == 422
    assert Program().post("cases", INTAKE, idempotency_key="k-1").status_code == 201


@database
def test_a_step_is_taken_once_even_with_the_version_of_before(dealer):
    number = Program().open()["number"]
    form = {"correction_reason": "补充", "place": "门口"}
    for _ in range(3):
        taken = Program().post(f"cases/{number}/steps/corrected", form, idempotency_key="k-2", if_match='"1"')
        assert (taken.status_code, taken.headers["ETag"]) == (200, '"2"')
    assert Entry.objects.count() == 2


@database
def test_a_replay_tells_nothing_to_somebody_who_lost_the_branch(dealer):
    Program().post("cases", INTAKE, idempotency_key="k-1")
    Post.objects.filter(staff=dealer.staff["alice"]).update(branch=dealer.branches["SX"])
    touch()
    assert Program().post("cases", INTAKE, idempotency_key="k-1").status_code in (404, 422)


@database
@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 101, "a\tb"])
def test_a_key_that_is_none_is_refused(dealer, key):
    refused = Program().post("cases", INTAKE, idempotency_key=key)
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    assert not Case.objects.exists()


def test_twenty_at_once_with_one_key_open_one_case(own_database):
    caller = Program()
    answers = at_once(*[lambda: caller.post("cases", INTAKE, idempotency_key="k-1")] * 20)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert Case.objects.count() == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1


def test_twenty_at_once_with_their_own_keys_open_twenty_cases_without_a_gap(own_database):
    caller = Program()
    answers = at_once(*[lambda nth=nth: caller.post("cases", INTAKE, idempotency_key=f"k-{nth}") for nth in range(20)])
    assert [answer.status_code for answer in answers] == [201] * 20
    assert sorted(int(answer.json()["number"][-4:]) for answer in answers) == list(range(1, 21))
