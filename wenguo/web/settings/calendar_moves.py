"""What a change of a calendar would move, told before it is saved."""

from collections.abc import Callable

from django.utils.translation import gettext, ngettext

from wenguo.cases.reckoning import Move, what_moves
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.policy.load import packs
from wenguo.web import words
from wenguo.web.typed import word

TOLD = 8  # promises named one by one


def moves_of(change: Callable[[], object], by: Actor) -> list[str]:
    """Sentences about promises that would be due at another moment; none where nothing moves. Cases that `by` may not
    see are counted and not named. Raises whatever `change` raises; nothing is changed."""
    found = what_moves(change)
    if not found.moves:
        return []
    count = len(found.moves)
    said = ngettext(
        "%(count)s promise will be due at another time:", "%(count)s promises will be due at another time:", count
    ) % {"count": count}
    seen = [one for one in found.moves if by.sees(one.branch)]
    told = [said, *(_move(one) for one in seen[:TOLD])]
    if more := count - len(seen[:TOLD]):
        told.append(gettext("and %(num)s more") % {"num": more})
    if not found.whole:
        told.append(gettext("There are more clocks than could be looked at; those due first were."))
    return told


def _move(one: Move) -> str:
    rules = packs()[one.branch.pack].processes
    label = next((process.clocks[one.kind].label for process in rules.values() if one.kind in process.clocks), None)
    return gettext("%(number)s, %(promise)s: %(was)s, then %(due)s") % {
        "number": one.number,
        "promise": word(label) if label else one.kind,
        "was": words.moment(one.was, now(), one.branch.zone),
        "due": words.moment(one.due, now(), one.branch.zone),
    }
