"""What may be wrong with cases and what belongs to them: for `wenguo doctor`, which reads whole tables."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField, F, Min, Q, Value
from django.db.models.functions import Coalesce

from wenguo.cases.acting import RELATIONS
from wenguo.cases.measuring import alike
from wenguo.cases.models import NEVER, WAITING, Case, Clock, Draft, Errand, Loop, Notice, SameFault
from wenguo.cases.record import replayed
from wenguo.cases.warnings import keep_alike
from wenguo.people.ailments import Ailment
from wenguo.policy.load import packs
from wenguo.policy.pack import COLUMNS

NAMED = 5  # cases that a sentence names
BATCH = 500  # cases
LATE_LOOP = timedelta(minutes=5)
LATE_NOTICE = timedelta(minutes=30)
LATE_CLOCK = timedelta(minutes=15)
OLD_DRAFT = timedelta(days=90)


def listed(numbers: list[str]) -> str:
    """Some of them, and how many there are."""
    more = f" … ({len(numbers)})" if len(numbers) > NAMED else ""
    return ", ".join(numbers[:NAMED]) + more


# ---- words of the pack that are stored ----

PACK = "换回带有它的行业包,或在 [moved] 里写明新名 · install the pack that has it, or name its new name in [moved]"


def places() -> Iterator[Ailment]:
    """Packs, processes and stages at which cases stand, and that no pack here knows."""
    stand = Case.objects.order_by("pack", "process", "stage").values_list("pack", "process", "stage").distinct()
    for pack, process, stage in stand:
        found = packs().get(pack)
        road = found.processes.get(process) if found else None
        if road is None or stage not in road.stages:
            where = f"{pack}.{process}.{stage}"
            yield Ailment(f"有案件停在未知的阶段 · cases stand where no pack knows the place: {where}", PACK)


def turns() -> Iterator[Ailment]:
    """Roles whose turn it is, and that the pack doesn't know: nobody finds these cases on a desk."""
    waiting = Case.objects.filter(stage_type="open").exclude(turn_role="")
    for pack, role in waiting.order_by("pack", "turn_role").values_list("pack", "turn_role").distinct():
        if pack in packs() and role not in packs()[pack].roles and role not in RELATIONS:
            yield Ailment(f"有案件等着未知角色 · open cases wait for a role that the pack doesn't know: {role}", PACK)


def clock_kinds() -> Iterator[Ailment]:
    """Running clocks that no pack knows: when they run out, nobody is told."""
    running = Clock.objects.filter(stopped_at=None).order_by("case__pack", "case__process", "kind")
    for pack, process, kind in running.values_list("case__pack", "case__process", "kind").distinct():
        road = packs()[pack].processes.get(process) if pack in packs() else None
        if road and kind not in road.clocks:
            yield Ailment(f"有时限规则已不存在 · clocks run that no rule knows any more: {process}.{kind}", PACK)


def codes() -> Iterator[Ailment]:
    """Codes in cases that the pack has no word for any more: pages show the bare code."""
    for column in COLUMNS:
        for pack, code in Case.objects.order_by("pack", column).values_list("pack", column).distinct():
            field = packs()[pack].fields.get(column) if pack in packs() else None
            if code and field and field.options and code not in field.options:
                what = f"案件里有未知代码 · cases hold a code that the pack doesn't know: {column} = {code}"
                yield Ailment(what, "把它留在包的 codes.toml 里 · keep it in the pack's codes.toml", wrong=False)


# ---- what follows from the record ----


def untold() -> Iterator[Ailment]:
    """Cases that no entry tells of."""
    if numbers := list(Case.objects.filter(entries=None).order_by("pk").values_list("number", flat=True)[:100]):
        yield Ailment(
            f"没有任何记录的案件 · cases that no entry tells of: {listed(numbers)}",
            "从备份恢复 · they weren't made by this program: restore a backup",
        )


def _due_wrongly() -> Any:
    never = Value(NEVER, output_field=DateTimeField())
    due = Coalesce(Min("clocks__due_at", filter=Q(clocks__stopped_at=None, clocks__paused_at=None)), never)
    return Case.objects.annotate(due=due).exclude(next_due_at=F("due")).order_by("pk")


def due_dates() -> Iterator[Ailment]:
    """Cases whose next due time isn't that of their first running clock: lists would sort and colour them wrongly."""
    if numbers := list(_due_wrongly().values_list("number", flat=True)[:100]):
        yield Ailment(f"下次到期与时限不符 · next due time isn't the clocks': {listed(numbers)}", FIX)


FIX = "运行 wenguo doctor --fix · run `wenguo doctor --fix`"


def mend_due_dates() -> None:
    """Sets what follows from the clocks, case by case; one that moved meanwhile is left to its own act."""
    for pk, version, due in list(_due_wrongly().values_list("pk", "version", "due")):
        Case.objects.filter(pk=pk, version=version).update(next_due_at=due)


def closed_clocks() -> Iterator[Ailment]:
    """Closed cases on which something still runs."""
    found = Case.objects.filter(clocks__stopped_at=None, clocks__isnull=False, stage_type="closed").distinct()
    if numbers := list(found.order_by("pk").values_list("number", flat=True)[:100]):
        yield Ailment(
            f"已结案件仍有时限在走 · clocks run on closed cases: {listed(numbers)}",
            "不是本程序所为,请核对审计 · this program doesn't do that: run `wenguo audit verify`",
        )


def _differing() -> Iterator[tuple[Case, dict[str, Any]]]:
    """Cases whose facts aren't those that their entries add up to, with what these say. Reads the whole record."""
    last = 0
    while cases := list(Case.objects.filter(pk__gt=last).order_by("pk").only("number", "facts", "version")[:BATCH]):
        said = replayed(cases)
        yield from ((case, said[case.pk]) for case in cases if case.facts != said[case.pk])
        last = cases[-1].pk


def facts() -> Iterator[Ailment]:
    """Cases whose facts aren't what the record says."""
    if numbers := [case.number for case, _ in _differing()]:
        yield Ailment(
            f"案情与记录不符 · the facts aren't what the record says: {listed(numbers)}",
            "先查 audit verify,再运行 doctor --rebuild --fix · see `audit verify`, then `doctor --rebuild --fix`",
        )


def mend_facts() -> None:
    """Writes the facts anew from the entries; a case that moved meanwhile is left to its own act."""
    for case, said in _differing():
        Case.objects.filter(pk=case.pk, version=case.version).update(facts=said)


def _unlike() -> Iterator[Case]:
    """Open cases by which others with the same fault aren't found as they say it (W5). Reads all that are open."""
    last = 0
    open_ones = Case.objects.filter(stage_type="open").select_related("vehicle", "branch").order_by("pk")
    while cases := list(open_ones.filter(pk__gt=last)[:BATCH]):
        kept = {row.case_id: _key(row) for row in SameFault.objects.filter(case__in=cases)}
        yield from (case for case in cases if _key(alike(case)) != kept.get(case.pk))
        last = cases[-1].pk


def _key(row: SameFault | None) -> tuple[Any, ...] | None:
    return (row.branch_id, row.vehicle_id, row.model, row.fault) if row else None


def likeness() -> Iterator[Ailment]:
    """Cases that collective warnings count wrongly."""
    if numbers := [case.number for case in _unlike()]:
        yield Ailment(
            f"同类故障的索引与案情不符 · who has the same fault isn't kept as cases say: {listed(numbers)}", FIX
        )


def mend_likeness() -> None:
    """Keeps it anew; a case that moves meanwhile does so itself."""
    for case in _unlike():
        with transaction.atomic():
            SameFault.objects.filter(case=case).delete()
            keep_alike(case)


def orphans() -> Iterator[Ailment]:
    """Rows that refer to a row that isn't there. PostgreSQL doesn't let any come about."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute('SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2')
        for table, parent, count in cursor.fetchall():
            yield Ailment(
                f"{table} 有 {count} 行指向不存在的 {parent} · {count} rows of {table} refer to no {parent}",
                "有人绕过程序改了数据:从备份恢复 · somebody changed rows past the program: restore a backup",
            )


# ---- what waits too long ----


def loops(now: datetime) -> Iterator[Ailment]:
    """Loops that haven't gone round for a while: nothing becomes overdue, nobody is told."""
    late = Loop.objects.filter(beat_at__lt=now - LATE_LOOP).order_by("name").values_list("name", "beat_at")
    for name, beat_at in late:
        minutes = int((now - beat_at).total_seconds() // 60)
        yield Ailment(
            f"循环 {name} 已停 {minutes} 分钟 · the loop {name} last went round {minutes} minutes ago", START
        )  # fmt: skip
    if any(beat_at > now + LATE_LOOP for beat_at in Loop.objects.values_list("beat_at", flat=True)):
        yield Ailment("循环的时间在将来 · a loop's beat lies in the future", "校准本机时间 · set this machine's clock")


START = "启动 wenguo serve 或 worker · start `wenguo serve` or `wenguo worker`"


def waiting(now: datetime) -> Iterator[Ailment]:
    """Notices, clocks and errands that should have gone long ago."""
    kinds = (
        ("时限", "clocks", Clock.objects.filter(stopped_at=None, next_at__lt=now - LATE_CLOCK)),
        ("通知", "notices", Notice.objects.filter(WAITING, next_try_at__lt=now - LATE_NOTICE)),
        ("差事", "errands", Errand.objects.filter(done_at=None, due_at__lt=now - LATE_CLOCK)),
    )
    for label, word, rows in kinds:
        if count := rows.count():
            yield Ailment(f"{count} 个{label}等得太久 · {count} {word} have waited too long", START)


def drafts(now: datetime) -> Iterator[Ailment]:
    """Drafts that nobody came back to; they hold personal data."""
    if count := Draft.objects.filter(saved_at__lt=now - OLD_DRAFT).count():
        yield Ailment(f"{count} 份草稿超过 90 天 · {count} drafts are older than 90 days", FIX, wrong=False)


def mend_drafts(now: datetime) -> None:
    Draft.objects.filter(saved_at__lt=now - OLD_DRAFT).delete()
