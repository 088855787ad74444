"""What the law has to know of a car and its repairs. A caller fills these in; nothing here decides what is true."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from wenguo.law.tables import Text


@dataclass(frozen=True)
class Car:
    """A car as the three guarantees see it.

    `km`: what it has run on the day that is asked about. `household`: bought and used for living needs. `province`: a
    local table that holds as well ("zhejiang"). `replaced_on`: the day this car was given in exchange for another.
    `resold`: it had been returned before (三包换退车). `promised`: what contract or booklet promise, by rule:
    {"sanbao": {"years": 3, "km": 100000}}; it counts where it is better for the customer than the law, and a mileage
    of 1,000,000 is no limit.
    """

    invoiced_on: date | None = None
    delivered_on: date | None = None
    km: int | None = None
    household: bool = True
    province: str = ""
    replaced_on: date | None = None
    transferred: bool = False
    resold: bool = False
    promised: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def started_on(self) -> date | None:
        """The day the periods begin: exchange, else delivery, else invoice (Order 43 art. 18, 29)."""
        return self.replaced_on or self.delivered_on or self.invoiced_on


@dataclass(frozen=True)
class Problem:
    """What was wrong with a car at one visit.

    `key`: the same key is the same problem, which a person judges. `system`: one of names.toml; `part`: the main part
    in it (主要零部件, as the booklet lists them), "" where it lies in no main part. `replaced`: "part" or "assembly"
    was replaced or must be. `sign`: a dangerous failure of names.toml. `severe`: a severe safety fault. `quality`: a
    quality problem of the car, not maintenance or an accident. `wear`: the guarantee of its own that the booklet
    gives a wearing part ({"months": 6, "km": 10000}). `claims`: exemptions that somebody claims (misuse, modified …:
    the rules of art. 32).
    """

    key: str
    name: str | Text = ""
    system: str = ""
    part: str = ""
    replaced: str = ""
    sign: str = ""
    severe: bool = False
    quality: bool = True
    wear: Mapping[str, int] | None = None
    claims: tuple[str, ...] = ()

    @property
    def label(self) -> str | Text:
        return self.name or self.key


@dataclass(frozen=True)
class Wait:
    """Time in a repair that may not count: `why` special_part, traction_battery or rescue; any other reason counts."""

    why: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Repair:
    """One visit, or one report of problems that no repair has been agreed on yet.

    Moments in the branch's zone, all with zone or all without. `in_at`: reported. `agreed_at`: customer and shop
    settled on the repair, from which its time counts. `done_at`: repaired. `km` None: unknown. `undrivable`: the car
    can't be driven safely.
    """

    in_at: datetime
    problems: tuple[Problem, ...] = ()
    km: int | None = None
    agreed_at: datetime | None = None
    done_at: datetime | None = None
    waits: tuple[Wait, ...] = ()
    undrivable: bool = False

    @property
    def quality(self) -> bool:
        """Whether anything at this visit was a quality problem."""
        return any(problem.quality for problem in self.problems)
