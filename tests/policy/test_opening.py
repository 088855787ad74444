"""Opening hours: how people write the periods of a day, and what a pack may say of a week."""

from datetime import time

import pytest

from tests.policy.planting import PackCopy
from wenguo.policy.fields import Problem
from wenguo.policy.load import default_pack
from wenguo.policy.opening import USUAL, Opening, written
from wenguo.policy.periods import read_periods

TABLE = "[opening_hours]"
MORNING, AFTERNOON = (time(8, 30), time(12)), (time(13), time(17, 30))


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("08:30-12:00 13:00-17:30", "08:30-12:00 13:00-17:30"),
        ("8:30-12:00,13:00-17:30", "08:30-12:00 13:00-17:30"),
        ("08：30－12：00，13：00～17：30", "08:30-12:00 13:00-17:30"),  # a Chinese keyboard
        ("０８:３０至１２:００、13:00到17:30", "08:30-12:00 13:00-17:30"),
        ("13:00 — 17:30; 08:30 – 12:00", "08:30-12:00 13:00-17:30"),  # in any order
        ("08:00-12:00 12:00-18:00", "08:00-12:00 12:00-18:00"),
        ("18:00-24:00", "18:00-24:00"),
        ("0:00-24:00", "00:00-24:00"),
        ("", ""),
        (" \n", ""),
    ],
)
def test_periods_are_read_as_people_write_them_and_stored_in_one_way(typed, stored):
    assert written(read_periods(typed)) == stored
    assert read_periods(stored) == read_periods(typed)


@pytest.mark.parametrize(
    "typed, said",
    [
        ("25:00-26:00", "“25:00” is no time of day"),
        ("08:60-09:00", "“08:60” is no time of day"),
        ("24:01-24:30", "“24:01” is no time of day"),
        ("12:00-08:30", "ends before it begins"),
        ("09:00-09:00", "ends before it begins"),
        ("22:00-06:00", "belongs to two days"),
        ("08:30-12:00 11:00-17:30", "08:30-12:00 and 11:00-17:30 overlap"),
        ("18:00-24:00 20:00-21:00", "overlap"),
        ("08:30", "is no period"),
        ("8-12", "is no period"),
        ("上午", "is no period"),
        ("08:30-12:00-13:00", "is no period"),
        (" ".join(f"{hour:02}:00-{hour:02}:30" for hour in range(7)), "At most 6 periods"),
    ],
)
def test_what_can_be_no_periods_is_refused_with_the_piece_that_is_wrong(typed, said):
    with pytest.raises(Problem) as refused:
        read_periods(typed)
    assert said in refused.value.message % refused.value.fill


def test_a_make_up_workday_has_mondays_hours_unless_nobody_is_there_on_mondays():
    weekend = Opening(((MORNING,), *((MORNING, AFTERNOON),) * 4, (AFTERNOON,), ()))
    assert [weekend.workday(day) for day in (0, 1, 5, 6)] == [(MORNING,), (MORNING, AFTERNOON), (MORNING,), (MORNING,)]
    museum = Opening(((), *((MORNING,),) * 6))  # closed on Mondays
    assert (museum.workday(0), museum.workday(5)) == ((), (MORNING,))


# ---- the table [opening_hours] of a pack ----


def test_a_pack_says_every_day_of_the_week_and_the_public_holiday():
    assert default_pack().opening.week == ((read_periods("08:30-18:00")),) * 7
    assert default_pack().opening.holiday == read_periods("09:00-17:00")


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('monday = "08:30-18:00"', 'monday = "25:00-26:00"', "'monday': “25:00” is no time of day"),
        ('sunday = "08:30-18:00"', 'sunday = "12:00-08:30"', "'sunday': “12:00-08:30” ends before"),
        ('friday = "08:30-18:00"', "friday = 8", "'friday' has the wrong type"),
        ('holiday = "09:00-17:00"', 'holyday = ""', "unknown key 'holyday'"),
    ],
)
def test_a_slip_in_the_hours_is_told_with_its_line(copy: PackCopy, old, new, said):
    place = copy.plant("pack.toml", TABLE, "monday", old, new)
    assert any(fault.startswith(f"{place}: {said}") for fault in copy.faults())


def test_a_day_left_out_is_told(copy: PackCopy):
    copy.plant("pack.toml", TABLE, "monday", 'holiday = "09:00-17:00"', "# nothing")
    assert [fault.partition(": ")[2] for fault in copy.faults()] == ["'holiday' is missing"]


def test_a_week_in_which_nobody_is_there_is_told(copy: PackCopy):
    text = (copy.folder / "pack.toml").read_text("utf-8")
    (copy.folder / "pack.toml").write_text(text.replace('"08:30-18:00"', '""'), "utf-8")
    place = copy.place("pack.toml", TABLE, "monday", at=TABLE)
    assert copy.faults() == [f"{place}: every day of the week is closed, so nobody ever works"]


def test_a_pack_without_the_table_has_office_hours(copy: PackCopy):
    text = (copy.folder / "pack.toml").read_text("utf-8")
    start = text.index(TABLE)
    (copy.folder / "pack.toml").write_text(text[:start] + text[text.index("# ----", start) :], "utf-8")
    assert copy.faults() == []
    assert USUAL.written()["monday"] == "09:00-12:00 13:00-18:00" and USUAL.written()["saturday"] == ""
