"""What a branch keeps an eye on: possible defects that must be reported, cars and customers of special care."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wenguo.people.models import Branch, Customer, Staff
from wenguo.vehicles.models.car import CODE, NAME, Vehicle


class DefectReport(models.Model):
    """A possible defect of which a branch learned, and to whom it was reported (recall regulations art. 11).

    `system` and `sign` are codes of the pack. `regulator_on`, `maker_on`: the days on which the regulator and the maker
    were told, with the numbers under which they keep it. `dropped`: why it turned out to be none.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, db_index=False)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="defects")
    case_number = models.CharField(max_length=CODE, blank=True)
    learned_on = models.DateField()
    component = models.CharField(max_length=CODE, blank=True)
    sign = models.CharField(max_length=CODE, blank=True)
    what = models.TextField()
    regulator_on = models.DateField(null=True, blank=True)
    regulator_no = models.CharField(max_length=NAME, blank=True)
    maker_on = models.DateField(null=True, blank=True)
    maker_no = models.CharField(max_length=NAME, blank=True)
    dropped = models.CharField(max_length=200, blank=True)

    PRIVATE: ClassVar[frozenset[str]] = frozenset({"what", "dropped"})

    class Meta:
        indexes = (models.Index(fields=["branch", "id"], name="defect_of_branch"),)


class Focus(models.Model):
    """A car or a customer of special care (重点关注), from the service manager's decision until they end it.

    `why` is a proposal's key of the pack, or "" where somebody chose it by hand; `reason` in words. `state`: watched,
    declined (proposed, and the manager said no) or ended. `technician`: who looks after its repairs.
    """

    WATCHED, DECLINED, ENDED = "watched", "declined", "ended"

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, db_index=False)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    why = models.CharField(max_length=CODE, blank=True)
    reason = models.TextField()
    state = models.CharField(max_length=10)
    since = models.DateTimeField()
    technician = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.TextField(blank=True)

    PRIVATE: ClassVar[frozenset[str]] = frozenset({"reason", "ended_because"})

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["vehicle"], condition=Q(state="watched"), name="focus_vehicle"),
            models.UniqueConstraint(fields=["customer"], condition=Q(state="watched"), name="focus_customer"),
        )
        indexes = (
            models.Index(fields=["branch", "state", "id"], name="focus_of_branch"),
            models.Index(fields=["vehicle", "id"], name="focus_of_vehicle"),
            models.Index(fields=["customer", "id"], name="focus_of_customer"),
        )


class Care(models.Model):
    """Somebody turned to a customer: a call-back on a car or customer of special care, a letter, a visit (R019).

    Of a focus, or of a grave complaint (`case_number`). `way` is a code of the pack; `satisfied`: what the customer
    said when asked, None where nobody asked.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    focus = models.ForeignKey(Focus, on_delete=models.PROTECT, null=True, blank=True, related_name="cares")
    case_number = models.CharField(max_length=CODE, blank=True)
    way = models.CharField(max_length=CODE)
    done_on = models.DateField()
    satisfied = models.BooleanField(null=True, blank=True)
    told = models.TextField(blank=True)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")

    PRIVATE: ClassVar[frozenset[str]] = frozenset({"told"})

    class Meta:
        indexes = (models.Index(fields=["case_number"], condition=~Q(case_number=""), name="care_of_case"),)
