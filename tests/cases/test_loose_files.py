"""Uploads that no case ever named: gone after a week, and nothing else with them."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from tests.people import actor, at_stage, take
from wenguo.cases import loose_files
from wenguo.cases.evidence import folder, path_of, sound, store
from wenguo.cases.loose_files import remove_loose, remove_unfinished
from wenguo.cases.models import Draft, Evidence

pytestmark = pytest.mark.usefixtures("database")
NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=8)


def uploaded(content=b"a photo", at=OLD, by="alice"):
    """A file that was uploaded at that moment."""
    made = store("a.txt", [content], actor(by), at)
    os.utime(path_of(made.sha256), (at.timestamp(), at.timestamp()))
    return made


def test_a_file_that_no_case_named_for_a_week_goes_with_its_row():
    old, young = uploaded(b"old"), uploaded(b"young", NOW - timedelta(days=6))
    assert remove_loose(NOW) == 1
    assert list(Evidence.objects.all()) == [young]
    assert not path_of(old.sha256).exists() and sound(young)
    assert remove_loose(NOW) == 0


def test_a_file_of_a_case_and_one_that_a_draft_names_stay(dealer):
    evidence, drafted, gone = uploaded(b"evidence"), uploaded(b"drafted"), uploaded(b"gone")
    take(at_stage("receiving"), "evidence_added", by="alice", files=[str(evidence.pk)])
    typed = {"typed": {"photos": [str(drafted.pk)], "content": ["x"]}, "version": None}
    Draft.objects.create(staff=dealer.staff["alice"], verb="registered", data=typed, saved_at=OLD)
    assert remove_loose(NOW) == 1
    assert set(Evidence.objects.all()) == {evidence, drafted}
    assert sound(evidence) and sound(drafted) and not path_of(gone.sha256).exists()


def test_the_same_bytes_of_another_row_stay():
    loose, again = uploaded(b"same"), uploaded(b"same", NOW - timedelta(days=2), by="bob")
    assert remove_loose(NOW) == 1
    assert not Evidence.objects.filter(pk=loose.pk).exists() and sound(again)


def test_bytes_that_somebody_uploads_anew_just_now_stay():
    loose = uploaded(b"same")
    path_of(loose.sha256).touch()  # placed again; the row is still to come
    assert remove_loose(NOW) == 0
    assert sound(loose)


def test_bytes_placed_between_the_look_and_the_removal_come_back(monkeypatch):
    loose = uploaded(b"same")
    remove = loose_files._remove

    def meanwhile(one):
        path_of(one.sha256).touch()  # as store() does before its row
        return remove(one)

    monkeypatch.setattr(loose_files, "_remove", meanwhile)
    assert remove_loose(NOW) == 1
    assert path_of(loose.sha256).read_bytes() == b"same"
    assert [one.name for one in path_of(loose.sha256).parent.iterdir()] == [loose.sha256]


def test_a_missing_file_is_no_reason_to_keep_its_row():
    path_of(uploaded().sha256).unlink()
    assert remove_loose(NOW) == 1
    assert not Evidence.objects.exists()


def test_any_number_of_loose_files_goes_in_one_round(monkeypatch):
    monkeypatch.setattr(loose_files, "BATCH", 2)
    for nth in range(5):
        uploaded(f"{nth}".encode())
    assert remove_loose(NOW) == 5
    assert not [one for one in folder().rglob("*") if one.is_file()]


def test_what_a_killed_upload_left_half_written_goes_after_a_day():
    folder().mkdir()
    for name, days in (("incoming-old", 2), ("incoming-young", 0)):
        (folder() / name).write_bytes(b"half")
        at = (NOW - timedelta(days=days)).timestamp()
        os.utime(folder() / name, (at, at))
    assert remove_unfinished(NOW) == 1
    assert [one.name for one in folder().iterdir()] == ["incoming-young"]
