"""What the law gives for a car, as the API answers it: in both languages, each with its article. Advice, no verdict."""

from datetime import date
from typing import Any

from wenguo.api.shapes import Shape
from wenguo.api.vehicle_shapes import VehicleTold
from wenguo.law.grounds import Ground, Meter, Remark
from wenguo.law.tables import Text
from wenguo.vehicles.advice import Advice


class Said(Shape):
    says: str
    en: str


class RemarkTold(Said):
    key: str
    source: str


class GroundTold(Said):
    """What a rule gives. `may`: what the customer may choose; `in_time`: its period is still running; `verified`: false
    where the text itself wasn't seen."""

    key: str
    source: str
    may: list[str]
    use_fee: bool
    since: str | None
    last: str | None
    km: int | None
    in_time: bool
    about: str
    verified: bool
    remarks: list[RemarkTold]


class MeterTold(Said):
    """How far it is to a threshold, in `unit` (days, km, times)."""

    key: str
    source: str
    done: int
    limit: int
    left: int
    unit: str
    reached: bool
    about: str
    verified: bool


class PeriodTold(Said):
    """A period of the car: to the end of `last` or to `km`, whichever is reached first."""

    key: str
    source: str
    last: str
    km: int | None
    over: bool


class GuaranteeTold(Shape):
    """A repaired item whose guarantee by this branch still holds, and what follows if it fails."""

    item: str
    done_on: str
    source: str
    last: str
    last_km: int | None
    grounds: list[GroundTold]


class LawTold(Shape):
    """What the law gives for the car on the day `on`, as known at its end. A person decides.

    `elsewhere`: visits at other shops of the group that counted; `unjudged`: orders of which nobody said what was
    wrong, so that they don't count.
    """

    on: str
    grounds: list[GroundTold]
    against: list[GroundTold]
    meters: list[MeterTold]
    periods: list[PeriodTold]
    guarantees: list[GuaranteeTold]
    burden_of_proof: list[GroundTold]
    laxer_promises: list[GroundTold]
    spare_car_from: str | None
    local: list[Said]
    elsewhere: int
    unjudged: list[str]


class VehicleWithLaw(VehicleTold):
    """The car with what the law gives for it today."""

    law: LawTold


def law_json(told: Advice) -> dict[str, Any]:
    """The advice as LawTold has it."""
    return {
        "on": told.on.isoformat(), "grounds": [_ground(one) for one in told.grounds],
        "against": [_ground(one) for one in told.against],
        "meters": [_meter(one) for one in (*told.counts, *told.limits)],
        "periods": [
            {"key": one.key, "source": one.source, **_said(one.name), "last": one.last.isoformat(), "km": one.km,
             "over": one.over}
            for one in told.periods
        ],
        "guarantees": [
            {"item": one.job.item, "done_on": one.job.done_on.isoformat(), "source": one.ends.source,
             "last": one.ends.last.isoformat(), "last_km": one.ends.last_km,
             "grounds": [_ground(found) for found in one.grounds]}
            for one in told.covered
        ],
        "burden_of_proof": [_ground(one) for one in told.proof],
        "laxer_promises": [_ground(one) for one in told.laxer], "spare_car_from": _day(told.spare_on),
        "local": [_said(one.name) for one in told.local], "elsewhere": told.elsewhere, "unjudged": told.unjudged,
    }  # fmt: skip


def _said(one: Text | Ground | Meter | Remark) -> dict[str, str]:
    return {"says": one.says, "en": one.en}


def _ground(one: Ground) -> dict[str, Any]:
    remarks = [{"key": remark.key, "source": remark.source, **_said(remark)} for remark in one.remarks]
    return {
        "key": one.key, "source": one.source, **_said(one), "may": list(one.may), "use_fee": one.use_fee,
        "since": _day(one.since), "last": _day(one.last), "km": one.km, "in_time": one.in_time, "about": one.about,
        "verified": one.verified, "remarks": remarks,
    }  # fmt: skip


def _meter(one: Meter) -> dict[str, Any]:
    plain = ("key", "source", "done", "limit", "left", "unit", "reached", "about", "verified")
    return {**_said(one), **{key: getattr(one, key) for key in plain}}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
