"""Saved column maps, and every import with how far it has come."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wenguo.people.models import Branch, Staff


class ColumnMap(models.Model):
    """How the columns of one kind of table are called elsewhere. `columns`: field by title; `history`: auto, all or
    none of the complaints are over; `on`: offered for new files. Changed through amend()."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    columns = models.JSONField(default=dict)
    history = models.CharField(max_length=10, default="auto")
    on = models.BooleanField(default=True)

    PRIVATE: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["branch", "kind", "name"], name="column_map_name"),)


class ImportRun(models.Model):
    """One file on its way in. Its rows are counted as they end: `added`, `known` (nothing new), `rejected`.

    `state`: looked_at (map not yet agreed on), waiting, running, done, cancelled, failed (`problem` says why, as
    {message, fill}). `done_rows` rows have ended for good; the reject file is good up to `reject_bytes`. `here`: runs
    in the process that began it (the command line), so no loop takes it.
    """

    kind = models.CharField(max_length=20)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True)
    by = models.CharField(max_length=40)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    history = models.CharField(max_length=10, default="auto")
    state = models.CharField(max_length=20, default="looked_at")
    here = models.BooleanField(default=False)
    total = models.IntegerField(null=True)
    done_rows = models.IntegerField(default=0)
    added = models.IntegerField(default=0)
    known = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    reject_bytes = models.BigIntegerField(default=0)
    problem = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["by", "-id"], name="import_run_by"),
            models.Index(
                fields=["id"], name="import_run_open", condition=Q(state__in=("waiting", "running"), here=False)
            ),
        )
