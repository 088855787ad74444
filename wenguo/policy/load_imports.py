"""Reads and judges what a pack says of tables from elsewhere: imports.toml, absent from a pack that takes none."""

from collections.abc import Iterator
from pathlib import Path

from wenguo.policy.imports import KINDS, Imports, column_keys
from wenguo.policy.pack import NEW, Pack
from wenguo.policy.source import Fault, Row, Source
from wenguo.policy.vocabulary import unknown

Words = dict[str, dict[str, tuple[str, ...]]]


def load_imports(root: Path, faults: list[Fault]) -> Imports | None:
    """The rows of imports.toml in folder `root`; None where there is none. What is malformed is added to `faults`."""
    path = root / "imports.toml"
    if not path.exists():
        return None
    source = Source(root, path)
    row = Row(source.data, source, "", 0, faults)
    made = Imports(
        by=_by(row), takes_over=row.take("takes_over", str), history_days=row.take("history_days", int),
        closed=row.words("closed", ()), open=row.words("open", ()),
        titles=_words(row, "titles"), words=_words(row, "words"), place=row.place,
    )  # fmt: skip
    row.done()
    return made


def _by(row: Row) -> dict[str, tuple[str, ...]]:
    """Roles by kind of table: `[by] staff = ["administrator"]`."""
    return {kind: tuple(roles) for kind, roles in row.pairs("by", list, "{ kind = [roles] }").items()}


def _words(row: Row, key: str) -> Words:
    """Lists of words in tables of tables: `[titles.complaints] content = ["…"]`."""
    found: Words = {}
    for name, table in row.take(key, dict, {}).items():
        right = isinstance(table, dict) and all(isinstance(words, list) for words in table.values())
        if not right or not all(isinstance(word, str) for words in table.values() for word in words):
            row.fault(f"{key}.{name}", f"'{key}.{name}' must be {{ key = [words] }}")
            continue
        found[name] = {one: tuple(words) for one, words in table.items()}
    return found


def import_faults(pack: Pack) -> Iterator[Fault]:
    """Roles, columns and codes that don't exist, and a step that opens no case."""
    imports = pack.imports
    if imports is None or pack.opens not in pack.processes:  # another fault says so
        return
    place = imports.place
    yield from unknown(imports.by, KINDS, "kind of table", place.of("by"))
    for kind, roles in imports.by.items():
        yield from unknown(roles, pack.roles, "role", place.of(f"by.{kind}"))
    step = pack.processes[pack.opens].steps.get(imports.takes_over)
    if step is None or NEW not in step.at:
        yield Fault(place.of("takes_over"), f"no step '{imports.takes_over}' of '{pack.opens}' opens a case")
    if imports.history_days < 1:
        yield Fault(place.of("history_days"), "a complaint isn't history on its first day")
    yield from unknown(imports.titles, KINDS, "kind of table", place.of("titles"))
    for kind, titles in imports.titles.items():
        form = step.form if step else ""
        keys = column_keys(kind, form, {key: [one.key for one in made.fields] for key, made in pack.forms.items()})
        yield from unknown(titles, keys, "column", place.of(f"titles.{kind}"))
    yield from unknown(imports.words, pack.codes, "list of codes", place.of("words"))
    for name, words in imports.words.items():
        yield from unknown(words, pack.codes.get(name, {}), f"code of '{name}'", place.of(f"words.{name}"))
