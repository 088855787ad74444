"""What a form may ask beside the value itself: the branch's zone and people, and the asker's own files."""

from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from wenguo.cases.lists import find_case
from wenguo.cases.models import Evidence
from wenguo.cases.refusals import NotFound
from wenguo.people.actors import Actor, people_at, today_of
from wenguo.people.models import Branch
from wenguo.policy.fields import Asking
from wenguo.policy.pack import Field


def asking(branch: Branch, by: Actor, now: datetime) -> Asking:
    """What the readers of fields may ask: the branch's zone, its people, this person's unattached files."""

    def person(field: Field, text: str) -> int | None:
        for staff_id, _, _ in people_at(branch, field.roles, today_of(now)):
            if text == str(staff_id):
                return staff_id
        return None

    def file(text: str) -> int | None:
        if not (text.isascii() and text.isdigit() and len(text) < 18):
            return None
        mine = Evidence.objects.filter(pk=int(text), case=None, uploaded_by=by.code)
        return mine.values_list("pk", flat=True).first()

    def case(text: str) -> str | None:
        for number in (text, text.upper()):
            with suppress(NotFound):
                return find_case(number, by).number
        return None

    return Asking(now, ZoneInfo(branch.zone), person, file, case)
