"""Views of the list of cases that a pack brings along: a name, filters as an address has them, columns, the order.

The names of filters, orders and columns stand here, so that a pack can be judged without a database.
"""

from dataclasses import dataclass

from wenguo.policy.row import Label, Place

COLUMNS = ("source", "business_line", "category", "component", "cause", "validity", "severity")  # codes of the pack
CODED = ("process", "stage", *COLUMNS)
YES = ("mine", "overdue")  # filters that are on or off
PERIOD = ("today", "this_week", "this_month", "last_month", "last_30_days")
PERIODS = {"opened": PERIOD, "closed": PERIOD}
DAYS = ("opened_since", "opened_until", "closed_since", "closed_until")
FILTERS = ("mine", "overdue", "state", "turn", "owner", "branch", *CODED, *PERIODS, *DAYS)
SEVERAL = frozenset({"branch", *CODED})  # filters of which any one of several values will do
ORDERS = frozenset({"due", "-due", "opened", "-opened"})
MOST = 50  # values of one filter
# Columns that can be shown beside the number and the customer, in the order in which they stand.
SHOWN = (
    "about", "stage", "due", "turn", "owner", "branch", "opened", "closed", "source", "business_line", "category",
    "component", "cause", "validity", "severity",
)  # fmt: skip
USUAL = ("about", "stage", "due", "turn")


@dataclass(frozen=True)
class View:
    """One view of the list. `where`: values by filter."""

    key: str
    label: Label
    where: dict[str, tuple[str, ...]]
    sort: str
    columns: tuple[str, ...]
    place: Place
