"""A step added by data alone: the rows of docs/packs.md, put into a copy of the pack, are taken through the door."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.people import NOW, actor, at_stage, may_take, take
from tests.policy.planting import ROAD, PackCopy
from wenguo.cases.door import open_steps, why_not
from wenguo.cases.models import Case, Notice
from wenguo.cases.refusals import Missing, NotAllowed, WrongStage
from wenguo.policy import load
from wenguo.policy.load import packs

PAGE = Path(__file__).resolve().parents[2] / "docs/packs.md"


def rows_of_the_page() -> list[str]:
    """The TOML of the section that adds a step without code: a form, the step, and what needs it."""
    section = PAGE.read_text(encoding="utf-8").split("## A step without code")[1].split("\n## ")[0]
    return re.findall(r"```toml\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def with_road_test(database, tmp_path) -> Iterator[PackCopy]:
    """The shipped pack with the step of the page; every case of the test is handled by it."""
    copy = PackCopy(tmp_path / "packs")
    form, step, need = rows_of_the_page()
    copy.append("forms/fulfilling.toml", form, at="[road_test]")
    copy.append(ROAD, step, at="[[step]]")
    told = 'tell = { done = ["callback_agent"] }\n'
    copy.plant(ROAD, "[[step]]", 'do = "customer_accepted"\n', told, f"{told}\n{need}", at="[[step.also_needs]]")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "PACKS", copy.folder.parent)
        packs.cache_clear()
        yield copy
    packs.cache_clear()


def buttons(case: Case, login: str) -> dict[str, tuple[str, ...]]:
    """What that person may do, with what is missing for it."""
    return {one.step.do: one.missing for one in open_steps(case, actor(login))}


def test_a_step_that_stands_only_in_the_pack_is_taken_like_any_other(with_road_test):
    assert with_road_test.faults() == []
    case = take(at_stage("accepting"), "quality_checked")
    assert buttons(case, "alice")["customer_accepted"] == ("road_test",)
    assert isinstance(why_not(case, "customer_accepted", actor("bob"), NOW), Missing)
    assert isinstance(why_not(case, "road_tested", actor("technician"), NOW), NotAllowed)

    case = take(case, "road_tested", by="alice", road_test="过减速带无异响，客户在场。")
    assert case.stage == "accepting"
    assert case.facts["road_test"] == "过减速带无异响，客户在场。"
    entry = case.entries.latest("seq")
    assert (entry.verb, entry.outcome, entry.actor) == ("road_tested", "done", actor("alice").code)
    assert Notice.objects.filter(entry=entry).values_list("recipient__username", flat=True).get() == "bob"

    case = take(case, "customer_accepted", by="alice")
    assert case.stage == "calling_back"
    assert isinstance(why_not(case, "road_tested", actor("alice"), NOW), WrongStage)


def test_it_is_not_there_for_cases_of_another_kind(with_road_test):
    case = take(at_stage("accepting", category="billing"), "quality_checked")
    assert "road_tested" not in buttons(case, "alice")
    assert isinstance(why_not(case, "road_tested", actor("alice"), NOW), WrongStage)
    assert may_take(case, "customer_accepted")
