"""Reads and judges views.toml: the views of the list of cases that a pack brings along; a pack without has none."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from wenguo.policy.pack import Pack
from wenguo.policy.source import Fault, Row, Source
from wenguo.policy.views import CODED, COLUMNS, FILTERS, ORDERS, PERIODS, SEVERAL, SHOWN, USUAL, YES, View
from wenguo.policy.vocabulary import unknown


def load_views(root: Path, faults: list[Fault]) -> dict[str, View]:
    """The views in the order of the file, by key. What is malformed is added to `faults`."""
    if not (root / "views.toml").exists():
        return {}
    source = Source(root, root / "views.toml")
    row, views = Row(source.data, source, "", 0, faults), {}
    for one in row.rows("view", "view"):
        made = View(
            one.take("key", str), one.label(), one.conditions("where"), one.take("sort", str, ""),
            one.words("columns", USUAL), one.place,
        )  # fmt: skip
        one.done()
        if made.key in views:
            one.fault("key", f"view '{made.key}' stands twice")
        views[made.key] = made
    row.done()
    return views


def view_faults(pack: Pack) -> Iterator[Fault]:
    """Filters, values, columns and orders that the list of cases doesn't know."""
    for view in pack.views.values():
        place = view.place
        yield from unknown(view.columns, SHOWN, "column", place.of("columns"))
        if view.sort:
            yield from unknown([view.sort], ORDERS, "order", place.of("sort"))
        yield from unknown(view.where, FILTERS, "filter", place.of("where"))
        for key, values in view.where.items():
            yield from unknown(values, _values(pack).get(key, values), f"value of '{key}'", place.of("where"))
            if len(values) != 1 and (key not in SEVERAL or not values):
                yield Fault(place.of("where"), f"'{key}' takes one value")


def _values(pack: Pack) -> Mapping[str, tuple[str, ...]]:
    """Values by filter. A pack knows neither branches nor people, so it can't name any; days of its own would age."""
    known: dict[str, tuple[str, ...]] = dict.fromkeys(FILTERS, ())
    known |= dict.fromkeys(YES, ("yes",)) | dict(PERIODS)
    known |= {column: tuple(pack.codes.get(column, ())) for column in CODED if column in COLUMNS}
    known |= {"state": ("open", "closed"), "turn": ("none",), "owner": ("me",), "process": tuple(pack.processes)}
    return known | {"stage": tuple(key for process in pack.processes.values() for key in process.stages)}
