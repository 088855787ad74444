"""What search knows of each case. All of it can be made anew from the record."""

from typing import Any

from django.db import models

from wenguo.cases.models.case import Case


class Grams(models.Field):
    """A list of grams: text[] on PostgreSQL, where an index goes over it; else one text with blanks between them."""

    def db_type(self, connection: Any) -> str:
        return "text[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return value if value is None or connection.vendor == "postgresql" else " ".join(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value.split() if isinstance(value, str) else value

    def value_to_string(self, obj: Any) -> str:
        grams: Any = self.value_from_object(obj)
        return " ".join(grams)

    def to_python(self, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value


class SearchText(models.Model):
    """What a case says, normalised, a piece a line: `body` to everybody who sees the case, `contact` (phones, plates
    and VINs whole) only to those who see them whole. `grams`: as they stand in the index, to be taken out by them."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="+")
    body = models.TextField()
    contact = models.TextField()
    grams = Grams()


class SearchFollowed(models.Model):
    """One row: up to which amendment search has followed customers and vehicles, and up to which a round before."""

    latest = models.BigIntegerField(default=0)
    before = models.BigIntegerField(default=0)
