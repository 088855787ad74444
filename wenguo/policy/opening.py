"""Opening hours: the periods of each day of the week and of a public holiday, as a pack or a branch says them."""

from dataclasses import dataclass
from datetime import time

from wenguo.policy.row import Place
from wenguo.policy.worktime import Period

Periods = tuple[Period, ...]
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOLIDAY = "holiday"
KEYS = (*WEEK, HOLIDAY)
MIDNIGHT = time(0)


@dataclass(frozen=True)
class Opening:
    """Periods of Monday to Sunday, and of a public holiday, whatever day of the week that is."""

    week: tuple[Periods, ...]
    holiday: Periods = ()
    place: Place = Place("", 0)

    def workday(self, weekday: int) -> Periods:
        """The periods when this day (0 is Monday) is worked like an ordinary one: its own from Monday to Friday, else
        Monday's; but its own too where nobody is there on Mondays anyway."""
        return self.week[weekday] if weekday < 5 else self.week[0] or self.week[weekday]

    def written(self) -> dict[str, str]:
        """The text of each day by its key, as it is stored."""
        return dict(zip(KEYS, map(written, (*self.week, self.holiday)), strict=True))


def written(periods: Periods) -> str:
    """The one way in which these periods are stored: "08:30-12:00 13:00-17:30"; "" where nobody is there."""
    return " ".join(f"{since:%H:%M}-{'24:00' if until == MIDNIGHT else f'{until:%H:%M}'}" for since, until in periods)


OFFICE: Periods = ((time(9), time(12)), (time(13), time(18)))
USUAL = Opening((OFFICE,) * 5 + ((), ()))  # where a pack says nothing
