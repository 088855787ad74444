"""How far a car had run: readings by visits, complaints and hand, and what they make of its mileage."""

from datetime import date, timedelta

import pytest

from tests.people import DORA, NOW, actor, at_stage
from wenguo.cases.asking import asking
from wenguo.people.models import Amendment
from wenguo.policy.forms import Wrong
from wenguo.policy.load import default_pack
from wenguo.vehicles.entering import enter_reading
from wenguo.vehicles.models import Reading, Vehicle, contradicting, judged, readings_of, vehicle_for

pytestmark = pytest.mark.usefixtures("database")


def car(dealer, km=None, now=NOW, case_number="", plate="浙A12345", vin=""):
    return vehicle_for(dealer.branches["HZ"], plate, vin, km, "staff:1", now, case_number)


def read(vehicle, km, read_on, reason=""):
    """Written down by alice; returns what the car has run then."""
    raw = {"mileage_km": km, "read_on": read_on, "reason": reason}
    alice = actor("alice")
    enter_reading(vehicle, default_pack(), raw, asking(vehicle.branch, alice, NOW), alice)
    vehicle.refresh_from_db()
    return vehicle.mileage_km


def told(vehicle):
    """Every reading, in the order of days: (km, went back)."""
    return [(one.km, back) for one, back in judged(readings_of(vehicle))]


def test_the_intake_leaves_a_reading_and_never_refuses_one_that_went_back(dealer):
    case = at_stage("receiving", mileage_km="3.2万")
    at_stage("receiving", mileage_km=5800, now=NOW + timedelta(days=1))
    vehicle = Vehicle.objects.get(pk=case.vehicle_id)
    assert vehicle.mileage_km == 32000
    assert told(vehicle) == [(32000, False), (5800, True)]
    first = Reading.objects.order_by("id")[0]
    assert (first.read_on, first.entered_by) == (date(2026, 3, 16), f"staff:{dealer.staff['alice'].pk}")
    at_stage("receiving", mileage_km=32100, now=NOW + timedelta(days=2))
    vehicle.refresh_from_db()
    assert vehicle.mileage_km == 32100


def test_by_hand_a_lower_reading_needs_a_reason_and_counts_with_it(dealer):
    vehicle = car(dealer, 80000, NOW - timedelta(days=30))
    with pytest.raises(Wrong) as refused:
        read(vehicle, 100, "2026-03-10")
    problem = refused.value.problems["reason"]
    assert problem.fill == {"day": "2026-02-14", "km": "80,000"}
    assert read(vehicle, 100, "2026-03-10", "更换仪表") == 100
    assert read(vehicle, 900, "2026-03-12") == 900
    assert read(vehicle, 900, "2026-03-12") == 900  # the form sent twice
    assert told(vehicle) == [(80000, False), (100, True), (900, False)]
    assert "更换" not in Amendment.objects.filter(kind="reading").order_by("-id")[1].body


def test_an_earlier_day_may_be_filled_in_later_where_it_fits(dealer):
    vehicle = car(dealer, 60000)
    assert read(vehicle, 40000, "2025-01-01") == 60000
    for km, day in ((39000, "2025-06-01"), (61000, "2025-06-01"), (1, "2026-03-17")):
        with pytest.raises(Wrong):
            read(vehicle, km, day)
    assert told(vehicle) == [(40000, False), (60000, False)]


def test_what_went_back_without_a_reason_contradicts_nobody(dealer):
    vehicle = car(dealer, 58000, NOW - timedelta(days=9))
    car(dealer, 5800, NOW - timedelta(days=5))
    assert contradicting(readings_of(vehicle), 58100, date(2026, 3, 8)) is None
    assert contradicting(readings_of(vehicle), 57000, date(2026, 3, 16)).km == 58000


def test_a_complaint_that_was_put_down_to_another_car_takes_its_reading_along(dealer):
    wrong = car(dealer, 70000, case_number="HZ-202603-0001")
    right = car(dealer, None, NOW + timedelta(days=1), "HZ-202603-0001", plate="浙A54321")
    wrong.refresh_from_db()
    assert (wrong.mileage_km, right.mileage_km) == (None, 70000)
    right = car(dealer, 7000, NOW + timedelta(days=1), "HZ-202603-0001", plate="浙A54321")
    assert (right.mileage_km, told(right), told(wrong)) == (7000, [(7000, False)], [])


def test_a_car_seen_again_makes_one_amendment(dealer):
    car(dealer, 100)
    car(dealer, 200, NOW + timedelta(days=1), vin="LATPAB071W1005301")
    assert Amendment.objects.filter(kind="vehicle").count() == 2
    car(dealer, None, vin="LATPAB071W1005301")
    assert Amendment.objects.filter(kind="vehicle").count() == 2


def test_the_plate_tells_nothing_of_the_power_and_nothing_is_made_up(dealer):
    vehicle = at_stage("receiving", plate="浙AD12345", customer_name=DORA["customer_name"]).vehicle
    rest = [field.name for field in Vehicle._meta.fields if field.name not in ("id", "branch", "plate")]
    assert not any(getattr(vehicle, name) for name in rest)
