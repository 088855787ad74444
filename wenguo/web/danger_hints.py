"""Danger words while somebody types: what they may mean is proposed beside the text, and a person ticks it or not."""

from collections.abc import Collection
from typing import NamedTuple

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from wenguo.policy.load import packs
from wenguo.policy.pack import Pack
from wenguo.policy.warnings import DANGER
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.typed import word
from wenguo.web.within_sight import shop_meant

MOST = 5_000  # signs that are looked at


class Hint(NamedTuple):
    """A code of the field `danger` that the text hints at: its word, and what stands there."""

    code: str
    label: str
    quoted: str


def hints(pack: Pack, text: str, ticked: Collection[str] = ()) -> list[Hint]:
    """What `text` hints at beyond what is ticked already, each code once, in the order of the text."""
    field = pack.fields.get(DANGER)
    if pack.warnings is None or field is None:
        return []
    found: dict[str, Hint] = {}
    for one in pack.warnings.proposed(text[:MOST]):
        if one.code not in ticked and one.code in field.options:
            found.setdefault(one.code, Hint(one.code, word(field.options[one.code]), text[one.start : one.end]))
    return list(found.values())


def marked(pack: Pack, text: str) -> list[tuple[str, bool]]:
    """`text` in pieces, each with whether it is a danger word."""
    pieces, at = list[tuple[str, bool]](), 0
    for one in pack.warnings.proposed(text[:MOST]) if pack.warnings else ():
        if one.start >= at:
            pieces += [(text[at : one.start], False), (text[one.start : one.end], True)]
            at = one.end
    return [(piece, is_word) for piece, is_word in [*pieces, (text[at:], False)] if piece]


@signed_in
@require_POST
def ask(request: StaffRequest) -> HttpResponse:
    """The proposals for what is typed so far. By POST: nothing that a customer says stands in an address."""
    branch = shop_meant(request.actor, request.POST.get("branch", ""))
    if branch is None:
        return HttpResponse()
    found = hints(packs()[branch.pack], request.POST.get("content", ""), request.POST.getlist(DANGER))
    return page(request, "warnings/hints.html", hints=found)
