"""The first start: a root branch and its first administrator, made once, where nothing is yet."""

import hashlib
import hmac
from datetime import datetime

from django.conf import settings
from django.db import transaction

from wenguo.people.founding import found_branch
from wenguo.people.models import Branch, Organisation, Staff
from wenguo.people.staffing import hire
from wenguo.policy.load import packs


def setup_key() -> str:
    """What the link to set-up ends in. Only who reads what `serve` prints knows it; with the first branch it is
    worth nothing."""
    return hmac.new(settings.SECRET_KEY.encode(), b"first set-up", hashlib.sha256).hexdigest()[:40]


def is_setup_key(given: str) -> bool:
    """Whether set-up may go on under this key: nothing is here yet, and it is the right one."""
    return hmac.compare_digest(given.encode(), setup_key().encode()) and not Branch.objects.exists()


@transaction.atomic
def set_up(
    code: str, branch: str, branch_en: str, zone: str, login: str, name: str, password: str, now: datetime
) -> Staff | None:
    """The root branch, and a first member of staff who may give every role. None where somebody was quicker.

    Raises Wrong with what is wrong, under the fields' names: code, zone, username, name, password.
    """
    # The first to insert this row is let through; whoever comes meanwhile waits here until that is done.
    Organisation.objects.get_or_create(pk=1, defaults={"stamp": ""})
    if Branch.objects.select_for_update().first():
        return None
    root = found_branch(code, branch, branch_en, None, now, zone=zone, reason="set-up")
    return hire(login, name, packs()[root.pack].administration.highest, root, password, now, reason="set-up")
