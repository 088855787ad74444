"""What a backup says of itself, and whether every byte of it is still so."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from wenguo import __version__
from wenguo.jobs import Refused
from wenguo.jobs.backup.files import digest_of, sync_folder, write_durably
from wenguo.jobs.backup.progress import Progress
from wenguo.people.chain import canonical

FORMAT = 1
MANIFEST, DIGEST = "manifest.json", "manifest.sha256"


@dataclass
class Kept:
    """One file of a backup: where it lies in it, how long it is, and its SHA-256."""

    file: str
    bytes: int
    sha256: str


@dataclass
class KeptTable(Kept):
    """A table's file: gzip, a JSON array a line, in the order of `columns`."""

    name: str
    columns: list[str]
    rows: int


@dataclass
class Manifest:
    """`migrations`: (app, name) that the database had had. `lost`: hashes of evidence that was missing or changed when
    the backup was made. `made_at`: UTC."""

    made_at: str
    database: str
    migrations: list[list[str]]
    tables: list[KeptTable]
    evidence: list[Kept]
    lost: list[str]
    left_out: dict[str, str]
    program: str = "wenguo"
    version: str = __version__
    format: int = field(default=FORMAT)

    @property
    def files(self) -> list[Kept]:
        return [*self.tables, *self.evidence]


def table_file(name: str) -> str:
    return f"tables/{name}.jsonl.gz"


def evidence_file(sha256: str) -> str:
    return f"evidence/{sha256[:2]}/{sha256}"


def write(manifest: Manifest, folder: Path) -> None:
    """Writes the manifest and its own hash, and makes all names in the backup durable."""
    content = (canonical(asdict(manifest)) + "\n").encode()
    write_durably(folder / MANIFEST, content)
    write_durably(folder / DIGEST, _digest_line(content))
    for inside in [*(path for path in folder.rglob("*") if path.is_dir()), folder]:
        sync_folder(inside)


def _digest_line(content: bytes) -> bytes:
    """As `sha256sum` writes it, so that it can be checked without this program."""
    return f"{hashlib.sha256(content).hexdigest()}  {MANIFEST}\n".encode()


def verified(folder: Path, say: Callable[[str], None]) -> Manifest:
    """The manifest of the backup in `folder`. Raises Refused, naming the file, where anything isn't as it was written:
    a changed byte, a file cut off, missing or put in, another format, a newer version."""
    found = _read(folder)
    _compare_names({one.file for one in found.files}, folder)
    progress = Progress("核对备份 · checking the backup", sum(one.bytes for one in found.files), say)
    for one in found.files:
        path = folder / one.file
        if path.stat().st_size != one.bytes or digest_of(path) != one.sha256:
            raise Refused(f"备份已损坏,不予恢复 · the backup is damaged, nothing was restored: {one.file} was changed")
        progress.done(one.bytes)
    return found


def _read(folder: Path) -> Manifest:
    if not (folder / MANIFEST).is_file() or not (folder / DIGEST).is_file():
        raise Refused(f"这不是备份 · not a backup: {folder} has no {MANIFEST} with {DIGEST}")
    content = (folder / MANIFEST).read_bytes()
    if (folder / DIGEST).read_bytes() != _digest_line(content):
        raise Refused(
            f"备份已损坏,不予恢复 · the backup is damaged, nothing was restored: {MANIFEST} or {DIGEST} was changed"
        )
    try:
        return _understood(json.loads(content))
    except (ValueError, TypeError, KeyError) as failure:
        raise Refused(f"备份格式不认识 · this backup's format isn't known ({type(failure).__name__})") from failure


def _understood(told: dict[str, Any]) -> Manifest:
    if told["program"] != "wenguo" or told["format"] > FORMAT or _parts(told["version"]) > _parts(__version__):
        told_version = f"{told['version']} > {__version__}"
        raise Refused(f"备份来自更新的版本 · the backup comes from a newer version than this one: {told_version}")
    manifest = Manifest(**told | {
        "tables": [KeptTable(**one) for one in told["tables"]], "evidence": [Kept(**one) for one in told["evidence"]],
    })  # fmt: skip
    expected = [table_file(one.name) for one in manifest.tables] + [
        evidence_file(one.sha256) for one in manifest.evidence
    ]
    if [one.file for one in manifest.files] != expected or not all(map(_plain, expected)):
        raise KeyError("file")
    return manifest


def _parts(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def _plain(file: str) -> bool:
    """Whether a name stays inside the backup."""
    return bool(re.fullmatch(r"tables/\w+\.jsonl\.gz|evidence/[0-9a-f]{2}/[0-9a-f]{64}", file))


def _compare_names(told: set[str], folder: Path) -> None:
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}
    told = told | {MANIFEST, DIGEST}
    _refuse("少了文件 · files are missing", told - there)
    _refuse("多出文件 · files that don't belong to it", there - told)
    _refuse("不是普通文件 · not plain files", {one for one in told if (folder / one).is_symlink()})


def _refuse(why: str, names: Iterable[str]) -> None:
    if listed := sorted(names):
        more = f" … ({len(listed)})" if len(listed) > 3 else ""
        damaged = "备份已损坏,不予恢复 · the backup is damaged, nothing was restored"
        raise Refused(f"{damaged}: {why}: {', '.join(listed[:3])}{more}")
