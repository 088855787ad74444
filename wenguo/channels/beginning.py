"""An import begins: its file is taken in, looked at, laid out, and may be previewed before anybody agrees to it."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from wenguo.channels.layouts import Layout, lay_out, titles
from wenguo.channels.models import ColumnMap, ImportRun
from wenguo.channels.rows import Reader, Row
from wenguo.channels.running import Twins, actor_for, file_of, find_twins, folder_of
from wenguo.people.amend import amend
from wenguo.people.models import Branch
from wenguo.policy.fields import Problem
from wenguo.policy.load import default_pack, packs
from wenguo.policy.pack import Pack
from wenguo.reports.reading_sheets import Sheet, look_at

LARGEST = 200 * 1024 * 1024  # bytes
PREVIEW = 20  # rows


def take_in(run: ImportRun, pieces: Iterable[bytes], saved: ColumnMap | None = None) -> Sheet:
    """Stores the file of a new run and lays it out. Raises Problem for one that can't be read, and keeps nothing."""
    with transaction.atomic():
        run.save()
        folder = folder_of(run)
        folder.mkdir(parents=True)
        try:
            run.sha256 = _store(file_of(run), pieces)
            sheet = look_at(file_of(run))
            run.columns = lay_out(sheet, pack_of(run), run.kind, saved.columns if saved else None).to_keep()
            run.history = saved.history if saved else run.history
            _refuse_strange(Layout.kept(run.columns))
        except BaseException:
            file_of(run).unlink(missing_ok=True)
            folder.rmdir()
            raise
        run.save()
    return sheet


def _store(path: Path, pieces: Iterable[bytes]) -> str:
    """Writes the file; its SHA-256."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for piece in pieces:
            size += len(piece)
            if size > LARGEST:
                raise Problem("This file is larger than %(most)s MB.", most=LARGEST // 1024**2)
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def _refuse_strange(layout: Layout) -> None:
    if not any(layout.titles):
        raise Problem("No row of titles was found. The first row must say what each column is.")


def pack_of(run: ImportRun) -> Pack:
    return packs()[run.branch.pack] if run.branch else default_pack()


def missing(run: ImportRun) -> list[str]:
    """Columns without which nothing of this kind can be stored, by key."""
    there = set(run.columns["fields"])
    needed = {
        "complaints": ["content"], "customers": ["phone"], "staff": ["login", "name", "role"], "visits": ["order_no"],
        "vehicles": [] if {"vin", "plate"} & there else ["vin"],
    }  # fmt: skip
    return [key for key in needed[run.kind] if key not in there]


def relaid(run: ImportRun, fields: Mapping[int, str]) -> dict:
    """The layout of a run after somebody said what the columns are, by position."""
    known = {"", *titles(pack_of(run), run.kind).values()}
    layout = Layout.kept(run.columns)
    chosen = [fields.get(nth, key) for nth, key in enumerate(layout.fields)]
    if not set(chosen) <= known:
        raise Problem("Please choose from the list.")
    twice = [key for key in chosen if key and chosen.count(key) > 1]
    if twice:
        raise Problem("Two columns can't both be the same.")
    return Layout(layout.header, layout.titles, tuple(chosen), layout.shift).to_keep()


def preview(run: ImportRun, now: datetime) -> list[Row]:
    """The first rows as they would be read, each with what is wrong with it. Raises Problem."""
    layout, by = Layout.kept(run.columns), actor_for(run, now)
    reader = Reader(run.kind, layout, run.branch, by, run.history, now)
    return [reader.judged(line) for line in islice(layout.rows(look_at(file_of(run))), PREVIEW)]


def tried(run: ImportRun, now: datetime) -> tuple[Twins, Iterable[Row]]:
    """Every row as it would be read, for a dry run: nothing is stored. Raises Problem."""
    layout, sheet = Layout.kept(run.columns), look_at(file_of(run))
    reader = Reader(run.kind, layout, run.branch, actor_for(run, now), run.history, now)
    return find_twins(sheet, layout, run.kind), (reader.judged(line) for line in layout.rows(sheet))


def agree(run: ImportRun, now: datetime, map_name: str = "") -> None:
    """Lets the run begin; with a name its columns are kept as a map for later files of the kind."""
    if map_name and run.branch:
        save_map(run, run.branch, map_name, now)
    ImportRun.objects.filter(pk=run.pk, state="looked_at").update(
        state="waiting", columns=run.columns, history=run.history
    )
    run.refresh_from_db()


def save_map(run: ImportRun, branch: Branch, name: str, now: datetime) -> ColumnMap:
    """The columns of a run under a name; one of the same name is changed."""
    layout = Layout.kept(run.columns)
    told = {title: key for title, key in zip(layout.titles, layout.fields, strict=True) if key and title}
    there = ColumnMap.objects.filter(branch=branch, kind=run.kind, name=name).first()
    row: dict[str, Any] = {"columns": told, "history": run.history, "on": True}
    if there is None:
        row |= {"branch": branch, "kind": run.kind, "name": name}
    return amend(there or ColumnMap(branch=branch), run.by, row, "", now)


def maps_of(branches: Iterable[Branch], kind: str = "") -> list[ColumnMap]:
    """Maps of these branches that are offered for new files."""
    found = (
        ColumnMap.objects.filter(branch__in=list(branches), on=True).select_related("branch").order_by("kind", "name")
    )
    return list(found.filter(kind=kind) if kind else found)


def drop(run: ImportRun) -> None:
    """Takes an import away that nobody agreed to, with its file."""
    if ImportRun.objects.filter(pk=run.pk, state="looked_at").delete()[0]:
        file_of(run).unlink(missing_ok=True)
        folder_of(run).rmdir()
