"""Tables written for other programs: csv and xlsx, row by row, with flat memory and without a cap on rows.

A cell is text, a number, a day, a moment (as the reader's clock shows it, without zone), yes or no, or None. Text stays
text whatever it looks like: no spreadsheet takes it for a formula or a link. `reading_sheets` reads back the same.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from wenguo.policy.fields import Problem

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

Cell = str | int | Decimal | date | datetime | time | bool | None
Rows = Iterable[Sequence[Any]]

# Signs at which a spreadsheet takes a csv cell for a formula, with their full-width twins (OWASP: CSV injection).
DANGEROUS = "=+\\-@\t\r\n＝＋－＠"
LOOKS_LIKE_FORMULA = re.compile(f"'*[{DANGEROUS}]")
# Spreadsheets write a sign that xml can't hold as _x0001_, and so text that looks like that as _x005F_x0001_.
LOOKS_ESCAPED = re.compile(r"_x(?=[0-9a-fA-F]{4}_)")
ESCAPED = re.compile(r"_x005F_(?=x[0-9a-fA-F]{4}_)|_x000D_")
# What xml forbids, and two escapes that share a sign, which no two programs read alike.
NOT_IN_XLSX = re.compile("[\ufffe\uffff\ud800-\udfff]|_x[0-9a-fA-F]{4}_x[0-9a-fA-F]{4}_")
LONGEST_IN_XLSX = 32_767  # signs of a cell
LAST_ROW_IN_XLSX = 1_048_576
EXACT = 10**15  # a spreadsheet keeps 15 digits of a number
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
PIECE = 64 * 1024  # bytes


def defused(text: str) -> str:
    """Text as it stands in a csv cell: what would be a formula gets an apostrophe in front. `armed` takes it off."""
    text = LOOKS_ESCAPED.sub("_x005F_x", text)
    return f"'{text}" if LOOKS_LIKE_FORMULA.match(text) else text


def armed(cell: str) -> str:
    """The text of which `defused` made this csv cell."""
    text = cell[1:] if cell.startswith("'") and LOOKS_LIKE_FORMULA.match(cell) else cell
    return ESCAPED.sub(lambda met: "\r" if met[0] == "_x000D_" else "_", text)


def csv_pieces(rows: Rows) -> Iterator[bytes]:
    """The csv file in pieces, as `rows` come: UTF-8 with the mark without which Excel takes it for another encoding."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    for row in rows:
        writer.writerow([_as_text(cell) for cell in row])
        if buffer.tell() > PIECE:
            yield _taken(buffer)
    yield _taken(buffer)


def write_csv(rows: Rows, to: Path | BinaryIO) -> None:
    """Writes `rows` (the first one is the header) as csv to a path or an open binary file."""
    with ExitStack() as opened:
        file = opened.enter_context(to.open("wb")) if isinstance(to, Path) else to
        for piece in csv_pieces(rows):
            file.write(piece)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _as_text(cell: Cell) -> str | int | Decimal:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case str():
            return defused(cell)
    return cell


def write_xlsx(rows: Rows, to: Path | BinaryIO) -> None:
    """Writes `rows` (the first one is the header) as xlsx; the rows that don't fit go on in further sheets, each with
    the header.

    Raises Problem, naming the row, for a text that no xlsx can hold: longer than 32,767 signs, or with signs that xml
    forbids. Only the rows at hand are in memory.
    """
    import xlsxwriter  # not before it is needed: it holds 10 MB (measured)

    made = xlsxwriter.Workbook(to if not isinstance(to, Path) else str(to), {"constant_memory": True})
    try:
        _fill(made, rows)
    finally:
        made.close()


def _fill(made: "xlsxwriter.Workbook", rows: Rows) -> None:
    write = _cell_writer(made)
    header: Sequence[Any] = ()
    sheet, line = made.add_worksheet(), 0
    for nth, row in enumerate(rows, 1):
        header = header or row
        if line == LAST_ROW_IN_XLSX:
            sheet, line = made.add_worksheet(), 1
            _write_row(write, sheet, 0, header, 1)
        _write_row(write, sheet, line, row, nth)
        line += 1


def _write_row(write: Callable, sheet: "Worksheet", line: int, row: Sequence[Any], nth: int) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            _refuse_unwritable(cell, nth)
        write(sheet, line, column, cell)


def _refuse_unwritable(text: str, nth: int) -> None:
    if len(text) > LONGEST_IN_XLSX:
        raise Problem("Row %(row)s holds a text too long for xlsx. Please export as csv.", row=nth)
    if NOT_IN_XLSX.search(text):
        raise Problem("Row %(row)s holds a sign that xlsx can't keep. Please export as csv.", row=nth)


def _cell_writer(made: "xlsxwriter.Workbook") -> "Callable[[Worksheet, int, int, Cell], None]":
    """Writes each kind of cell as what it is; text never as a formula, a link or a number."""
    day, moment = made.add_format({"num_format": DAY}), made.add_format({"num_format": MOMENT})

    def write(sheet: "Worksheet", line: int, column: int, cell: Cell) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            sheet.write_string(line, column, "yes" if cell else "no")
        elif isinstance(cell, date):
            sheet.write_datetime(line, column, cell, moment if isinstance(cell, datetime) else day)
        elif isinstance(cell, int | Decimal) and -EXACT < cell < EXACT:
            sheet.write_number(line, column, cell)
        else:
            sheet.write_string(line, column, str(cell))

    return write
