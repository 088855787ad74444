"""Places for backups and restores: the database at hand with its own data folder."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests.databases import Database, Templates, connected
from tests.people import NOW
from wenguo.jobs.backup import manifest
from wenguo.jobs.backup.files import digest_of
from wenguo.jobs.backup.manifest import Manifest
from wenguo.jobs.backup.restoring import restore
from wenguo.jobs.backup.writing import back_up


@contextmanager
def within(place: Database, owner: bool = False) -> Iterator[None]:
    """The default connection and the data folder are those of `place`."""
    before = settings.HOME
    settings.HOME = place.home
    try:
        with connected(place, owner):
            yield
    finally:
        settings.HOME = before


def backed_up(place: Database, folder: Path) -> Manifest:
    with within(place):
        return back_up(folder, NOW, lambda line: None)


def restored(folder: Path, templates: Templates) -> Database:
    """A new database that the backup was put into."""
    place = templates.untouched()
    put_back(folder, place)
    return place


def put_back(folder: Path, place: Database) -> None:
    with within(place, owner=True):
        restore(folder, place.url, NOW, lambda line: None)


def rewritten(folder: Path, **changes: object) -> None:
    """A manifest that says otherwise and whose hash is right, as of another program or a later one."""
    told = json.loads((folder / manifest.MANIFEST).read_bytes()) | changes
    for name in (manifest.MANIFEST, manifest.DIGEST):
        (folder / name).unlink()
    content = json.dumps(told).encode()
    (folder / manifest.MANIFEST).write_bytes(content)
    (folder / manifest.DIGEST).write_text(f"{digest_of(folder / manifest.MANIFEST)}  {manifest.MANIFEST}\n")
