"""The case itself: where it stands, who is who to it, and which others belong to it."""

from datetime import UTC, datetime

from django.db import models

from wenguo.people.models import Branch, Customer, Staff
from wenguo.vehicles.models import Vehicle

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # due date of a case that nothing is due on
CODE, HASH = 40, 64  # lengths
# What a list may be asked for stands in the indexes of lists, so that rows which don't fit needn't be fetched.
ASKED = (
    "process", "stage", "source", "business_line", "category", "component", "cause", "validity", "severity",
    "turn_person", "owner", "closed_at",
)  # fmt: skip


class Case(models.Model):
    """One complaint (or another process of the pack): where it stands and what is known."""

    number = models.CharField(max_length=40, unique=True)
    pack = models.CharField(max_length=CODE)
    process = models.CharField(max_length=CODE)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, db_index=False)
    stage = models.CharField(max_length=CODE)
    stage_type = models.CharField(max_length=10)
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    turn_role = models.CharField(max_length=CODE)
    turn_person = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, null=True)
    round = models.IntegerField(default=1)
    version = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(default=NEVER)
    opened_for = models.CharField(max_length=100, null=True, unique=True)
    source = models.CharField(max_length=CODE, blank=True)
    business_line = models.CharField(max_length=CODE, blank=True)
    category = models.CharField(max_length=CODE, blank=True)
    component = models.CharField(max_length=CODE, blank=True)
    cause = models.CharField(max_length=CODE, blank=True)
    validity = models.CharField(max_length=CODE, blank=True)
    severity = models.CharField(max_length=CODE, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["turn_person", "next_due_at", "id"], name="case_turn_person"),
            models.Index(fields=["branch", "turn_role", "next_due_at", "id"], name="case_turn_role"),
            models.Index(fields=["branch", "stage_type", "next_due_at", "id", "opened_at", *ASKED], name="case_branch"),
            models.Index(
                fields=["branch", "stage_type", "opened_at", "id", "next_due_at", *ASKED], name="case_branch_opened"
            ),
            models.Index(fields=["stage_type", "next_due_at", "id", "branch", "opened_at", *ASKED], name="case_due"),
            models.Index(fields=["stage_type", "opened_at", "id", "branch", "next_due_at", *ASKED], name="case_opened"),
            # What was opened for something, by process: few of them are warnings, and the board counts those alone.
            models.Index(
                fields=["process", "branch", "opened_at", "id"],
                name="case_opened_for",
                condition=models.Q(opened_for__isnull=False),
            ),
        )


class Counter(models.Model):
    """The last number given out at a branch in a month: gap-free, since it rolls back with the case."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    month = models.CharField(max_length=6)
    last = models.IntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["branch", "month"], name="counter_month"),)


class CaseLink(models.Model):
    """Two cases that belong together: `kind` says how (same_matter, merged_into …)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=CODE)
    entry = models.ForeignKey("cases.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "other", "kind"], name="case_link"),)


class CaseVehicle(models.Model):
    """A further vehicle of a case (a fleet, a collective complaint); the first stands in Case.vehicle."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "vehicle"], name="case_vehicle"),)


class Party(models.Model):
    """Who somebody is to a case: complainant, accused, investigator, approver, executor … Rows end, they don't go."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parties")
    kind = models.CharField(max_length=CODE)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True)
    name = models.CharField(max_length=60, blank=True)
    role = models.CharField(max_length=CODE, blank=True)  # where whoever holds this role is meant, not one person
    entry_seq = models.IntegerField()
    ended = models.BooleanField(default=False)


class Finding(models.Model):
    """The decided cause of one round: root cause and whose responsibility (pack codes), on what grounds."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="findings")
    round = models.IntegerField()
    cause = models.CharField(max_length=CODE)
    fault = models.CharField(max_length=CODE)
    explanation = models.TextField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT)
