"""Reads and judges the table [administration] of pack.toml."""

from collections.abc import Iterator, Mapping

from wenguo.policy.administration import Administration
from wenguo.policy.row import Label
from wenguo.policy.source import Fault, Row
from wenguo.policy.vocabulary import unknown


def load_administration(row: Row) -> Administration:
    """The table [administration] of pack.toml; nobody may anything where there is none."""
    data = row.take("administration", dict, {})
    table = Row(data, row.source, "administration", 0, row.faults)
    only_by = table.pairs("only_by", list, "{ role = [roles] }", {})
    made = Administration(
        table.words("organisation", ()), table.words("tokens", ()),
        {role: tuple(roles) for role, roles in only_by.items()}, table.place,
    )  # fmt: skip
    table.done()
    return made


def administration_faults(told: Administration, roles: Mapping[str, Label]) -> Iterator[Fault]:
    """Roles that the pack doesn't know, and roles that nobody could ever give."""
    for key, named in (("organisation", told.organisation), ("tokens", told.tokens), ("only_by", told.only_by)):
        yield from unknown(named, roles, "role", told.place.of(key))
    if told.organisation and not told.highest:
        yield Fault(told.place.of("only_by"), "no role may give every other, so a first administrator can't be made")
    for role, givers in told.only_by.items():
        yield from unknown(givers, roles, "role", told.place.of("only_by"))
        if not {*givers} & {*told.organisation}:
            yield Fault(told.place.of("only_by"), f"nobody who administers may give the role '{role}'")
