"""维修质量保证期: what a shop owes on its own repairs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from wenguo.law.days import Window, Works, every_day, window
from wenguo.law.grounds import Ground, Remark, ground, remark
from wenguo.law.promises import better
from wenguo.law.tables import in_force, rules

# The rows of the table: kinds of work that share one, by kind of vehicle.
CAR = {"overhaul": "overhaul", "assembly": "overhaul", "level2": "level2"}
OTHERS = {"overhaul": "overhaul", "assembly": "overhaul"}
WORKS = ("overhaul", "assembly", "level2", "level1", "minor", "special")
VEHICLES = ("car", "motorcycle", "other")


@dataclass(frozen=True)
class Job:
    """One item that a shop repaired and finished.

    `work`: overhaul 整车修理, assembly 总成修理, level2 二级维护, level1 一级维护, minor 小修, special 专项修理.
    `vehicle`: car (dangerous goods too), motorcycle or other. `km`: mileage when it was finished. `promised`: the
    shop's own guarantee ({"days": 180}).
    """

    item: str
    done_on: date
    km: int | None = None
    work: str = "minor"
    vehicle: str = "car"
    promised: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Guarantee:
    """To the end of `last` or to `last_km` on the odometer (None: mileage at the repair unknown), whichever first."""

    last: date
    last_km: int | None
    days: int
    km: int
    source: str
    window: Window

    def holds(self, on: date, km: int | None) -> bool:
        """Whether a claim on that day at that mileage is within; mileage that isn't known passes."""
        return self.window.holds(on, km)


def row(job: Job) -> str:
    """The rule for such work on such a vehicle. Raises ValueError for words that the table doesn't know."""
    if job.work not in WORKS or job.vehicle not in VEHICLES:
        raise ValueError(f"no guarantee for {job.work} on {job.vehicle}")
    return f"{job.vehicle}_{(CAR if job.vehicle == 'car' else OTHERS).get(job.work, 'minor')}"


def guarantee_ends(job: Job, works: Works = every_day) -> Guarantee:
    """When the guarantee on a finished job ends, by day and by km: the law's, or the shop's own where that is longer.

    Raises ValueError for unknown work or vehicle, and for a job before the table begins.
    """
    key = row(job)
    now = in_force(key, job.done_on)
    amounts = better(key, now.amounts, job.promised)
    last_km = None if job.km is None else job.km + amounts["km"]
    period = window(job.done_on, {**amounts, "km": last_km} if last_km is not None else _time(amounts), works)
    return Guarantee(period.last, last_km, amounts["days"], amounts["km"], now.source, period)


def _time(amounts: Mapping[str, int]) -> dict[str, int]:
    return {unit: number for unit, number in amounts.items() if unit != "km"}


def guarantee_rights(
    jobs: Iterable[Job], item: str, on: date, km: int | None = None, province: str = "", works: Works = every_day
) -> list[Ground]:
    """What a customer may ask for, whose `item` fails on the day `on` at `km`, of the shop that did these jobs.

    A re-repair begins the guarantee for that item anew. Jobs that each failed within the guarantee of the one before
    count together, the first among them: the reading that warns the shop sooner. [] where no guarantee holds any
    more.
    """
    chain = _chain(jobs, item, on, works)
    if not chain or not guarantee_ends(chain[-1], works).holds(on, km):
        return []
    return [_rework(chain, on, km, works)] + [
        _failed(key, chain, on) for key in ("failed_repairs", f"{province}_fee_back") if _too_often(key, chain, on)
    ]


def _chain(jobs: Iterable[Job], item: str, on: date, works: Works) -> list[Job]:
    """The item's jobs until `on`, those that don't hang together by a guarantee left out."""
    chain: list[Job] = []
    for job in sorted((one for one in jobs if one.item == item and one.done_on <= on), key=lambda one: one.done_on):
        kept = chain and guarantee_ends(chain[-1], works).holds(job.done_on, job.km)
        chain = [*chain, job] if kept else [job]
    return chain


def _rework(chain: list[Job], on: date, km: int | None, works: Works) -> Ground:
    ends = guarantee_ends(chain[-1], works)
    fields = {"item": chain[-1].item, "last": ends.last}
    remarks = tuple(_remarks(chain, on, km, ends))
    return ground(
        "rework", on, fields, since=on, last=ends.last, km=ends.last_km, about=chain[-1].item, remarks=remarks
    )


def _remarks(chain: list[Job], on: date, km: int | None, ends: Guarantee) -> Iterable[Remark]:
    if km is None or ends.last_km is None:
        yield remark("guarantee_km_unknown", on)
    if len(chain) > 1:
        yield remark("guarantee_restarts", on, item=chain[-1].item)
    yield remark("dispute_state", on)


def _too_often(key: str, chain: list[Job], on: date) -> bool:
    found = rules().get(key)  # few provinces have such a rule
    now = found.on(on) if found else None
    return now is not None and len(chain) >= now["times"]


def _failed(key: str, chain: list[Job], on: date) -> Ground:
    fields = {"item": chain[-1].item, "done": len(chain), "limit": in_force(key, on)["times"]}
    return ground(key, on, fields, since=on, about=chain[-1].item)
