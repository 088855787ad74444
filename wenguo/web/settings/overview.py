"""Settings: one card for each thing that this person may look at."""

from typing import NamedTuple

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from wenguo.channels.rows import imports_anything
from wenguo.people.actors import Actor
from wenguo.people.administering import administers_any, has_keys
from wenguo.people.limits import sees_any_limits
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.settings.calendar import to_announce


class Card(NamedTuple):
    """A thing that can be set: where, its name, what it is about."""

    href: str
    title: str
    about: str


@signed_in
@require_safe
def show(request: StaffRequest) -> HttpResponse:
    """What can be set up, as far as this person may look at it; their own account in any case."""
    by = request.actor
    return page(request, "settings/overview.html", cards=cards(by), missing=to_announce(by))


def cards(by: Actor) -> list[Card]:
    """In the order in which a shop is set up."""
    found = [
        (True, "account", gettext("My account"), gettext("Password, who stands in for me, language.")),
        (True, "own_notices", gettext("How I am told"),
         gettext("E-mail and text messages by urgency, quiet hours, once a day or at once.")),
        (administers_any(by), "branches", gettext("Branches"), gettext("The group, its regions and shops.")),
        (administers_any(by), "staff", gettext("Staff and posts"),
         gettext("Who works here, as what, from when to when; new passwords; who stands in for whom.")),
        (sees_any_limits(by), "limits", gettext("Limits of money"),
         gettext("How much each post may decide on, and from where somebody else must agree.")),
        (administers_any(by), "calendar", gettext("Working calendar"),
         gettext("Opening hours, public holidays and make-up workdays, particular days of a shop.")),
        (administers_any(by), "numbers", gettext("Numbers"), gettext("Numbers of the process that a branch may set.")),
        (imports_anything(by), "imports", gettext("Import and export"),
         gettext("Bring in complaints, customers, cars, orders and staff that you have as tables, or take them out.")),
        (administers_any(by), "outlets", gettext("Outlets"),
         gettext("Group robots, webhooks and text messages; what couldn't be delivered.")),
        (has_keys(by), "tokens", gettext("Keys for programs"),
         gettext("A DMS or a script works in your name with them.")),
    ]  # fmt: skip
    return [Card(reverse(name), title, about) for shown, name, title, about in found if shown]
