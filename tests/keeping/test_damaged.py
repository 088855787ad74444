"""A damaged backup is always refused, and what it was to go into stays as it was."""

import gzip
import hashlib
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.keeping.busy import make_busy
from tests.keeping.places import backed_up, put_back, rewritten, within
from wenguo.jobs import Refused
from wenguo.jobs.backup import manifest

SQLITE = pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
TIMES = 50


@pytest.fixture(scope="module")
def kept(sqlite_templates, tmp_path_factory, django_db_blocker) -> Path:
    """A backup of a busy shop, copied by each test before it is damaged."""
    folder = tmp_path_factory.mktemp("kept") / "kept"
    with django_db_blocker.unblock():
        place = sqlite_templates.copy("dealer")
        with within(place):
            make_busy()
        backed_up(place, folder)
    return folder


@pytest.fixture
def copy(kept, tmp_path) -> Path:
    shutil.copytree(kept, tmp_path / "kept")
    return tmp_path / "kept"


def refused(folder: Path, templates, match: str = "", left: str = "") -> None:
    """Restoring is refused, and the place is as new as before; `left`: the folder that may hold something by then."""
    place = templates.untouched()
    with pytest.raises(Refused, match=match):
        put_back(folder, place)
    assert [path for path in place.home.rglob("*") if path.is_file() and path.parts[-3] != (left or "-")] == []


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@SQLITE
def test_a_flipped_byte_is_refused_wherever_it_is(kept, copy, templates):
    """TIMES places: each file is met, the manifest and its hash several times; data, evidence, and names of files."""
    chance = random.Random(20261125)
    files = files_of(copy)
    special = [copy / manifest.MANIFEST, copy / manifest.DIGEST]
    for nth in range(TIMES - 10):
        path = special[nth % 2] if nth < 10 else chance.choice(files)
        whole = path.read_bytes()
        place = chance.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :])
        refused(copy, templates)
        path.write_bytes(whole)
    for _ in range(10):
        path = chance.choice(files)
        place = chance.randrange(len(path.name))
        bit = 2 if path.name[place] == "." else 1  # a slash is no sign of a name
        name = path.name[:place] + chr(ord(path.name[place]) ^ bit) + path.name[place + 1 :]
        path.rename(path.with_name(name))
        refused(copy, templates)
        path.with_name(name).rename(path)
    put_back(copy, templates.untouched())  # and whole again it is taken


def _cut(folder: Path) -> None:
    path = max(files_of(folder / "tables"), key=lambda one: one.stat().st_size)
    path.write_bytes(path.read_bytes()[:-1])


def _emptied(folder: Path) -> None:
    files_of(folder / "evidence")[0].write_bytes(b"")


def _without_table(folder: Path) -> None:
    (folder / "tables" / "cases_entry.jsonl.gz").unlink()


def _without_evidence(folder: Path) -> None:
    files_of(folder / "evidence")[0].unlink()


def _with_more(folder: Path) -> None:
    (folder / "tables" / "more.jsonl.gz").write_bytes(b"")


def _swapped(folder: Path) -> None:
    one, two = sorted(files_of(folder / "tables"), key=lambda path: path.stat().st_size)[-2:]
    one.rename(folder / "x")
    two.rename(one)
    (folder / "x").rename(two)


def _linked(folder: Path) -> None:
    path = files_of(folder / "evidence")[0]
    path.rename(folder.parent / "elsewhere")
    path.symlink_to(folder.parent / "elsewhere")


def _without_manifest(folder: Path) -> None:
    (folder / manifest.MANIFEST).unlink()


DAMAGES = (_cut, _emptied, _without_table, _without_evidence, _with_more, _swapped, _linked, _without_manifest)


@SQLITE
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__.strip("_"))
def test_a_backup_that_something_happened_to_is_refused(copy, templates, damage: Callable[[Path], None]):
    damage(copy)
    refused(copy, templates)


@SQLITE
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"version": "99.0"}, "newer version"),
        ({"format": 2}, "newer version"),
        ({"migrations": [["cases", "9999_later"]]}, "newer version"),
        ({"program": "other"}, "backup"),
        ({"tables": "x"}, "format"),
        ({"evidence": []}, "don't belong"),
        ({"surprise": 1}, "format"),
        ({"tables": [{"file": "../x", "bytes": 1, "sha256": "", "name": "../x", "columns": [], "rows": 0}]}, "format"),
    ],
)
def test_a_backup_of_another_kind_or_of_a_newer_version_is_refused(copy, templates, changes, why):
    rewritten(copy, **changes)
    refused(copy, templates, why)


@SQLITE
def test_a_row_too_few_is_refused_even_where_the_hashes_were_made_to_fit(copy, templates):
    told = json.loads((copy / manifest.MANIFEST).read_bytes())
    for one in told["tables"]:
        one["rows"] += one["name"] == "cases_entry"
    rewritten(copy, tables=told["tables"])
    refused(copy, templates, "cases_entry", left="evidence")  # files come first, and may stay for the next try


def forged(folder: Path, table: str, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Changes the rows of a table, and the hashes to fit."""
    file = folder / "tables" / f"{table}.jsonl.gz"
    lines = change(gzip.decompress(file.read_bytes()).splitlines(keepends=True))
    file.write_bytes(gzip.compress(b"".join(lines)))
    told = json.loads((folder / manifest.MANIFEST).read_bytes())
    for one in told["tables"]:
        if one["name"] == table:
            sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
            one |= {"rows": len(lines), "bytes": file.stat().st_size, "sha256": sha256}
    rewritten(folder, tables=told["tables"])


def test_a_row_that_refers_to_nothing_is_refused_even_where_the_hashes_were_made_to_fit(copy, templates):
    forged(copy, "people_customer", lambda lines: lines[1:])  # a case refers to each
    refused(copy, templates, "refers to a row that isn't there", left="evidence")


@SQLITE
@pytest.mark.parametrize("row", [b'["x"]', b"x"], ids=["short", "text"])
def test_a_line_that_is_no_row_is_refused_even_where_the_hashes_were_made_to_fit(copy, templates, row):
    forged(copy, "people_customer", lambda lines: [*lines, row + b"\n"])
    refused(copy, templates, "people_customer", left="evidence")


STRANGE = {"text for a number": ("id", "one"), "a number too large": ("id", 10**30), "a number for a moment": ("at", 1)}


@pytest.mark.parametrize(("column", "value"), STRANGE.values(), ids=STRANGE.keys())
def test_a_value_that_the_column_can_not_have_is_refused_even_where_the_hashes_fit(copy, templates, column, value):
    (columns,) = [one.columns for one in manifest.verified(copy, print).tables if one.name == "cases_entry"]

    def change(lines: list[bytes]) -> list[bytes]:
        row = json.loads(lines[0])
        row[columns.index(column)] = value
        return [json.dumps(row).encode() + b"\n", *lines[1:]]

    forged(copy, "cases_entry", change)
    refused(copy, templates, "cases_entry", left="evidence")


@SQLITE
def test_what_is_no_backup_is_refused(templates, tmp_path):
    refused(tmp_path / "nothing", templates, "not a backup")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", templates, "not a backup")
