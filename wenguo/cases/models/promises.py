"""What is promised, told and still to be done: clocks, notices, errands, tasks; and what is only half typed."""

from django.db import models
from django.db.models import Q

from wenguo.cases.models.case import CODE, NEVER, Case
from wenguo.cases.models.record import Entry
from wenguo.people.models import Staff


class Clock(models.Model):
    """Something promised: the nth clock of its kind. Running until stopped_at; overdue_at once it was told.

    What it was given is `amount`, counted as `counts` says; `pauses` holds [since, until] as ISO moments, the last one
    open while it rests since `paused_at`. `rung` is the last one told of its ladder, `next_at` when the next is due.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks", db_index=False)
    kind = models.CharField(max_length=CODE)
    nth = models.IntegerField()
    cause = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)
    counts = models.CharField(max_length=20)
    amount = models.IntegerField(default=0)
    pauses = models.JSONField(default=list)
    paused_at = models.DateTimeField(null=True)
    rung = models.CharField(max_length=8, blank=True)
    next_at = models.DateTimeField(default=NEVER)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "kind", "nth"], name="clock_nth"),)
        indexes = (models.Index(fields=["next_at", "id"], name="clock_next", condition=Q(stopped_at__isnull=True)),)


class Reckoned(models.Model):
    """One row: the last amendment after which due times were looked at."""

    amendment = models.BigIntegerField()


class Sending(models.Model):
    """How far something that leaves the house has come. It waits until `next_try_at`, and for good once it was sent or
    given up. `together`: the message in which it goes, by the id of that message's first row; 0 until the first try.
    What a message holds never changes after that, so whoever gets it twice knows it by its id."""

    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    alarm = models.BooleanField(default=False)
    tries = models.IntegerField(default=0)
    failure = models.CharField(max_length=40, blank=True, default="")  # the last one's code; never personal
    given_up_at = models.DateTimeField(null=True)
    together = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


WAITING = Q(sent_at__isnull=True, given_up_at__isnull=True)


class Notice(Sending):
    """Something told to somebody: written with its entry, rendered when shown, delivered at least once."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, db_index=False)
    recipient = models.ForeignKey(Staff, on_delete=models.PROTECT, db_index=False)
    channel = models.CharField(max_length=20)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "recipient", "channel"], name="notice_once"),)
        indexes = (
            models.Index(fields=["channel", "next_try_at", "id"], name="notice_waiting", condition=WAITING),
            models.Index(fields=["given_up_at"], name="notice_given_up", condition=Q(given_up_at__isnull=False)),
            models.Index(fields=["recipient", "-id"], name="notice_bell", condition=Q(channel="bell")),
            models.Index(
                fields=["recipient", "channel", "-sent_at"], name="notice_lately",
                condition=Q(sent_at__isnull=False) & ~Q(channel="bell"),
            ),
        )  # fmt: skip


class Errand(models.Model):
    """Something due on another case, which the clock takes through the door (an act locks one case only)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    cause = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", null=True)  # None: no act made it due
    verb = models.CharField(max_length=CODE)
    data = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["due_at", "id"], name="errand_due", condition=Q(done_at__isnull=True)),)


class Task(models.Model):
    """Parallel work on a case: who does what until when. The entry keeps its words; a Task only points to them."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=CODE)
    person = models.ForeignKey(Staff, on_delete=models.PROTECT)
    text = models.TextField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)


class Contact(models.Model):
    """One attempt to reach the customer, by whom, when it happened, and whether it succeeded."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contacts")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=CODE)
    reached = models.BooleanField()
    happened_at = models.DateTimeField()
    person = models.ForeignKey(Staff, on_delete=models.PROTECT)


class Draft(models.Model):
    """What a clerk has typed and not yet sent: kept on the server, one per person and form."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True)
    verb = models.CharField(max_length=CODE)
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["staff", "case", "verb"], name="draft_once"),
            models.UniqueConstraint(fields=["staff", "verb"], condition=Q(case=None), name="draft_once_new"),
        )


class Loop(models.Model):
    """The lease of one loop: whoever holds it runs; it is free again after `until`."""

    name = models.CharField(max_length=20, primary_key=True)
    holder = models.CharField(max_length=60)
    until = models.DateTimeField()
    beat_at = models.DateTimeField()
