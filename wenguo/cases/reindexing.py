"""Search made anew, followed up and looked over: what isn't part of an act."""

import json
from collections.abc import Callable, Iterator

from django.db import connection, transaction
from django.db.models import Q

from wenguo.cases.indexing import entry_rows, not_indexed, renew
from wenguo.cases.models import Case, SearchFollowed, SearchText
from wenguo.people.models import Amendment
from wenguo.people.rows import places, read

BATCH = 500  # cases, amendments
# What cases say of customers and cars; their other changes don't matter here.
TOLD = {"phone", "name", "plate", "vin", "temporary_plate", "brand", "series", "model"}


def follow() -> int:
    """Brings cases up to date whose customer or car was amended since the last round; returns how many changed.

    Each amendment is looked at in two rounds: on PostgreSQL one with a lower number may be committed after the first.
    """
    SearchFollowed.objects.get_or_create(pk=1)
    with transaction.atomic():
        mark = SearchFollowed.objects.select_for_update().get(pk=1)
        rows = list(Amendment.objects.filter(pk__gt=mark.before).order_by("pk")[:BATCH])
        if not rows or rows[-1].pk == mark.before == mark.latest:
            return 0
        changed = renew(_locked(_concerned(rows)))
        mark.before, mark.latest = min(mark.latest, rows[-1].pk), rows[-1].pk
        mark.save()
    return changed


def _concerned(rows: list[Amendment]) -> Q:
    """Cases that say something of what these amendments changed. What was new can't stand in an earlier case."""
    things: dict[str, set[int]] = {"customer": set(), "vehicle": set()}
    for row in rows:
        if row.kind in things and row.seq > 1:
            body = json.loads(row.body)
            if TOLD & {key.removeprefix("before:") for key in (*body["after"], *body["private"])}:
                things[row.kind].add(row.thing)
    return Q(customer__in=things["customer"]) | Q(vehicle__in=things["vehicle"])


def _locked(which: Q) -> list[Case]:
    """These cases, so that no act changes what they say meanwhile."""
    return list(Case.objects.select_for_update(of=("self",)).filter(which).order_by("pk"))


def complete() -> int:
    """Takes in every case that search doesn't know, as after an upgrade from a version without it."""
    done, last = 0, 0
    missing = Case.objects.exclude(pk__in=SearchText.objects.values("case"))
    while pks := list(missing.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            done += renew(_locked(Q(pk__in=pks)))
        last = pks[-1]
    return done


def rebuild(say: Callable[[str], None]) -> int:
    """Makes all of search anew from the record, while people work; returns how many cases. Until it has come to a case,
    that one isn't found."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO cases_searchindex (cases_searchindex) VALUES ('delete-all')")
        cursor.execute("DELETE FROM cases_searchtext")
    done = complete()
    tidy()
    say(f"检索已重建 · search made anew: {done}")
    return done


def tidy() -> None:
    """Merges the full-text table, so that nothing taken out of it is left in its file: after an erasure."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO cases_searchindex (cases_searchindex) VALUES ('optimize')")


def faults() -> Iterator[str]:
    """What search says otherwise than the record, a sentence a case; nothing where all is well. Reads everything."""
    last = 0
    while cases := list(Case.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        pks = [case.pk for case in cases]
        there = {row.case_id: row for row in read(SearchText, f"WHERE case_id IN ({places(pks)})", *pks)}
        lost = not_indexed(sorted(there.values(), key=lambda row: row.case_id))
        for case, row in zip(cases, entry_rows(cases), strict=True):
            kept = there.get(case.pk)
            if kept is None:
                yield f"{case.number}: 检索里没有 · search doesn't know it"
            elif (kept.body, kept.contact, kept.grams) != (row.body, row.contact, row.grams):
                yield f"{case.number}: 检索内容与记录不符 · search says otherwise than the record"
            elif kept.case_id in lost:
                yield f"{case.number}: 检索索引缺失 · it is missing in the index of search"
        last = pks[-1]
