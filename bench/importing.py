"""Complaints out of a table through the door: how many a second, with how much memory, and killed on the way.

    python -m bench.importing [ROWS] [KILLS]

Makes an empty database (SQLite in a folder of its own, or DATABASE_URL), a table of ROWS rows (100,000), and runs
`wenguo import` on it, killing it KILLS times (10) at random points. Beside it stands the floor: what one row sends to
the database, by bare SQL.
"""

import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = (
    "低速换挡顿挫",
    "高速方向盘抖动",
    "空调有异味",
    "车门异响",
    "保养后机油灯亮",
    "配件等了三周没有到货",
    "报价与结算不一致",
)
BAD = 50  # every so many rows one has a wrong phone


def table(path: Path, rows: int) -> int:
    """Writes the table; how many of its rows can't be taken."""
    with path.open("w", encoding="utf-8") as file:
        file.write("编号,投诉日期,投诉内容,客户姓名,电话,车牌,投诉来源,车型\n")
        for nth in range(rows):
            phone = "12" if nth % BAD == 0 else f"139{nth % 10**8:08}"
            day = f"{2020 + nth % 5}-{nth % 12 + 1:02}-{nth % 28 + 1:02}"
            words = f"{WORDS[nth % len(WORDS)]}，第 {nth} 次反映，要求尽快处理并给出书面答复。"
            file.write(f"{nth},{day},{words},客户{nth},{phone},浙A{nth % 90000 + 10000},来电,途观 2.0T\n")
    return (rows + BAD - 1) // BAD


def found_shop() -> None:
    from wenguo.jobs.newcomers import found_branch
    from wenguo.people.businessclock import now

    found_branch("HZ", "杭州店", "Hangzhou", None, now())


def memory(pid: int) -> int:
    """Megabytes of real memory that the process holds; 0 once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)


def watched(command: list[str], until: int | None) -> tuple[float, list[int], bool]:
    """Runs the import until `until` rows are done (None: to its end): seconds, memory on the way, whether killed."""
    from wenguo.channels.models import ImportRun

    start, seen = time.perf_counter(), []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL) as process:
        while process.poll() is None:
            seen.append(memory(process.pid))
            done = ImportRun.objects.values_list("done_rows", flat=True).first() or 0
            if until is not None and done >= until:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                return time.perf_counter() - start, seen, True
            time.sleep(0.2)
    return time.perf_counter() - start, seen, False


def floor(times: int) -> float:
    """Rows a second by bare SQL: the statements of one complaint, each time in a transaction of its own."""
    from django.db import transaction

    from bench.floor import replayed, statements_of
    from wenguo.cases.door import take
    from wenguo.cases.models import Case
    from wenguo.people.actors import SYSTEM
    from wenguo.people.businessclock import now
    from wenguo.people.models import Branch

    shop, at = Branch.objects.get(), now()
    row = {
        "content": WORDS[0],
        "closed": True,
        "happened_at": "2024-03-01",
        "phone": "13700137000",
        "plate": "浙B12345",
    }
    case = Case(number="bench", pack=shop.pack, process="complaint", branch=shop, stage="new", stage_type="new",
                opened_at=at, turn_role="")  # fmt: skip
    with transaction.atomic():
        sent = statements_of(lambda: take(case, "taken_over", SYSTEM, row, at))
        transaction.set_rollback(True)
    print(f"  one row sends {len(sent)} statements")
    return 1000 / replayed(sent, times, write=True).p50


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    os.environ.setdefault("WENGUO_HOME", tempfile.mkdtemp(prefix="wenguo-import-"))
    from wenguo.cli.commands import ready

    ready()
    from wenguo.cases.models import Case, Entry
    from wenguo.channels.models import ImportRun

    found_shop()
    path = Path(os.environ["WENGUO_HOME"]) / "table.csv"
    bad = table(path, rows)
    command = [sys.executable, "-m", "wenguo", "import", "complaints", str(path)]
    seconds, peaks, killed = 0.0, [], 0
    for until in [*sorted(random.Random(1).sample(range(rows // 20, rows - rows // 20), kills)), None]:
        took, seen, dead = watched(command, until)
        seconds, killed = seconds + took, killed + dead
        peaks.append((seen[len(seen) // 2], max(seen)))
    run = ImportRun.objects.get()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    print(f"{rows} rows in {seconds:.0f} s ({rows / seconds:.0f} a second), killed {killed} times, starts included")
    print(f"  {cpu:.0f} s of CPU, so {rows / cpu:.0f} rows a second of CPU")
    print(f"  added {run.added}, known {run.known}, rejected {run.rejected}; {run.state}")
    print(f"  MB of memory in each process, halfway and at most: {peaks}")
    assert (run.added, run.known, run.rejected) == (rows - bad, 0, bad), "the result differs"
    assert Case.objects.count() == Entry.objects.count() == rows - bad
    print(f"  same result as without a kill; bare SQL could do {floor(200):.0f} a second")


if __name__ == "__main__":
    main()
