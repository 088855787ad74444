"""Reads and judges focus.toml: cars and customers of special care; a pack without it watches nobody."""

from collections.abc import Iterator
from pathlib import Path

from wenguo.policy.focus import FocusRules, Measure, Proposal
from wenguo.policy.pack import Pack
from wenguo.policy.row import Label
from wenguo.policy.source import Fault, Row, Source
from wenguo.policy.vocabulary import unknown

FORMS = ("focus_watch", "focus_decline", "focus_care", "focus_end")  # that code knows by name


def load_focus(root: Path, faults: list[Fault]) -> FocusRules | None:
    """The rules of the pack, or None without the file. What is malformed is added to `faults`."""
    if not (root / "focus.toml").exists():
        return None
    source = Source(root, root / "focus.toml")
    row = Row(source.data, source, "", 0, faults)
    made = FocusRules(
        frozenset(row.words("decides")), frozenset(row.words("cares")), frozenset(row.words("supervises")),
        row.words("looks_after"), row.take("days", int), row.take("care_days", int), row.take("call_back", str),
        row.place, {one.key: one for one in map(_proposal, row.rows("proposal", "proposal"))},
        tuple(_measure(one) for one in row.rows("measure", "measure")),
    )  # fmt: skip
    row.done()
    return made


def _proposal(row: Row) -> Proposal:
    made = Proposal(
        row.take("key", str), row.label(), row.words("visits", ()), row.take("quality", bool, False),
        row.take("in_warranty", bool, False), row.take("complaints", bool, False), row.place,
    )  # fmt: skip
    row.done()
    return made


def _measure(row: Row) -> Measure:
    made = Measure(
        row.take("key", str), row.label(), Label(row.take("text", str), row.take("text_en", str)), row.place
    )  # fmt: skip
    row.done()
    return made


def focus_faults(pack: Pack) -> Iterator[Fault]:
    """Roles, kinds of order and forms that the pack doesn't have, and a proposal that proposes nothing."""
    rules = pack.focus
    if rules is None:
        return
    place = rules.place
    for key in ("decides", "cares", "supervises", "looks_after"):
        yield from unknown(sorted(getattr(rules, key)), pack.roles, "role", place.of(key))
    yield from unknown([rules.call_back], pack.codes.get("care_way", {}), "code of 'care_way'", place.of("call_back"))
    yield from unknown(FORMS, pack.forms, "form", place)
    if min(rules.days, rules.care_days) < 1:
        yield Fault(place.of("days"), "'days' and 'care_days' must be at least 1")
    for one in rules.proposals.values():
        yield from unknown(one.visits, pack.codes.get("visit_kind", {}), "code of 'visit_kind'", one.place.of("visits"))
        if bool(one.visits) == one.complaints:
            yield Fault(one.place, f"the proposal '{one.key}' must name either 'visits' or 'complaints'")
