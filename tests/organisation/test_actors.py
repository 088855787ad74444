"""Who may be what where: posts on the tree, deputies for some days, names, numbers; never yesterday's posts."""

from datetime import date, timedelta

import pytest

from tests.people import NOW, actor
from wenguo.people.actors import SYSTEM, actor_of, holders, numbers, people_at, today_of, with_deputies
from wenguo.people.amend import amend
from wenguo.people.models import BranchNumber, Deputy, Post, Staff

pytestmark = pytest.mark.usefixtures("database")
TODAY = today_of(NOW)


def test_a_post_counts_at_its_branch_and_below(dealer):
    region = actor("region_manager")
    for code, seen in (("G1", False), ("HD", True), ("HZ", True), ("SX", True)):
        assert region.sees(dealer.branches[code]) is seen
        assert region.roles_at(dealer.branches[code]) == (frozenset({"region_manager"}) if seen else frozenset())
    assert [one.code for one in region.branches()] == ["HD", "HZ", "SX"]
    assert [one.code for one in actor("bob").branches()] == ["HZ"]


def test_a_post_holds_from_its_first_day_until_the_day_before_it_ends(dealer):
    bob = dealer.staff["bob"]
    amend(bob.posts.get(), SYSTEM.code, {"until": date(2026, 3, 20)}, "leaves", NOW)
    assert actor_of(bob, NOW.replace(day=19)).posts
    assert not actor_of(bob, NOW.replace(day=20)).posts


def test_a_change_of_posts_is_seen_at_once(dealer):
    finance = dealer.staff["finance"]
    assert actor("finance").roles_at(dealer.branches["HZ"]) == {"finance"}
    post = {"staff": finance, "branch": dealer.branches["HZ"], "role": "service_manager", "since": TODAY}
    amend(Post(), SYSTEM.code, post, "promoted", NOW)
    assert actor("finance").roles_at(dealer.branches["HZ"]) == {"finance", "service_manager"}


def test_whoever_has_left_holds_nothing_and_keeps_the_name(dealer):
    amend(dealer.staff["technician"], SYSTEM.code, {"is_active": False}, "left", NOW)
    assert not actor("technician").posts
    assert "technician" not in holders(dealer.branches["HZ"], ["technician"], TODAY)


def test_a_deputy_holds_the_absent_persons_posts_for_those_days(dealer):
    leave = {"absent": dealer.staff["bob"], "deputy": dealer.staff["finance"]}
    amend(Deputy(), SYSTEM.code, {**leave, "since": TODAY, "until": TODAY + timedelta(days=2)}, "leave", NOW)
    finance = actor("finance")
    assert finance.roles_at(dealer.branches["HZ"]) == {"finance", "service_manager"}
    assert finance.stands_for == {dealer.staff["finance"].pk, dealer.staff["bob"].pk}
    assert with_deputies([dealer.staff["bob"].pk], TODAY) == [dealer.staff["bob"].pk, dealer.staff["finance"].pk]
    later = actor("finance", NOW + timedelta(days=2))
    assert later.roles_at(dealer.branches["HZ"]) == {"finance"}


def test_the_nearest_branch_with_a_holder_is_asked(dealer):
    at_shop = holders(dealer.branches["HZ"], ["region_manager", "service_director"], TODAY)
    assert at_shop["region_manager"] == [dealer.staff["region_manager"].pk]
    assert at_shop["service_director"] == [dealer.staff["service_director"].pk]
    assert holders(dealer.branches["HD"], ["service_director"], TODAY) == {}


def test_people_for_a_field_are_those_of_the_branch_and_above(dealer):
    names = [name for _, name, _ in people_at(dealer.branches["SX"], (), TODAY)]
    assert "查理" in names
    assert "鲍勃" not in names


def test_the_nearest_number_wins_and_the_later_one_at_the_same_branch(dealer):
    def overlay(code, value, since):
        row = {"branch": dealer.branches[code], "key": "k", "value": value, "since": since, "reason": "x"}
        amend(BranchNumber(), SYSTEM.code, row, "x", NOW)

    overlay("HZ", 3, TODAY - timedelta(days=2))
    overlay("HZ", 4, TODAY - timedelta(days=1))
    overlay("HZ", 5, TODAY + timedelta(days=1))
    overlay("G1", 9, TODAY)
    assert numbers(dealer.branches["HZ"], NOW)["k"] == 4
    assert numbers(dealer.branches["SX"], NOW)["k"] == 9


def test_a_person_without_a_post_sees_nothing(dealer):
    nobody = amend(Staff(), SYSTEM.code, {"username": "new", "name": "新人", "password": "!"}, "new", NOW)
    assert actor_of(nobody, NOW).branches() == []
