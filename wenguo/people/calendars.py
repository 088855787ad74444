"""PLACEHOLDER until the calendars are merged."""

from datetime import time

from wenguo.people.models import Branch
from wenguo.policy.worktime import Calendar

WEEK = Calendar({day: ((time(8, 30), time(18)),) for day in range(7)})
LAW = Calendar({day: ((time(0), time(0)),) for day in range(5)})


def calendar_of(branch: Branch) -> Calendar:
    return WEEK


def legal_calendar() -> Calendar:
    return LAW
