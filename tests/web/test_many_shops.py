"""A page asks the database as much in a group of many shops as in one of few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import at_stage
from tests.web.signed_in import browser
from tests.web.test_law_pages import VIN, clock, visit  # noqa: F401
from wenguo.people.models import Branch, Post, Staff
from wenguo.people.tree import touch

pytestmark = pytest.mark.both_databases

PAGES = (
    "/", "/?view=all", "/cases/", "/cases/?sort=opened&state=open", "/calls/", "/bell/", "/focus/",
    "/focus/supervision/",
    "/warnings/", "/vehicles/defects/", "/stock/", "/settings/", "/settings/branches/", "/settings/staff/",
    "/settings/numbers/", "/settings/limits/", "/settings/calendar/", "/settings/tokens/", "/settings/outlets/",
    "/settings/import/",
)  # fmt: skip
ROLES = ("region_manager", "customer_director", "service_manager", "administrator", "general_manager")


def open_shops(count: int, first: int) -> None:
    """So many more shops below the region."""
    region = Branch.objects.get(code="HD")
    for nth in range(first, first + count):
        shop = Branch.objects.create(
            code=f"N{nth:02}", name=f"新店{nth}", name_en=f"N{nth}", parent=region, pack=region.pack, path=f"n{nth}"
        )
        shop.path = f"{region.path}{shop.pk}/"
        shop.save()
    touch()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_no_more_where_there_are_more_shops(path, dealer, clock):  # noqa: F811
    staff = Staff.objects.get(username="region_manager")
    for role in ROLES[1:]:
        Post.objects.create(staff=staff, branch=dealer.branches["HD"], role=role, since="2020-01-01")
    touch()
    at_stage("receiving", vin=VIN)
    visit(dealer, "R1", "2026-03-10", kind="comeback")
    someone, asked = browser("region_manager"), []
    for first in (0, 12):  # of a few shops lists are walked one by one, so of many from the start
        open_shops(12, first)
        someone.get(path)  # the organisation is read anew
        with CaptureQueriesContext(connection) as queries:
            answer = someone.get(path)
        assert answer.status_code == 200, path
        asked.append([one["sql"] for one in queries])
    told = [len(one) for one in asked]
    assert told[0] == told[1], "\n".join([path, *sorted(one[:230] for one in set(asked[1]) - set(asked[0]))])
