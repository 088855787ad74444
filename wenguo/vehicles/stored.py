"""Cleaned values of a form as the columns of a table hold them."""

from datetime import date, datetime
from typing import Any

from django.db import models


def stored(kind: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    """Values of a form, by column of `kind`: no answer is "", false, an empty list, or None where nothing else is."""
    return {key: _column(kind._meta.get_field(key), value) for key, value in values.items()}


def _column(column: Any, value: Any) -> Any:
    if isinstance(column, models.CharField | models.TextField):
        text = "" if value is None else str(value)
        return text if isinstance(column, models.TextField) else text.strip()
    if isinstance(column, models.BooleanField):
        return bool(value)
    if isinstance(column, models.JSONField):
        return value or []
    if value is None or not isinstance(column, models.DateField):
        return value
    return (datetime if isinstance(column, models.DateTimeField) else date).fromisoformat(value)
