"""The statute cases of cases/*.toml, and what the law says to each.

A case: `name` (a sentence), `call` (a function of wenguo.law), `rule` and `article` (which must stand in the rule's
source), what is given (`car`, `visits`, `on`; or `give`), and what is expected: `gives` (keys, exactly), `expect`
(fields of what comes back, by key where several come), `without` (keys of meters that must not be there), `none`,
`error`, `gives_fen`, `gives_days`, `gives_moment`.
"""

import tomllib
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from wenguo.law import compensation, guarantee, limits, promises, repairing
from wenguo.law.days import Works
from wenguo.law.facts import Car, Problem, Repair, Wait
from wenguo.law.meters import meters
from wenguo.law.sanbao import against, rights

FOLDER = Path(__file__).with_name("cases")
DELIVERED, KM = date(2026, 1, 1), 1000
Case = dict[str, Any]


def read_cases() -> list[Case]:
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
    return [case for file in files for case in file["case"]]


def car_of(case: Case) -> Car:
    """The car told; what stands as false is unknown."""
    told = {"delivered_on": DELIVERED, "km": KM, **case.get("car", {})}
    unknown = {key: None for key in ("delivered_on", "km") if told[key] is False}
    return Car(**{**told, **unknown})


def repairs_of(case: Case) -> list[Repair]:
    return [repair for visit in case.get("visits", []) for repair in _visits(dict(visit))]


def _visits(visit: Case) -> Iterable[Repair]:
    for nth in range(visit.pop("times", 1)):
        yield _repair(dict(visit), visit["at"] + nth * timedelta(days=visit.get("every", 0)))


def _repair(visit: Case, at: datetime) -> Repair:
    done = at + timedelta(hours=visit["hours"]) if "hours" in visit else None
    agreed = at if done or visit.get("open") else None
    waits = tuple(_wait(one, at) for one in visit.get("waits", []))
    problems = tuple(_problem(one) for one in visit["p"])
    return Repair(at, problems, visit.get("km"), agreed, done, waits, visit.get("undrivable", False))


def _wait(told: Case, at: datetime) -> Wait:
    since = at + timedelta(hours=told["after"])
    return Wait(told["why"], since, since + timedelta(hours=told["hours"]))


def _problem(told: Case) -> Problem:
    return Problem(**{**told, "claims": tuple(told.get("claims", ()))})


def works_of(case: Case) -> Works:
    rest = set(case.get("rest", ()))
    weekend = (5, 6) if case.get("weekends") else ()
    return lambda day: day not in rest and day.weekday() not in weekend


def _dated(function: Callable[..., Any]) -> Callable[[Case], Any]:
    """A function of `give` and of working days."""
    return lambda case: function(**case["give"], works=works_of(case))


def _plain(function: Callable[..., Any]) -> Callable[[Case], Any]:
    return lambda case: function(**case["give"])


def _guarantee_rights(case: Case) -> Any:
    jobs = [guarantee.Job(**one) for one in case["jobs"]]
    more = (case.get("province", ""), works_of(case))
    return guarantee.guarantee_rights(jobs, case["item"], case["on"], case.get("km"), *more)


CALLS: dict[str, Callable[[Case], Any]] = {
    "rights": lambda case: rights(car_of(case), repairs_of(case), case["on"], works_of(case)),
    "against": lambda case: against(car_of(case), repairs_of(case), case["on"]),
    "meters": lambda case: meters(car_of(case), repairs_of(case), case["on"], works_of(case)),
    "guarantee_ends": lambda case: guarantee.guarantee_ends(guarantee.Job(**case["give"]), works_of(case)),
    "guarantee_rights": _guarantee_rights,
    "repair_days": lambda case: repairing.repair_days(repairs_of(case)),
    "spare_car_from": lambda case: repairing.spare_car_from(repairs_of(case)[0]),
    "due": lambda case: limits.due(case["key"], case["since"], works_of(case)),
    "keep_until": _plain(limits.keep_until),
    "possible_defect": _plain(limits.possible_defect),
    "delay_meter": _plain(limits.delay_meter),
    "burden_of_proof": _dated(limits.burden_of_proof),
    "deliberate_delay": _dated(limits.deliberate_delay),
    "proof_by": _dated(limits.proof_by),
    "exchange_duties": _dated(limits.exchange_duties),
    "triple_damages": _plain(compensation.triple_damages),
    "use_compensation": _plain(compensation.use_compensation),
    "laxer_than_law": _plain(promises.laxer_than_law),
}


def answer(case: Case) -> Any:
    """What the law says to the case."""
    return CALLS[case["call"]](case)
