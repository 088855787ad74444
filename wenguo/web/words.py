"""Times, money and masked personal data as the pages write them, in the reader's language."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext

from wenguo.cases.models import NEVER
from wenguo.people.models import Branch
from wenguo.policy.clocks import DUE, order_of
from wenguo.policy.money import yuan

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOON, NEAR = 2 * HOUR, DAY  # what is due within them is shown in orange, in yellow
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Left(NamedTuple):
    """How much time is left: words, tone (late, soon, near, calm, none) and the moment itself."""

    words: str
    tone: str
    due: datetime


def left(due: datetime, now: datetime) -> Left:
    """Time left until `due`, in words and tone."""
    if due >= NEVER:
        return Left(gettext("No time limit"), "none", due)
    rest = due - now
    if rest < timedelta(0):
        return Left(_overdue(-rest), "late", due)
    tone = "soon" if rest < SOON else "near" if rest < NEAR else "calm"
    return Left(_rest(rest), tone, due)


def _rest(rest: timedelta) -> str:
    if rest < MINUTE:
        return gettext("Less than a minute left")
    if rest < HOUR:
        return ngettext("%(num)s minute left", "%(num)s minutes left", rest // MINUTE) % {"num": rest // MINUTE}
    if rest < 2 * DAY:
        return ngettext("%(num)s hour left", "%(num)s hours left", rest // HOUR) % {"num": rest // HOUR}
    return ngettext("%(num)s day left", "%(num)s days left", rest // DAY) % {"num": rest // DAY}


def _overdue(late: timedelta) -> str:
    if late < MINUTE:
        return gettext("Just overdue")
    if late < HOUR:
        return ngettext("%(num)s minute overdue", "%(num)s minutes overdue", late // MINUTE) % {"num": late // MINUTE}
    if late < 2 * DAY:
        return ngettext("%(num)s hour overdue", "%(num)s hours overdue", late // HOUR) % {"num": late // HOUR}
    return ngettext("%(num)s day overdue", "%(num)s days overdue", late // DAY) % {"num": late // DAY}


def rung(at: str) -> str:
    """A rung of a clock's ladder: 75% of the time, 4 hours overdue, 2 days overdue."""
    order = order_of(at)
    if order is None or order == order_of(DUE):
        return gettext("Time is up")
    if order.percent < 100:
        return gettext("%(num)s%% of the time") % {"num": order.percent}
    return _overdue(timedelta(hours=order.hours))


def moment(at: datetime, now: datetime, zone: str = "") -> str:
    """A moment as the branch in `zone` says it: today 14:30, yesterday 09:00, 20 Nov 09:12, 20 Nov 2025 09:12."""
    here = ZoneInfo(zone or settings.TIME_ZONE)
    local = at.astimezone(here)
    today = now.astimezone(here).date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return gettext("today %(time)s") % {"time": clock}
    if local.date() == today - DAY:
        return gettext("yesterday %(time)s") % {"time": clock}
    if local.date() == today + DAY:
        return gettext("tomorrow %(time)s") % {"time": clock}
    return f"{day(local, with_year=local.year != today.year)} {clock}"


def day(on: date, with_year: bool = True) -> str:
    """A day: 2026年11月20日, 20 Nov 2026."""
    if (get_language() or "").startswith("en"):
        return f"{on.day} {MONTHS[on.month - 1]}" + (f" {on.year}" if with_year else "")
    return (f"{on.year}年" if with_year else "") + f"{on.month}月{on.day}日"


def month(on: date) -> str:
    """A month: 11月, Nov."""
    return MONTHS[on.month - 1] if (get_language() or "").startswith("en") else f"{on.month}月"


def weekday(on: date) -> str:
    """Monday to Sunday."""
    return (
        gettext("Monday"), gettext("Tuesday"), gettext("Wednesday"), gettext("Thursday"), gettext("Friday"),
        gettext("Saturday"), gettext("Sunday"),
    )[on.weekday()]  # fmt: skip


def length(time: timedelta) -> str:
    """A length of time: 2 h 30 min, 45 min."""
    hours, minutes = divmod(round(time / MINUTE), 60)
    if not hours:
        return gettext("%(num)s min") % {"num": minutes}
    if not minutes:
        return gettext("%(num)s h") % {"num": hours}
    return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}


def short(text: object, signs: int = 40) -> str:
    """The beginning of what somebody wrote, on one line."""
    line = " ".join(str(text or "").split())
    return line if len(line) <= signs else f"{line[:signs]}…"


def branch_name(branch: Branch) -> str:
    """The branch's name in the reader's language, where it has one."""
    return branch.name_en if branch.name_en and (get_language() or "").startswith("en") else branch.name


def money(fen: int) -> str:
    """An amount in fen as yuan: 1,380.50 元."""
    return gettext("¥%(amount)s") % {"amount": yuan(fen)}
