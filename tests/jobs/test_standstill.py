"""Nine days without a worker, across a make-up Sunday (调休) and a holiday: what is told then, against a reckoning that
reads the pack as plain TOML and counts minutes; it shares no code with the product."""

import json
import tomllib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.people import at_stage
from wenguo.cases.models import Entry, Notice
from wenguo.jobs.tick import tick
from wenguo.people.calendar_changes import change_opening_hours
from wenguo.people.models import Branch
from wenguo.policy.opening import Opening
from wenguo.policy.periods import read_periods

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 9, 17, tzinfo=ZONE)  # a Thursday; minutes are counted from here
STOPPED, BACK = datetime(2026, 9, 18, 17, 45, tzinfo=ZONE), datetime(2026, 9, 27, 17, 45, tzinfo=ZONE)
ORDINARY, SATURDAY, HOLIDAY = "08:30-12:00 13:00-17:30", "09:00-16:00", "10:00-12:00"
# As decreed: Sunday the 20th is worked, and from Friday the 25th to Sunday the 27th the country rests.
DAYS = {date(2026, 9, 20): ORDINARY} | {date(2026, 9, day): HOLIDAY for day in (25, 26, 27)}
PACK = Path(__file__).resolve().parents[2] / "wenguo" / "packs" / "auto_dealer" / "processes" / "complaint.toml"
CLOCKS = {one["key"]: one for one in tomllib.loads(PACK.read_text(encoding="utf-8"))["clock"]}
DAY = 24 * 60  # minutes


def worked_minutes() -> list[int]:
    """Every minute since FIRST in which somebody is there, over thirty days."""
    found = []
    for nth in range(30):
        day = (FIRST + timedelta(days=nth)).date()
        hours = DAYS.get(day, "" if day.weekday() == 6 else SATURDAY if day.weekday() == 5 else ORDINARY)
        for piece in hours.split():
            since, until = (int(edge[:2]) * 60 + int(edge[3:]) for edge in piece.split("-"))
            found += range(nth * DAY + since, nth * DAY + until)
    return found


WORKED = worked_minutes()


class Told(NamedTuple):
    """A rung of a clock, as somebody hears of it."""

    at: int  # minutes since FIRST
    number: str
    clock: str
    rung: str
    verb: str
    people: frozenset[str]


def later(start: float, minutes: float, working: bool) -> float:
    """The end of the `minutes`th minute after `start`."""
    if not working:
        return start + minutes
    return [one for one in WORKED if one >= start][round(minutes) - 1] + 1


def expected(number: str, kind: str, start: int, severity: str) -> list[Told]:
    """Everything that this clock says until BACK."""
    rule: dict[str, Any] = CLOCKS[kind]
    amounts = [one for one in rule.get("instead", []) if severity in one["when"]["severity"]] or [rule]
    working = "working_hours" in rule
    given = 60 * amounts[0]["working_hours" if working else "hours"]
    rungs = [{"at": "due", "tell": rule["tell"]}, *rule.get("rung", [])]
    found = []
    for rung in rungs:
        if severity not in rung.get("when", {}).get("severity", [severity]):
            continue
        at, due = rung["at"], later(start, given, working)
        if at.endswith("%"):
            moment, verb = later(start, given * int(at[:-1]) / 100, working), "reminded"
        elif at.endswith("d"):
            moment, verb = due + int(at[1:-1]) * DAY, "escalated"
        else:
            hours = 0 if at == "due" else int(at[1:-1])
            moment, verb = later(due, hours * 60, working) if hours else due, "escalated" if hours else "overdue"
        found.append(Told(int(moment), number, kind, at, verb, frozenset(people(rung["tell"]))))
    return [one for one in found if one.at <= minute(BACK)]


def people(words: list[str]) -> set[str]:
    """Logins: at this shop everybody's is their role, but bob is a service manager too and owns what comes in."""
    known = {"owner": ["bob"], "in_charge": ["bob", "service_manager"], "service_manager": ["bob", "service_manager"]}
    return {login for word in words for login in known.get(word, [word])}


def minute(moment: datetime) -> int:
    return int((moment - FIRST).total_seconds()) // 60


def stood_still() -> list[Told]:
    """Cases of Thursday and Friday, and what is to be told of them by BACK, the first due first."""
    found: list[Told] = []
    for day, hour, stage, severity in (
        (17, time(16, 50), "receiving", "ordinary"), (17, time(17, 10), "receiving", "major"),
        (18, time(11, 40), "receiving", "ordinary"), (18, time(17, 20), "receiving", "major"),
        (18, time(10, 0), "classifying", "ordinary"), (18, time(15, 30), "calling_back", "ordinary"),
        (18, time(16, 0), "closing", "ordinary"),
    ):  # fmt: skip
        start = datetime.combine(date(2026, 9, day), hour, ZONE)
        case = at_stage(stage, now=start, severity=severity)
        for clock in case.clocks.filter(stopped_at=None):
            found += expected(case.number, clock.kind, minute(start), severity)
    return sorted(found)


def said() -> list[Told]:
    """What the clock said, in the order in which it did."""
    found = []
    for entry in Entry.objects.filter(actor="system").order_by("id").select_related("case"):
        data = json.loads(entry.body)["data"]
        told = Notice.objects.filter(entry=entry, channel="bell").values_list("recipient__username", flat=True)
        rung = data.get("rung", "due")
        found.append(Told(0, entry.case.number, data["clock"], rung, entry.verb, frozenset(told)))
    return found


def test_after_nine_days_without_a_worker_the_rows_are_those_of_an_independent_reckoning(database):
    week = (*[read_periods(ORDINARY)] * 5, read_periods(SATURDAY), ())
    opening = Opening(week, read_periods(HOLIDAY))
    change_opening_hours(Branch.objects.get(code="HZ"), opening, "system", "test", FIRST)
    wanted = stood_still()
    before = [one for one in wanted if one.at <= minute(STOPPED)]
    assert tick(lambda: STOPPED) == len(before) and len(wanted) - len(before) > 15
    assert tick(lambda: BACK) == len(wanted) - len(before)
    told = said()
    assert {one._replace(at=0) for one in wanted} == set(told) and len(told) == len(wanted)
    at = {one._replace(at=0): one.at for one in wanted}
    moments = [at[one] for one in told]
    assert moments == sorted(moments)
    assert any(one.at // DAY == 3 for one in wanted)  # something fell due on the Sunday that was worked
