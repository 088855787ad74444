"""Reads a pack folder into the rows of pack.py; every slip is a Fault with file and line."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from wenguo.policy.calling import CALLS
from wenguo.policy.fields import KINDS
from wenguo.policy.load_administration import load_administration
from wenguo.policy.load_calling import load_hours
from wenguo.policy.load_clocks import load_clock
from wenguo.policy.load_focus import load_focus
from wenguo.policy.load_imports import load_imports
from wenguo.policy.load_money import load_money
from wenguo.policy.load_opening import load_opening
from wenguo.policy.load_views import load_views
from wenguo.policy.load_warnings import load_warnings
from wenguo.policy.load_words import load_words
from wenguo.policy.pack import (
    Field,
    Form,
    Group,
    Label,
    Need,
    Number,
    Pack,
    Process,
    Route,
    Stage,
    Step,
    Suggestion,
)
from wenguo.policy.source import Fault, PackFaults, Row, Source

PACKS = Path(__file__).resolve().parent.parent / "packs"


def load_pack(root: Path) -> Pack:
    """Reads the pack in folder `root`. Raises PackFaults for anything malformed; meaning is judged by check.py."""
    root = root.resolve()
    faults: list[Fault] = []
    source = Source(root, root / "pack.toml")
    row = Row(source.data, source, "", 0, faults)
    codes = _codes(root, faults)
    forms = _forms(root, codes, faults)
    watch, watched = load_warnings(root, faults)
    roles = {key: _label(value, source, "roles", key, faults) for key, value in row.take("roles", dict).items()}
    pack = Pack(
        name=row.take("name", str), version=row.take("version", str), label=row.label(),
        default=row.take("default", bool, False), opens=row.take("opens", str), roles=roles,
        sees_contact=frozenset(row.words("sees_contact", ())),
        takes_stock=frozenset(row.words("takes_stock", ())),
        judged_visits=frozenset(row.words("judged_visits", ())),
        shares_views=frozenset(row.words("shares_views", ())), codes=codes, forms=forms,
        processes=_processes(root, faults), place=row.place,
        facts=frozenset(one.key for form in forms.values() for one in form.fields if one.fact),
        numbers=_numbers([*row.rows("number", "number"), *watched]), warnings=watch, money=load_money(root, faults),
        words=load_words(root, faults), calling_hours=_keyed(row, "calling_hours", load_hours),
        anchors_to=row.words("anchors_to", ()),
        imports=load_imports(root, faults),
        views=load_views(root, faults),
        administration=load_administration(row),
        opening=load_opening(row),
        focus=load_focus(root, faults),
    )  # fmt: skip
    row.done()
    if faults:
        raise PackFaults(faults)
    return pack


def _label(value: Any, source: Source, table: str, key: str, faults: list[Fault]) -> Label:
    match value:
        case {"says": str(says), "en": str(en)} if len(value) == 2:
            if not (says.strip() and en.strip()):
                faults.append(Fault(source.place(table, 0, key), f"'{key}' has an empty word"))
            return Label(says, en)
    faults.append(Fault(source.place(table, 0, key), f"'{key}' must be {{ says = …, en = … }}"))
    return Label(key, key)


def _codes(root: Path, faults: list[Fault]) -> dict[str, dict[str, Label]]:
    source = Source(root, root / "codes.toml")
    return {
        name: {key: _label(value, source, name, key, faults) for key, value in table.items()}
        for name, table in source.tables(faults).items()
    }


def _forms(root: Path, codes: dict, faults: list[Fault]) -> dict[str, Form]:
    forms: dict[str, Form] = {}
    for path in sorted((root / "forms").glob("*.toml")):
        source = Source(root, path)
        for name, table in source.tables(faults).items():
            row = Row(table, source, name, 0, faults)
            fields = _fields(row, codes)
            if name in forms:
                row.fault("", f"form '{name}' stands twice")
            groups = tuple(_keyed(row, "group", _group, f"{name}.group").values())
            forms[name] = Form(name, row.label(), fields, row.take("prefill", bool, False), row.place, groups)
            row.done()
    return forms


def _fields(form: Row, codes: dict) -> tuple[Field, ...]:
    fields: dict[str, Field] = {}
    for row in form.rows("field", f"{form.table}.field"):
        field = _field(row, codes)
        if field.key in fields:
            row.fault("key", f"field '{field.key}' stands twice")
        fields[field.key] = field
    return tuple(fields.values())


def _field(row: Row, codes: dict) -> Field:
    helped = Label(row.take("help", str, ""), row.take("help_en", str, ""))
    codes_key = row.take("codes", str, "")
    field = Field(
        key=row.take("key", str), kind=row.take("kind", str), label=row.label(),
        help=helped if helped.says else None, required=row.take("required", bool, False),
        required_if=row.conditions("required_if"), required_unless=row.take("required_unless", str, ""),
        asked_if=row.conditions("asked_if"), codes=codes_key,
        options=codes.get(codes_key, {}), roles=row.words("roles", ()),
        fact=row.take("fact", bool, False), per_round=row.take("per_round", bool, False),
        default=row.take("default", (str, bool), ""), smallest=row.whole("smallest"), largest=row.whole("largest"),
        longest=row.whole("longest"), future=row.take("future", bool, False), place=row.place,
        group=row.take("group", str, ""), suggest=tuple(_suggestion(one) for one in row.rows("suggest", "suggest")),
    )  # fmt: skip
    if field.kind not in KINDS:
        row.fault("kind", f"unknown kind of field '{field.kind}'")
    elif KINDS[field.kind].coded and field.codes not in codes:
        row.fault("codes", f"unknown list of codes '{field.codes}'")
    row.done()
    return field


def _group(row: Row) -> Group:
    return Group(row.take("key", str), row.label(), row.take("folded", bool, False), row.place)


def _suggestion(row: Row) -> Suggestion:
    words = Label(row.take("says", str, ""), row.take("en", str, ""))
    made = Suggestion(row.conditions(), row.take("role", str, ""), row.take("hours", int, 0), words, row.place)
    row.done()
    return made


def _numbers(rows: Iterable[Row]) -> dict[str, Number]:
    """Numbers of the pack, wherever they stand in it."""
    found: dict[str, Number] = {}
    for row in rows:
        made = Number(row.take("key", str), row.label(), row.take("value", int), row.place)
        row.done()
        if made.key in found:
            row.fault("key", f"number '{made.key}' stands twice")
        found[made.key] = made
    return found


def _processes(root: Path, faults: list[Fault]) -> dict[str, Process]:
    processes: dict[str, Process] = {}
    for path in sorted((root / "processes").glob("*.toml")):
        source = Source(root, path)
        row = Row(source.data, source, "", 0, faults)
        process = Process(
            name=row.take("name", str), label=row.label(), owner=row.take("owner", str, ""),
            stages=_keyed(row, "stage", _stage), steps=_keyed(row, "step", _step),
            clocks=_keyed(row, "clock", load_clock), routes=tuple(_route(one) for one in row.rows("route", "route")),
            moved=row.pairs("moved", str, '{ old = "new" }', {}), place=row.place,
        )  # fmt: skip
        row.done()
        if process.name in processes:
            row.fault("name", f"process '{process.name}' stands twice")
        processes[process.name] = process
    return processes


def _keyed(parent: Row, table: str, read: Callable[[Row], Any], written: str = "") -> dict:
    """Rows of the list `table` by their keys; `written`: as the file has it where that is another name."""
    rows: dict[str, Any] = {}
    for row in parent.rows(table, written or table):
        made = read(row)
        row.done()
        key = made.do if isinstance(made, Step) else made.key
        if key in rows:
            row.fault("do" if table == "step" else "key", f"{table} '{key}' stands twice")
        rows[key] = made
    return rows


def _stage(row: Row) -> Stage:
    kind = row.take("type", str, "open")
    if kind not in ("open", "closed"):
        row.fault("type", f"a stage is 'open' or 'closed', not '{kind}'")
    turn = row.words("turn", () if kind == "closed" else None)
    worklist = row.take("worklist", str, "")
    if worklist not in ("", CALLS):
        row.fault("worklist", f"the only worklist is '{CALLS}', not '{worklist}'")
    side = row.take("side", bool, False)
    return Stage(row.take("key", str), row.label(), kind, turn, row.place, worklist, side)


def _route(row: Row) -> Route:
    made = Route(row.conditions(), row.take("owner", str), row.words("tell", ()), row.place)
    row.done()
    return made


def _need(row: Row) -> Need:
    made = Need(row.conditions(), row.words("facts"), row.place)
    row.done()
    return made


def _step(row: Row) -> Step:
    tell = row.pairs("tell", list, "{ outcome = [words] }", {})
    return Step(
        do=row.take("do", str), label=row.label(), at=row.words("at"), who=row.words("who"),
        never=row.words("never", ()), needs=row.words("needs", ()), form=row.take("form", str, ""),
        then=row.pairs("then", str, '{ outcome = "stage" }'),
        tell={outcome: tuple(words) for outcome, words in tell.items()},
        speaks_for=row.take("speaks_for", str, ""), plain=row.take("plain", bool, False),
        main=row.take("main", bool, False), place=row.place, when=row.conditions(),
        also_needs=tuple(_need(one) for one in row.rows("also_needs", "step.also_needs")),
        by=row.take("by", str, ""), sets=row.pairs("sets", str, '{ field = "value" }', {}),
        forgets=row.words("forgets", ()), hands_to=row.pairs("hands_to", str, '{ outcome = "role" }', {}),
        handy=row.take("handy", bool, False), together=row.take("together", bool, False),
        alarm=row.take("alarm", bool, False),
    )  # fmt: skip


def load_forms(root: Path, lists: Iterable[str]) -> dict[str, Form]:
    """Forms outside any pack, in the same format, from `root`/forms; `lists`: code lists that are filled in later.

    Raises PackFaults.
    """
    faults: list[Fault] = []
    forms = _forms(root, dict.fromkeys(lists, {}), faults)
    if faults:
        raise PackFaults(faults)
    return forms


@cache
def packs() -> dict[str, Pack]:
    """Every pack that ships, by name. Raises PackFaults when one is malformed."""
    found = (load_pack(path.parent) for path in sorted(PACKS.glob("*/pack.toml")))
    return {pack.name: pack for pack in found}


def default_pack() -> Pack:
    """The pack a new installation starts with."""
    return next(pack for pack in packs().values() if pack.default)
