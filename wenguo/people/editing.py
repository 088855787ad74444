"""Changing what somebody else may have changed since it was looked at. Versions are numbers of amendments."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from wenguo.people.amend import amend
from wenguo.people.models import Amendment
from wenguo.policy.fields import Problem
from wenguo.policy.forms import Wrong

Thing = TypeVar("Thing", bound=models.Model)


class Overtaken(Exception):
    """Somebody changed the same fields since: `theirs` holds what stands now, by field."""

    def __init__(self, theirs: dict[str, Any]):
        super().__init__(", ".join(theirs))
        self.theirs = theirs


def kind_of(thing: models.Model) -> str:
    """As amendments name it."""
    return type(thing).__name__.lower()


def version_of(thing: models.Model) -> int:
    """How often the thing was amended; 0 for one that no amendment tells of."""
    rows = Amendment.objects.filter(kind=kind_of(thing), thing=thing.pk).order_by("-seq")
    return rows.values_list("seq", flat=True).first() or 0


@transaction.atomic
def edit(thing: Thing, by: str, data: dict[str, Any], reason: str, seen: int | None, now: datetime) -> Thing:
    """amend() for somebody who looked at version `seen` (None: whatever stands). Raises Overtaken where one of the
    fields of `data` was changed to something else since; other fields may have been."""
    fresh = type(thing)._default_manager.select_for_update().get(pk=thing.pk)
    if seen is not None:
        changed = _changed_since(fresh, seen) & data.keys()
        if theirs := {key: getattr(fresh, key) for key in changed if getattr(fresh, key) != data[key]}:
            raise Overtaken(theirs)
    return amend(fresh, by, data, reason, now)


def _changed_since(thing: models.Model, seen: int) -> set[str]:
    rows = Amendment.objects.filter(kind=kind_of(thing), thing=thing.pk, seq__gt=seen).values_list("body", flat=True)
    bodies = [json.loads(body) for body in rows]
    return {key for body in bodies for key in (*body["after"], *body["private"])}


@contextmanager
def only_one(key: str, problem: Problem) -> Iterator[None]:
    """All of it or nothing; where the database finds a value that must be unique taken, Wrong with `problem` at `key`.

    Two people who choose the same name at once both find it free before one of them stores it.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as slip:
        raise Wrong({key: problem}) from slip
