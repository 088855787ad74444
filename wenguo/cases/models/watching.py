"""What warnings need beside `Hit`: which complaints are alike, who needs attention, how far the round has come."""

from django.db import models

from wenguo.cases.models.case import CODE, Case
from wenguo.people.models import Branch, Staff
from wenguo.vehicles.models import Vehicle

ALIKE = 200  # signs


class SameFault(models.Model):
    """What a complaint says of its car's model and fault, in one key each, so that others like it are found by an
    index (W5). A projection: made anew whenever the case or its car changes; no row where either is unknown."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, db_index=False)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, db_index=False)
    model = models.CharField(max_length=ALIKE)
    fault = models.CharField(max_length=ALIKE)
    opened_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["branch", "model", "fault", "opened_at", "vehicle"], name="same_fault"),)


class SpecialIdentity(models.Model):
    """W4: sensitive personal data (PIPL art. 28), so it stands here alone: no entry, fact, amendment, paper, search or
    backup ever holds it, and what it warned of is no `Hit`. Gone when the case closes, and at the end of `until`."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=CODE)
    reason = models.CharField(max_length=200)
    consent = models.CharField(max_length=200)  # the separate consent, or other ground, on which it is kept
    until = models.DateField()
    noted_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    warned = models.BooleanField(default=False)  # a warning was opened, or joined, because of it


class Watched(models.Model):
    """One row: up to which amendment the round has looked, up to which a round before, and when it looked at all."""

    latest = models.BigIntegerField(default=0)
    before = models.BigIntegerField(default=0)
    whole_at = models.DateTimeField(null=True)
