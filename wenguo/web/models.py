"""What the pages themselves must remember: how often somebody tried to sign in."""

from django.db import models


class Attempt(models.Model):
    """Sign-ins that failed or are being checked, by account and by address, in the window that began at `since`.

    `key` is a keyed hash: what people type into the name field may be their password.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.IntegerField(default=0)
    since = models.DateTimeField(db_index=True)
