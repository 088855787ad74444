"""The record: what happened, with its private values, files, papers, signatures, and the seals over it."""

from django.db import models

from wenguo.cases.models.case import CODE, HASH, Case


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
    """A run of rows of the record bound together: first and last id, count, Merkle root, hash of the seal before.

    `what`: entry or amendment, whose ids count by themselves. All seals are one chain, in the order of their ids.
    """

    what = models.CharField(max_length=10, default="entry")
    at = models.DateTimeField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    count = models.IntegerField()
    root = models.CharField(max_length=HASH)
    prev = models.CharField(max_length=HASH, unique=True)  # two seals at once can't both follow the same one
    hash = models.CharField(max_length=HASH, unique=True)

    class Meta:
        indexes = (models.Index(fields=["what", "last"], name="seal_of"),)


class Idempotency(models.Model):
    """A request that was carried out: its key, who, where to, the hash of its body, and the entry it made."""

    actor = models.CharField(max_length=CODE)
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=100)
    body_hash = models.CharField(max_length=HASH)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, db_index=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["actor", "key"], name="idempotency_key"),)
