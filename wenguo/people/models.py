"""Branches, staff, posts, deputies, customers, branch numbers, calendars, and the record of their amendments."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Organisation(models.Model):
    """One row, whose stamp changes with every change of branches, staff, posts, deputies, numbers and calendars."""

    stamp = models.CharField(max_length=32)


class Branch(models.Model):
    """A shop, or a group or region of shops. `path` holds the ids from the root down: "/1/4/"."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    path = models.CharField(max_length=200, unique=True, db_index=True)
    pack = models.CharField(max_length=40)
    zone = models.CharField(max_length=40, default="Asia/Shanghai")

    PRIVATE: ClassVar[frozenset[str]] = frozenset()

    @property
    def line(self) -> list[int]:
        """Ids of the branch and all above it, from the root down."""
        return [int(part) for part in self.path.strip("/").split("/")]

    def __str__(self) -> str:
        return self.name


class Staff(AbstractBaseUser):
    """Somebody who signs in. What they may do follows from the posts they hold."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)  # the present one was made up by somebody else
    password_set_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    PRIVATE: ClassVar[frozenset[str]] = frozenset({"name", "username", "email"})
    objects: ClassVar[BaseUserManager] = BaseUserManager()

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A role held at a branch (and so at everything below it), from the day `since` until the day before `until`."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="posts")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    role = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    PRIVATE: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        indexes = (models.Index(fields=["branch", "role"]),)


class Deputy(models.Model):
    """`deputy` stands in for `absent` from the day `since` until the day before `until` (R014)."""

    absent = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="stands_in")
    since = models.DateField()
    until = models.DateField()

    PRIVATE: ClassVar[frozenset[str]] = frozenset()


class Token(models.Model):
    """A key for programs, kept as its SHA-256 only. Acts as its staff member."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)


class Customer(models.Model):
    """Somebody whom a branch serves, known by phone. Another branch has its own row: nothing shows across.

    `external_id`: how the dealer's own customer system numbers them, "" where it doesn't.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    phone = models.CharField(max_length=30)
    name = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=40, blank=True)

    PRIVATE: ClassVar[frozenset[str]] = frozenset({"phone", "name", "external_id"})

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["branch", "phone"], name="customer_phone"),
            models.UniqueConstraint(
                fields=["branch", "external_id"], condition=~models.Q(external_id=""), name="customer_external"
            ),
        )
        indexes = (models.Index(fields=["branch", "name"], name="customer_name"),)


class BranchNumber(models.Model):
    """A number of the pack overlaid for a branch and all below it; the nearest branch upward wins."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    key = models.CharField(max_length=120)
    value = models.IntegerField()
    since = models.DateField()
    reason = models.CharField(max_length=200)

    PRIVATE: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        indexes = (models.Index(fields=["branch", "key", "since"]),)


class NationalDay(models.Model):
    """A day on which the country rests or works otherwise than Monday to Friday (调休). Rows stay: what no longer
    differs is usual."""

    REST, WORK, USUAL = "rest", "work", "usual"

    day = models.DateField(unique=True)
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=100, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=40)  # the library and its version, a list, a page

    PRIVATE: ClassVar[frozenset[str]] = frozenset()


class OpeningHours(models.Model):
    """When a branch and all below it are there, each day as text: "08:30-12:00 13:00-17:30", "" for nobody. The nearest
    branch upward whose hours are its own wins; `own` is false where a branch has given them up again."""

    branch = models.OneToOneField(Branch, on_delete=models.PROTECT, related_name="opening_hours")
    own = models.BooleanField(default=True)
    monday = models.CharField(max_length=80, blank=True)
    tuesday = models.CharField(max_length=80, blank=True)
    wednesday = models.CharField(max_length=80, blank=True)
    thursday = models.CharField(max_length=80, blank=True)
    friday = models.CharField(max_length=80, blank=True)
    saturday = models.CharField(max_length=80, blank=True)
    sunday = models.CharField(max_length=80, blank=True)
    holiday = models.CharField(max_length=80, blank=True)

    PRIVATE: ClassVar[frozenset[str]] = frozenset()


class BranchDay(models.Model):
    """A day on which a branch and all below it are there otherwise; the nearest branch upward wins. Rows stay: an
    exception that was taken back is usual."""

    CLOSED, WORKDAY, OWN, USUAL = "closed", "workday", "own", "usual"

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    day = models.DateField()
    kind = models.CharField(max_length=10)
    periods = models.CharField(max_length=80, blank=True)  # of a day with its own
    reason = models.CharField(max_length=200, blank=True)

    PRIVATE: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["branch", "day"], name="branch_day"),)


class Amendment(models.Model):
    """One change of something that isn't a case: `body` holds before and after, chained by `prev` per thing."""

    kind = models.CharField(max_length=40)
    thing = models.BigIntegerField()
    seq = models.IntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    body = models.TextField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "thing", "seq"], name="amendment_seq"),
            models.UniqueConstraint(fields=["hash"], name="amendment_hash"),
        )


class AmendmentPrivate(models.Model):
    """A personal value of an amendment. The chain covers its salted commitment, so the value can be erased."""

    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, related_name="private")
    field = models.CharField(max_length=60)
    salt = models.CharField(max_length=32)
    value = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["amendment", "field"], name="amendment_private"),)
