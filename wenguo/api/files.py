"""Files for programs: uploaded first, then named by their id in a step's form."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router

from wenguo.api.reading import askable, file_of
from wenguo.api.replies import Call, Unfit, reply
from wenguo.api.shapes import FileShape, refusals
from wenguo.api.showing import file_json
from wenguo.cases.evidence import handed_out, sound, store
from wenguo.cases.lists import find_case
from wenguo.cases.models import Evidence
from wenguo.cases.refusals import NotAllowed, NotFound
from wenguo.people.businessclock import now
from wenguo.people.rows import first
from wenguo.policy.fields import Problem

router = Router()
MULTIPART = {
    "type": "object",
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
    "required": ["file"],
    "additionalProperties": False,
}


@router.post(
    "evidence",
    response={201: FileShape, **refusals(413, 415, 422)},
    operation_id="upload",
    summary="Upload a file",
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": MULTIPART}}}},
)
def upload(request: Call) -> HttpResponse:
    """Stores one file of at most 20 MB. It belongs to no case until a form names its `id`."""
    if not request.auth.posts:
        raise NotAllowed("You hold no post at any branch today.")
    sent = file_of(request)
    return reply(file_json(store(sent.name or "", sent.chunks(), request.auth, now())), 201)


@router.get(
    "cases/{number}/evidence/{evidence}",
    response=refusals(409),
    operation_id="evidence",
    summary="A file of a case",
    openapi_extra={"responses": {200: {"description": "OK", "content": {"application/octet-stream": {}}}}},
)
def download(request: Call, number: str, evidence: str) -> HttpResponseBase:
    """The bytes of a file that belongs to the case. 409: they are no longer those that were stored."""
    case = find_case(askable(number), request.auth)
    pk = int(evidence) if evidence.isascii() and evidence.isdigit() and len(evidence) < 19 else 0
    found = first(Evidence, "WHERE id = %s AND case_id = %s", pk, case.pk)
    if found is None:
        raise NotFound
    if not sound(found):
        raise Unfit(
            409, "file_differs", Problem("This file is not what was stored. Please tell whoever runs the system.")
        )
    return handed_out(found)
