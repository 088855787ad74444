"""What holds of every car and every history (Order 43)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wenguo.law.days import last_day, months_after, next_working, window
from wenguo.law.facts import Car, Problem, Repair, Wait
from wenguo.law.grounds import Ground
from wenguo.law.meters import meters
from wenguo.law.repairing import NOT_COUNTED, days_of, repair_days
from wenguo.law.sanbao import rights

FIRST = date(2022, 1, 1)
HOUR = timedelta(hours=1)
days = st.dates(FIRST, date(2032, 12, 31))
problems = st.builds(
    Problem,
    key=st.sampled_from(["a", "b"]),
    system=st.sampled_from(["engine", "steering"]),
    part=st.sampled_from(["", "p"]),
    replaced=st.sampled_from(["", "part", "assembly"]),
    sign=st.sampled_from(["", "brake_failure"]),
    severe=st.booleans(),
    quality=st.sampled_from([True, True, True, False]),
)


@st.composite
def repairs(draw: st.DrawFn) -> Repair:
    at = datetime(2022, 1, 1, 9) + draw(st.integers(0, 3 * 365 * 24)) * HOUR
    hours = draw(st.one_of(st.none(), st.integers(1, 500)))
    waits = (Wait(draw(st.sampled_from([*NOT_COUNTED, "parts"])), at, at + draw(st.integers(0, 100)) * HOUR),)
    seen = tuple(draw(st.lists(problems, min_size=1, max_size=2)))
    agreed = draw(st.booleans())
    done = at + hours * HOUR if hours and agreed else None
    return Repair(at, seen, draw(st.one_of(st.none(), st.integers(0, 60000))), at if agreed else None, done, waits)


cars = st.builds(
    Car,
    delivered_on=st.dates(FIRST, date(2022, 6, 30)),
    km=st.one_of(st.none(), st.integers(0, 120000)),
    province=st.sampled_from(["", "zhejiang"]),
)
histories = st.lists(repairs(), max_size=7)
small = settings(max_examples=50, deadline=None)


def keys(grounds: list[Ground]) -> set[tuple[str, str]]:
    return {(one.key, one.about) for one in grounds}


@small
@given(cars, histories, repairs(), days)
def test_adding_a_repair_never_takes_a_right_away(car: Car, before: list[Repair], more: Repair, on: date):
    assert keys(rights(car, before, on)) <= keys(rights(car, [*before, more], on))


@small
@given(cars, histories, repairs(), days)
def test_nor_does_it_close_a_period_for_a_right(car: Car, before: list[Repair], more: Repair, on: date):
    in_time = {(one.key, one.about) for one in rights(car, before, on) if one.in_time}
    assert in_time <= {(one.key, one.about) for one in rights(car, [*before, more], on) if one.in_time}


@small
@given(cars, histories, days, st.integers(0, 2000))
def test_a_later_day_never_revives_what_is_over(car: Car, told: list[Repair], on: date, later: int):
    over = keys([one for one in rights(car, told, on) if not one.in_time])
    found = rights(car, told, on + timedelta(days=later))
    assert keys([one for one in found if one.in_time]).isdisjoint(over)


@small
@given(cars, histories, days, st.integers(0, 100000))
def test_nor_do_more_kilometres(car: Car, told: list[Repair], on: date, more: int):
    run = replace(car, km=(car.km or 0) + more)
    over = keys([one for one in rights(replace(car, km=car.km or 0), told, on) if not one.in_time])
    assert keys([one for one in rights(run, told, on) if one.in_time]).isdisjoint(over)


@small
@given(cars, histories, days)
def test_a_right_arises_within_its_period_and_not_after_the_day_asked(car: Car, told: list[Repair], on: date):
    for one in rights(car, told, on):
        assert one.since and one.last
        assert one.since <= on
        assert one.since <= one.last or one.key == "spare_car"


@small
@given(cars, histories, days)
def test_meters_agree_with_rights(car: Car, told: list[Repair], on: date):
    reached = {(one.key, one.about) for one in meters(car, told, on) if one.reached}
    counts = {"same_problem", "repair_days"}
    again = {"severe_again", "assembly_again", "part_again"}
    found = keys(rights(car, told, on))
    assert {one for one in found if one[0] in counts} == {one for one in reached if one[0] in counts}
    assert {one for one in found if one[0] in again} <= reached


@small
@given(cars, histories, days)
def test_what_a_meter_has_left_is_nothing_only_at_its_end(car: Car, told: list[Repair], on: date):
    for one in meters(car, told, on):
        assert one.left >= 0
        assert one.left == 0 or not one.reached


@small
@given(cars, histories, days)
def test_the_use_fee_belongs_to_article_24_alone(car: Car, told: list[Repair], on: date):
    for one in rights(car, told, on):
        assert one.use_fee == ("第二十四条" in one.source)


@small
@given(histories)
def test_waiting_that_is_left_out_never_makes_a_repair_longer(told: list[Repair]):
    without = [replace(one, waits=()) for one in told]
    assert repair_days(told) <= repair_days(without)
    assert repair_days(told) == sum(days_of(one) for one in told)


@given(days, st.integers(1, 120))
def test_months_end_on_the_corresponding_day_or_the_last_of_the_month(start: date, months: int):
    end = months_after(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end + timedelta(days=1)).day == 1


@given(days, st.integers(1, 60))
def test_workdays_never_end_on_a_day_of_rest_nor_before_so_many_days(start: date, count: int):
    end = last_day(start, {"workdays": count}, lambda day: day.weekday() < 5)
    assert end.weekday() < 5
    assert (end - start).days >= count


def test_a_calendar_on_which_nobody_works_and_a_period_without_time_are_errors():
    with pytest.raises(ValueError, match="nobody ever works"):
        next_working(FIRST, lambda day: False)
    with pytest.raises(ValueError, match="needs days"):
        last_day(FIRST, {"km": 5})


def test_whichever_limit_comes_first_ends_a_period():
    period = window(FIRST, {"days": 60, "km": 3000})
    assert period.holds(date(2022, 3, 2), 3000)
    assert not period.holds(date(2022, 3, 3), 10)
    assert not period.holds(date(2022, 1, 2), 3001)
    assert period.holds(date(2022, 1, 2), None)
