"""Reads what a pack says to staff: words/*.toml, which a pack without words doesn't have."""

from pathlib import Path

from wenguo.policy.source import Fault, Row, Source
from wenguo.policy.words import AVOID, DO, SAY, Admission, Line, Words


def load_words(root: Path, faults: list[Fault]) -> Words:
    """The rows of every file in the folder words of `root`, in the order of their names.

    What is malformed is added to `faults`.
    """
    lines: list[Line] = []
    admissions: list[Admission] = []
    for path in sorted((root / "words").glob("*.toml")):
        source = Source(root, path)
        row = Row(source.data, source, "", 0, faults)
        beside = row.words("beside", ())
        lines += [_line(one, kind, beside) for kind in (DO, SAY, AVOID) for one in row.rows(kind, kind)]
        admissions += [_admission(one) for one in row.rows("admission", "admission")]
        row.done()
    return Words(tuple(lines), tuple(admissions))


def _line(row: Row, kind: str, beside: tuple[str, ...]) -> Line:
    made = Line(
        kind=kind, label=row.label(), beside=row.words("beside", beside), when=row.conditions(),
        admits=row.take("admits", bool, False), source=row.words("source"), place=row.place,
    )  # fmt: skip
    row.done()
    return made


def _admission(row: Row) -> Admission:
    made = Admission(row.words("fault"), row.words("says"), row.words("en"), row.place)
    row.done()
    return made
