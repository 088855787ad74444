"""The tables of the record. Formats are final: what is written today is read by every later version.

Where a fact lives: what Python reads by name is a column or a typed row; what only pack, page or paper reads is a key
in `Case.facts`, written only from cleaned forms and replayable from the entries.
"""

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q

from wenguo.people.models import Branch, Customer, Staff
from wenguo.vehicles.models import Vehicle

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # due date of a case that nothing is due on
CODE, HASH = 40, 64  # lengths


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
            models.Index(fields=["branch", "stage_type", "next_due_at", "id"], name="case_branch"),
        )


class Counter(models.Model):
    """The last number given out at a branch in a month: gap-free, since it rolls back with the case."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    month = models.CharField(max_length=6)
    last = models.IntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["branch", "month"], name="counter_month"),)


class Entry(models.Model):
    """One thing that happened: audit trail, timeline, source of notices and statistics at once. Never changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries", db_index=False)
    seq = models.IntegerField()
    at = models.DateTimeField()
    happened_at = models.DateTimeField()
    actor = models.CharField(max_length=CODE)
    role = models.CharField(max_length=CODE)
    on_behalf_of = models.CharField(max_length=CODE)
    channel = models.CharField(max_length=20)
    verb = models.CharField(max_length=CODE)
    outcome = models.CharField(max_length=CODE)
    came_from = models.CharField(max_length=CODE)
    went_to = models.CharField(max_length=CODE)
    pack_version = models.CharField(max_length=20)
    body = models.TextField()
    prev = models.CharField(max_length=HASH)
    hash = models.CharField(max_length=HASH, unique=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "seq"], name="entry_seq"),)


class EntryPrivate(models.Model):
    """A personal value or free text of an entry: the chain covers its salted commitment, so it can be erased."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="private", db_index=False)
    field = models.CharField(max_length=60)
    salt = models.CharField(max_length=32)
    value = models.TextField()  # canonical JSON

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "field"], name="entry_private"),)


class Clock(models.Model):
    """Something promised: the nth clock of its kind. Running until stopped_at; overdue_at once it was told."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks", db_index=False)
    kind = models.CharField(max_length=CODE)
    nth = models.IntegerField()
    cause = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "kind", "nth"], name="clock_nth"),)
        indexes = (
            models.Index(
                fields=["due_at", "id"], name="clock_due", condition=Q(stopped_at__isnull=True, overdue_at__isnull=True)
            ),
        )


class Notice(models.Model):
    """Something told to somebody: written with its entry, rendered when shown, delivered at least once."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, db_index=False)
    recipient = models.ForeignKey(Staff, on_delete=models.PROTECT, db_index=False)
    channel = models.CharField(max_length=20)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "recipient", "channel"], name="notice_once"),)
        indexes = (
            models.Index(fields=["next_try_at", "id"], name="notice_waiting", condition=Q(sent_at__isnull=True)),
            models.Index(fields=["recipient", "-id"], name="notice_bell", condition=Q(channel="bell")),
        )


class Errand(models.Model):
    """Something due on another case, which the clock takes through the door (an act locks one case only)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    cause = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
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


class CaseLink(models.Model):
    """Two cases that belong together: `kind` says how (same_matter, merged_into …)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=CODE)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

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


class Remedy(models.Model):
    """A plan for the customer. `state`: asked (for approval), refused, proposed (to the customer), accepted, rejected,
    recalled. Money in fen, summed from its lines; it counts as given from `granted_at` on, unless that was undone."""

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


class Contact(models.Model):
    """One attempt to reach the customer, by whom, when it happened, and whether it succeeded."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contacts")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=CODE)
    reached = models.BooleanField()
    happened_at = models.DateTimeField()
    person = models.ForeignKey(Staff, on_delete=models.PROTECT)


class Evidence(models.Model):
    """A file: stored under its SHA-256. Uploaded first (no case yet), then named in a step's form."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="evidence")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    field = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=HASH)
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    uploaded_by = models.CharField(max_length=CODE)
    uploaded_at = models.DateTimeField()


class Hit(models.Model):
    """A warning rule that matched, with its evidence as canonical JSON."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)
    rule = models.CharField(max_length=CODE)
    evidence = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "rule"], name="hit_once"),)


class Paper(models.Model):
    """A printed paper as it stood: its frozen text and hash."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)
    form = models.CharField(max_length=CODE)
    text = models.TextField()
    sha256 = models.CharField(max_length=HASH)


class Signature(models.Model):
    """A signature under a paper, bound to the paper's hash."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)
    signer = models.CharField(max_length=CODE)
    image = models.ForeignKey(Evidence, on_delete=models.PROTECT)
    signed_at = models.DateTimeField()


class Seal(models.Model):
    """A run of entries bound together: first and last id, count, Merkle root, hash of the seal before."""

    at = models.DateTimeField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    count = models.IntegerField()
    root = models.CharField(max_length=HASH)
    prev = models.CharField(max_length=HASH)
    hash = models.CharField(max_length=HASH, unique=True)


class Idempotency(models.Model):
    """A request that was carried out: its key, who, where to, the hash of its body, and the entry it made."""

    actor = models.CharField(max_length=CODE)
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=100)
    body_hash = models.CharField(max_length=HASH)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, db_index=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["actor", "key"], name="idempotency_key"),)


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
