"""Visits to the workshop: how many days they count for, what is refused, what a dealer's own system may tell."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.databases import at_once, connected
from tests.people import NOW, actor, found_dealer
from wenguo.cases.asking import asking
from wenguo.people.models import Amendment
from wenguo.policy.forms import Wrong
from wenguo.policy.load import default_pack, packs
from wenguo.vehicles.dms import vehicle_told, visit_told
from wenguo.vehicles.entering import REASON, ROWS, enter_visit
from wenguo.vehicles.models import Reading, Vehicle, Visit, VisitProblem, VisitWait, vehicle_for
from wenguo.vehicles.visits import PAGE, days_in_workshop, visits_of, workshop_days

HOUR = timedelta(hours=1)
VIN, OTHER = "LATPAB071W1005301", "1M8GDM9AXKP042788"
IN = {"kind": "general_repair", "in_at": "2026-03-10 09:00"}


def told(dealer, order_no, branch="HZ", now=NOW, **raw):
    alice = actor("alice" if branch == "HZ" else "charlie", now)
    at = dealer.branches[branch]
    return visit_told(at, order_no, raw, asking(at, alice, now), alice)[0]


def car_told(dealer, vin, **raw):
    alice, at = actor("alice"), dealer.branches["HZ"]
    return vehicle_told(at, vin, raw, asking(at, alice, NOW), alice)


def entered(dealer, visit=None, **raw):
    """Typed by alice into the form of a visit."""
    alice, at = actor("alice"), dealer.branches["HZ"]
    car = vehicle_for(at, "浙A12345", "", None, "staff:1", NOW)
    return enter_visit(visit or Visit(branch=at, vehicle=car), default_pack(), raw, asking(at, alice, NOW), alice)


def wrong(dealer, visit=None, **raw):
    with pytest.raises(Wrong) as refused:
        entered(dealer, visit, **raw)
    return set(refused.value.problems)


@pytest.mark.parametrize(
    ("hours", "days"), [(0, 0), (0.001, 1), (1, 1), (24, 1), (24.001, 2), (47.5, 2), (48, 2), (169, 8)]
)
def test_a_visit_counts_for_every_24_hours_begun(hours: float, days: int):
    assert days_in_workshop(NOW, NOW + hours * HOUR) == days


def test_the_forms_ask_for_what_the_tables_hold():
    tables = {"vehicle": Vehicle, "visit": Visit, "visit_problem": VisitProblem, "visit_wait": VisitWait}
    beside = {"visit": {REASON, *ROWS}}
    for pack in packs().values():
        for key, table in tables.items():
            asked = {one.key for one in pack.forms[key].fields} if key in pack.forms else set()
            assert asked - {one.name for one in table._meta.fields} == beside.get(key, set()) & asked


def test_three_visits_of_one_hour_are_three_days_and_a_car_still_here_counts_until_now(dealer):
    for nth in range(3):
        day = f"2026-03-{10 + nth}"
        visit = told(dealer, f"R{nth}", vin=VIN, kind="comeback", in_at=f"{day} 09:00", out_at=f"{day} 10:00")
    car = visit.vehicle
    assert workshop_days(car, NOW) == 3
    told(dealer, "R3", vin=VIN, kind="recall", in_at="2026-03-14 09:00")  # 49 hours before NOW
    assert workshop_days(car, NOW) == 6
    since, until = datetime(2026, 3, 11, tzinfo=UTC), datetime(2026, 3, 14, tzinfo=UTC)
    assert (workshop_days(car, NOW, since), workshop_days(car, NOW, since, until)) == (5, 2)


def test_visits_come_in_pages_the_latest_first(dealer):
    for nth in range(PAGE + 2):
        car = told(dealer, f"R{nth:02}", vin=VIN, kind="maintenance", in_at=f"2026-02-{1 + nth // 2:02} 09:00").vehicle
    first = visits_of(car)
    rest = visits_of(car, first.next)
    assert [one.order_no for one in first.rows + rest.rows] == [f"R{nth:02}" for nth in range(PAGE + 1, -1, -1)]
    assert (len(first.rows), rest.next) == (PAGE, 0)


def test_a_visit_typed_by_hand_keeps_items_and_parts_line_by_line(dealer):
    parts = "刹车片｜45022-T2J｜1｜1,380.50\n机油滤芯, 15400, 1, 85\n机油\t\t4.5\t\n卡扣"
    visit = entered(dealer, order_no=" R1 ", **IN, items="更换前刹车片\n\n 路试 ", parts=parts, labour_fen="200",
                    labour_hours="1.5", mileage_km="3.2万")  # fmt: skip
    visit.refresh_from_db()
    assert (visit.order_no, visit.items, visit.labour_fen) == ("R1", ["更换前刹车片", "路试"], 20000)
    assert visit.parts == [
        {"name": "刹车片", "number": "45022-T2J", "quantity": 1, "amount_fen": 138050},
        {"name": "机油滤芯", "number": "15400", "quantity": 1, "amount_fen": 8500},
        {"name": "机油", "quantity": "4.5"},
        {"name": "卡扣"},
    ]
    assert (visit.labour_hours, visit.vehicle.mileage_km) == ("1.5", 32000)
    assert Reading.objects.get().visit == visit
    assert entered(dealer, order_no="R1", **IN, items="更换前刹车片\n路试", parts=parts, labour_fen="200",
                   labour_hours="1.5", mileage_km="32000") == visit  # fmt: skip  # the form sent twice
    assert "路试" not in Amendment.objects.get(kind="visit").body


def test_what_can_not_be_is_refused_at_its_field(dealer):
    first = entered(dealer, order_no="R1", **IN, mileage_km=58000)
    new = {"order_no": "R2", **IN}
    assert wrong(dealer) == {"order_no", "kind", "in_at"}
    assert wrong(dealer, **new | {"order_no": "R1", "kind": "recall"}) == {"order_no"}
    assert wrong(dealer, **new, out_at="2026-03-10 08:59") == {"out_at"}
    assert wrong(dealer, **new, parts="刹车片 | 1 | 两片 | 380") == {"parts"}
    assert wrong(dealer, **new, parts="a | b | 1 | 2 | 3") == {"parts"}
    assert wrong(dealer, **new, parts="卡扣\n" * 101) == wrong(dealer, **new, parts=["卡扣"]) == {"parts"}
    assert wrong(dealer, **new, items="擦车\n" * 101) == {"items"}
    assert wrong(dealer, **new, mileage_km=57000) == {REASON}
    assert wrong(dealer, first, in_at="") == {"in_at"}
    assert wrong(dealer, first, mileage_km="") == {"mileage_km"}
    second = entered(dealer, **new, mileage_km=57000, mileage_reason="上次录错")
    assert (second.vehicle.mileage_km, Reading.objects.get(visit=second).reason) == (57000, "上次录错")
    assert wrong(dealer, second, order_no="R1") == {"order_no"}
    assert entered(dealer, second, out_at="2026-03-10 12:00").vehicle.mileage_km == 57000


def test_an_order_told_twice_changes_nothing_and_told_otherwise_only_that(dealer):
    body = {"vin": VIN, **IN, "mileage_km": 58000, "advisor": "安丽思", "parts": [{"name": "卡扣", "quantity": "2"}]}
    visit = told(dealer, "R1", **body)
    before = Amendment.objects.count()
    assert told(dealer, "R1", **body) == visit
    assert Amendment.objects.count() == before
    visit = told(dealer, "R1", out_at="2026-03-10T03:30:00Z")  # in UTC: half past eleven at the shop
    assert (visit.advisor, visit.parts, visit.out_at) == ("安丽思", [{"name": "卡扣", "quantity": 2}],
                                                       datetime(2026, 3, 10, 3, 30, tzinfo=UTC))  # fmt: skip
    assert Amendment.objects.filter(kind="visit").count() == 2
    assert told(dealer, "R1", mileage_km=85000).vehicle.mileage_km == 85000
    assert told(dealer, "R1", mileage_km=58500).vehicle.mileage_km == 58500  # their typing error put right
    assert Reading.objects.get().km == 58500


def test_a_mileage_that_a_program_tells_is_never_refused_but_does_not_count_if_it_went_back(dealer):
    told(dealer, "R1", vin=VIN, **IN, mileage_km=58000)
    visit = told(dealer, "R2", vin=VIN, kind="recall", in_at="2026-03-12 09:00", mileage_km=5800)
    assert (visit.mileage_km, visit.vehicle.mileage_km) == (5800, 58000)


def test_an_old_order_takes_the_plate_from_no_other_car(dealer):
    car_told(dealer, VIN, plate="浙A12345")
    visit = told(dealer, "R1", vin=OTHER, plate="浙A12345", **IN)
    assert (visit.vehicle.vin, visit.vehicle.plate) == (OTHER, "")
    assert told(dealer, "R2", plate="浙A12345", **IN).vehicle.vin == VIN
    moved = told(dealer, "R1", vin=VIN, mileage_km=100)
    assert (moved.vehicle.vin, moved.vehicle.mileage_km) == (VIN, 100)
    with pytest.raises(Wrong) as refused:
        told(dealer, "R3", **IN)
    assert set(refused.value.problems) == {"vin"}


def test_another_branch_has_its_own_car_and_its_own_order_of_the_same_number(dealer):
    here, there = told(dealer, "R1", vin=VIN, **IN), told(dealer, "R1", "SX", vin=VIN, **IN)
    assert here.vehicle != there.vehicle
    assert Visit.objects.count() == 2


def test_a_car_told_twice_changes_nothing(dealer):
    body = {"plate": "浙A12345", "brand": "宝来", "delivered_on": "2026-01-05", "mileage_km": 3000}
    vehicle, new = car_told(dealer, VIN.lower(), **body)
    before = Amendment.objects.count()
    assert new and (vehicle.vin, vehicle.mileage_km) == (VIN, 3000)
    assert car_told(dealer, VIN, **body) == (vehicle, False)
    assert Amendment.objects.count() == before
    vehicle, _ = car_told(dealer, VIN, plate="", mileage_km=2900, read_on="2026-03-15")
    assert (vehicle.plate, vehicle.brand, vehicle.mileage_km) == ("", "宝来", 3000)
    for bad in ({"delivered_on": "2026-03-17"}, {"colour": "红"}, {"plate": "A1"}, {"read_on": "2026-03-01"}):
        with pytest.raises(Wrong):
            car_told(dealer, VIN, **bad)


def test_two_programs_that_tell_of_the_same_order_at_once_make_one(own_database):
    dealer = found_dealer()
    with connected(own_database):
        done = at_once(*[lambda: told(dealer, "R1", vin=VIN, **IN, mileage_km=100)] * 4)
    assert {type(one) for one in done} == {Visit}, done
    assert (Visit.objects.count(), Vehicle.objects.count(), Reading.objects.count()) == (1, 1, 1)
