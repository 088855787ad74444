"""Possible defects: written down, reported to the regulator and the maker, listed (recall regulations art. 11)."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from wenguo.people.actors import Actor
from wenguo.people.amend import amend, as_one
from wenguo.people.models import Branch
from wenguo.people.rows import first, places, read
from wenguo.people.tree import tree
from wenguo.policy.fields import Asking, Problem
from wenguo.policy.forms import Wrong, clean_sent
from wenguo.policy.load import packs
from wenguo.policy.pack import Pack
from wenguo.vehicles.models import DefectReport, Vehicle
from wenguo.vehicles.stored import stored

PAGE = 50  # reports
FORM, DAYS = "defect_report", "defect_report_days"  # of the pack: its form; by when it is to be reported, in days
TOLD = ("regulator_on", "maker_on")


class Page(NamedTuple):
    """Reports, the latest first, and the id after which the next page starts (0 at the end)."""

    rows: list[DefectReport]
    next: int


@as_one
def enter_report(report: DefectReport, pack: Pack, raw: dict[str, Any], asking: Asking, by: Actor) -> DefectReport:
    """A new report (without id yet; branch and vehicle are set), or what changes of a stored one. Raises Wrong."""
    fresh = report.pk is None
    values = stored(DefectReport, clean_sent(pack.forms[FORM], raw, asking, fresh=fresh))
    now = {key: values.get(key, getattr(report, key)) for key in ("learned_on", *TOLD)}
    today = asking.now.astimezone(asking.zone).date()
    late = Problem("This can't lie in the future.")
    wrong = {key: late for key, day in now.items() if day and day > today}
    early = Problem("This can't be before the day on which it became known.")
    wrong |= {key: early for key in TOLD if now[key] and now["learned_on"] and now[key] < now["learned_on"]}
    if wrong:
        raise Wrong(wrong)
    if fresh and (there := _same(report, values)):
        return there  # the form sent twice
    whose = {"branch": report.branch, "vehicle": report.vehicle} if fresh else {}
    return amend(report, by.code, whose | values, "possible defect", asking.now)


def _same(report: DefectReport, values: dict[str, Any]) -> DefectReport | None:
    found = reports_of(report.vehicle)
    return next((one for one in found if all(getattr(one, key) == value for key, value in values.items())), None)


def reports_of(vehicle: Vehicle) -> list[DefectReport]:
    """Every report about the car, the latest first."""
    return read(DefectReport, "WHERE vehicle_id = %s ORDER BY id DESC", vehicle.pk)


def report_of(vehicle: Vehicle, pk: int) -> DefectReport | None:
    """The report of this id about the car, with its branch and vehicle, or None."""
    found = first(DefectReport, "WHERE id = %s AND vehicle_id = %s", pk, vehicle.pk)
    if found:
        found.branch, found.vehicle = vehicle.branch, vehicle
    return found


def reports_seen(by: Actor, after: int = 0, limit: int = PAGE) -> Page:
    """One page of the reports of every branch that `by` sees, with their vehicles."""
    branches = {one.pk: one for one in by.branches()}
    if not branches:
        return Page([], 0)
    behind, key = ("AND id < %s", [after]) if after else ("", [])
    tail = f"WHERE branch_id IN ({places(branches)}) {behind} ORDER BY id DESC LIMIT {limit + 1}"
    rows = read(DefectReport, tail, *branches, *key)
    shown = rows[:limit]
    cars = Vehicle.objects.in_bulk([one.vehicle_id for one in shown])
    for one in shown:
        one.vehicle, one.branch = cars[one.vehicle_id], branches[one.branch_id]
        one.vehicle.branch = one.branch
    return Page(shown, shown[-1].pk if len(rows) > limit else 0)


def due_on(report: DefectReport, branch: Branch, today: date) -> date | None:
    """The last day for both reports by the branch's own number (the statute names none); None once both are made, or
    where it turned out to be no defect."""
    if report.dropped or all(getattr(report, key) for key in TOLD):
        return None
    days = tree().numbers_at(branch, today).get(DAYS, packs()[branch.pack].numbers[DAYS].value)
    return report.learned_on + timedelta(days=days)
