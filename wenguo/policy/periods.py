"""Reading the periods of a day as people write them: "08:30-12:00 13:00-17:30". Nothing at all is a day of rest."""

import re
import unicodedata
from datetime import time
from itertools import pairwise

from wenguo.policy.fields import Problem
from wenguo.policy.opening import MIDNIGHT, Periods, written
from wenguo.policy.worktime import Period

MOST = 6  # periods of one day
SHOWN = 40  # signs of what can't be read
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−~〜至到", "-"))
CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
LAST = (24, 0)


def read_periods(text: str) -> Periods:
    """The periods that `text` says, in order; full-width signs and 至 are understood, 24:00 is the day's end.

    Raises Problem for what is no time, ends before it begins, or overlaps.
    """
    plain = unicodedata.normalize("NFKC", text).translate(DASHES)
    pieces = re.split(r"[\s,;、]+", re.sub(r"\s*-\s*", "-", plain))
    found = sorted((_period(piece) for piece in pieces if piece), key=lambda one: one[0])
    if len(found) > MOST:
        raise Problem("At most %(most)s periods a day.", most=MOST)
    for before, after in pairwise(found):
        if before[1] == MIDNIGHT or after[0] < before[1]:
            raise Problem("%(one)s and %(other)s overlap.", one=written((before,)), other=written((after,)))
    return tuple(found)


def _period(piece: str) -> Period:
    edges = piece.split("-")
    if len(edges) != 2:
        raise _unread(piece)
    since, until = (_clock(edge, piece) for edge in edges)
    if since >= until:
        raise Problem(
            "“%(piece)s” ends before it begins. What goes on over midnight belongs to two days.", piece=piece[:SHOWN]
        )
    return time(*since), MIDNIGHT if until == LAST else time(*until)


def _clock(edge: str, piece: str) -> tuple[int, int]:
    """Hour and minute, up to 24:00."""
    found = CLOCK.fullmatch(edge)
    if not found:
        raise _unread(piece)
    clock = int(found[1]), int(found[2])
    if clock > LAST or clock[1] > 59:
        raise Problem("“%(time)s” is no time of day: from 00:00 to 24:00.", time=edge)
    return clock


def _unread(piece: str) -> Problem:
    return Problem("“%(piece)s” is no period such as 08:30-12:00.", piece=piece[:SHOWN])
