"""Files for programs: uploaded first, then named by their id in a step's form."""

from django.http import HttpResponse
from ninja import Router

from wenguo.api.reading import file_of
from wenguo.api.replies import Call, reply
from wenguo.api.shapes import FileShape, refusals
from wenguo.api.showing import file_json
from wenguo.cases.evidence import store
from wenguo.cases.refusals import NotAllowed
from wenguo.people.businessclock import now

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
