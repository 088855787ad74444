"""The list of all cases: filters mean what a plain scan finds, pages neither lose nor double, nothing out of sight."""

import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.drill import often
from tests.people import NOW, actor, at_stage, take
from wenguo.cases import listing, walks
from wenguo.cases.filters import Filters, conditions, days_of, read_filters
from wenguo.cases.listing import listed
from wenguo.cases.models import Case
from wenguo.policy.load import packs
from wenguo.policy.pack import COLUMNS
from wenguo.policy.views import ORDERS

pytestmark = pytest.mark.usefixtures("database")
LATER = NOW + timedelta(days=40)
PLAIN = {
    "process": lambda case: case.process,
    "stage": lambda case: case.stage,
    "state": lambda case: case.stage_type,
    **{column: (lambda case, column=column: getattr(case, column)) for column in COLUMNS},
}


def filters(by, **asked) -> Filters:
    raw = {key: [value] if isinstance(value, str) else value for key, value in asked.items()}
    read = read_filters(raw, by)
    assert not read.problems, read.problems
    return read.filters


def walked(by, wanted: Filters, limit: int = 3, now=NOW) -> list[str]:
    """Numbers of all pages."""
    found, after = [], ""
    for _ in range(1000):
        page = listed(by, wanted, after, now, limit)
        assert len(page.rows) <= limit
        found += [row.number for row in page.rows]
        after = page.next
        if not after:
            return found
    raise AssertionError("the list never ends")


def scanned(by, wanted: Filters, now=NOW) -> list[str]:
    """The same by looking at every case in turn."""
    found = []
    for case in Case.objects.select_related("branch"):
        coded = ((PLAIN[key], values) for key, values in wanted.chosen.items() if key in PLAIN)
        fits = all(value_of(case) in values for value_of, values in coded)
        fits = fits and case.branch in wanted.branches(by)
        if "overdue" in wanted.chosen:
            fits = fits and case.next_due_at < now
        if "mine" in wanted.chosen:
            role = case.turn_person_id is None and case.turn_role in by.roles_at(case.branch)
            fits = fits and (case.turn_person_id in by.stands_for or role) and case.stage_type == "open"
        if turn := wanted.one("turn"):
            who = None if turn == "none" else int(turn)
            fits = fits and case.turn_person_id == who and case.stage_type == "open"
        if owner := wanted.one("owner"):
            fits = fits and case.owner_id in (by.stands_for if owner == "me" else {int(owner)})
        for name, moment in (("opened", case.opened_at), ("closed", case.closed_at)):
            since, until = days_of(wanted, name, by.today)
            day = moment and moment.astimezone(ZONE).date()
            fits = fits and (since is None or (day and day >= since)) and (until is None or (day and day <= until))
        if fits:
            found.append(case)
    order = wanted.order
    found.sort(key=lambda case: (getattr(case, order.column), case.pk), reverse=order.backwards)
    return [case.number for case in found]


ZONE = ZoneInfo("Asia/Shanghai")


def some_cases() -> None:
    """A few of many kinds, at two shops, opened over five weeks."""
    dice = random.Random(7)
    stages = ["receiving", "investigating", "planning", "calling_back", "closed"]
    codes = packs()["auto_dealer"].codes
    for nth in range(16):
        at_stage(
            dice.choice(stages), branch=dice.choice(["HZ", "HZ", "SX"]),
            now=NOW + timedelta(days=2 * nth, hours=nth % 3),
            category=dice.choice(list(codes["category"])), source=dice.choice(list(codes["source"])),
            severity=dice.choice(list(codes["severity"])),
        )  # fmt: skip


def any_filters(by, dice: random.Random) -> Filters:
    """A random choice of filters, several at once."""
    staff = dict.fromkeys(Case.objects.values_list("turn_person_id", flat=True))
    people = [str(one) for one in staff if one]
    days = [(NOW + timedelta(days=dice.randrange(35))).date().isoformat() for _ in range(2)]
    offers = {
        "mine": ["yes"], "overdue": ["yes"], "state": ["open", "closed"], "turn": ["none", *people],
        "owner": ["me", *people], "branch": ["HZ", "SX", "HD"], "stage": ["receiving", "planning", "closed"],
        "opened": ["this_month", "last_month", "this_week"], "closed": ["this_month", "last_30_days"],
        "opened_since": days, "opened_until": days, "closed_since": days, "process": ["complaint"],
        "category": ["service", "repair_quality", "billing"], "severity": ["major", "ordinary"],
        "source": ["phone", "on_site", "media"], "cause": ["part_quality"],
    }  # fmt: skip
    asked = {}
    for key in dice.sample(sorted(offers), dice.choice([0, 1, 1, 2, 2, 3])):
        asked[key] = dice.sample(offers[key], 1 if len(offers[key]) == 1 else dice.choice([1, 2]))
    asked["sort"] = [dice.choice(["", *sorted(ORDERS)])]
    return read_filters(asked, by).filters


@pytest.mark.parametrize("look", [2, 2_000])
@pytest.mark.parametrize("few", [0, 4])
def test_any_filters_in_any_order_find_what_a_plain_scan_finds(look, few, monkeypatch):
    """Also where a page may look at two rows only, and where branches are not walked one by one."""
    monkeypatch.setattr(walks, "LOOK", look)
    monkeypatch.setattr(listing, "FEW", few)
    monkeypatch.setattr(listing, "isqrt", lambda branches: few)
    some_cases()
    dice = random.Random(look + few)
    met = 0
    for login in ("bob", "region_manager", "charlie", "alice"):
        by = actor(login, LATER)
        for _ in range(often(25, 5)):
            wanted = any_filters(by, dice)
            found = walked(by, wanted, dice.choice([1, 3, 50]), LATER)
            assert found == scanned(by, wanted, LATER), wanted
            met += bool(found)
    assert met > often(25, 5)


def test_what_is_out_of_sight_is_never_listed_whatever_is_asked_for():
    at_stage("receiving", branch="SX")
    bob, charlie = actor("bob"), actor("charlie")
    assert walked(bob, Filters()) == []
    refused = read_filters({"branch": ["SX"], "turn": [str(charlie.staff_id)], "owner": [str(charlie.staff_id)]}, bob)
    assert refused.problems.keys() == {"branch", "turn", "owner"}  # like a shop or a person that isn't there
    for smuggled in (Filters({"branch": ("SX",)}), Filters({"owner": (str(charlie.staff_id),)})):
        assert walked(bob, smuggled) == []
    assert len(walked(charlie, Filters())) == 1


def test_pages_neither_lose_nor_double_while_cases_come_and_go():
    by, known = (
        actor("region_manager", LATER),
        [at_stage("receiving", now=NOW + timedelta(hours=nth)) for nth in range(7)],
    )
    for sort in sorted(ORDERS):
        seen, after = [], ""
        while True:
            page = listed(by, filters(by, sort=sort), after, NOW, 2)
            seen += [row.number for row in page.rows]
            at_stage("receiving", branch="SX", now=NOW + timedelta(minutes=30 * len(seen)))
            if not page.next:
                break
            after = page.next
        assert len(seen) == len(set(seen))
        assert {case.number for case in known} <= set(seen)


def test_no_name_of_a_request_becomes_a_column():
    by = actor("bob")
    for sort in ("facts", "customer__phone", "-owner__password", "id", "next_due_at; --", "?", "due "):
        read = read_filters({"sort": [sort]}, by)
        assert read.problems.keys() == {"sort"} and read.filters.sort == ""
    read = read_filters({"customer__phone": ["13800138000"], "turn_person__password__startswith": ["p"]}, by)
    assert read.filters == Filters() and not read.problems


@pytest.mark.parametrize(
    "key, value",
    [
        ("category", "no_such"), ("category", "x' OR 1=1 --"), ("state", "new"), ("overdue", "maybe"), ("turn", "me"),
        ("owner", "9" * 40), ("opened", "1999"), ("opened_since", "2026-13-01"), ("closed_until", "20261101"),
        ("branch", "\0"), ("stage", "receiving,closed"), ("opened_until", "9999-12-31"),
    ],
)  # fmt: skip
def test_a_value_that_is_not_offered_is_refused_by_its_name(key, value):
    read = read_filters({key: [value]}, actor("bob"))
    assert read.problems.keys() == {key} and read.filters == Filters()


def test_a_page_costs_two_queries_however_many_cases_there_are():
    by = actor("region_manager")
    wanted = filters(by, category="service", overdue="yes")
    for cases in (1, 9):
        for _ in range(cases):
            at_stage("receiving", category="service")
        with CaptureQueriesContext(connection) as asked:
            listed(by, wanted, "", LATER)
        assert len([one for one in asked if "cases_case" in one["sql"]]) <= 3


def test_a_walk_goes_along_an_index_and_sorts_nothing():
    by = actor("region_manager")
    at_stage("receiving")
    told = []
    for sort in sorted(ORDERS):
        for asked in ({}, {"state": "open"}, {"branch": "HZ", "category": "service"}):
            with CaptureQueriesContext(connection) as sent:
                listed(by, filters(by, sort=sort, **asked), "", NOW)
            told += [one["sql"] for one in sent if one["sql"].startswith("SELECT") and "AS nth" in one["sql"]]
    for sql in told:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_bitmapscan = off")
                cursor.execute(
                    "SET LOCAL enable_sort = off"
                )  # of one row it may be cheaper; here it counts whether it must
            cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql)
            plan = " ".join(str(part) for row in cursor.fetchall() for part in row)
        assert "B-TREE" not in plan and "Sort" not in plan, plan
        assert "case_" in plan


def test_every_case_is_exported_in_the_order_of_the_list(monkeypatch):
    monkeypatch.setattr(listing, "BATCH", 2)
    some_cases()
    by = actor("region_manager", LATER)
    wanted = filters(by, state="open")
    assert [row.number for row in listing.every(by, wanted, LATER)] == scanned(by, wanted, LATER)


def test_the_last_month_and_the_days_named_include_both_ends():
    by = actor("bob", LATER)  # the 25th of April 2026
    assert [str(day) for day in days_of(Filters({"opened": ("last_month",)}), "opened", by.today)] == [
        "2026-03-01", "2026-03-31",
    ]  # fmt: skip
    case = at_stage("receiving")
    day = NOW.astimezone(ZONE).date().isoformat()
    assert walked(by, filters(by, opened_since=day, opened_until=day)) == [case.number]
    assert list(conditions(Filters(), by, NOW)) == []


def test_a_case_taken_further_while_a_list_is_read_is_told_as_it_stands():
    case = at_stage("receiving")
    wanted = filters(actor("bob"), stage="receiving")
    assert walked(actor("bob"), wanted) == [case.number]
    take(case, "assigned")
    assert walked(actor("bob"), wanted) == []
