"""Tables that others made: csv in UTF-8, UTF-16 or GB18030, and xlsx, read row by row as text.

A file that can't be read is refused with a Problem that says where; what a row says is judged by whoever asked for it.
"""

import codecs
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from wenguo.policy.fields import Problem
from wenguo.reports.sheets import armed

LONGEST_CELL = 16 * 1024 * 1024  # signs; a longer one is a quote that never ends
LARGEST_XLSX = 512 * 1024 * 1024  # bytes when unpacked: a small file can unpack to more than any machine holds
MOST_CELLS = 20_000_000  # of the rectangle around all cells of a sheet, which is held in memory
MOST_COLUMNS = 1_000
SAMPLE = 256 * 1024  # bytes by which the delimiter is told
PIECE = 1024 * 1024  # bytes
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED = "EncryptedPackage".encode("utf-16-le")
ZIP = b"PK\x03\x04"
TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^>]*?)(/?)>")
PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,3})(\d+)[\"']")


@dataclass(frozen=True)
class Line:
    """A row of a table, with the number that a spreadsheet shows beside it (the first is 1)."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Sheet:
    """A file found readable. `left_out`: names of sheets that are not read, for they begin with other columns."""

    path: Path
    kind: str  # csv or xlsx
    encoding: str = ""
    delimiter: str = ","
    left_out: tuple[str, ...] = ()

    def lines(self) -> Iterator[Line]:
        """Every row that holds anything. Raises Problem where the file turns out to be broken."""
        found = _csv_lines(self) if self.kind == "csv" else _xlsx_lines(self.path)
        return (line for line in found if any(cell.strip() for cell in line.cells))


def look_at(path: Path) -> Sheet:
    """What kind of table the file is. Raises Problem for one that can't be read: a sentence, never a traceback."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if not head.strip():
        raise Problem("This file is empty.")
    if head.startswith((ZIP, OLD_OFFICE)):
        _refuse_locked(head)
        return Sheet(path, "xlsx", left_out=_left_out(path))
    encoding = _encoding(path, head)
    return Sheet(path, "csv", encoding, _delimiter(head, encoding))


# ---- csv ----


def _encoding(path: Path, head: bytes) -> str:
    """UTF-8 or GB18030, whichever the whole file is; by its mark UTF-16. Raises Problem naming the line."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        known = ["utf-16"]
    else:
        known = ["utf-8-sig"] if head.startswith(codecs.BOM_UTF8) else ["utf-8-sig", "gb18030"]
    line = 0
    for encoding in known:
        if not (bad := _first_bad_line(path, encoding)):
            return encoding
        line = max(line, bad)
    raise Problem("Line %(line)s is neither UTF-8 nor GB18030. Please save the file as csv (UTF-8) or xlsx.", line=line)


def _first_bad_line(path: Path, encoding: str) -> int:
    """The first line that isn't written in `encoding`; 0 where all are."""
    decoder, lines = codecs.getincrementaldecoder(encoding)(), 1
    with path.open("rb") as file:
        while True:
            piece = file.read(PIECE)
            try:
                lines += decoder.decode(piece, final=not piece).count("\n")
            except UnicodeDecodeError as wrong:
                return lines + wrong.object[: wrong.start].count(b"\n")
            if not piece:
                return 0


def _delimiter(head: bytes, encoding: str) -> str:
    """The one of comma, semicolon and tab that makes most rows of the sample equally wide."""
    text = codecs.getincrementaldecoder(encoding)().decode(head)
    votes = {}
    for sign in ",;\t":
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
        try:
            widths = Counter(len(row) for row in islice(reader, 50))
        except csv.Error:
            continue
        width, rows = max(widths.items(), key=lambda one: (one[0] > 1, one[1]), default=(1, 0))
        votes[sign] = (width > 1, rows, width)
    return max(votes, key=lambda sign: votes[sign], default=",")


def _csv_lines(sheet: Sheet) -> Iterator[Line]:
    csv.field_size_limit(LONGEST_CELL)
    with sheet.path.open(encoding=sheet.encoding, newline="") as file:
        feed = _Feed(file)
        reader = csv.reader(feed, delimiter=sheet.delimiter)
        number = 0
        while True:
            feed.record.clear()
            began = feed.line + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as wrong:
                raise Problem("Line %(line)s: a quotation mark opens here and never closes.", line=began) from wrong
            number += 1
            if feed.ended and _never_closes("".join(feed.record), sheet.delimiter):
                raise Problem("Line %(line)s: a quotation mark opens here and never closes.", line=began)
            _refuse_wide(len(row))
            yield Line(number, [armed(cell) for cell in row])


class _Feed:
    """Lines of a file for csv.reader, which keeps those of the record at hand."""

    def __init__(self, file: io.TextIOBase):
        self.file, self.line, self.ended = file, 0, False
        self.record: list[str] = []

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        text = self.file.readline(LONGEST_CELL)
        if not text:
            self.ended = True
            raise StopIteration
        self.line += 1
        self.record.append(text)
        return text


def _never_closes(record: str, delimiter: str) -> bool:
    """Whether the last record ends within a quotation, so that what follows a stray quote was swallowed."""
    try:
        list(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as wrong:
        return "unexpected end" in str(wrong)
    return False


def _refuse_wide(columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise Problem("This table has %(columns)s columns, at most %(most)s.", columns=columns, most=MOST_COLUMNS)


# ---- xlsx ----


def _refuse_locked(head: bytes) -> None:
    if head.startswith(OLD_OFFICE) and LOCKED in head:
        raise Problem("This file is protected by a password. Please save it without one.")


def _left_out(path: Path) -> tuple[str, ...]:
    """Names of visible sheets that don't go on from the first one. Raises Problem for what is no readable xlsx."""
    with _workbook(path) as book:
        first, others = _sheets(book)
        top = _top(first)
        return tuple(one.name for one in others if (row := _top(one)) and row != top)


def _workbook(path: Path) -> CalamineWorkbook:
    _refuse_bombs(path)
    try:
        return CalamineWorkbook.from_path(path)
    except CalamineError as wrong:
        if "password" in f"{type(wrong).__name__} {wrong}".lower():
            raise Problem("This file is protected by a password. Please save it without one.") from wrong
        raise Problem("This file can't be read as xlsx. Please save it anew as xlsx or csv.") from wrong


def _sheets(book: CalamineWorkbook) -> tuple[CalamineSheet, list[CalamineSheet]]:
    """The first sheet with anything in it, and the other visible ones."""
    names = [
        one.name
        for one in book.sheets_metadata
        if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
    ]
    try:
        sheets = [sheet for name in names if (sheet := book.get_sheet_by_name(name)).start is not None]
    except CalamineError as wrong:
        raise Problem("This file can't be read as xlsx. Please save it anew as xlsx or csv.") from wrong
    if not sheets:
        raise Problem("This file is empty.")
    return sheets[0], sheets[1:]


def _xlsx_lines(path: Path) -> Iterator[Line]:
    with _workbook(path) as book:
        first, others = _sheets(book)
        top, offset = _top(first), 0
        for sheet in [first, *(one for one in others if _top(one) == top)]:
            start = (sheet.start or (0, 0))[0] + 1
            for nth, row in enumerate(sheet.iter_rows()):
                if nth == 0:
                    _refuse_wide(len(row))
                if nth or sheet is first:
                    yield Line(offset + start + nth, [_text(cell) for cell in row])
            offset += start - 1 + sheet.height


def _top(sheet: CalamineSheet) -> list[str]:
    return [_text(cell) for cell in next(iter(sheet.iter_rows()), [])]


def _text(cell: Any) -> str:
    """A cell as somebody would have typed it; numbers without the ".0" that every xlsx number has."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return str(cell)


def _refuse_bombs(path: Path) -> None:
    """Refuses a file that would unpack to more than fits, or whose few cells span a rectangle that doesn't."""
    if not zipfile.is_zipfile(path):
        return  # an xls, or nothing that calamine will read
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(one.file_size for one in packed.infolist()) > LARGEST_XLSX:
                raise Problem("This file unpacks to more than %(most)s MB.", most=LARGEST_XLSX // 1024**2)
            for one in packed.infolist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", one.filename):
                    _refuse_vast(packed, one)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as wrong:
        raise Problem("This file can't be read as xlsx. Please save it anew as xlsx or csv.") from wrong


def _refuse_vast(packed: zipfile.ZipFile, one: zipfile.ZipInfo) -> None:
    """Looks for the outermost cells of a sheet that hold anything."""
    rows = columns = row = column = 0
    rest, read = b"", 0
    with packed.open(one) as xml:
        while piece := xml.read(PIECE):
            read += len(piece)
            if read > LARGEST_XLSX:  # what the directory of a zip says of sizes may be a lie
                raise Problem("This file unpacks to more than %(most)s MB.", most=LARGEST_XLSX // 1024**2)
            text = rest + piece
            cut = text.rfind(b"<")
            text, rest = (text[:cut], text[cut:][-10_000:]) if cut >= 0 else (b"", text[-10_000:])
            for tag, inside, closed in TAG.findall(text):
                place = PLACE.search(inside)
                if tag == b"row":
                    row, column = int(place[2]) if place else row + 1, 0
                    continue
                column = _column(place[1]) if place else column + 1
                row = int(place[2]) if place else row
                if not closed:
                    rows, columns = max(rows, row), max(columns, column)
    if columns > MOST_COLUMNS:
        _refuse_wide(columns)
    if rows * columns > MOST_CELLS:
        raise Problem("This table is too large: %(rows)s rows by %(columns)s columns.", rows=rows, columns=columns)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
