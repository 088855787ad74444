"""Seals: everything that is committed is covered once, in one chain, and nothing is ever missed."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from tests.databases import at_once
from tests.people import NOW, actor, at_stage, take
from wenguo.cases import audit, seal
from wenguo.cases.door import act
from wenguo.cases.merkle import Tree, climbed, knot, leaf, paths, root_of
from wenguo.cases.models import Entry, Seal
from wenguo.cases.seal import seal_columns
from wenguo.people.amend import amend
from wenguo.people.chain import FIRST, link
from wenguo.people.models import Amendment, Branch, Customer

pytestmark = pytest.mark.both_databases

POSTGRESQL = pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)


def sealed(what: str) -> int:
    return sum(Seal.objects.filter(what=what).values_list("count", flat=True))


def test_a_seal_covers_every_entry_and_every_amendment(database):
    take(at_stage("receiving"), "noted")
    assert seal.seal(NOW) == Entry.objects.count() + Amendment.objects.count()
    assert (sealed("entry"), sealed("amendment")) == (Entry.objects.count(), Amendment.objects.count())


def test_seals_are_one_chain_of_plain_hashes(database):
    case = at_stage("receiving")
    seal.seal(NOW)
    take(case, "noted")
    seal.seal(NOW + timedelta(minutes=1))
    prev = FIRST
    for one in Seal.objects.order_by("id"):
        rows = Entry if one.what == "entry" else Amendment
        texts = list(rows.objects.filter(id__gte=one.first, id__lte=one.last).order_by("id").values_list("hash"))
        assert (one.count, one.root) == (len(texts), root_of(text for (text,) in texts))
        assert (one.prev, one.hash) == (prev, link(prev, seal_columns(one)))
        prev = one.hash


def test_where_nothing_was_added_nothing_is_sealed(database):
    at_stage("receiving")
    assert seal.seal(NOW) > 0
    before = Seal.objects.count()
    assert seal.seal(NOW + timedelta(minutes=1)) == 0
    assert Seal.objects.count() == before


def test_what_is_much_is_sealed_in_several_pieces(database, monkeypatch):
    monkeypatch.setattr(seal, "LARGEST", 2)
    case = at_stage("receiving")
    for _ in range(4):
        take(case, "noted")
    seal.seal(NOW)
    assert [one.count for one in Seal.objects.filter(what="entry").order_by("id")] == [2, 2, 1]


def test_it_ends_early_when_told_to(database):
    at_stage("receiving")
    assert seal.seal(NOW, lambda: False) == 0


def test_two_who_seal_at_once_do_it_once(own_database):
    at_stage("receiving")
    at_once(*[lambda: seal.seal(NOW)] * 4)
    assert (sealed("entry"), sealed("amendment")) == (Entry.objects.count(), Amendment.objects.count())
    assert [one for one in audit.verify(most=1000).findings if one.where.startswith("seal")] == []


@POSTGRESQL
@pytest.mark.parametrize("what", ["entry", "amendment"])
def test_a_row_that_is_not_committed_yet_is_never_missed(own_database, what):
    """Somebody writes slowly; a later row gets its id and is committed meanwhile. A seal must wait for the first."""
    case, other = at_stage("receiving"), at_stage("receiving", phone="13900139000", plate="浙B54321")
    seal.seal(NOW)
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                _write(what, case, "13900000001")
                written.set()
                go_on.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(30)
    _write(what, other, "13900000002")
    seal.PATIENCE, kept = "100ms", seal.PATIENCE
    try:
        assert seal.seal(NOW) == 0  # it doesn't seal past the row that nobody can see yet
    finally:
        seal.PATIENCE = kept
    go_on.set()
    thread.join()
    seal.seal(NOW)
    assert (sealed("entry"), sealed("amendment")) == (Entry.objects.count(), Amendment.objects.count())


def _write(what, case, phone) -> None:
    """A row of the record, in whatever transaction is open."""
    if what == "amendment":
        amend(Customer(), "system", {"branch": Branch.objects.get(code="HZ"), "phone": phone}, "test", NOW)
        return
    with _within():
        act(case, "noted", actor("bob"), {"note": "慢慢写"}, NOW)


def _within():
    """Lets the door's durable transaction be an inner one."""
    outer = transaction.atomic()
    outer._from_testcase = True
    return outer


@POSTGRESQL
def test_while_many_write_and_one_seals_nothing_is_missed(own_database):
    cases = [at_stage("receiving", phone=f"1390013900{nth}", plate=f"浙B5432{nth}") for nth in range(4)]
    bob, done = actor("bob"), threading.Event()

    def write(nth: int) -> None:
        for count in range(12):
            act(cases[nth], "noted", bob, {"note": f"第{count}条"}, NOW)

    def keep_sealing() -> None:
        while not done.is_set():
            seal.seal(NOW)

    sealer = threading.Thread(target=lambda: (keep_sealing(), connections.close_all()))
    sealer.start()
    results = at_once(*[lambda nth=nth: write(nth) for nth in range(4)])
    done.set()
    sealer.join()
    assert results == [None] * 4
    seal.seal(NOW)
    assert sealed("entry") == Entry.objects.count() == 4 + 48
    assert [one for one in audit.verify(most=1000).findings if one.where.startswith(("seal", "HZ"))] == []


def test_the_seal_of_an_entry_is_found_by_an_index(database):
    at_stage("receiving")
    seal.seal(NOW)
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{explain} SELECT * FROM cases_seal WHERE what = 'entry' AND last >= 1 ORDER BY last LIMIT 1")
        assert "seal_of" in str(cursor.fetchall())


# ---- the tree ----


def test_the_tree_has_the_shape_of_rfc_6962():
    one, two, three = (leaf(text) for text in "abc")
    assert root_of("") == ""
    assert root_of("a") == one.hex()
    assert root_of("ab") == knot(one, two).hex()
    assert root_of("abc") == knot(knot(one, two), three).hex()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 100])
def test_every_path_leads_to_the_root_and_no_other_row_does(count):
    texts = [f"{nth:064x}" for nth in range(count)]
    root = root_of(texts)
    counted, found = paths(enumerate(texts), range(count))
    assert (counted, len(found)) == (count, count)
    for nth, path in found.items():
        assert climbed(texts[nth], path) == root
        assert climbed("f" * 64, path) != root


def test_a_tree_of_many_keeps_few_knots():
    tree = Tree()
    for nth in range(1000):
        tree.add(str(nth))
    assert len(tree.knots) == (1000).bit_count()
