"""Reading what was offered on a case, who decided on its money, and which cases belong to it. Never changes a case."""

from typing import NamedTuple

from django.db import connection

from wenguo.cases.models import Approval, Case, Remedy, RemedyLine
from wenguo.cases.verbs.linking import MERGED_INTO, SAME_MATTER
from wenguo.people.rows import read


class Offer(NamedTuple):
    """One plan with what it costs, by kind, and the decisions on it, in the order in which they were taken."""

    remedy: Remedy
    lines: list[RemedyLine]
    decisions: list[Approval]


OF_CASE = "WHERE remedy_id IN (SELECT id FROM cases_remedy WHERE case_id = %s) ORDER BY id"


def offers(case: Case) -> list[Offer]:
    """Every plan of the case, the latest first. One query, and two more where there is one."""
    found = read(Remedy, "WHERE case_id = %s ORDER BY nth DESC", case.pk)
    if not found:
        return []
    lines, decisions = read(RemedyLine, OF_CASE, case.pk), read(Approval, OF_CASE, case.pk)
    return [
        Offer(
            one,
            [line for line in lines if line.remedy_id == one.pk],
            [decision for decision in decisions if decision.remedy_id == one.pk],
        )
        for one in found
    ]


class Tie(NamedTuple):
    """Another case that belongs to this one. `kind`: same_matter, merged_into, or merged_here."""

    kind: str
    number: str


TIES = f"""
    SELECT link.kind, link.case_id, mine.number, other.number FROM cases_caselink link
    JOIN cases_case mine ON mine.id = link.case_id JOIN cases_case other ON other.id = link.other_id
    WHERE (link.case_id = %s OR link.other_id = %s) AND link.kind IN ('{SAME_MATTER}', '{MERGED_INTO}')
    ORDER BY link.id
"""


def ties(case: Case) -> list[Tie]:
    """Cases of the same matter, merged into this one, or into which this one went."""
    with connection.cursor() as cursor:
        cursor.execute(TIES, [case.pk, case.pk])
        rows = cursor.fetchall()
    return [
        Tie(kind, other) if mine == case.pk else Tie("merged_here" if kind == MERGED_INTO else kind, number)
        for kind, mine, number, other in rows
    ]
