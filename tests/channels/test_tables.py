"""Files of every shape: read as what they are, or refused in a sentence that says where; never with a traceback."""

import csv
import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from tests.channels.bringing_in import begun, brought_in, counts, refused, written
from wenguo.cases.models import Case
from wenguo.cases.sentences import sentence
from wenguo.channels.models import ImportRun
from wenguo.policy.fields import Problem
from wenguo.reports.reading_sheets import look_at

TABLE = "编号,投诉日期,投诉内容\n1,2024/3/1,变速箱顿挫\n2,2024-03-02,空调异味\n"
DAYS = ["2020/6/8", "2020-06-08", "2020年6月8日", "2020.6.8", "43990", "43990.0", "20200608", "2020-06-08 00:00:00"]
MOMENTS = {
    "2020/6/8 9:05": "2020-06-08T01:05:00+00:00", "2020-06-08T09:05:30": "2020-06-08T01:05:30+00:00",
    "2020年6月8日 9时5分": "2020-06-08T01:05:00+00:00", "43990.5": "2020-06-08T04:00:00+00:00",
    "2020-06-08 09:05:00+00:00": "2020-06-08T09:05:00+00:00",
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_every_encoding_and_with_every_delimiter(tmp_path, encoding, delimiter):
    path = written(tmp_path / "t.csv", TABLE.replace(",", delimiter).encode(encoding))
    assert [line.cells for line in look_at(path).lines()] == list(csv.reader(io.StringIO(TABLE)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "这个文件是空的。"), (b" \n\n", "这个文件是空的。"),
        ("编号,内容\n".encode() + "1,异响\n2,".encode() + b"\xff\xfe\xff\n", "第 3 行既不是 UTF-8 也不是 GB18030 编码"),
        ('a,b\n1,"没有结束\n2,异响\n'.encode(), "第 2 行：引号从这里开始"),
        (",".join(f"c{nth}" for nth in range(10_000)).encode() + b"\n1\n", "这个表格有 10000 列"),
        (b"PK\x03\x04not a zip", "无法作为 xlsx 读取"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "有密码保护"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "无法作为 xlsx 读取"),
    ],
)  # fmt: skip
def test_what_can_t_be_read_is_refused_in_a_sentence(tmp_path, content, words):
    with pytest.raises(Problem) as found:
        list(look_at(written(tmp_path / "t", content)).lines())
    assert words in sentence(found.value, "zh-hans")


def packed(tmp_path: Path, sheet: str) -> Path:
    """A workbook whose one sheet is this xml."""
    with xlsxwriter.Workbook(str(tmp_path / "plain.xlsx")) as made:
        made.add_worksheet().write_string(0, 0, "a")
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as old, zipfile.ZipFile(tmp_path / "t.xlsx", "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, sheet if "sheet1" in name and "rels" not in name else old.read(name))
    return tmp_path / "t.xlsx"


def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="ALL1048576"><v>1</v></c></row>'
    with pytest.raises(Problem) as vast:
        look_at(packed(tmp_path, f"{head}{far}</sheetData></worksheet>"))
    assert "太大" in sentence(vast.value, "zh-hans")
    monkeypatch.setattr("wenguo.reports.reading_sheets.LARGEST_XLSX", 1024 * 1024)
    with pytest.raises(Problem) as bomb:
        look_at(packed(tmp_path, f"{head}{' ' * 2_000_000}</sheetData></worksheet>"))
    assert "解压后" in sentence(bomb.value, "zh-hans")


def test_rows_of_unequal_length_are_read_as_far_as_they_go(database):
    run = brought_in("complaints", "编号,投诉内容,备注\n1,异响\n2,漏油,甲,乙,丙\n3\n")
    assert counts(run) == (2, 0, 1) and refused(run) == [(4, "投诉内容：请填写这一项。")]
    assert Case.objects.get(facts__outside_number="2").facts["earlier_record"] == "备注: 甲\n乙\n丙"


@pytest.mark.parametrize("shift", ["lost", "gained"])
def test_a_header_that_stands_beside_its_column_is_lined_up(database, shift):
    rows = [["a", "2024-03-01", "13800138001", "异响"], ["b", "2024-03-02", "13800138002", "漏油"]]
    head = ["投诉日期", "电话", "投诉内容"] if shift == "lost" else ["", "序", "投诉日期", "电话", "投诉内容"]
    text = "\n".join(",".join(line) for line in [head, *rows])
    run = brought_in("complaints", text)
    assert run.columns["shift"] == (1 if shift == "lost" else -1) and counts(run) == (2, 0, 0)
    assert Case.objects.order_by("id")[0].facts["content"] == "异响"


@pytest.mark.parametrize("text", DAYS)
def test_days_are_understood_in_every_shape(database, text):
    brought_in("complaints", f"编号,投诉日期,投诉内容\n1,{text},异响\n")
    assert Case.objects.get().opened_at.isoformat() == "2020-06-07T16:00:00+00:00"


@pytest.mark.parametrize(("text", "moment"), MOMENTS.items())
def test_moments_are_understood_in_every_shape(database, text, moment):
    brought_in("complaints", f"编号,投诉日期,投诉内容\n1,{text},异响\n")
    assert Case.objects.get().opened_at.isoformat() == moment


@pytest.mark.parametrize("text", ["2020-13-01", "8/6/20", "昨天", "2999-01-01", "1969-12-31"])
def test_a_day_that_can_t_be_right_refuses_its_row(database, text):
    run = brought_in("complaints", f"编号,投诉日期,投诉内容\n1,{text},异响\n2,2020/6/8,漏油\n")
    assert counts(run) == (1, 0, 1) and refused(run)[0][1].startswith("投诉日期：")


def test_an_xlsx_of_office_comes_in_with_its_days_numbers_and_line_breaks(database, tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "t.xlsx")) as made:
        sheet, day = made.add_worksheet("投诉"), made.add_format({"num_format": "yyyy/m/d"})
        made.add_worksheet("说明").write_string(0, 0, "别的")
        sheet.merge_range(0, 0, 0, 3, "2024 年投诉台账")
        for column, title in enumerate(("编号", "投诉日期", "投诉内容", "里程")):
            sheet.write_string(2, column, title)
        sheet.write_number(3, 0, 17)
        sheet.write_datetime(3, 1, datetime(2024, 3, 1), day)
        sheet.write_string(3, 2, "异响\r\n下雨天更响")
        sheet.write_number(3, 3, 32000)
    run = brought_in("complaints", (tmp_path / "t.xlsx").read_bytes())
    case = Case.objects.get()
    assert counts(run) == (1, 0, 0) and case.opened_at.date() == date(2024, 2, 29)
    assert (case.facts["outside_number"], case.facts["content"]) == ("17", "异响\n下雨天更响")
    assert look_at(tmp_path / "t.xlsx").left_out == ("说明",)


def test_a_file_that_is_refused_leaves_nothing_behind(database):
    with pytest.raises(Problem):
        begun("complaints", b"")
    assert not ImportRun.objects.exists()


def test_a_file_that_breaks_in_its_middle_fails_with_the_reason_before_anything_came_in(database):
    rows = "".join(f"{nth},异响\n" for nth in range(300))
    run = brought_in("complaints", f'编号,投诉内容\n{rows}9,"不结束\n')
    assert (run.state, run.problem["fill"]) == ("failed", {"line": 302}) and not Case.objects.exists()
