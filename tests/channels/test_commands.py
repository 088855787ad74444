"""`wenguo import` and `wenguo export` as a person types them; and an import that is killed where it stands."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.databases import Database
from tests.drill import often
from tests.serving import ROOT, wenguo
from wenguo.cases.models import Case, Entry
from wenguo.channels.models import ImportRun
from wenguo.people.models import Customer
from wenguo.reports.reading_sheets import look_at

ROWS = often(300, 120)
TABLE = "编号,投诉日期,投诉内容,电话\n" + "".join(
    f"{nth},2024-03-01,异响{nth},{'13800138000' if nth % 10 else '12'}\n" for nth in range(1, ROWS + 1)
)


def test_a_table_comes_in_and_goes_out_and_nothing_is_added_twice(own_database: Database, tmp_path):
    table = tmp_path / "旧系统.csv"
    table.write_text(TABLE.replace("\n", "\n", 1)[:2000].rsplit("\n", 1)[0], "gb18030")
    dry = wenguo(own_database, "import", "complaints", str(table), "--branch", "HZ", "--dry-run")
    assert dry.returncode == 1 and "电话：" in dry.stdout and not Case.objects.exists(), dry.stderr
    first = wenguo(own_database, "import", "complaints", str(table), "--branch", "HZ")
    assert first.returncode == 1 and "新增 · added" in first.stdout, first.stderr
    rejects = list(look_at(tmp_path / "旧系统.rejects.csv").lines())
    assert rejects[0].cells == ["退回行号", "退回原因", "编号", "投诉日期", "投诉内容", "电话"]
    cases = Case.objects.count()
    assert cases + len(rejects) - 1 == len(table.read_text("gb18030").splitlines()) - 1
    again = wenguo(own_database, "import", "complaints", str(table), "--branch", "HZ")
    assert f"已有 · known {cases}" in again.stdout and Case.objects.count() == cases
    out = tmp_path / "out.xlsx"
    assert wenguo(own_database, "export", "complaints", str(out)).returncode == 0
    assert len(list(look_at(out).lines())) == cases + 1


def test_rows_that_were_mended_in_the_reject_file_come_in_from_there(own_database: Database, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("编号,投诉内容,电话,备注\n1,异响,12,老客户\n")
    wenguo(own_database, "import", "complaints", str(table), "--branch", "HZ")
    mended = tmp_path / "t.rejects.csv"
    mended.write_bytes(mended.read_bytes().replace(b",12,", b",13800138000,"))
    assert wenguo(own_database, "import", "complaints", str(mended), "--branch", "HZ").returncode == 0
    assert Case.objects.get().facts["earlier_record"] == "备注: 老客户"
    assert Customer.objects.get().phone == "13800138000"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("import", "complaints", "none.csv"), "none.csv"),
        (("import", "complaints", "empty.csv", "--branch", "HZ"), "这个文件是空的"),
        (("import", "complaints", "other.csv", "--branch", "HZ"), "没有对应的列：客户反映的问题"),
        (("import", "complaints", "other.csv", "--branch", "XX"), "没有这个机构"),
        (("import", "complaints", "other.csv", "--map", "没有"), "没有这个列对照表"),
        (("export", "complaints", "t.pdf"), ".csv"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_what_can_t_be_done_is_said_in_a_sentence(own_database: Database, tmp_path, arguments, words):
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    command, kind, file, *rest = arguments
    done = wenguo(own_database, command, kind, str(tmp_path / file), *rest)
    assert done.returncode == 1 and words in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_an_import_that_is_killed_again_and_again_ends_as_if_it_never_was(own_database: Database, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text(TABLE)
    command = [sys.executable, "-m", "wenguo", "import", "complaints", str(table), "--branch", "HZ"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    chance, killed = random.Random(7), 0
    for goal in sorted(chance.sample(range(10, ROWS - 40), 3)):
        process = subprocess.Popen(command, cwd=ROOT, env=own_database.environment(), **quiet)
        until = time.monotonic() + 120
        while Case.objects.count() < goal and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
    last = wenguo(own_database, *command[3:])
    run = ImportRun.objects.get()
    assert killed >= 2 and (run.state, run.done_rows) == ("done", ROWS), last.stderr
    assert (run.added, run.known, run.rejected) == (ROWS * 9 // 10, 0, ROWS // 10)
    assert Case.objects.count() == Entry.objects.count() == ROWS * 9 // 10
    numbers = sorted(int(facts["outside_number"]) for facts in Case.objects.values_list("facts", flat=True))
    assert numbers == [nth for nth in range(1, ROWS + 1) if nth % 10]
    assert [line.cells[0] for line in look_at(tmp_path / "t.rejects.csv").lines()][1:] == [
        str(nth + 1) for nth in range(10, ROWS + 1, 10)
    ]
