"""Makes a big installation: cases made through the door, multiplied by SQL with their chains recomputed.

`wenguo audit verify` finds nothing wrong with the copies. Only the benchmarks may write cases past the door, and
only into databases of their own.
"""

import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import F

from wenguo.cases import models as record
from wenguo.cases import seal
from wenguo.cases.record import hashed_columns
from wenguo.jobs import demo
from wenguo.jobs.send import send
from wenguo.people.chain import FIRST, canonical, commit, link, stamp
from wenguo.people.models import Amendment, AmendmentPrivate, Customer
from wenguo.vehicles.models import Reading, Vehicle, Visit

# Parents before children, so that every reference points to a row that is there already.
TABLES: tuple[type[models.Model], ...] = (
    Amendment, AmendmentPrivate, Customer, Vehicle, Visit, Reading, record.Case, record.Entry, record.EntryPrivate,
    record.Clock, record.Notice, record.Errand, record.Task, record.CaseLink, record.CaseVehicle, record.Hit,
    record.Party, record.Finding,
    record.Remedy, record.RemedyLine, record.Approval, record.Contact, record.Evidence,
)  # fmt: skip
AMENDED = {table.__name__.lower(): table for table in (Customer, Vehicle, Visit, Reading)}
PRIVATE = {record.EntryPrivate: "entry_id", AmendmentPrivate: "amendment_id"}  # whose value it is
UNIQUE: dict[str, Callable[[int], str]] = {  # what people and cars are known by, for a copy's id
    "phone": "1{:010d}".format, "plate": "浙{:08d}".format, "vin": "V{:016d}".format,
}  # fmt: skip
NUMBERED = ("order_no", "case_number")
MADE = 1_000  # cases that go through the door


class Herd:
    """The rows of cases that went through the door, and how a copy of them differs."""

    def __init__(self, password: str, made: int = MADE) -> None:
        self.made = made
        demo.fill(made, 1, 12, password, datetime.now(UTC), lambda line: print(f"  {line}", end="\r", flush=True))
        _settle()
        found = {table: list(self._made(table)) for table in TABLES}
        self.numbers = {row["id"]: row["number"] for row in found[record.Case]}
        self.links = {table: {row["id"]: table(**row) for row in found[table]} for table in (record.Entry, Amendment)}
        # How far the ids of one copy lie from those of the one before.
        self.apart = {table: rows[-1]["id"] + 1 if rows else 1 for table, rows in found.items()}
        self.rows = {table: [_prepared(table, row) for row in rows] for table, rows in found.items()}
        self.known = self._known()
        self.told = {table: self._told(table) for table in PRIVATE}

    def _known(self) -> dict[tuple[str, str], int]:
        """Whose phone, plate and VIN these are: the id by the column and the value as JSON."""
        columns = ((Customer, "phone"), (Vehicle, "plate"), (Vehicle, "vin"))
        return {(name, canonical(row[name])): row["id"] for table, name in columns for row in self.rows[table]}

    def _told(self, table: type[models.Model]) -> dict[int, list[tuple[str, str, str]]]:
        """Where the record tells of one of these: field, salt and value by the row's id."""
        found = defaultdict(list)
        for row in self.rows[table]:
            if (row["field"].removeprefix("before:"), row["value"]) in self.known:
                found[row[PRIVATE[table]]].append((row["field"], row["salt"], row["value"]))
        return found

    def _made(self, table: type[models.Model]) -> Any:
        things = {"kind__in": tuple(AMENDED)}
        only = {Amendment: things, AmendmentPrivate: {f"amendment__{key}": value for key, value in things.items()}}
        return table._default_manager.filter(**only.get(table, {})).order_by("pk").values()

    def grow(self, size: int) -> None:
        """Brings the installation to at least `size` cases."""
        missing = -(-(size - record.Case.objects.count()) // self.made)
        free = self._free()
        for copy in range(free, free + missing):
            with transaction.atomic():
                for table in TABLES:
                    _insert(table, self.copied(table, copy))
            print(f"  {(copy - free + 1) * self.made} more cases   ", end="\r", flush=True)
        print()
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(no_style(), list(TABLES)):
                cursor.execute(sql)
            cursor.execute("ANALYZE")

    def _free(self) -> int:
        """The first copy whose ids lie beyond everything that is there (measuring adds cases of its own)."""
        last = {table: table._default_manager.order_by("-pk").values_list("pk", flat=True).first() for table in TABLES}
        return max(-(-(pk or 0) // self.apart[table]) for table, pk in last.items()) + 1

    def copied(self, table: type[models.Model], copy: int) -> Iterator[dict[str, Any]]:
        """The rows of `table` for the nth copy: every id moved by the same distance, so that references still fit."""
        moved = [
            (field.attname, self.apart[field.related_model] * copy)
            for field in table._meta.fields
            if field.is_relation and field.related_model in self.apart
        ]
        prev: dict[Any, str] = {}
        for row in self.rows[table]:
            new = row | {"id": row["id"] + self.apart[table] * copy}
            new |= {name: row[name] + by for name, by in moved if row[name] is not None}
            self._rename(table, new, copy)
            if table is record.Entry:
                self._chain(self.links[table][row["id"]], row["case_id"], new, prev, copy)
            elif table is Amendment:
                self._chain(self.links[table][row["id"]], (row["kind"], row["thing"]), new, prev, copy)
            yield new

    def _rename(self, table: type[models.Model], row: dict[str, Any], copy: int) -> None:
        """What must be unique beside the id, and where the record tells of it."""
        if table is record.Case:
            row["number"] = f"{row['number']}-{copy}"
            row["opened_for"] = row["opened_for"] and f"{row['opened_for']}-{copy}"
        elif table in (Customer, Vehicle):
            row |= {name: made(row["id"]) for name, made in UNIQUE.items() if row.get(name)}
        elif table in (Visit, Reading):
            row |= {name: f"{row[name]}-{copy}" for name in NUMBERED if row.get(name)}
        elif table in PRIVATE:
            row["value"] = self._value(row["field"], row["value"], copy)
        elif table is Amendment:
            row["thing"] += self.apart[AMENDED[row["kind"]]] * copy

    def _value(self, field: str, value: str, copy: int) -> str:
        name = field.removeprefix("before:")
        if (name, value) not in self.known:
            return value
        table = Customer if name == "phone" else Vehicle
        return canonical(UNIQUE[name](self.known[name, value] + self.apart[table] * copy))

    def _chain(self, one: Any, chain: Any, row: dict[str, Any], prev: dict[Any, str], copy: int) -> None:
        """What `row`, the copy of `one`, says and commits to, and its place in the chain."""
        entry = isinstance(one, record.Entry)
        told, body = self.told[record.EntryPrivate if entry else AmendmentPrivate], row["body"]
        for field, salt, value in told.get(one.pk, ()):
            body = body.replace(commit(field, value, salt), commit(field, self._value(field, value, copy), salt))
        row["body"] = body if entry else self._amended(row["kind"], body, copy)
        row["prev"] = prev.get(chain, FIRST)
        if entry:
            columns = [f"{self.numbers[one.case_id]}-{copy}", *hashed_columns("", one)[1:-1]]
        else:
            columns = [row["kind"], row["thing"], one.seq, stamp(one.at), one.actor, one.reason]
        row["hash"] = prev[chain] = link(row["prev"], [*columns, row["body"]])

    def _amended(self, kind: str, body: str, copy: int) -> str:
        """The body of an amendment with the ids and numbers of the copy."""
        said, table = json.loads(body), AMENDED[kind]
        for values in (said["before"], said["after"]):
            for name, value in values.items():
                by = self.apart.get(table._meta.get_field(name).related_model, 0)
                if by and value is not None:
                    values[name] = value + by * copy
                elif name in NUMBERED and value:
                    values[name] = f"{value}-{copy}"
        return canonical(said)


def _settle() -> None:
    """Leaves the loops nothing to do while something is measured: notices sent, nothing due before tomorrow."""
    while send():
        pass
    soon = timedelta(days=1)
    record.Clock.objects.filter(stopped_at=None, overdue_at=None).update(due_at=F("due_at") + soon)
    waiting = record.Case.objects.filter(stage_type="open", next_due_at__gt=datetime.now(UTC))
    waiting.exclude(next_due_at=record.NEVER).update(next_due_at=F("next_due_at") + soon)


def settle_all() -> None:
    """After the copies: all of it sealed, and followed by search and warnings, as in a shop that has run for years."""
    now, last = datetime.now(UTC), Amendment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    while seal.seal(now):
        pass
    for follower in (record.SearchFollowed, record.Watched):
        follower.objects.update_or_create(pk=1, defaults={"before": last, "latest": last})
    record.Watched.objects.filter(pk=1).update(whole_at=now)


def _prepared(table: type[models.Model], row: dict[str, Any]) -> dict[str, Any]:
    """The row as the database takes it; done once, for it is most of the work."""
    fields = table._meta.local_concrete_fields
    return {field.attname: field.get_db_prep_save(row[field.attname], connection) for field in fields}


def _insert(table: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Many rows by plain SQL, 2,000 at a time."""
    fields = table._meta.local_concrete_fields
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    sql = f"INSERT INTO {connection.ops.quote_name(table._meta.db_table)} ({names}) VALUES "
    sql += f"({', '.join(['%s'] * len(fields))})"
    values = (tuple(row[field.attname] for field in fields) for row in rows)
    with connection.cursor() as cursor:
        while batch := list(itertools.islice(values, 2_000)):
            cursor.executemany(sql, batch)
