"""What is within a person's sight: a case, the shops where they may register a complaint, what is asked there."""

from django.http import Http404

from wenguo.cases.lists import find_case
from wenguo.cases.models import Case
from wenguo.cases.refusals import NotFound
from wenguo.people.actors import Actor
from wenguo.people.models import Branch
from wenguo.policy.load import packs
from wenguo.policy.pack import Form, Process


def seen(number: str, by: Actor) -> Case:
    """The case, or Http404 in the same words whether it isn't there or isn't within sight."""
    try:
        return find_case(number, by)
    except NotFound:
        raise Http404 from None


def shops(by: Actor) -> list[Branch]:
    """Branches at which a complaint can be registered: those within sight that no other stands under."""
    within = by.branches()
    return [one for one in within if not any(_under(other, one) for other in within)]


def _under(lower: Branch, upper: Branch) -> bool:
    return lower.pk != upper.pk and lower.path.startswith(upper.path)


def shop_of(branches: list[Branch], code: str, by: Actor) -> Branch:
    """The one asked for, else where the person holds a post themselves, else the first."""
    own = {path for path, _ in by.posts}
    asked = next((one for one in branches if one.code == code), None)
    return asked or next((one for one in branches if one.path in own), branches[0])


def shop_meant(by: Actor, code: str) -> Branch | None:
    """The shop that a page names, as in shop_of(); None for somebody who can register a complaint nowhere."""
    branches = shops(by)
    return shop_of(branches, code, by) if branches else None


def opening(branch: Branch) -> Process:
    """The process that a shop's intake opens."""
    pack = packs()[branch.pack]
    return pack.processes[pack.opens]


def opening_form(branch: Branch) -> Form:
    return packs()[branch.pack].form_of(opening(branch).opening)
