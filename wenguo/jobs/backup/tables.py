"""Which tables go into a backup, and a row of each as one line of JSON that is the same from every database."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.apps.registry import Apps
from django.db import connection, models

from wenguo.jobs import Refused
from wenguo.people.chain import stamp

SEARCH = "made anew from the record after a restore"
# The one list of tables that a backup leaves out, and why.
LEFT_OUT = {
    "django_session": "whoever holds one is signed in; after a restore everybody signs in anew",
    "cases_searchtext": SEARCH,
    "cases_searchfollowed": SEARCH,
    "cases_specialidentity": "deleted when its case closes or its day comes; no copy may outlive it",
}
BATCH = 1_000  # rows at a time


class Way(NamedTuple):
    """How values of a kind are written as JSON, and read."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


# What JSON says of it both databases take as it is: most of a backup, for which nothing is called for a value alone.
PLAIN = {
    "AutoField": int, "BigAutoField": int, "SmallAutoField": int, "IntegerField": int, "BigIntegerField": int,
    "SmallIntegerField": int, "PositiveIntegerField": int, "PositiveBigIntegerField": int,
    "PositiveSmallIntegerField": int, "BooleanField": bool, "CharField": str, "TextField": str, "SlugField": str,
}  # fmt: skip
WAYS = {
    "JSONField": Way(_same, _same),
    "DateTimeField": Way(stamp, datetime.fromisoformat),
    "DateField": Way(date.isoformat, date.fromisoformat),
    "BinaryField": Way(lambda value: bytes(value).hex(), bytes.fromhex),
    "DecimalField": Way(str, Decimal),
}


class Table:
    """A table as a version of the program knows it: `model` is of that version's state of migrations."""

    def __init__(self, model: type[models.Model]):
        self.model, self.name = model, model._meta.db_table
        self.fields = list(model._meta.local_concrete_fields)
        self.columns = [str(field.column) for field in self.fields]
        kinds = list(map(self._kind, self.fields))
        self.plain = [(nth, PLAIN[kind]) for nth, kind in enumerate(kinds) if kind in PLAIN]
        self.others = [(nth, WAYS[kind]) for nth, kind in enumerate(kinds) if kind in WAYS]

    def _kind(self, field: Any) -> str:
        # A reference is written as what it refers to.
        kind = str((field.target_field if field.is_relation else field).get_internal_type())
        if kind not in PLAIN and kind not in WAYS:
            raise Refused(f"备份不认识这种列 · a backup knows no column like {self.name}.{field.column} ({kind})")
        return kind

    def lines(self, alias: str) -> Iterator[bytes]:
        """Every row in the order of its key, a JSON array each, all ASCII. `alias`: the connection to read from."""
        rows = self.model._base_manager.using(alias).order_by("pk").values_list(*self._names())
        for row in rows.iterator(BATCH):
            values = list(row)
            for nth, way in self.others:
                if values[nth] is not None:
                    values[nth] = way.write(values[nth])
            yield json.dumps(values, separators=(",", ":")).encode() + b"\n"

    def _names(self) -> list[str]:
        return [field.attname for field in self.fields]

    def last(self, alias: str) -> int:
        """About how many rows there are: the highest key, where that is a number."""
        if not isinstance(self.model._meta.pk, models.AutoField):
            return 0
        found = self.model._base_manager.using(alias).order_by("-pk").values_list("pk", flat=True).first()
        return int(found or 0)

    def values(self, line: bytes) -> list[Any]:
        """A line's values as the database at hand takes them. Raises ValueError where they can't be the table's."""
        values = json.loads(line)
        if type(values) is not list or len(values) != len(self.fields):
            raise ValueError("another number of columns")
        for nth, kind in self.plain:
            if values[nth] is not None and type(values[nth]) is not kind:
                raise ValueError(f"{self.columns[nth]} is no {kind.__name__}")
        for nth, way in self.others:
            value = None if values[nth] is None else way.read(values[nth])
            values[nth] = _prepared(self.fields[nth], value)
        return values

    def insert(self, cursor: Any, rows: list[list[Any]]) -> None:
        """Stores rows as values() gives them. Raises DataError or IntegrityError."""
        columns = ", ".join(f'"{column}"' for column in self.columns)
        if connection.vendor == "sqlite":
            places = ", ".join(["%s"] * len(self.columns))
            cursor.executemany(f'INSERT INTO "{self.name}" ({columns}) VALUES ({places})', rows)
            return
        with connection.wrap_database_errors, cursor.copy(f'COPY "{self.name}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)


def _prepared(field: Any, value: Any) -> Any:
    if value is None and isinstance(field, models.JSONField) and not field.null:
        return connection.ops.adapt_json_value(None, field.encoder)  # JSON's own null, which isn't the column's
    return field.get_db_prep_save(value, connection)


def tables(apps: Apps) -> list[Table]:
    """The tables of a state of migrations that a backup holds."""
    kinds = [kind for kind in apps.get_models(include_auto_created=True) if kind._meta.managed and not kind._meta.proxy]
    names = sorted(kinds, key=lambda kind: kind._meta.db_table)
    return [Table(kind) for kind in names if kind._meta.db_table not in LEFT_OUT]
