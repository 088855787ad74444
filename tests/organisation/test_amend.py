"""amend(): what isn't a case changes here only, with before and after, chained, personal values erasable."""

import json
from datetime import timedelta

import pytest

from tests.people import NOW
from wenguo.people.amend import amend
from wenguo.people.chain import FIRST, canonical, commit, link, stamp
from wenguo.people.models import Amendment, AmendmentPrivate, Customer

pytestmark = pytest.mark.usefixtures("database")


def customer(dealer, **data):
    return amend(Customer(), "staff:1", {"branch": dealer.branches["HZ"], "phone": "13900001234", **data}, "new", NOW)


def test_every_change_is_chained_to_the_one_before(dealer):
    one = customer(dealer, name="王女士")
    amend(one, "staff:2", {"name": "王小姐"}, "corrected", NOW + timedelta(hours=1))
    prev = FIRST
    for seq, row in enumerate(Amendment.objects.filter(kind="customer", thing=one.pk).order_by("seq"), 1):
        assert row.seq == seq
        assert row.prev == prev
        assert row.hash == link(prev, ["customer", one.pk, seq, stamp(row.at), row.actor, row.reason, row.body])
        prev = row.hash
    assert seq == 2


def test_personal_values_stand_beside_the_chain_and_not_in_it(dealer):
    one = customer(dealer, name="王女士")
    amend(one, "staff:2", {"name": "王小姐"}, "corrected", NOW)
    last = Amendment.objects.order_by("-id")[0]
    assert "王" not in last.body
    kept = {row.field: row for row in AmendmentPrivate.objects.filter(amendment=last)}
    assert {field: json.loads(row.value) for field, row in kept.items()} == {"before:name": "王女士", "name": "王小姐"}
    promised = json.loads(last.body)["private"]
    assert promised == {field: commit(field, row.value, row.salt) for field, row in kept.items()}


def test_nothing_is_written_when_nothing_differs(dealer):
    one = customer(dealer, name="王女士")
    count = Amendment.objects.count()
    amend(one, "staff:2", {"name": "王女士"}, "again", NOW)
    assert Amendment.objects.count() == count


def test_the_record_holds_no_floats():
    with pytest.raises(ValueError):
        canonical({"amount": [1, {"x": 0.1}]})
    assert canonical({"b": "刹车", "a": [True, None, 1]}) == '{"a":[true,null,1],"b":"刹车"}'
