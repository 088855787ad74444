"""The stories of the shipped pack, told through the real door on both databases; and that they leave no way untold."""

import pytest

from tests.packs.telling import Telling, stories
from wenguo.cases.audit.cases import Count, case_faults
from wenguo.cases.refusals import Refusal
from wenguo.policy.load import packs

STORIES = stories()


@pytest.mark.parametrize("name", STORIES)
def test_a_story_goes_as_it_is_told(name: str, database):
    telling = Telling(STORIES[name])
    for nth, line in enumerate(STORIES[name]["step"], 1):
        try:
            telling.take(line)
        except (AssertionError, Refusal) as fault:
            fault.add_note(f"{name}, line {nth}: {line}")
            raise
    assert list(case_faults(Count())) == []  # whichever way it went, the audit reads the same story in the record


def test_the_stories_leave_no_way_untold():
    """Every step, where it has several outcomes each of them, and every clock."""
    processes = packs()["auto_dealer"].processes.values()
    lines = [line for story in STORIES.values() for line in story["step"]]
    told = {(line["do"], line.get("outcome", "")) for line in lines if "do" in line}
    steps = [step for process in processes for step in process.steps.values() if step.who]
    ways = {(step.do, one if len(step.then) > 1 else "") for step in steps for one in step.then}
    assert ways - told == set()
    seen = {clock for line in lines for clock in line.get("after", {}).get("clocks", ())}
    assert seen == {clock for process in processes for clock in process.clocks}


def test_each_warning_is_told():
    told = {
        rule for story in STORIES.values() for line in story["step"] for rule in line.get("after", {}).get("hits", ())
    }
    assert told == set(packs()["auto_dealer"].warnings.rules) - {"W4"}  # that one is told where nobody else reads


def test_every_story_has_both_titles():
    assert all(set(story) <= {"says", "en", "stand_ins", "numbers", "step"} for story in STORIES.values())
    assert all(story["says"].strip() and story["en"].strip() for story in STORIES.values())
