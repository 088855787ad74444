"""Evidence files: stored under their SHA-256, safe on disk before their row exists."""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import puremagic
from django.conf import settings
from django.http import FileResponse

from wenguo.cases.models import Evidence
from wenguo.cases.refusals import Invalid
from wenguo.people.actors import Actor
from wenguo.people.ailments import Ailment
from wenguo.policy.fields import Problem

LARGEST = 20 * 1024 * 1024  # bytes
# What browsers may show by themselves; anything else is handed out as a plain download.
SHOWN = {"image/jpeg", "image/png", "image/webp", "image/gif"}
KEPT = SHOWN | {
    "application/pdf",
    "audio/mpeg",
    "audio/mp4",
    "video/mp4",
    "video/quicktime",
    "audio/x-wav",
    "text/plain",
}


INCOMING = "incoming-"  # begins the name of a file that is still being written


def folder() -> Path:
    """Where all files lie."""
    return Path(settings.HOME) / "evidence"


def path_of(sha256: str) -> Path:
    """Where a file with this hash lies."""
    return folder() / sha256[:2] / sha256


def store(name: str, chunks: Iterable[bytes], by: Actor, now: datetime) -> Evidence:
    """Writes a file (fsync file, then folder) and then its row, which belongs to no case yet.

    Raises Invalid for an empty file or one over LARGEST bytes.
    """
    folder().mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder(), prefix=INCOMING, delete=False) as file:
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST:
                    raise Invalid({"file": Problem("A file may have at most %(megabytes)s MB.", megabytes=20)})
                digest.update(chunk)
                file.write(chunk)
            if not size:
                raise Invalid({"file": Problem("This file is empty.")})
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            Path(file.name).unlink()
            raise
    media_type = _media_type(file.name)
    _place(Path(file.name), path_of(digest.hexdigest()))
    return Evidence.objects.create(
        sha256=digest.hexdigest(), name=_plain_name(name), media_type=media_type, size=size,
        uploaded_by=by.code, uploaded_at=now,
    )  # fmt: skip


def _place(incoming: Path, target: Path) -> None:
    """Moves the file where its hash says and makes the move itself durable."""
    target.parent.mkdir(exist_ok=True)
    incoming.replace(target)
    for one in (target.parent, target.parent.parent):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _media_type(path: str) -> str:
    """What the bytes say they are (never what the sender claims), of the kinds we keep as such."""
    try:
        found = puremagic.from_file(path, mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    return found if found in KEPT else "application/octet-stream"


def _plain_name(name: str) -> str:
    """The last part of a file's name without signs that could forge a path, a header or a direction."""
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f\"<>:|?*‪-‮⁦-⁩]", "_", last)[:200].strip(" .") or "file"


def handed_out(evidence: Evidence) -> FileResponse:
    """The answer with this file, on a page or for a program: no browser runs anything in it or keeps it.

    The name stands there twice (RFC 8187): the real one, and one in plain letters for programs that know no other.
    """
    way = "inline" if evidence.media_type in SHOWN else "attachment"
    plain = evidence.name.encode("ascii", "replace").decode().replace("?", "_").replace("\\", "_").replace('"', "_")
    named = f"filename=\"{plain}\"; filename*=UTF-8''{quote(evidence.name, safe='')}"
    response = FileResponse(path_of(evidence.sha256).open("rb"), content_type=evidence.media_type)
    response.headers["Content-Disposition"] = f"{way}; {named}"  # now: it sets one of its own when it is made
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response


def sound(evidence: Evidence) -> bool:
    """Whether the file is there and is byte for byte what its hash says."""
    path = path_of(evidence.sha256)
    if not path.is_file() or path.stat().st_size != evidence.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == evidence.sha256


FRESH = 3600  # seconds in which a file without a row may still be on its way
APART = "evidence-unknown"  # folder for files that no row names


def ailments() -> Iterator[Ailment]:
    """Files that are missing, were changed, or that no row names; reads every one of them."""
    restore = "从备份里取回该文件 · take the file from a backup (evidence/aa/aabb…)"
    seen = ""
    for one in Evidence.objects.order_by("sha256", "pk").select_related("case").iterator(500):
        if one.sha256 != seen and not sound(one):
            state = "已改动 · was changed" if path_of(one.sha256).is_file() else "缺失 · is missing"
            where = one.case.number if one.case else "-"
            yield Ailment(f"证据文件{state}: {one.sha256} (id {one.pk}, {where})", restore)
        seen = one.sha256
    if strange := _unnamed():
        what = f"{len(strange)} 个文件没有对应的证据 · {len(strange)} files in evidence/ that no row names"
        yield Ailment(what, f"doctor --fix 把它们移到 {APART}/ · `wenguo doctor --fix` puts them apart")


def _unnamed() -> list[Path]:
    """Files that no row names and that aren't just being stored."""
    folder, before = Path(settings.HOME) / "evidence", time.time() - FRESH
    files = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_mtime < before]
    named = set(Evidence.objects.filter(sha256__isnull=False).values_list("sha256", flat=True).iterator())
    return [path for path in files if path.name not in named]


def put_apart() -> None:
    """Moves files that no row names out of the way; nothing is deleted but what was never whole."""
    apart = Path(settings.HOME) / APART
    for path in _unnamed():
        if path.name.startswith("incoming-"):
            path.unlink()
        else:
            apart.mkdir(exist_ok=True)
            path.replace(apart / path.name)
