"""Working time against a count of every minute: ten years of calendars that are composed as a shop has them."""

import random
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from tests.people import NOW, Dealer
from wenguo.people.calendar_changes import change_branch_days, change_days, change_opening_hours
from wenguo.people.calendar_seeding import days_of
from wenguo.people.calendars import calendar_of
from wenguo.policy.opening import Opening
from wenguo.policy.periods import read_periods
from wenguo.policy.worktime import Calendar, add_workdays, add_working, working_between

FIRST, LAST = date(2016, 12, 1), date(2027, 1, 1)
YEARS = range(2017, 2027)
ZONE = ZoneInfo("Asia/Shanghai")  # whose clocks were never changed in these years
WEEK = ["08:30-12:00 13:00-17:30"] * 5 + ["09:00-16:00", ""]
HOLIDAY = "10:00-12:00 14:30-15:15"
DAY = 24 * 60  # minutes
pytestmark = pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)


class Minutes(NamedTuple):
    """A one for every minute in which somebody is there, from FIRST on; and how many each day has."""

    calendar: Calendar
    worked: bytearray

    def count(self, start: int, end: int) -> int:
        return self.worked.count(1, start, end)


def at(minute: int) -> datetime:
    return datetime.combine(FIRST, time(), ZONE) + timedelta(minutes=minute)


def minute_of(moment: datetime) -> int:
    return int((moment - at(0)).total_seconds()) // 60


@pytest.fixture
def minutes(dealer: Dealer) -> Minutes:
    """A shop with its own hours, ten decrees, and five hundred exceptions of its own and of its group."""
    chance, hz, g1 = random.Random(7), dealer.branches["HZ"], dealer.branches["G1"]
    *week, holiday = (read_periods(text) for text in (*WEEK, HOLIDAY))
    change_opening_hours(hz, Opening(tuple(week), holiday), "system", "test", NOW)
    national = {one.day: one.kind for year in YEARS for one in days_of(year)}
    for year in YEARS:
        change_days(days_of(year), "test", "system", "test", NOW)
    exceptions: dict[date, tuple[str, str]] = {}
    for branch, count in ((g1, 40), (hz, 60)):  # the shop's own come last and win
        for kind, periods in (("closed", ""), ("workday", ""), ("own", "00:00-01:30 22:00-24:00")):
            days = {FIRST + timedelta(days=chance.randrange((LAST - FIRST).days)) for _ in range(count)}
            change_branch_days(branch, days, kind, periods, "system", "test", NOW)
            exceptions |= dict.fromkeys(days, (kind, periods))
    worked = bytearray((LAST - FIRST).days * DAY)
    for nth in range((LAST - FIRST).days):
        for since, until in pieces(told(FIRST + timedelta(days=nth), exceptions, national)):
            worked[nth * DAY + since : nth * DAY + until] = b"\1" * (until - since)
    return Minutes(calendar_of(hz), worked)


def told(day: date, exceptions: dict[date, tuple[str, str]], national: dict[date, str]) -> str:
    """The text of a day, by the rule as docs/decisions/0021 words it."""
    kind, periods = exceptions.get(day, (national.get(day, ""), ""))
    ordinary = WEEK[day.weekday()] if day.weekday() < 5 else WEEK[0]
    plain = WEEK[day.weekday()]
    return {"closed": "", "own": periods, "workday": ordinary, "work": ordinary, "rest": HOLIDAY}.get(kind, plain)


def pieces(text: str) -> list[tuple[int, int]]:
    """Minutes of the day."""
    clocks = [[int(edge[:2]) * 60 + int(edge[3:]) for edge in piece.split("-")] for piece in text.split()]
    return [(since, until) for since, until in clocks]


def test_working_time_is_the_number_of_minutes_in_which_somebody_is_there(minutes: Minutes):
    chance, whole = random.Random(1), len(minutes.worked) - 60 * DAY
    spans = [(chance.randrange(whole), chance.choice((90, DAY, 20 * DAY))) for _ in range(250)]
    spans += [(0, whole), (chance.randrange(whole // 2), whole // 2)]
    for start, length in spans:
        end = min(start + chance.randrange(length + 1), whole)
        count = minutes.count(start, end)
        assert working_between(at(start), at(end), minutes.calendar, ZONE) == timedelta(minutes=count)
    for start, length in spans[:200]:
        amount = chance.randrange(1, length // 3)
        ends = minute_of(add_working(at(start), timedelta(minutes=amount), minutes.calendar, ZONE))
        assert minutes.count(start, ends) == amount and minutes.worked[ends - 1] == 1


def test_a_working_day_is_one_on_which_some_minute_is_worked(minutes: Minutes):
    chance, whole = random.Random(2), len(minutes.worked) - 60 * DAY
    for _ in range(150):
        start, count = chance.randrange(whole), chance.randrange(1, 25)
        nth, left = start // DAY, count
        while left:
            nth += 1
            left -= 1 in minutes.worked[nth * DAY : (nth + 1) * DAY]
        last = minutes.worked.rindex(1, nth * DAY, (nth + 1) * DAY) + 1
        assert minute_of(add_workdays(at(start), count, minutes.calendar, ZONE)) == last
