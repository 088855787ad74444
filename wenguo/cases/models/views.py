"""How people like to see the list of cases: views they saved, columns they chose. Changed by amend() alone."""

from typing import ClassVar

from django.db import models

from wenguo.cases.models.case import CODE
from wenguo.people.models import Branch, Staff


class SavedView(models.Model):
    """Filters, columns and order under a name: its owner's, or of everybody who holds a post at `branch` or below.

    `query` names filters and order as an address does, `columns` are separated by blanks.
    """

    owner = models.ForeignKey(Staff, on_delete=models.PROTECT)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True)
    name = models.CharField(max_length=CODE)
    query = models.TextField(blank=True)
    columns = models.CharField(max_length=300)
    ended = models.BooleanField(default=False)

    PRIVATE: ClassVar[frozenset[str]] = frozenset({"name"})  # whatever somebody types may name somebody


class ChosenColumns(models.Model):
    """The columns that somebody wants to see where no view says otherwise, separated by blanks."""

    staff = models.OneToOneField(Staff, on_delete=models.PROTECT)
    columns = models.CharField(max_length=300)

    PRIVATE: ClassVar[frozenset[str]] = frozenset()
