"""The cars of the sample group and their repair orders: made by chance, the same for the same seed."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from wenguo.vehicles.vins import check_digit

PLATE_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
YEARS = "ABCDEFGHJKLMNPRSTVWXY"  # of model years, from 2010 on
EVERY_DAYS = 150  # between two ordinary visits, about


class Car(NamedTuple):
    """A car with its owner. `told`: the form fields that a dealer's system would send."""

    shop: str
    vin: str
    plate: str
    phone: str
    owner: str
    called: str  # series, as people say it
    ev: bool
    delivered_on: date
    km_a_day: float
    told: dict[str, str]

    @property
    def met_at(self) -> datetime:
        """When the dealer's system first tells of it: the evening of its delivery."""
        day = self.delivered_on
        return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)

    def km_on(self, day: date) -> int:
        """How far it has run on `day`, about."""
        return max(12, int(self.km_a_day * (day - self.delivered_on).days / 10) * 10)


class Order(NamedTuple):
    """A repair order: of which car, when it came, what the form is told. Its number follows from the time."""

    car: Car
    in_at: datetime
    told: dict[str, Any]


class Maker:
    """Makes cars and orders from cars.toml, one after another."""

    def __init__(self, tables: dict[str, Any], shops: list[dict[str, str]], chance: random.Random, now: datetime):
        self.tables, self.shops, self.chance, self.now = tables, {row["code"]: row for row in shops}, chance, now
        self.made = 0
        self.plates: set[str] = set()

    def car(
        self, shop: str, vin: str = "", plate: str = "", phone: str = "", km: int | None = None, on: date | None = None
    ) -> Car:  # fmt: skip
        """A car of `shop`; what isn't given is made up. `km`: how far it had run on the day `on`."""
        self.made += 1
        series = self._series(vin, plate)
        km_a_day, on = self.chance.uniform(22, 62), on or self.now.date()
        days = round(km / km_a_day) if km is not None else self.chance.randint(40, 2200)
        delivered = max(on - timedelta(days=days), self._launched(series) + timedelta(days=20))
        delivered = min(delivered, on - timedelta(days=2))
        if km is not None:
            km_a_day = km / (on - delivered).days
        vin = vin or self._vin(series, delivered)
        told = {
            "plate": plate or self._plate(shop, series["ev"]), "brand": self.tables["brand"],
            "series": series["name"], "model": self.chance.choice(series["models"]),
            "launched_on": self._launched(series).isoformat(), "delivered_on": delivered.isoformat(),
            "invoiced_on": (delivered - timedelta(days=self.chance.randint(0, 2))).isoformat(),
            "province": self.shops[shop]["sold_in"],
            "engine_no": f"{'TZ' if series['ev'] else 'HC'}{self.chance.randrange(10**7):07d}",
        }  # fmt: skip
        if km is not None and km < 500:
            told["plate"] = plate  # too new to have one
        phone = phone or f"{self.shops[shop]['phone']}{(self.made * 7919) % 10_000:04d}"
        owner = self.chance.choice(self.tables["surnames"]) + self.chance.choice(self.tables["customers"].split())
        return Car(
            shop, vin, told["plate"], phone, owner, series["name"], series["ev"], delivered, km_a_day, told
        )  # fmt: skip

    def _series(self, vin: str, plate: str) -> dict[str, Any]:
        """The series that a VIN names, else by chance; a plate of eight signs is an electric car's."""
        rows = self.tables["series"]
        named = [row for row in rows if vin and row["letters"][:2] == vin[3:5]]
        fitting = [row for row in rows if not plate or row["ev"] == (len(plate) == 8)]
        return self.chance.choice(named or fitting)

    def _launched(self, series: dict[str, Any]) -> date:
        """The day of launch; a number counts in days from now, so that there is always a new model."""
        on = series["launched_on"]
        return self.now.date() + timedelta(days=on) if isinstance(on, int) else on

    def _vin(self, series: dict[str, Any], delivered: date) -> str:
        year = YEARS[(delivered.year - 2010) % len(YEARS)]
        vin = f"LX0{series['letters']}0{year}{self.chance.randrange(10)}{self.made * 37 % 10**6:06d}"
        return vin[:8] + check_digit(vin) + vin[9:]

    def _plate(self, shop: str, ev: bool) -> str:
        """Five signs after the town's, with letters among them; electric cars have D or F and five digits."""
        while True:
            digits = [str(self.chance.randrange(10)) for _ in range(5)]
            if ev:
                digits.insert(0, self.chance.choice("DF"))
            else:
                for place in self.chance.sample(range(5), 2):
                    digits[place] = self.chance.choice(PLATE_SIGNS)
            plate = self.shops[shop]["plate"] + "".join(digits)
            if plate not in self.plates:
                self.plates.add(plate)
                return plate

    def orders(self, car: Car, months: int) -> Iterator[Order]:
        """The car's ordinary visits of the last `months`, the free first service first."""
        day = max(car.delivered_on, self.now.date() - timedelta(days=months * 30))
        first = day == car.delivered_on
        while (
            day := day + timedelta(days=self.chance.randint(EVERY_DAYS // 2, EVERY_DAYS * 3 // 2))
        ) < self.now.date():
            fitting = [one for one in self.tables["job"] if one["ev"] == car.ev and one.get("first", False) == first]
            yield self.order(car, self.morning(day), self.chance.choice(fitting))
            first = False

    def order(self, car: Car, in_at: datetime, job: dict[str, Any]) -> Order:
        """A visit for `job`, a row of cars.toml."""
        material = sum(int(row[3]) for row in job["parts"])
        told = {
            "kind": job["kind"], "mileage_km": str(car.km_on(in_at.date())), "complaint": job["said"],
            "items": "\n".join(job["items"]), "parts": "\n".join(" | ".join(row) for row in job["parts"]),
            "labour_hours": job["hours"], "labour_fen": str(job["labour"]), "material_fen": str(material),
            "total_fen": str(job["labour"] + material), "payer": job["payer"], "quality": "passed",
            "problems": job.get("problems", ""),
        }  # fmt: skip
        return Order(car, in_at, told)

    def morning(self, day: date) -> datetime:
        """Some time between half past eight and four on `day`, in the shops' zone (UTC+8, without summer time)."""
        start = datetime(day.year, day.month, day.day, 0, 30, tzinfo=self.now.tzinfo)
        return start + timedelta(minutes=self.chance.randrange(450))
