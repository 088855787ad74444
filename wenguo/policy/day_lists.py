"""A year's days of rest and make-up workdays as a list that somebody pastes: one a line, "2027-10-01,休,国庆节".

Day, rest or work (休, 班), name; an English name may follow. Commas, semicolons and tabs part them, full-width or not.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from wenguo.policy.fields import FIRST_DAY, LAST_DAY, Problem

REST, WORK = "rest", "work"
WORDS = {
    **dict.fromkeys(("rest", "holiday", "off", "休", "休息", "放假", "节假日", "假"), REST),
    **dict.fromkeys(("work", "workday", "班", "上班", "补班", "调休上班", "工作"), WORK),
}
HEADS = {"day", "date", "日期", "日子"}
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
LONGEST = {"name": 100, "name_en": 200}
MOST = 400  # days of one list
TOLD = 10  # bad lines that are named


class Listed(NamedTuple):
    """One line: a day and whether the country rests or works on it."""

    day: date
    kind: str
    name: str
    name_en: str


def read_list(text: str) -> list[Listed]:
    """The days of a list, in their order. Raises Problem that names its bad lines, each with what is wrong."""
    found: dict[date, Listed] = {}
    bad: list[Problem] = []
    for number, cells in _lines(text):
        try:
            one = _listed(cells)
            if one.day in found:
                raise Problem("%(day)s stands twice.", day=one.day.isoformat())
            found[one.day] = one
        except Problem as problem:
            bad.append(Problem("line %(line)s: %(problem)s", line=number, problem=problem))
    if bad:
        raise Problem("%(lines)s (%(count)s wrong in all)", lines=bad[:TOLD], count=len(bad))
    if not 0 < len(found) <= MOST:
        raise Problem("The list must hold from 1 to %(most)s days.", most=MOST)
    return [found[day] for day in sorted(found)]


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered lines with their cells, without empty ones and a head."""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        plain = re.sub(r"[;\t、]", ",", unicodedata.normalize("NFKC", line))
        cells = [cell.strip() for cell in next(csv.reader([plain]), [])]
        if any(cells) and not (number == 1 and cells[0].lower() in HEADS):
            yield number, cells


def _listed(cells: list[str]) -> Listed:
    day, kind, name, name_en, *more = [*cells, "", "", "", ""][: max(len(cells), 4)]
    if any(more):
        raise Problem("there are more than four columns.")
    if kind.lower() not in WORDS:
        raise Problem("the second column must be rest or work (休 or 班), not “%(word)s”.", word=kind[:40])
    if len(name) > LONGEST["name"] or len(name_en) > LONGEST["name_en"]:
        raise Problem("this name is too long.")
    return Listed(_day(day), WORDS[kind.lower()], name, name_en)


def _day(text: str) -> date:
    found = DAY.fullmatch(text)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise Problem("“%(text)s” is no day such as 2027-10-01.", text=text[:40])
    return day
