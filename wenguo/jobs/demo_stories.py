"""The complaints of the sample: those that are written out, and variations told by chance from matters and ways.

A *matter* is what people complain about, a *way* is how such a complaint goes; *words* are what is said on the way.
A text "$name" is drawn from the matter's or the words' list `name`; {places} in a text are filled in for each
complaint.
"""

import random
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple

from wenguo.jobs.demo_cars import Car, Maker

Table = dict[str, Any]
FRESH = 12  # days: written complaints younger than this keep their hours to the minute, so that their clocks fit
UTC8 = timedelta(hours=8)  # the shops' zone, which has no summer time
TRIES = 30  # at something that chance must find
OPENS, SHUTS = timedelta(hours=8.5), timedelta(hours=18.5)


class Step(NamedTuple):
    """What somebody does `hours` after the step before. `by`: a login of the first shop, or "owner"."""

    hours: float
    by: str
    do: str
    given: Table


class Complaint(NamedTuple):
    """`at_work`: everything happens while the shop is open. `job`: what was done to the car before, as the order says.

    `name`: by which another complaint of the sample names it; "" for most. `owner`: the login of whoever is in charge.
    `km`: how far the car had really run, where the intake says otherwise; 0 elsewhere.
    """

    shop: str
    by: str
    days_ago: float
    intake: Table
    steps: tuple[Step, ...]
    at_work: bool
    job: str = ""
    name: str = ""
    car: Car | None = None
    owner: str = "manager"
    km: int = 0

    def times(self, now: datetime) -> Iterator[datetime]:
        """The moment of the opening and of every step."""
        at = self._open(now - timedelta(days=self.days_ago))
        yield at
        for step in self.steps:
            at = self._open(at + timedelta(hours=step.hours))
            yield at

    def _open(self, at: datetime) -> datetime:
        """`at`, or, where the shop is shut then, a while after it has opened."""
        local = at + UTC8
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        if not self.at_work or OPENS <= local - midnight <= SHUTS:
            return at
        day = midnight if local - midnight < OPENS else midnight + timedelta(days=1)
        return day + OPENS + timedelta(minutes=local.minute * 2 % 100) - UTC8


def written(folder: Path) -> list[Complaint]:
    """The complaints written out in complaints*.toml, in the order of the files."""
    files = sorted(folder.glob("complaints*.toml"))
    rows = [row for file in files for row in tomllib.loads(file.read_text(encoding="utf-8"))["complaint"]]
    return [
        Complaint(
            row["branch"], row["by"], row["days_ago"], row["intake"], _steps(row.get("steps", ())),
            row["days_ago"] > FRESH, row.get("job", ""), row.get("name", ""), None,
            row.get("owner", "manager"), row.get("km", 0),
        )
        for row in rows
    ]  # fmt: skip


def _steps(rows: Any) -> tuple[Step, ...]:
    return tuple(Step(*row) for row in rows)


class Teller:
    """Tells variations, the same for the same seed; no two begin with the same words as long as there are others."""

    def __init__(self, folder: Path, maker: Maker, chance: random.Random, months: int):
        read = {
            name: tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
            for name in ("matters", "ways", "words")
        }
        self.matters, self.ways, self.words = read["matters"]["matter"], read["ways"]["way"], read["words"]
        self.maker, self.chance, self.months = maker, chance, months
        self.left: list[tuple[Table, str]] = []
        self.said: set[str] = set()

    def tell(self, cars: Iterator[Car]) -> Complaint:
        """One more complaint, about the next fitting car."""
        matter, says, car, days_ago = self._met(cars)
        way = self._way(matter)
        by, source = self.chance.choice(way.get("origins", matter.get("origins", self.words["origins"])))
        talk = self.words["talk"] if matter.get("talk") else {}
        told = _Telling(
            self, {**self.words, **talk, **matter, "says": self._in_context(says), "source": source}, self._places(car)
        )
        intake = {
            **self.words["intake"],
            **matter["intake"],
            **way.get("intake", {}),
            **self._who(matter, car, days_ago),
        }
        steps = tuple(self._jittered(Step(*told.all(row))) for row in way["steps"])
        return Complaint(
            car.shop, by, days_ago, told.all(intake), steps, True, matter.get("job", ""), "",
            None if "carless" in matter else car,
            matter.get("owner", "manager"),
        )  # fmt: skip

    def _met(self, cars: Iterator[Car]) -> tuple[Table, str, Car, float]:
        """The next matter, how it is said, with which car, and how many days ago; one that fits no car is left out."""
        while True:
            matter, says = self._next_matter()
            for car in islice(cars, TRIES):
                fits = matter.get("ev", car.ev) == car.ev
                if fits and (days_ago := self._days_ago(matter, car)) is not None:
                    return matter, says, car, days_ago

    def _next_matter(self) -> tuple[Table, str]:
        """Each way of saying each matter once, in any order, before one comes again."""
        if not self.left:
            self.left = [(one, says) for one in self.matters for says in one["says"]]
            self.chance.shuffle(self.left)
        return self.left.pop()

    def _in_context(self, says: str) -> str:
        """With what people say before and after it: never twice the same, as long as there is another way."""
        for _ in range(TRIES):
            whole = self.chance.choice(self.words["openers"]) + says + self.chance.choice(self.words["tails"])
            if whole not in self.said:
                break
        self.said.add(whole)
        return whole

    def _way(self, matter: Table) -> Table:
        fitting = [one for one in self.ways if one["name"] in matter.get("ways", self.words["ways"])]
        return self.chance.choices(fitting, [one["weight"] for one in fitting])[0]

    def _days_ago(self, matter: Table, car: Car) -> float | None:
        """When it may have been: in the matter's months, and at most `young` days after delivery; None: not at all."""
        today = self.maker.now.date()
        age = (today - car.delivered_on).days - 1
        for _ in range(TRIES):
            days_ago = self.chance.uniform(0.15, min(self.months * 30, age))
            on = today - timedelta(days=days_ago)
            in_season = on.month in matter.get("months", [on.month])
            if in_season and (on - car.delivered_on).days <= matter.get("young", age + 1):
                return days_ago
        return None

    def _who(self, matter: Table, car: Car, days_ago: float) -> Table:
        who = {"customer_name": car.owner, "phone": car.phone}
        if "carless" in matter:
            return {**who, "no_vehicle_reason": matter["carless"]}
        km = car.km_on((self.maker.now - timedelta(days=days_ago)).date())
        return {**who, "mileage_km": km, "plate": car.plate}

    def _places(self, car: Car) -> Table:
        drawn = {key: self.chance.choice(values) for key, values in self.words["places"].items()}
        return {**drawn, "car": car.called, "name": car.owner}

    def _jittered(self, step: Step) -> Step:
        return step._replace(hours=round(step.hours * self.chance.uniform(0.6, 1.45), 2))


class _Telling:
    """Draws the words of one complaint; what was drawn once stays the same throughout it."""

    def __init__(self, teller: Teller, lists: Table, fill: Table):
        self.chance, self.lists, self.fill = teller.chance, lists, fill
        self.drawn: Table = {}

    def all(self, value: Any) -> Any:
        """`value` with everything in it drawn and filled in. What draws nothing at all is left out of a table."""
        if isinstance(value, dict):
            return {key: drawn for key, one in value.items() if (drawn := self.all(one)) not in (None, "", {}, [])}
        if isinstance(value, list):
            return [self.all(one) for one in value]
        return self.draw(value) if isinstance(value, str) else value

    def draw(self, text: str) -> Any:
        """A text with its places filled; "$name" is one of the list `name`, or the value itself where it is none."""
        if not text.startswith("$"):
            return text.format_map(self.fill)
        name = text[1:]
        if name not in self.drawn:
            found = self.lists.get(name)
            one_of = isinstance(found, list) and not name.endswith("_all")
            self.drawn[name] = self.all(self.chance.choice(found) if one_of and found else found)
        return self.drawn[name]


def endless(cars: list[Car]) -> Iterator[Car]:
    """Every car once, then all again."""
    return (cars[nth % len(cars)] for nth in count())
