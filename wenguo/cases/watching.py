"""Complaints and special care: whom a complaint proposes, which grave ones are owed a letter or a visit (R019), and
what whoever watches over timeliness looks after. Only reads."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from wenguo.cases.lists import Brief, briefs
from wenguo.cases.models import Case
from wenguo.people.models import Branch, Customer
from wenguo.people.rows import places, plain, read
from wenguo.policy.load import packs
from wenguo.policy.pack import Pack
from wenguo.vehicles.focus import rules
from wenguo.vehicles.focus_lists import LATELY, MOST, UNDECIDED, Proposed, by_pack, proposed
from wenguo.vehicles.models import Vehicle


class Supervised(NamedTuple):
    """Open complaints that are grave, or about a car or customer of special care; what is due first, first.

    `whole`: False where there are more than are shown.
    """

    rows: list[Brief]
    whole: bool


def all_proposed(branches: Iterable[Branch], now: datetime) -> list[Proposed]:
    """Whom orders and open complaints of these branches propose for special care, each once: in the order of the pack's
    reasons, so that a complaint alone comes last, and the latest first."""
    house = list(branches)
    found = {_key(one): one for one in _by_complaints(house, now)}
    found |= {_key(one): one for one in proposed(house, now)}  # an order says more than that somebody complained
    latest = sorted(found.values(), key=lambda one: one.at, reverse=True)
    return sorted(latest, key=lambda one: list(rules(one.branch).proposals).index(one.why.key))[:MOST]


def _key(one: Proposed) -> tuple[str, int]:
    return ("vehicle", one.vehicle.pk) if one.vehicle else ("customer", one.customer.pk if one.customer else 0)


def _by_complaints(branches: list[Branch], now: datetime) -> list[Proposed]:
    """By complaints that came lately and are still open."""
    found: list[Proposed] = []
    undecided = " AND ".join(
        f"(complaint.{column} IS NULL OR {UNDECIDED.format(column=column, row='complaint', moment='opened_at')})"
        for column in ("vehicle_id", "customer_id")
    )
    for pack, house in by_pack(branches).items():
        said = rules(next(iter(house.values())))
        why = next((one for one in said.proposals.values() if one.complaints), None)
        if why is None:
            continue
        sql = f"""SELECT complaint.id FROM cases_case complaint WHERE complaint.branch_id IN ({places(house)})
            AND complaint.stage_type = 'open' AND complaint.opened_at >= %s AND complaint.process = %s
            AND COALESCE(complaint.vehicle_id, complaint.customer_id) IS NOT NULL AND {undecided}
            ORDER BY complaint.opened_at DESC LIMIT {MOST}"""
        with connection.cursor() as cursor:
            cursor.execute(sql, [*house, plain(now - timedelta(days=said.days)), packs()[pack].opens])
            ids = [row[0] for row in cursor.fetchall()]
        cases = read(Case, f"WHERE id IN ({places(ids)}) ORDER BY opened_at DESC", *ids) if ids else []
        cars = Vehicle.objects.in_bulk({one.vehicle_id for one in cases if one.vehicle_id})
        people = Customer.objects.in_bulk({one.customer_id for one in cases if one.customer_id})
        found += [
            Proposed(
                why, house[one.branch_id], cars.get(one.vehicle_id or 0),
                None if one.vehicle_id else people.get(one.customer_id or 0), one.opened_at, one.number,
            )
            for one in cases
        ]  # fmt: skip
    return found


def _grave(pack: Pack) -> list[str]:
    """Severities out of the ordinary."""
    return [key for key in pack.codes.get("severity", {}) if pack.is_grave(key)]


def grave_without_care(branches: Iterable[Branch], now: datetime) -> list[Case]:
    """Grave complaints that closed lately, without a letter or visit: they are owed one."""
    found: list[Case] = []
    for pack, house in by_pack(branches).items():
        grave, call_back = _grave(packs()[pack]), rules(next(iter(house.values()))).call_back
        if grave:
            tail = f"""WHERE branch_id IN ({places(house)}) AND stage_type = 'closed' AND severity IN ({places(grave)})
                AND closed_at >= %s AND NOT EXISTS (SELECT 1 FROM vehicles_care care
                WHERE care.case_number = cases_case.number AND NOT care.case_number = '' AND care.way <> %s)
                ORDER BY id DESC LIMIT {MOST}"""
            found += read(Case, tail, *house, *grave, now - timedelta(days=LATELY), call_back)
    return found


def care_due(ended: datetime, branch: Branch) -> date:
    """The last day for the letter or visit after a focus or a grave complaint ended."""
    return ended.astimezone(ZoneInfo(branch.zone)).date() + timedelta(days=rules(branch).care_days)


def supervised(branches: Iterable[Branch]) -> Supervised:
    """What the first responsible for timeliness look after (R019): one walk of an index for all their branches."""
    house = {one.pk: one for one in branches}
    grave = sorted({key for one in house.values() for key in _grave(packs()[one.pack])})
    if not house:
        return Supervised([], True)
    severe = f"one.severity IN ({places(grave)}) OR" if grave else ""
    sql = f"""SELECT one.id FROM cases_case one WHERE one.branch_id IN ({places(house)}) AND one.stage_type = 'open'
        AND ({severe} EXISTS (SELECT 1 FROM vehicles_focus focus WHERE focus.state = 'watched'
            AND focus.vehicle_id = one.vehicle_id)
        OR EXISTS (SELECT 1 FROM vehicles_focus focus WHERE focus.state = 'watched'
            AND focus.customer_id = one.customer_id))
        ORDER BY one.next_due_at, one.id LIMIT {MOST + 1}"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [*house, *grave])
        ids = [row[0] for row in cursor.fetchall()]
    return Supervised(briefs(ids[:MOST]), len(ids) <= MOST)
