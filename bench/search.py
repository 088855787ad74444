"""Search measured and proved: `python -m bench.search --sizes 100000 --databases sqlite postgresql`.

For each database and size: cases with real texts (../shared/data beside the checkout, where it is there) and texts
made of their pieces, written by SQL. Then 1,000 random questions by four people; at the first size every answer is
compared, case by case, with a plain scan over the same texts. The floor is the same statement by the bare driver.
"""

import argparse
import csv
import itertools
import random
import re
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from bench.__main__ import run

ROOT = Path(__file__).resolve().parents[1]
REAL = {
    "chezhi_2024_masked_dev.csv": ("投诉品牌", "投诉车系", "投诉简述"),
    "chezhi_codes_2020_06_dev.csv": ("car_model", "desc"),
    "zhengwu_fj4_dev.csv": ("留言主题", "留言详情"),
}
OWN = ("冷车起步时前轴异响,", "4S店说是正常现象。", "变速箱 2.0T 换挡顿挫,", "要求退还差价。",
       "Brake noise at 40 km/h; ", "空调不制冷,", "更换刹车片后三天又响。",
       "配件等了两个月,", "😡无人回复,", "𠮷田先生来电催促。")  # fmt: skip
SHOPS, QUESTIONS, SHOWN = 250, 1_000, 25
MADE = 100_000  # cases made one by one; what is beyond is copied by SQL
COPIED = "pack, process, branch_id, stage, stage_type, turn_role, round, version, opened_at, next_due_at, source,"
COPIED += " business_line, category, component, cause, validity, severity, facts"
COPIES = (
    f"INSERT INTO cases_case (id, number, {COPIED}) SELECT id + {{apart}}, number || '-{{apart}}', {COPIED}"
    " FROM cases_case WHERE id <= {made}",
    "INSERT INTO cases_searchtext (case_id, body, contact, grams) SELECT case_id + {apart}, body, contact, grams"
    " FROM cases_searchtext WHERE case_id <= {made}",
    "INSERT INTO cases_searchindex (rowid, grams) SELECT case_id + {apart}, grams FROM cases_searchtext"
    " WHERE case_id <= {made} ORDER BY case_id",
)
PROVINCES, SURNAMES = "浙沪苏京粤川鲁闽", "王李张刘陈杨黄赵吴周徐孙陶𠮷"


class Made(NamedTuple):
    """A case as it is made: id, shop (from 0), what everybody reads, what only some see whole."""

    pk: int
    shop: int
    open: list[tuple[str, str]]  # (text, kind)


def real_texts() -> list[str]:
    """Texts of real complaints, none where the data isn't there."""
    folder, found = ROOT.parent / "shared" / "data" / "dev", []
    for name, columns in REAL.items():
        if (folder / name).is_file():
            with (folder / name).open(encoding="utf-8-sig", newline="") as file:
                found += [" ".join(row[key] or "" for key in columns)[:2_000] for row in csv.DictReader(file)]
    return found


def cases(size: int) -> Iterator[Made]:
    """The same cases for the same size, whatever the database."""
    dice, real = random.Random(17), real_texts()
    pieces = [piece for text in real for piece in re.findall(r"[^,。;!?,\s]+[,。;!?,\s]*", text)] or list(OWN)
    pieces += list(OWN) * 20
    for pk in range(1, size + 1):
        made = "".join(dice.choices(pieces, k=dice.randint(2, 12)))
        text = real[pk - 1] if pk <= len(real) else made
        yield Made(pk, dice.randrange(SHOPS), [
            (f"S{pk % SHOPS:03d}-202611-{pk:07d}", "text"), (text, "long_text"),
            (dice.choice(SURNAMES) + dice.choice(["先生", "女士", "丽", "建国"]), "text"),
            (f"1{dice.randrange(3 * 10**9, 10**10):010d}", "phone"),
            (f"{dice.choice(PROVINCES)}{dice.choice('ABCDEF')}{dice.randrange(100_000):05d}", "plate"),
            (f"LSV{dice.choice('ABCDEFG')}U{dice.randrange(10**12):012d}", "vin"),
        ])  # fmt: skip


def questions(size: int) -> list[str]:
    """Pieces of what the cases say, one word or two, parts of numbers, and words that stand nowhere."""
    dice = random.Random(18)
    chosen = dice.sample(range(size), min(QUESTIONS, size))
    said = {one.pk: one for one in cases(size) if one.pk - 1 in set(chosen)} if size <= 10_000 else _said(size, chosen)
    found = []
    for pk in dice.choices(sorted(said), k=QUESTIONS):
        (number, _), (text, _), _, (phone, _), (plate, _), (vin, _) = said[pk].open
        numbers = (number, number[-5:], phone, phone[-4:], plate, plate[-3:], vin, vin[-6:])
        kind = dice.random()
        if kind < 0.3:
            found.append(dice.choice(numbers))
        elif kind < 0.4:
            found.append("".join(dice.sample(text + "铑鳏曌", min(3, len(text)))))
        else:
            found.append(" ".join(_piece(text, dice) for _ in range(dice.choice((1, 1, 1, 2)))))
    return found


def _said(size: int, chosen: Iterable[int]) -> dict[int, Made]:
    wanted = set(chosen)
    return {one.pk: one for one in cases(size) if one.pk - 1 in wanted}


def _piece(text: str, dice: random.Random) -> str:
    start = dice.randrange(max(len(text) - 2, 1))
    return text[start : start + dice.choice((1, 2, 2, 2, 3, 3, 4, 6))]


class Shops:
    """A database with these cases, and the people who ask."""

    def __init__(self) -> None:
        from wenguo.people.models import Branch, Post, Staff
        from wenguo.people.tree import touch

        group = Branch.objects.create(code="G", name="集团", pack="auto_dealer", path="/1/")
        group.path = f"/{group.pk}/"
        group.save()
        self.shops = []
        for nth in range(SHOPS):
            shop = Branch(code=f"S{nth:03d}", name=f"店{nth}", parent=group, pack="auto_dealer", path=f"new{nth}")
            shop.save()
            shop.path = f"{group.path}{shop.pk}/"
            shop.save()
            self.shops.append(shop)
        posts = {
            "a shop's manager": ("service_manager", self.shops[7]), "its technician": ("technician", self.shops[7]),
            "customer care, 250 shops": ("care_manager", group), "region, 250 shops": ("region_manager", group),
        }  # fmt: skip
        self.people = {}
        for name, (role, branch) in posts.items():
            staff = Staff.objects.create(username=name[:50], name=name[:20], password="!")
            Post.objects.create(staff=staff, branch=branch, role=role, since="2020-01-01")
            self.people[name] = staff
        touch()
        self.size = 0

    def grow(self, size: int) -> None:
        """Brings the installation to `size` cases, by SQL: up to MADE made one by one, then copies of all of them."""
        from django.db import connection, transaction

        started, index = time.perf_counter(), _without_index()
        rest = itertools.islice(cases(min(size, MADE)), self.size, None)
        while batch := list(itertools.islice(rest, 5_000)):
            with transaction.atomic():
                self._store(batch)
            print(f"  {batch[-1].pk:,} cases  ", end="\r", file=sys.stderr, flush=True)
        for copy in range(max(self.size // MADE, 1), size // MADE):
            with transaction.atomic(), connection.cursor() as cursor:
                for sql in COPIES if connection.vendor == "sqlite" else COPIES[:2]:
                    cursor.execute(sql.format(apart=copy * MADE, made=MADE))
            print(f"  {(copy + 1) * MADE:,} cases  ", end="\r", file=sys.stderr, flush=True)
        self.size = size
        with connection.cursor() as cursor:
            if index:
                cursor.execute("SET maintenance_work_mem = '2GB'")
                cursor.execute(index)
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        print(f"  {size:,} cases in {time.perf_counter() - started:.0f} s", file=sys.stderr)

    def _store(self, batch: list[Made]) -> None:
        from django.db import connection

        from wenguo.cases.indexing import INTO_INDEX, STORE
        from wenguo.cases.models import Case

        rows, found = [], []
        for one in batch:
            branch = self.shops[one.shop]
            rows.append(Case(
                pk=one.pk, number=one.open[0][0], pack=branch.pack, process="complaint", branch=branch,
                stage="receiving", stage_type="open", turn_role="reception", opened_at=datetime(2026, 1, 1, tzinfo=UTC),
            ))  # fmt: skip
            found.append(said(one).row(rows[-1]))
        Case.objects.bulk_create(rows, batch_size=500)
        sqlite = connection.vendor == "sqlite"
        with connection.cursor() as cursor:
            values = [
                (row.case_id, row.body, row.contact, " ".join(row.grams) if sqlite else row.grams) for row in found
            ]
            cursor.executemany(STORE, values)
            if sqlite:
                cursor.executemany(INTO_INDEX, [(pk, grams) for pk, _, _, grams in values])


def _without_index() -> str:
    """Drops PostgreSQL's index of grams, which is made in one go when all is there; returns the statement for that."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE tablename = 'cases_searchtext' AND indexdef LIKE '%USING gin%'"
        )
        ((name, statement),) = cursor.fetchall()
        cursor.execute(f"DROP INDEX {name}")
    return statement


def said(one: Made) -> Any:
    """What search is told of a made case, by the product's own code."""
    from wenguo.cases.indexing import Said

    found = Said()
    for text, kind in one.open:
        found.add(text, kind)
    return found


def scan(shops: Shops, asked: list[str]) -> int:
    """Asks every question of every person to the last hit and compares with a plain scan; returns how many hits."""
    from wenguo.cases import search
    from wenguo.people.actors import actor_of

    plain = [(one.pk, shops.shops[one.shop].pk, said(one)) for one in cases(shops.size)]
    lines = [(pk, branch, "\n".join(told.body), "\n".join(told.contact)) for pk, branch, told in reversed(plain)]
    hits = 0
    for name, staff in shops.people.items():
        by = actor_of(staff, datetime.now(UTC))
        within = {one.pk for one in by.branches()}
        clear = name.startswith(("a shop", "customer"))
        mine = [
            (pk, body + "\n" + contact if clear else body) for pk, branch, body, contact in lines if branch in within
        ]
        for text in asked:
            words = search.words(text)
            expected = [pk for pk, line in mine if all(word in line for word in words)] if words else []
            got = search.find(text, by, limit=shops.size).cases
            assert got == expected, f"{name}: {text!r}: {len(got)} found, {len(expected)} stand there"
            hits += len(got)
    return hits


def measure(shops: Shops, asked: list[str]) -> Iterator[str]:
    """A row of the table for each person: find() and the same statement by the bare driver, in milliseconds."""
    from django.db import connection

    from bench.floor import statements_of
    from wenguo.cases import search
    from wenguo.people.actors import actor_of

    for name, staff in shops.people.items():
        by = actor_of(staff, datetime.now(UTC))
        search.find("预热", by)
        walls, floors, worst = [], [], ("", 0.0)
        for text in asked:
            start = time.perf_counter()
            search.find(text, by, limit=SHOWN)
            walls.append((time.perf_counter() - start) * 1000)
            worst = max(worst, (text, walls[-1]), key=lambda one: one[1])
            sent = statements_of(lambda text=text, by=by: search.find(text, by, limit=SHOWN))
            cursor = connection.create_cursor()
            start = time.perf_counter()
            for sql, values in sent:
                cursor.execute(sql, values)
                cursor.fetchall()
            floors.append((time.perf_counter() - start) * 1000)
        print(f"  slowest: {worst[0]!r} {worst[1]:.0f} ms", file=sys.stderr)
        marks = [f"{_at(values, share):.1f}" for values in (walls, floors) for share in (50, 95, 99)]
        yield f"| {connection.vendor} | {shops.size:,} | {name} | {' | '.join(marks)} |"


def _at(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100)[share - 1]


def run_here(sizes: list[int], compare: bool) -> None:
    """On the database that the environment names."""
    import django

    django.setup()
    shops = Shops()
    for nth, size in enumerate(sizes):
        shops.grow(size)
        asked = questions(min(size, MADE))
        for line in measure(shops, asked):
            print(line, flush=True)
        if nth == 0 and compare:
            print(
                f"  {QUESTIONS} questions × {len(shops.people)} people: {scan(shops, asked):,} hits, as by a plain scan"
            )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[100_000])
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--compare", action=argparse.BooleanOptionalAction, default=True, help="with a plain scan")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        run_here(asked.sizes, asked.compare)
        return
    print("| database | cases | who | p50 | p95 | p99 | floor p50 | p95 | p99 |\n|---|---|---|---|---|---|---|---|---|")
    for vendor in asked.databases:
        compare = "--compare" if asked.compare else "--no-compare"
        run(vendor, ["--here", compare, "--sizes", *map(str, asked.sizes)], "bench.search")


if __name__ == "__main__":
    main()
