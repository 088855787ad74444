"""What warnings measure: one case looked at at a moment. Nothing is asked of the database before a rule needs it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db import connection

from wenguo.cases.models import Case, SameFault, SpecialIdentity
from wenguo.law.days import months_after
from wenguo.people.rows import first, places, plain, read
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.policy.warnings import Watch
from wenguo.vehicles.faults import NONE, Repaired, same_fault
from wenguo.vehicles.models import Vehicle

SYMPTOM, OTHER = "symptom", "other_symptom"  # the fact that names a fault beside the part of the car


@dataclass
class Look:
    """One case at the moment `now` (UTC). `stirred`: whether what others are compared by may have changed; `identity`:
    whether the restricted row is asked for."""

    case: Case
    now: datetime
    stirred: bool = True
    identity: bool = True

    @property
    def watch(self) -> Watch | None:
        """What the case's pack watches for."""
        return packs()[self.case.pack].warnings

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Numbers that the branch has set otherwise, by key."""
        return tree().numbers_at(self.case.branch, self.now.astimezone(ZoneInfo(self.case.branch.zone)).date())

    def number(self, key: str) -> int:
        """A number as it stands in a test, or the one of that key: of the branch, else of the pack."""
        if key.isdigit():
            return int(key)
        return self.numbers.get(key, packs()[self.case.pack].numbers[key].value)

    @cached_property
    def vehicle(self) -> Vehicle | None:
        return car_of(self.case)

    @cached_property
    def day(self) -> date:
        """The day on which it happened, as the first entry tells; the branch's calendar."""
        first = self.case.entries.filter(seq=1).values_list("happened_at", flat=True).first() if self.case.pk else None
        return (first or self.case.opened_at).astimezone(ZoneInfo(self.case.branch.zone)).date()

    @cached_property
    def repaired(self) -> tuple[Repaired, Repaired]:
        """The car's fault that was repaired most often, and the one that kept it longest."""
        if self.vehicle is None or self.watch is None:
            return NONE, NONE
        return same_fault(self.vehicle, self.now, self.watch.repairs, self.watch.returns)

    @cached_property
    def company(self) -> "Company":
        """Cases of the same matter with their cars."""
        return company_of(self)


def car_of(case: Case) -> Vehicle | None:
    """The car of the case, read once."""
    if case.vehicle_id and not Case.vehicle.is_cached(case):
        case.vehicle = first(Vehicle, "WHERE id = %s", case.vehicle_id)
    return case.vehicle


def months_owned(look: Look) -> int | None:
    car = look.vehicle
    since = car and (car.delivered_on or car.invoiced_on)
    return max(0, months_between(since, look.day)) if since else None


def months_on_market(look: Look) -> int | None:
    since = look.vehicle and look.vehicle.launched_on
    months = months_between(since, look.day) if since else -1
    return months if months >= 0 else None


def months_between(since: date, day: date) -> int:
    """The month in which `day` lies: 1 up to the corresponding day of the next month, 0 on `since`, -1 before it."""
    if day <= since:
        return 0 if day == since else -1
    months = (day.year - since.year) * 12 + day.month - since.month
    while months and months_after(since, months - 1) >= day:
        months -= 1
    while months_after(since, months) < day:
        months += 1
    return months


def mileage(look: Look) -> int | None:
    told = look.case.facts.get("mileage_km")
    return told if told is not None else look.vehicle.mileage_km if look.vehicle else None


def same_fault_repairs(look: Look) -> int | None:
    return look.repaired[0].times or None


def same_fault_days(look: Look) -> int | None:
    return look.repaired[1].days or None


def vehicles_together(look: Look) -> int | None:
    return len(look.company.vehicles) if look.stirred else None


def special_identity(look: Look) -> bool | None:
    """Whether there is one that hasn't warned yet."""
    if not look.identity or not look.case.pk:
        return None
    return SpecialIdentity.objects.filter(case=look.case, until__gte=look.now.date(), warned=False).exists()


@dataclass(frozen=True)
class Company:
    """Cases that one warning is about, this one among them, and their cars; both by id, in their order."""

    cases: tuple[int, ...]
    vehicles: tuple[int, ...]


# Everything that hangs together by links that people made, whichever way they point.
LINKED = """
    WITH RECURSIVE kin(id) AS (
        SELECT CAST(%s AS bigint) UNION
        SELECT CASE WHEN link.case_id = kin.id THEN link.other_id ELSE link.case_id END
        FROM kin JOIN cases_caselink link ON kin.id IN (link.case_id, link.other_id) AND link.kind = 'same_matter'
    )
    SELECT id, vehicle_id FROM cases_case WHERE id IN (SELECT id FROM kin)
    UNION SELECT case_id, vehicle_id FROM cases_casevehicle WHERE case_id IN (SELECT id FROM kin)
"""
ALIKE = "branch_id = %s AND model = %s AND fault = %s AND opened_at >= %s AND opened_at <= %s"


def company_of(look: Look) -> Company:
    """This case, those that are linked to it, and those with the same fault of the same model as one of them within the
    days that a branch counts. A query, another one where it is linked, and one where model and fault are known."""
    with connection.cursor() as cursor:
        cursor.execute(LINKED, [look.case.pk])
        found = set(cursor.fetchall())
    kin = sorted({pk for pk, _ in found} | {look.case.pk})
    own = alike(look.case)
    rows = read(SameFault, f"WHERE case_id IN ({places(kin)})", *kin) if len(kin) > 1 else [own] if own else []
    if rows:
        around = timedelta(days=look.number("w5_days"))
        spans = [(one.branch_id, one.model, one.fault, one.opened_at - around, one.opened_at + around) for one in rows]
        values = [plain(value) for span in spans for value in span]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT case_id, vehicle_id FROM cases_samefault WHERE {' OR '.join([ALIKE] * len(rows))}",
                           values)  # fmt: skip
            found.update(cursor.fetchall())
    cases = sorted({pk for pk, _ in found} | {look.case.pk})
    return Company(tuple(cases), tuple(sorted({car for _, car in found if car})))


def alike(case: Case) -> SameFault | None:
    """What the complaint says of model and fault; None where one of them, or the car, isn't known."""
    symptom = case.facts.get(SYMPTOM)
    car = car_of(case) if case.component and symptom not in (None, "", OTHER) else None
    if car is None or not (car.series or car.model):
        return None
    model = " ".join(f"{car.brand} {car.series or car.model}".split()).casefold()
    return SameFault(
        case=case, branch=case.branch, vehicle=car, model=model, fault=f"{case.component}/{symptom}",
        opened_at=case.opened_at,
    )  # fmt: skip
