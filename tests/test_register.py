"""The register of requirements (tests/register.toml): none is missing, none is claimed by what doesn't exist."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.packs.telling import stories
from tests.serving import ROOT

REGISTER = tomllib.loads((Path(__file__).parent / "register.toml").read_text(encoding="utf-8"))
ROWS = REGISTER["requirements"]


def numbers() -> Iterator[str]:
    """Every number of the catalogue: "R001-R003" is R001, R002, R003."""
    for span in REGISTER["numbers"]:
        first, _, last = span.partition("-")
        digits = len(first) - 1
        for number in range(int(first[1:]), int((last or first)[1:]) + 1):
            yield f"{first[0]}{number:0{digits}}"


@cache
def written_in(path: str) -> set[str]:
    """Names of the test functions in a file of the repository; none where there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return set()
    return {one.name for one in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(one, ast.FunctionDef)}


def test_every_number_of_the_catalogue_is_registered_and_no_other():
    assert sorted(ROWS) == sorted(numbers())


def test_everything_is_either_told_or_owed_by_something_that_there_is_to_be():
    for number, row in ROWS.items():
        assert row.keys() in ({"what", "told"}, {"what", "owed"}), number
        assert row["what"].strip() and row.get("told", True), number
        assert row.get("owed") in {None, *REGISTER["capabilities"]}, number
    assert {row["owed"] for row in ROWS.values() if "owed" in row} == REGISTER["capabilities"].keys()


def test_what_is_told_is_a_story_or_a_test_that_exists():
    known = stories()
    for number, row in ROWS.items():
        for place in row.get("told", ()):
            path, _, name = place.partition("::")
            assert place in known or (name.startswith("test_") and name in written_in(path)), f"{number}: {place}"
