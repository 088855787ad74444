"""Files: taken in before a step is sent, handed out only to those who see the case."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_GET

from wenguo.cases import evidence as files
from wenguo.cases.models import Evidence, Idempotency
from wenguo.cases.refusals import Invalid
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.policy.fields import Problem
from wenguo.web.forms import Sheet, numbers_of
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.within_sight import seen

LAST_ID = 2**63 - 1


@signed_in
@require_GET
def send(request: StaffRequest, evidence: int) -> HttpResponseBase:
    """The file itself. Only what a browser can show without running anything is shown; all else is a download."""
    found = _found(evidence, request.actor)
    if not files.sound(found):
        return page(request, "case/file_differs.html", status=HTTPStatus.CONFLICT, file=found)
    return files.handed_out(found)


def _found(evidence_id: int, by: Actor) -> Evidence:
    """The file's row: of a case within sight, or uploaded by this person and of no case yet. Else Http404."""
    if evidence_id > LAST_ID:
        raise Http404
    found = Evidence.objects.select_related("case").filter(pk=evidence_id).first()
    if found is None or (found.case is None and found.uploaded_by != by.code):
        raise Http404
    if found.case:
        seen(found.case.number, by)
    return found


def take_in(sheet: Sheet, uploads: MultiValueDict[str, UploadedFile], by: Actor) -> None:
    """Stores what was uploaded and puts the numbers among what was typed, so that nothing has to be uploaded twice.

    Raises Invalid with the problem under its field; what was stored before it stays in the sheet.
    """
    problems: dict[str, Problem] = {}
    for field in sheet.form.fields:
        for file in uploads.getlist(field.key) if field.kind == "file" else ():
            try:
                stored = files.store(file.name or "", file.chunks(), by, now())
            except Invalid as refused:
                problems[field.key] = next(iter(refused.fields.values()))
                continue
            sheet.typed[field.key] = [*sheet.typed.get(field.key, []), str(stored.pk)]
    if problems:
        raise Invalid(problems)


def as_sent_before(sheet: Sheet, by: Actor) -> dict[str, Any]:
    """The sheet's data where the same files were attached by the first sending of the same form, with their numbers.

    A double post uploads its files twice, and must still be known as the same request.
    """
    first = Idempotency.objects.filter(actor=by.code, key=sheet.key).values_list("entry", flat=True).first()
    data = sheet.data()
    for field in sheet.form.fields:
        if field.kind == "file" and field.key in data:
            attached = Evidence.objects.filter(entry=first, field=field.key)
            known = {sha256: str(pk) for pk, sha256 in attached.values_list("pk", "sha256")}
            data[field.key] = [known.get(sha256, "") for sha256 in _hashes(data[field.key])]
    return data


def _hashes(typed: Iterable[str]) -> list[str]:
    numbers = numbers_of(typed)
    hashes = dict(Evidence.objects.filter(pk__in=numbers).values_list("pk", "sha256"))
    return [hashes.get(number, "") for number in numbers]
