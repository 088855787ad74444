"""Two clerks, double posts: many at the same moment on a real database, each in a thread with its own connection."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tests.people import NOW, actor, at_stage, fill, take
from tests.record import faults, without_entry
from wenguo.cases import refusals
from wenguo.cases.door import Done, act, open_case
from wenguo.cases.models import Approval, Case, Entry, Remedy
from wenguo.people.models import Branch, Customer
from wenguo.policy.load import packs
from wenguo.vehicles.models import Vehicle

pytestmark = [pytest.mark.usefixtures("own_database"), pytest.mark.both_databases]
INTAKE = {"content": "变速箱顿挫", "phone": "13900001234", "plate": "浙A12345", "customer_name": "章先生"}


def together(count: int, deed: Callable[[int], object]) -> list[object]:
    """Runs `deed(n)` in `count` threads that start at the same moment; results, or the refusal each met."""
    gate = threading.Barrier(count)

    def run(nth: int) -> object:
        gate.wait()
        try:
            return deed(nth)
        except refusals.Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_twenty_posts_of_one_form_make_one_case():
    branch, alice = Branch.objects.get(code="HZ"), actor("alice")
    done = together(20, lambda _: open_case("complaint", branch, alice, INTAKE, NOW, key="form-1"))
    assert Case.objects.count() == 1
    assert {one.case.number for one in done} == {"HZ-202603-0001"}
    assert sum(not one.repeated for one in done) == 1
    assert faults() == []


def test_clerks_who_register_at_once_get_numbers_without_gap_and_share_the_customer():
    branch = Branch.objects.get(code="HZ")
    clerks = [actor(login) for login in ("alice", "bob", "reception", "callback_agent")]
    done = together(12, lambda nth: open_case("complaint", branch, clerks[nth % 4], INTAKE, NOW))
    assert sorted(one.case.number for one in done) == [f"HZ-202603-{nth:04d}" for nth in range(1, 13)]
    assert (Customer.objects.count(), Vehicle.objects.count()) == (1, 1)
    assert faults() == without_entry() == []


def test_two_clerks_who_take_the_same_step_do_it_once():
    case = at_stage("receiving")
    people = [actor("bob"), actor("service_manager")]
    form = packs()["auto_dealer"].forms["assign"]
    raws = [fill(form, by, case.branch, NOW) for by in people]
    done = together(2, lambda nth: act(case, "assigned", people[nth], raws[nth], NOW, version=case.version))
    refused = [one for one in done if isinstance(one, refusals.Refusal)]
    assert [one.code for one in refused] == ["wrong_stage"]
    assert Entry.objects.filter(verb="assigned").count() == 1
    assert faults() == []


def test_many_notes_at_once_are_all_kept_in_one_chain():
    case = at_stage("receiving")
    bob = actor("bob")
    together(8, lambda nth: act(case, "noted", bob, {"note": f"第{nth}条"}, NOW, version=case.version))
    assert Entry.objects.filter(verb="noted").count() == 8
    assert faults() == []


def test_fifty_approvals_of_one_plan_are_one():
    case = take(at_stage("planning"), "solution_proposed", costs={"labour": "1200"})
    director = actor("service_director")
    done = together(50, lambda nth: act(case, "approved", director, {"amount": "1200"}, NOW))
    assert [type(one) for one in done].count(Done) == 1
    assert Approval.objects.count() == 1
    assert faults() == []


def test_many_plans_for_one_customer_never_pass_the_limit_together():
    cases = [at_stage("planning", plate=f"浙A{nth:05d}") for nth in range(10)]
    bob, form = actor("bob"), packs()["auto_dealer"].forms["solution"]
    raw = fill(form, bob, cases[0].branch, NOW, costs={"labour": "300"})
    done = together(10, lambda nth: act(cases[nth], "solution_proposed", bob, raw, NOW))
    assert {type(one) for one in done} == {Done}
    given = Remedy.objects.filter(granted_at__isnull=False).values_list("amount_fen", flat=True)
    assert sum(given) == 90_000  # three of 300 yuan; with a fourth it would be more than bob's 1,000
    assert faults() == []
