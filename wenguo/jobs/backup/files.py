"""Bytes on disk: hashed, made durable, copied."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

PIECE = 1024 * 1024  # bytes that are read at a time


class Hashing:
    """A file that is written: knows its SHA-256 and size at the end. What gzip writes into."""

    def __init__(self, file: IO[bytes]):
        self.file, self.digest, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_durably(path: Path, content: bytes) -> None:
    """Writes a small new file and has it on disk before it returns."""
    with path.open("xb") as file:
        file.write(content)
        sync_file(file)


def sync_file(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Makes names in `folder` durable: a file's own fsync doesn't."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy(source: Path, target: Path) -> str:
    """Copies a file, durably, under a name of its own until it is whole; returns the SHA-256 of what was copied."""
    with (
        source.open("rb") as reading,
        tempfile.NamedTemporaryFile(dir=target.parent, prefix="incoming-", delete=False) as file,
    ):
        try:
            writing = Hashing(file.file)
            shutil.copyfileobj(reading, writing, PIECE)
            sync_file(file.file)
        except BaseException:
            Path(file.name).unlink()
            raise
    Path(file.name).replace(target)
    return writing.digest.hexdigest()


def link_or_copy(source: Path, target: Path) -> None:
    """A second name for the same bytes where one file system holds both, else a copy."""
    try:
        target.hardlink_to(source)
    except OSError:
        copy(source, target)
