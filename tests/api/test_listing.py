"""GET cases: the list for programs, with the filters of the page."""

from datetime import timedelta

import pytest

from tests.api.calls import Program, told
from tests.api.test_document import described
from tests.people import NOW, at_stage

pytestmark = pytest.mark.usefixtures("database")


def pages(program: Program, query: str = "") -> list[str]:
    """Numbers of all pages."""
    found, cursor = [], ""
    for _ in range(100):
        answer = program.get("&".join(filter(None, [f"cases?{query}", cursor and f"cursor={cursor}"]))).json()
        assert "items" in answer, answer
        found += [one["number"] for one in answer["items"]]
        cursor = answer["next"]
        if cursor is None:
            return found
    raise AssertionError("the list never ends")


def test_a_program_reads_every_case_within_sight_page_by_page_the_newest_first():
    made = [at_stage("receiving", now=NOW + timedelta(hours=nth)).number for nth in range(5)]
    at_stage("receiving", branch="SX")
    assert pages(Program("bob"), "limit=2") == made[::-1]
    assert pages(Program("bob"), "limit=2&sort=opened") == made
    assert len(pages(Program("region_manager"))) == 6
    assert pages(Program("region_manager"), "branch=HZ&limit=3") == made[::-1]


def test_a_case_in_the_list_is_told_like_the_case_itself():
    case = at_stage("receiving")
    for login in ("bob", "technician"):
        program = Program(login)
        (listed,) = program.get("cases?state=open").json()["items"]
        assert listed == program.get(f"cases/{case.number}").json()


def test_filters_and_words_are_asked_for_together():
    rattling = at_stage("receiving", content="后排异响，过减速带时明显", category="repair_quality")
    at_stage("receiving", content="后排异响，等太久", category="service", phone="13900139001")
    bob = Program("bob")
    assert pages(bob, "q=异响&category=repair_quality") == [rattling.number]
    assert len(pages(bob, "q=异响&category=repair_quality&category=service&limit=1")) == 2
    assert pages(bob, "q=刹车") == []
    assert pages(Program("charlie"), "q=异响") == []
    assert pages(bob, "mine=true&overdue=false&stage=receiving&limit=200") != []


@pytest.mark.parametrize(
    "query, field",
    [
        ("colour=red", "colour"), ("customer__phone=13800138000", "customer__phone"), ("category=none", "category"),
        ("branch=SX", "branch"), ("branch=", "branch"), ("sort=facts", "sort"), ("limit=0", "limit"),
        ("limit=201", "limit"), ("limit=x", "limit"), ("cursor=x", "cursor"), ("cursor=%00", "cursor"),
        ("state=open&state=closed", "state"), ("q=" + "x" * 201, "q"), ("q=%00", "q"), ("overdue=1", "overdue"),
        ("opened_since=2026-02-30", "opened_since"), ("opened=today&opened_since=2026-02-01", "opened"),
        ("turn=99999", "turn"), ("after=2026-01-01_1", "after"),
    ],
)  # fmt: skip
def test_what_can_not_be_asked_is_refused_with_its_name(query, field):
    assert field in told(Program("bob").get(f"cases?{query}"), 422, "invalid").fields


def test_the_document_names_every_parameter_that_is_taken():
    parameters = described()["paths"]["/cases"]["get"]["parameters"]
    promised = {"q", "process", "stage", "branch", "overdue", "mine", "cursor", "limit"}
    assert promised <= {one["name"] for one in parameters}
    bob = Program("bob")
    for one in parameters:
        schema = one["schema"]
        values = schema.get("items", schema).get("enum", ())
        for value in values:
            assert bob.get(f"cases?{one['name']}={value}").status_code == 200, (one["name"], value)
