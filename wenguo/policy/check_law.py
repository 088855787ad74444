"""Judges the words by which a pack tells the law of cars and repairs: none may be one that the law doesn't know."""

from collections.abc import Callable, Collection, Iterator

from wenguo.law.guarantee import WORKS
from wenguo.law.names import names
from wenguo.law.repairing import NOT_COUNTED
from wenguo.law.tables import rules
from wenguo.policy.pack import Pack
from wenguo.policy.source import Fault
from wenguo.policy.vocabulary import unknown

# Fields of the forms of a visit and its problems, with what the law knows; and words that are the pack's own beside.
Known = Callable[[], Collection[str]]
KNOWN: dict[tuple[str, str], Known] = {
    ("visit_problem", "system"): lambda: names("systems"),
    ("visit_problem", "sign"): lambda: names("signs"),
    ("visit_problem", "replaced"): lambda: ("part", "assembly"),
    ("visit_problem", "claims"): rules,
    ("visit", "work"): lambda: WORKS,
}
OWN = {"system": {"other"}}


def law_faults(pack: Pack) -> Iterator[Fault]:
    """A code by which the law would be asked and that it doesn't know; a wait that it leaves out and nobody can say."""
    for (form_key, key), known in KNOWN.items():
        form = pack.forms.get(form_key)
        if form and (field := form.field(key)):
            words = {*known(), *OWN.get(key, ())}
            yield from unknown(sorted(field.options), words, f"word of the law for '{key}'", field.place.of("codes"))
    waits = pack.forms.get("visit_wait")
    if waits and (why := waits.field("why")):
        yield from unknown(NOT_COUNTED, why.options, f"code of '{why.codes}'", why.place.of("codes"))
