"""What the pages themselves must remember: how often somebody tried to sign in, which forms were already taken."""

from django.db import models


class Attempt(models.Model):
    """Sign-ins that failed or are being checked, by account and by address, in the window that began at `since`.

    `key` is a keyed hash: what people type into the name field may be their password.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.IntegerField(default=0)
    since = models.DateTimeField(db_index=True)


class Done(models.Model):
    """A form under settings that was taken: sent again with the same key it only leads to the same page."""

    actor = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    target = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["actor", "key"], name="done_once"),)
