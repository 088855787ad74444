"""What is offered to the customer, what it costs, and who decided on it."""

from django.db import models

from wenguo.cases.models.case import CODE, Case
from wenguo.cases.models.record import Entry
from wenguo.people.models import Staff


class Remedy(models.Model):
    """A plan for the customer. `state`: asked (for approval), refused, proposed (to the customer), accepted,
    given (carried out, or at once), rejected, recalled. Money in fen, summed from its lines; it counts as granted
    from `granted_at` on, unless that was undone."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="remedies")
    round = models.IntegerField()
    nth = models.IntegerField()
    plan = models.TextField()
    state = models.CharField(max_length=20)
    amount_fen = models.BigIntegerField()
    ready_on = models.DateField(null=True)
    granted_at = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "nth"], name="remedy_nth"),)


class RemedyLine(models.Model):
    """What one kind of thing within a plan costs."""

    remedy = models.ForeignKey(Remedy, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=CODE)
    text = models.TextField(blank=True)
    amount_fen = models.BigIntegerField(default=0)


class Approval(models.Model):
    """A decision on money, never changed: limit and amount as they stood when it was taken, who took it for whom."""

    remedy = models.ForeignKey(Remedy, on_delete=models.PROTECT, related_name="approvals")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)
    approver = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=CODE)
    limit_fen = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    granted = models.BooleanField()
