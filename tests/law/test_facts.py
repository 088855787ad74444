"""What a caller tells the law: words it knows, and moments with a zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from wenguo.law.facts import Car, Problem, Repair
from wenguo.law.meters import meters
from wenguo.law.sanbao import rights

CAR, ON, AT = Car(delivered_on=date(2026, 1, 1), km=900), date(2026, 2, 1), datetime(2026, 1, 9, 9)


def told(problem: Problem, car: Car = CAR) -> None:
    rights(car, [Repair(AT, (problem,), 800)], ON)


def test_a_misspelt_promise_or_claim_is_an_error():
    with pytest.raises(KeyError, match="sanbbao"):
        told(Problem("x"), Car(delivered_on=date(2026, 1, 1), promised={"sanbbao": {"years": 3}}))
    with pytest.raises(KeyError, match="missuse"):
        told(Problem("x", claims=("missuse",)))


def test_a_misspelt_sign_or_replacement_is_an_error():
    with pytest.raises(ValueError, match="no such sign: brakes"):
        told(Problem("x", sign="brakes"))
    with pytest.raises(ValueError, match="part or assembly, not engine"):
        told(Problem("x", replaced="engine"))


def test_a_promise_in_a_unit_that_the_rule_lacks_is_an_error():
    with pytest.raises(ValueError, match="same_problem has no days"):
        told(Problem("x"), Car(delivered_on=date(2026, 1, 1), promised={"same_problem": {"days": 3}}))


def test_a_problem_without_a_name_shows_its_key():
    assert (Problem("noise").label, Problem("noise", "异响").label) == ("noise", "异响")


def test_moments_with_a_zone_count_by_the_days_of_that_zone():
    zone = ZoneInfo("Asia/Shanghai")
    agreed = datetime(2026, 1, 9, 23, 30, tzinfo=zone)
    repair = Repair(agreed, (Problem("x"),), 800, agreed)
    (days,) = [one for one in meters(CAR, [repair], date(2026, 1, 10)) if one.key == "repair_days"]
    assert days.done == 2
