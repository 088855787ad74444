"""Tables written and read again: csv and xlsx hold the same, and no text becomes a formula."""

import io
import tracemalloc
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest

from wenguo.policy.fields import Problem
from wenguo.reports import sheets
from wenguo.reports.reading_sheets import look_at

NASTY = [
    "=1+1", "+86", "-2", "@cmd", "\tx", "＝1", "'=x", "''=x", "'plain", "a\x01b", "a\x00b", "_x000D_", "_x005F_",
    "行一\n行二", "\u202eabc\u202c", "a,b;c\td", '"', "=HYPERLINK(\"http://x\")", "http://x.example", " lead", "00123",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_text_comes_back_as_it_was(tmp_path, kind):
    path = tmp_path / f"t.{kind}"
    getattr(sheets, f"write_{kind}")([["词", "n"], *([text, "x"] for text in NASTY)], path)
    assert [line.cells[0] for line in look_at(path).lines()] == ["词", *NASTY]


def test_no_csv_cell_of_text_begins_like_a_formula():
    written = io.BytesIO()
    sheets.write_csv([[text] for text in NASTY], written)
    first = [row.lstrip('"')[:1] for row in written.getvalue().decode("utf-8-sig").split("\r\n") if row]
    assert not set(first) & set("=+-@\t\r＝＋－＠")


def test_an_xlsx_holds_neither_formula_nor_link(tmp_path):
    sheets.write_xlsx([[text] for text in NASTY], tmp_path / "t.xlsx")
    with zipfile.ZipFile(tmp_path / "t.xlsx") as packed:
        xml = b"".join(packed.read(name) for name in packed.namelist())
    assert b"<f>" not in xml and b"<hyperlink" not in xml


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_numbers_and_days_are_real_ones(tmp_path, kind):
    path = tmp_path / f"t.{kind}"
    moment = datetime(2026, 3, 5, 14, 30)
    getattr(sheets, f"write_{kind}")([["h"] * 6, [-5, Decimal("12.50"), date(2026, 3, 5), moment, 10**16, None]], path)
    cells = list(look_at(path).lines())[1].cells
    assert cells[0] == "-5" and float(cells[1]) == 12.5
    assert cells[2:5] == ["2026-03-05", "2026-03-05 14:30:00", str(10**16)]


def test_a_text_too_long_for_xlsx_is_refused_by_its_row(tmp_path):
    with pytest.raises(Problem) as refused:
        sheets.write_xlsx([["h"], ["x" * 1_000_000]], tmp_path / "t.xlsx")
    assert refused.value.fill == {"row": 2}


def test_a_csv_of_a_hundred_thousand_rows_takes_no_more_memory_than_a_short_one():
    tracemalloc.start()
    size = sum(len(piece) for piece in sheets.csv_pieces(["异响" * 20, nth] for nth in range(100_000)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 10_000_000 and peak < 2_000_000


def test_rows_that_don_t_fit_go_on_in_a_further_sheet_and_are_read_on(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "LAST_ROW_IN_XLSX", 4)
    sheets.write_xlsx([["h"], *([str(nth)] for nth in range(8))], tmp_path / "t.xlsx")
    assert [line.cells for line in look_at(tmp_path / "t.xlsx").lines()] == [["h"], *([str(nth)] for nth in range(8))]


def test_two_escapes_in_one_are_kept_by_csv_and_refused_by_xlsx(tmp_path):
    text = "_x005F_x000D_"
    sheets.write_csv([[text]], tmp_path / "t.csv")
    assert next(look_at(tmp_path / "t.csv").lines()).cells == [text]
    with pytest.raises(Problem):
        sheets.write_xlsx([[text]], tmp_path / "t.xlsx")
