"""The time that repairs take (Order 43 art. 21, 24, 40): each visit by itself, every 24 hours that began are a day."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from wenguo.law.days import DAY
from wenguo.law.facts import Repair
from wenguo.law.tables import value

# Not counted by art. 24: transport of parts made for this VIN and of traction batteries, and the way to a rescue.
NOT_COUNTED = ("special_part", "traction_battery", "rescue")


def repair_days(repairs: Iterable[Repair], until: datetime | None = None) -> int:
    """Days of all the repairs together: three visits of one hour are three days.

    A repair goes on until it is done, or until `until`; one that isn't done and has no end counts nothing.
    """
    return sum(days_of(repair, until) for repair in repairs)


def days_of(repair: Repair, until: datetime | None = None) -> int:
    """Days of one repair, without the waiting that art. 24 leaves out."""
    hours = sum((end - start for start, end in counted(repair, until)), timedelta(0))
    return -(-hours // DAY)


def counted(repair: Repair, until: datetime | None = None) -> Iterator[tuple[datetime, datetime]]:
    """The spans of time that count for art. 24, in order."""
    ends = [moment for moment in (repair.done_at, until) if moment]
    if repair.agreed_at is None or not ends:
        return
    at, end = repair.agreed_at, min(ends)
    left_out = [(one.since, one.until or end) for one in repair.waits if one.why in NOT_COUNTED]
    for since, back in sorted(left_out):
        if at < min(since, end):
            yield at, min(since, end)
        at = max(at, back)
    if at < end:
        yield at, end


def when_over(repair: Repair, days: int, until: datetime | None = None) -> datetime | None:
    """The moment after which more than so many days count for this repair; None where it takes no more."""
    rest = days * DAY
    for start, end in counted(repair, until):
        if end - start > rest:
            return start + rest
        rest -= end - start
    return None


def spare_car_from(repair: Repair, days: int = 0) -> datetime | None:
    """When the 6th day of the repair begins, from which a spare car or travel money is due (art. 21).

    All waiting counts, for parts too. None where no repair was agreed on, or it was done within 5 days, or no such
    rule was in force. `days`: fewer than the law's 5, where that was promised.
    """
    if repair.agreed_at is None:
        return None
    limit = value("spare_car", repair.agreed_at.date())
    if not (days or limit):
        return None
    sixth = repair.agreed_at + (days or limit["days"]) * DAY  # type: ignore[index]
    return None if repair.done_at and repair.done_at <= sixth else sixth


def end_of(day: date, like: datetime) -> datetime:
    """The first moment after that day, in the zone of `like`."""
    return datetime.combine(day + DAY, time(), like.tzinfo)
