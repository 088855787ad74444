"""The day's stock-take (日盘点, R134), signed off by somebody. Changed by amend() alone."""

from typing import ClassVar

from django.db import models

from wenguo.people.models import Branch, Staff


class StockTake(models.Model):
    """What stood on the list of a branch's day when somebody signed it: complaints received, of them without an owner,
    and promises that were late. `note`: what is done about it."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    day = models.DateField()
    signed_by = models.ForeignKey(Staff, on_delete=models.PROTECT)
    signed_at = models.DateTimeField()
    received = models.IntegerField()
    unowned = models.IntegerField()
    late = models.IntegerField()
    note = models.TextField(blank=True)

    PRIVATE: ClassVar[frozenset[str]] = frozenset({"note"})  # it may name somebody

    class Meta:
        constraints = (models.UniqueConstraint(fields=["branch", "day"], name="stock_take_once"),)
