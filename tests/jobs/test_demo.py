"""The sample dealer group: every story goes its way, and a filling that was broken off goes on where it stopped."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.record import without_entry
from wenguo.cases.models import Approval, Case, CaseLink, Entry, Notice
from wenguo.jobs import demo
from wenguo.people.models import Branch
from wenguo.policy.load import default_pack
from wenguo.vehicles.models import Vehicle, Visit

WRITTEN = 67  # complaints that are written out
LATE = datetime(2026, 11, 26, 15, 57, tzinfo=UTC)  # nearly midnight at the shops: what takes hours ends a day later
SQLITE = pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)  # it is the sample that is tested here


class BrokenOff(Exception):
    pass


def filled(cases: int, say=lambda line: None) -> int:
    return demo.fill(cases, 1, 12, "very-own-password", LATE, say)


@SQLITE
def test_every_written_story_goes_its_way_and_there_is_an_open_case_at_every_stage(empty_database):
    told: list[str] = []
    assert filled(WRITTEN + 25, told.append) == WRITTEN + 25
    assert [line for line in told if "stopped" in line] == []  # nothing that somebody may not, or that isn't so
    process = default_pack().processes[default_pack().opens]
    assert set(process.stages) - set(Case.objects.values_list("stage", flat=True)) == set()
    contents = Case.objects.filter(process=process.name).values_list("facts__content", flat=True)
    assert Counter(contents).most_common(1)[0][1] == 1
    assert Approval.objects.exclude(in_place_of=None).exists()  # by a deputy
    assert CaseLink.objects.exclude(kind="warns_of").count() == 2 and without_entry() == []
    assert {one.code for one in Branch.objects.all()} >= {"HZ", "SX", "FS", "DG"}
    assert Visit.objects.count() > WRITTEN and not Vehicle.objects.filter(series="").exists()
    assert not Notice.objects.filter(sent_at=None).exists()


def test_a_filling_that_was_broken_off_goes_on_where_it_stopped(empty_database):
    lines: list[str] = []

    def breaks_off(line: str) -> None:
        lines.append(line)
        if len(lines) == 17:
            raise BrokenOff

    with pytest.raises(BrokenOff):
        filled(9, breaks_off)
    sample = demo.unfinished()
    assert sample and sample.cases == 9 and Case.objects.exists()
    stopped_at = Entry.objects.count()
    assert filled(9) == 9 and demo.unfinished() is None
    assert Entry.objects.count() > stopped_at
    acts = [deed.key for deed in demo.show(sample).deeds if isinstance(deed.of, demo.Complaint)]
    assert Entry.objects.exclude(actor="system").count() == len(acts)  # each once
    assert not Branch.objects.filter(name__contains=demo.BEING_FILLED).exists()
