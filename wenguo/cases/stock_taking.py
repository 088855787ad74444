"""The day's stock-take (日盘点, R134): what came in that day, what is late, and who signed that nothing is lost."""

from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from wenguo.cases.filters import Filters
from wenguo.cases.listing import every
from wenguo.cases.lists import Brief
from wenguo.cases.models import StockTake
from wenguo.people.actors import Actor
from wenguo.people.amend import amend
from wenguo.people.models import Branch, Staff
from wenguo.policy.load import packs

MOST = 300  # rows of either list: a shop's day has a few


class Stock(NamedTuple):
    """A branch's day, with everything below it. `whole`: whether both lists hold all there is."""

    received: list[Brief]  # registered that day, the first one first
    late: list[Brief]  # open and past their due time now, the worst first
    whole: bool

    @property
    def unowned(self) -> int:
        """Complaints that came in and that nobody owns."""
        return sum(one.owner_id is None for one in self.received)

    @property
    def needs_note(self) -> bool:
        """Whether something is wrong, so that whoever signs says what is done about it."""
        return bool(self.late or self.unowned)


def takes_stock(by: Actor, branch: Branch) -> bool:
    """Whether `by` may sign the day of that branch off."""
    pack = packs().get(branch.pack)
    return pack is not None and bool(by.roles_at(branch) & pack.takes_stock)


def may_take_stock(by: Actor) -> bool:
    """Whether a role of this person signs days off somewhere: what the menu asks, without looking at branches."""
    held = {role for _, role in by.posts}
    return any(held & pack.takes_stock for pack in packs().values())


def takes_stock_at(by: Actor) -> list[Branch]:
    """Branches whose days `by` may sign off."""
    return [one for one in by.branches() if takes_stock(by, one)]


def stock_of(by: Actor, branch: Branch, day: date, now: datetime) -> Stock:
    """The lists of that day, as far as `by` sees them."""
    complaints = packs()[branch.pack].opens
    that_day = {
        "branch": (branch.code,), "process": (complaints,), "opened_since": (day.isoformat(),),
        "opened_until": (day.isoformat(),),
    }  # fmt: skip
    received = list(islice(every(by, Filters(that_day, "opened"), now), MOST + 1))
    late = list(islice(every(by, Filters({"branch": (branch.code,), "overdue": ("yes",)}, "due"), now), MOST + 1))
    return Stock(received[:MOST], late[:MOST], len(received) <= MOST and len(late) <= MOST)


def signed(branch: Branch, day: date) -> StockTake | None:
    """Who signed that day off, and with what on the list."""
    return StockTake.objects.filter(branch=branch, day=day).select_related("signed_by").first()


def sign_off(branch: Branch, day: date, stock: Stock, by: Actor, note: str, now: datetime) -> StockTake:
    """Signs the day off, or once more: the history keeps who did before. Nobody's right is asked here."""
    row = StockTake.objects.filter(branch=branch, day=day).first()
    told = {
        "signed_by": Staff.objects.get(pk=by.staff_id), "signed_at": now, "received": len(stock.received),
        "unowned": stock.unowned, "late": len(stock.late), "note": note,
    }  # fmt: skip
    fresh = {} if row else {"branch": branch, "day": day}
    return amend(row or StockTake(), by.code, {**fresh, **told}, "stock-take", now)
