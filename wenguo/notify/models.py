"""Outlets of branches, what is posted to them, and how each person wants to be told."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from wenguo.cases.models import WAITING, Entry, Sending
from wenguo.people.models import Branch, Staff

ALL, ALARM, NONE = "all", "alarm", "none"  # what somebody, or an outlet, wants to hear of
WANTS = (ALL, ALARM, NONE)


class Outlet(models.Model):
    """Where notices of a branch and all below it leave the house, beside the people who are told.

    `kind` is a key of wenguo.notify.outlets.KINDS. Address and secret are encrypted (lockbox.py): whoever holds a
    robot's address may write into its group. `host` says in clear where it is.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    host = models.CharField(max_length=260)
    address = models.TextField()
    secret = models.TextField(blank=True)
    wants = models.CharField(max_length=10, default=ALL)
    language = models.CharField(max_length=10, default=settings.LANGUAGE_CODE)
    on = models.BooleanField(default=True)

    PRIVATE: ClassVar[frozenset[str]] = frozenset({"address", "secret"})

    def __str__(self) -> str:
        return self.name


class Posting(Sending):
    """One entry that an outlet is to tell of."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, db_index=False)
    outlet = models.ForeignKey(Outlet, on_delete=models.PROTECT, db_index=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "outlet"], name="posting_once"),)
        indexes = (
            models.Index(fields=["outlet", "next_try_at", "id"], name="posting_waiting", condition=WAITING),
            models.Index(fields=["given_up_at"], name="posting_given_up", condition=Q(given_up_at__isnull=False)),
            models.Index(fields=["outlet", "-sent_at"], name="posting_lately", condition=Q(sent_at__isnull=False)),
        )


class Wish(models.Model):
    """How somebody wants to be told beside the bell. Times are HH:MM in the zone of their branch, "" for none.

    `mail`, `sms`: one of WANTS. `digest_at`: what isn't urgent comes together at that time each day. `breaks_through`:
    alarms come in quiet hours too.
    """

    staff = models.OneToOneField(Staff, on_delete=models.PROTECT)
    mail = models.CharField(max_length=10, default=ALARM)
    sms = models.CharField(max_length=10, default=NONE)
    mobile = models.CharField(max_length=30, blank=True)
    quiet_from = models.CharField(max_length=5, blank=True)
    quiet_until = models.CharField(max_length=5, blank=True)
    breaks_through = models.BooleanField(default=True)
    digest_at = models.CharField(max_length=5, blank=True)
    language = models.CharField(max_length=10, default=settings.LANGUAGE_CODE)

    PRIVATE: ClassVar[frozenset[str]] = frozenset({"mobile"})
