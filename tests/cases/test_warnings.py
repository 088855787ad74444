"""Early warning through the door: once and only once, by the branch's own numbers, and nothing of W4 anywhere else."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.test_two_at_once import together
from tests.people import NOW, WHOLE, actor, at_stage, set_number, take
from tests.policy.planting import PackCopy
from tests.record import faults
from wenguo.cases.board import board
from wenguo.cases.distances import distances_of
from wenguo.cases.door import act, open_case
from wenguo.cases.identities import Told, identity_of, look_again, note_identity
from wenguo.cases.measuring import months_between
from wenguo.cases.models import Case, CaseLink, Entry, EntryPrivate, Hit, Notice, SearchText, SpecialIdentity
from wenguo.cases.refusals import NotAllowed, NotFound
from wenguo.cases.warned import held_for
from wenguo.jobs.backup.tables import LEFT_OUT
from wenguo.jobs.tick import tick
from wenguo.jobs.watch import watch
from wenguo.people.models import Amendment, Branch
from wenguo.policy.forms import Wrong
from wenguo.policy.load import load_pack
from wenguo.vehicles.models import Vehicle, Visit

OIL = {"component": "engine", "symptom": "oil_burning"}
REASON = "电视台记者,上月报道过本店"
MEDIA = Told("media", REASON, "本人 3 月 16 日书面同意", date(2026, 4, 1))


@pytest.mark.parametrize(("since", "day", "months"), [
    ("2025-11-30", "2025-11-30", 0),
    ("2025-11-30", "2025-12-01", 1),
    ("2025-11-30", "2026-02-28", 3),  # the last day of a month without a 30th
    ("2025-11-30", "2026-03-01", 4),
    ("2025-12-16", "2026-03-16", 3),
    ("2025-12-15", "2026-03-16", 4),
    ("2024-02-29", "2025-02-28", 12),
    ("2026-03-17", "2026-03-16", -1),
])  # fmt: skip
def test_a_month_ends_on_the_day_that_corresponds(since: str, day: str, months: int):
    assert months_between(date.fromisoformat(since), date.fromisoformat(day)) == months


def test_the_other_reading_asks_for_both_limits(tmp_path):
    copy = PackCopy(tmp_path)
    either = load_pack(copy.folder).warnings.rules["W2"]
    copy.plant("warnings.toml", "[[warning]]", 'key = "W2"\n', 'read_as = "either"', 'read_as = "both"')
    both = load_pack(copy.folder).warnings.rules["W2"]
    known = {"months_owned": 4, "mileage": 4000, "judgement": ["internal_fault", "against_dismantling"]}

    def holds(rule):
        limits = {"w2_months": 3, "w2_km": 5000}
        return all(any(one.holds(known[one.fact], limits.get) for one in group) for group in rule.groups)

    assert holds(either) and not holds(both)
    known["months_owned"] = 3
    assert holds(both)


def registered(nth: int, now=NOW, **more) -> Case:
    car = {"plate": f"浙A0000{nth}", "phone": f"1380000000{nth}"}
    case = at_stage("receiving", now=now, **car, **more)
    Vehicle.objects.filter(pk=case.vehicle_id).update(brand="澄远", series="远行")
    return case


def told(nth: int, series: str = "远行") -> Case:
    """One of a collective complaint, judged once the car's series is known."""
    return take(registered(nth), "judged", by="bob", **OIL)


def test_an_act_that_ticks_nothing_asks_nothing_more_of_the_database(database):
    case = registered(1)
    with CaptureQueriesContext(connection) as sent:
        take(case, "contacted", by="alice")
    asked = " ".join(one["sql"] for one in sent)
    assert "cases_hit" not in asked and "samefault" not in asked and "casevehicle" not in asked


def test_nobody_of_the_staff_opens_a_warning_by_hand(database):
    with pytest.raises(NotAllowed):
        open_case("warning", Branch.objects.get(code="HZ"), actor("general_manager"), {}, NOW)


def test_a_branch_counts_by_its_own_number(database):
    set_number("w5_vehicles", 2, "HZ")
    told(1)
    case = told(2)
    assert json.loads(Hit.objects.get(case=case).evidence)["numbers"]["w5_vehicles"] == 2
    warning = Case.objects.get(process="warning")
    assert warning.links.count() == 2 and warning.severity == "major"


def test_a_collective_warning_that_was_lifted_begins_anew_with_one_more_car(database):
    told(1), told(2), told(3)
    first = Case.objects.get(process="warning")
    take(first, "warning_lifted", by="bob")
    told(4)
    again = Case.objects.filter(process="warning").latest("pk")
    assert (again.pk != first.pk, again.links.count(), again.stage) == (True, 4, "filling")


@pytest.mark.usefixtures("own_database")
def test_two_who_complete_the_company_at_once_open_one_warning_which_both_are_in():
    told(1), told(2)
    cases = [registered(3), registered(4)]
    bob = actor("bob")
    together(2, lambda nth: act(cases[nth], "judged", bob, OIL, NOW))
    watch(lambda: NOW + timedelta(hours=2))  # whoever didn't see the other is seen by the hourly look
    tick(lambda: NOW + timedelta(hours=2))
    warning = Case.objects.get(process="warning")
    assert CaseLink.objects.filter(case=warning).count() == 4
    assert Hit.objects.filter(rule="W5", case__in=cases).count() == 2
    assert faults() == []


def test_the_same_look_again_finds_nothing_new(database):
    case = at_stage("receiving", judgement=["violent"])
    entries = Entry.objects.count()
    for hours in (2, 4, 30):
        assert watch(lambda at=NOW + timedelta(hours=hours): at) == 0
    assert Entry.objects.count() == entries and Case.objects.filter(process="warning").count() == 1
    assert [one.key for one in held_for([(case.pk, case.number)], case, actor("bob"), "en")] == ["R110"]


# ---- W4 ----


def everything_written() -> str:
    """All that entries, facts, search, notices and amendments hold."""
    found = [*Entry.objects.values_list("body", flat=True), *EntryPrivate.objects.values_list("value", flat=True)]
    found += [json.dumps(one, ensure_ascii=False) for one in Case.objects.values_list("facts", flat=True)]
    found += [*SearchText.objects.values_list("body", flat=True), *Amendment.objects.values_list("body", flat=True)]
    return "\n".join(found + list(Hit.objects.values_list("evidence", flat=True)))


def test_a_special_identity_warns_and_stands_nowhere_but_in_its_own_row(database):
    case, chief = at_stage("receiving"), actor("general_manager")
    for login in ("bob", "alice", "charlie"):
        with pytest.raises(NotFound):
            note_identity(case, MEDIA, actor(login), NOW)
    with pytest.raises(Wrong):
        note_identity(case, MEDIA._replace(until=date(2027, 1, 1)), chief, NOW)
    note_identity(case, MEDIA, chief, NOW)
    look_again(case, NOW)
    look_again(case, NOW)
    warning = Case.objects.get(process="warning")
    assert json.loads(warning.entries.get(seq=1).body)["data"]["rules"] == []
    assert Notice.objects.filter(entry__case=warning, recipient__username="bob").exists()
    assert not Hit.objects.exists() and "W4" not in (warning.opened_for or "")
    written = everything_written()
    assert (
        "记者" not in written
        and "media" not in written
        and "special_identity" not in "".join(Entry.objects.values_list("body", flat=True))
    )
    assert held_for([(case.pk, case.number)], case, actor("bob"), "en") == []
    assert [one.key for one in held_for([(case.pk, case.number)], case, chief, "en")] == ["W4"]
    assert board(actor("bob"), [case.branch], NOW).open[0].rules == ()
    assert board(chief, [case.branch], NOW).open[0].rules == ("W4",)
    assert "cases_specialidentity" in LEFT_OUT


def test_a_special_identity_is_gone_when_the_case_closes_or_its_day_is_over(database):
    chief = actor("general_manager")
    first, second = at_stage("receiving"), at_stage("receiving", phone="13900001111", plate="浙A77777")
    for case in (first, second):
        note_identity(case, MEDIA, chief, NOW)
        look_again(case, NOW)
    take(first, "withdrawn", by="bob")
    assert identity_of(first, chief) is None
    assert held_for([(first.pk, first.number)], first, chief, "en") == []
    watch(lambda: NOW + timedelta(days=16))  # its last day
    assert identity_of(second, chief).reason == REASON
    watch(lambda: NOW + timedelta(days=17))
    assert not SpecialIdentity.objects.exists()


# ---- what pages read ----


def test_how_far_a_car_still_is_counts_by_the_same_numbers(database):
    car = at_stage("receiving", **WHOLE, mileage_km="4200").vehicle
    Vehicle.objects.filter(pk=car.pk).update(delivered_on="2026-01-10")
    Visit.objects.create(
        branch=car.branch, vehicle=car, order_no="R1", kind="general_repair", in_at=NOW - timedelta(days=9)
    )  # fmt: skip
    car = Vehicle.objects.select_related("branch").get(pk=car.pk)
    found = {one.measure: one for one in distances_of(car, NOW)}
    assert (found["same_fault_repairs"].left, found["same_fault_days"].left) == (2, 1)
    assert (found["mileage"].left, found["months_owned"].until, found["months_owned"].left) == (
        800, date(2026, 4, 10), 25
    )  # fmt: skip
    assert "months_on_market" not in found  # nobody knows when the model came to market


def test_the_board_counts_by_branch_with_all_below_and_shows_nobody_elses(dealer):
    at_stage("receiving", judgement=["violent"])
    other = at_stage("receiving", branch="SX", judgement=["extreme_act", "no_solution"])
    take(Case.objects.filter(process="warning").latest("pk"), "warning_lifted", now=NOW + timedelta(hours=30))
    region = actor("region_manager")
    found = board(region, region.branches(), NOW + timedelta(hours=31))
    assert [one.about for one in found.open] == [("HZ-202603-0001",)]
    figures = {one.branch.code: (one.open, one.months[-1], one.lifted, one.hours) for one in found.figures}
    assert figures == {"HD": (1, 2, 1, 30), "HZ": (1, 1, 0, None), "SX": (0, 1, 1, 30)}
    bob = actor("bob")
    assert {one.branch.code for one in board(bob, bob.branches(), NOW).figures} == {"HZ"}
    assert other.branch.code == "SX" and Hit.objects.filter(case=other).count() == 2
