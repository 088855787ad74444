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
    process = packs()["auto_dealer"].processes["complaint"]
    lines = [line for story in STORIES.values() for line in story["step"]]
    told = {(line["do"], line.get("outcome", "")) for line in lines if "do" in line}
    several = {step.do: len(step.then) > 1 for step in process.steps.values()}
    ways = {(step.do, one if several[step.do] else "") for step in process.steps.values() for one in step.then}
    assert ways - told == set()
    seen = {clock for line in lines for clock in line.get("after", {}).get("clocks", ())}
    assert seen == set(process.clocks)


def test_every_story_has_both_titles():
    assert all(set(story) <= {"says", "en", "stand_ins", "numbers", "step"} for story in STORIES.values())
    assert all(story["says"].strip() and story["en"].strip() for story in STORIES.values())
