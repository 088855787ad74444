"""Search keeps up with what is changed outside of any act."""

from tests.people import NOW, actor, at_stage
from wenguo.cases.models import SearchText
from wenguo.cases.reindexing import complete, faults
from wenguo.cases.search import find
from wenguo.jobs.searching import follow
from wenguo.people.amend import amend


def test_a_customers_new_phone_and_a_cars_new_plate_find_their_cases_after_the_next_round(dealer):
    case, bob = at_stage("receiving", phone="13800138000", plate="浙A12345"), actor("bob")
    follow()
    amend(case.customer, "staff:1", {"phone": "13900139999"}, "told", NOW)
    amend(case.vehicle, "staff:1", {"plate": "浙B67890"}, "told", NOW)
    assert find("13900139999", bob).cases == []
    while follow():
        pass
    assert find("13900139999", bob).cases == find("浙B67890", bob).cases == [case.pk]
    assert list(faults()) == []


def test_cases_from_before_there_was_search_are_taken_in(dealer):
    case = at_stage("receiving", content="天窗漏水")
    SearchText.objects.all().delete()
    assert len(list(faults())) == 1
    assert complete() == 1
    assert find("天窗", actor("bob")).cases == [case.pk]
