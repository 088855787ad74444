"""An audit whose pieces several processes share: it finds what one alone finds, also where one of them dies."""

import multiprocessing
import threading

import pytest
from django.db import connection

from tests.people import at_stage
from wenguo.cases import audit
from wenguo.cases.audit import pieces
from wenguo.cases.audit.together import checking
from wenguo.cases.models import Case

MANY = 1000  # findings: the tests' dealer group was made past amend(), which the audit tells too


@pytest.fixture
def small(own_database, monkeypatch) -> list[Case]:
    """Five cases, cut into pieces of two, in a database that other processes know of."""
    for key, value in own_database.environment().items():
        monkeypatch.setenv(key, value)
    monkeypatch.setattr(pieces, "CASES", 2)
    monkeypatch.setattr(pieces, "AMENDMENTS", 2)
    return [at_stage("receiving") for _ in range(5)]


def test_two_processes_find_what_one_finds_in_the_same_order(small):
    for case in (small[4], small[1]):
        Case.objects.filter(pk=case.pk).update(category="attitude")
    alone, together = audit.verify(most=MANY), audit.verify(most=MANY, processes=2)
    assert [one.where for one in together.findings[:2]] == [small[1].number, small[4].number]
    assert together.findings == alone.findings
    seen = [(one.cases, one.entries, one.amendments, one.seals, one.unsealed) for one in (alone, together)]
    assert seen[0] == seen[1] and seen[0][:2] == (5, 5)
    chains = audit.verify(most=MANY, processes=2, chains=True)
    assert chains.findings == [] and (chains.entries, chains.amendments) == seen[0][1:3]  # a row is no link of a chain


def test_the_first_findings_are_told_where_there_are_more(small):
    Case.objects.update(category="attitude")
    assert audit.verify(most=2, processes=2).findings == audit.verify(most=MANY).findings[:2]


def test_where_processes_die_the_one_that_asked_them_does_their_work_as_of_the_same_moment(small):
    Case.objects.filter(pk=small[1].pk).update(category="attitude")
    found = []
    with checking(pieces.cut(), 2, None, MANY) as check:
        for helper in multiprocessing.active_children():
            helper.kill()
        writer = threading.Thread(target=_change_all)
        writer.start()
        writer.join()
        for piece in pieces.cut():
            found += check(piece).findings
    assert [one.where for one in found] == [small[1].number]
    assert len([one for one in audit.verify(most=MANY).findings if "category" in one.says]) == 5


def _change_all() -> None:
    Case.objects.update(category="attitude")
    connection.close()
