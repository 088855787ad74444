"""How often the suite tries what is tried at random or against the clock: often enough for each change, and as often as
was promised in a drill (`make drill`, before a release)."""

import os
from typing import TypeVar

DRILL = os.environ.get("WENGUO_DRILL") == "1"
Much = TypeVar("Much")


def often(in_a_drill: Much, otherwise: Much) -> Much:
    return in_a_drill if DRILL else otherwise
