"""Files that were uploaded for a form which was never sent: after a week nobody waits for them any more."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from wenguo.cases.evidence import INCOMING, folder, path_of
from wenguo.cases.models import Draft, Evidence

KEPT = timedelta(days=7)
AT_WORK = timedelta(hours=1)  # a file younger than this may be somebody's whose row is still to come
BATCH = 200  # rows
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


def remove_loose(now: datetime, going_on: Callable[[], bool] = lambda: True) -> int:
    """Removes uploads older than KEPT that no case and no draft names, row and file; returns how many rows went.

    Ends early once `going_on` says no. A file that another row names as well stays, and so does the row of one that was
    uploaded anew just now.
    """
    removed = 0
    for batch in _batches(now - KEPT):
        if not going_on():
            break
        named = _in_drafts({one.uploaded_by for one in batch})
        for one in batch:
            if one.pk not in named and not _at_work(path_of(one.sha256), now):
                removed += _remove(one)
        _remove_files({one.sha256 for one in batch}, now)
    return removed


def remove_unfinished(now: datetime) -> int:
    """Removes what uploads left half written when their process was killed, a day later; returns how many."""
    found = [one for one in folder().glob(f"{INCOMING}*") if _age(one, now) > timedelta(days=1)]
    for one in found:
        one.unlink(missing_ok=True)
    return len(found)


def _batches(before: datetime) -> Iterator[list[Evidence]]:
    """Loose uploads from before that moment, each once."""
    loose = Evidence.objects.filter(case=None, signature=None, uploaded_at__lt=before).order_by("id")
    batch = list(loose[:BATCH])
    while batch:
        yield batch
        batch = list(loose.filter(pk__gt=batch[-1].pk)[:BATCH])


def _in_drafts(uploaders: set[str]) -> set[int]:
    """Every number in the drafts of these people that could be a file's."""
    staff = [int(code.removeprefix("staff:")) for code in uploaders if code.startswith("staff:")]
    drafts = Draft.objects.filter(staff__in=staff).values_list("data", flat=True)
    return {number for data in drafts for number in _numbers(data)}


def _numbers(data: Any) -> Iterator[int]:
    if isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from _numbers(one)
    elif NUMBER.fullmatch(str(data)):
        yield int(data)


def _remove(loose: Evidence) -> int:
    """Removes the row, unless a case took it in this moment."""
    return Evidence.objects.filter(pk=loose.pk, case=None).delete()[0]


def _remove_files(hashes: set[str], now: datetime) -> None:
    """Removes the files of these hashes that no row names any more."""
    named = set(Evidence.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))
    for path in _unnamed(hashes - named):
        # Out of the way first: whoever stored the same bytes in this moment put a new file there, and gets it back.
        aside = path.with_name(f"{path.name}.going")
        path.rename(aside)
        if _at_work(aside, now):
            aside.replace(path)
        else:
            aside.unlink()


def _unnamed(hashes: Iterable[str]) -> Iterator[Path]:
    return (path for path in map(path_of, sorted(hashes)) if path.is_file())


def _at_work(path: Path, now: datetime) -> bool:
    return path.is_file() and _age(path, now) < AT_WORK


def _age(path: Path, now: datetime) -> timedelta:
    return now - datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)
