"""The list of cases for programs: the filters of the page, and words to be searched for."""

import base64
import binascii
from typing import Any

from django.http import HttpResponse

from wenguo.api.cases import router  # the same address takes a new case
from wenguo.api.replies import Call, reply
from wenguo.api.shapes import CasesShape, refusals
from wenguo.api.showing import case_json
from wenguo.cases.filters import read_filters, words_of
from wenguo.cases.listing import listed_ids
from wenguo.cases.models import Case
from wenguo.cases.refusals import Invalid
from wenguo.cases.walks import key_of
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.tree import tree
from wenguo.policy.fields import Problem
from wenguo.policy.views import FILTERS, MOST, ORDERS, SEVERAL

USUAL, LARGEST, LONGEST = 50, 200, 200  # items of a page; signs of a search
OWN = ("q", "sort", "cursor", "limit")
UNKNOWN = Problem("There is no such field here.")
UNFIT = Problem("This value can't be used.")


@router.get(
    "cases", response={200: CasesShape, **refusals(422)}, operation_id="cases", summary="Cases by what is asked for"
)
def show(request: Call) -> HttpResponse:
    """Cases within sight, in pages; `next` is the `cursor` of the next page, null at the end.

    A page may hold fewer than `limit`, even none, and go on all the same: each looks at a limited number of cases only.
    `q` finds the cases that say all of its words, the newest first.
    """
    wrong = {key: problem for key in request.GET if (problem := _unfit(key, request.GET.getlist(key)))}
    read = read_filters({key: request.GET.getlist(key) for key in request.GET}, request.auth)
    if wrong := read.problems | wrong:
        raise Invalid(wrong)
    text, after = request.GET.get("q", ""), _opened(request.GET.get("cursor", ""))
    found = listed_ids(request.auth, read.filters, after, now(), int(request.GET.get("limit", USUAL)), text)
    return reply({"items": _items(found.ids, request.auth), "next": _closed(found.next) if found.next else None})


def _unfit(key: str, values: list[str]) -> Problem | None:
    """Names that are no filters, empty values, two where one is meant; what else the page never sends."""
    if key not in (*FILTERS, *OWN):
        return UNKNOWN
    value = values[-1]
    if not all(values) or (len(values) > 1 and key not in SEVERAL):
        return UNFIT
    if key == "limit":
        fits = value.isascii() and value.isdigit() and len(value) < 4 and 1 <= int(value) <= LARGEST
        return None if fits else UNFIT
    if key == "q":
        return None if len(value) <= LONGEST and "\0" not in value else UNFIT
    return UNFIT if key == "cursor" and not _opened(value) else None


def _closed(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _opened(cursor: str) -> str:
    """The key in a cursor; "" where it is none of ours."""
    try:
        key = base64.b64decode(f"{cursor}{'=' * (-len(cursor) % 4)}", altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return key if key_of(key) or key.isdecimal() else ""


def _items(ids: list[int], by: Actor) -> list[dict[str, Any]]:
    """The cases of these ids, in their order. One query."""
    branches = tree().branches
    rows = {one.pk: one for one in Case.objects.filter(pk__in=ids).select_related("customer", "vehicle")}
    for case in rows.values():
        case.branch = branches[case.branch_id]
    return [case_json(rows[pk], by) for pk in ids if pk in rows]


def listing_parameters() -> list[dict[str, Any]]:
    """The parameters as openapi.json names them."""
    found = [_parameter(key, _schema(key)) for key in FILTERS]
    return [
        _parameter("q", {"type": "string", "minLength": 1, "maxLength": LONGEST}),
        *found,
        _parameter("sort", {"type": "string", "enum": sorted(ORDERS)}),
        _parameter("cursor", {"type": "string", "minLength": 1}),
        _parameter("limit", {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": USUAL}),
    ]


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"in": "query", "name": name, "required": False, "schema": schema}


def _schema(key: str) -> dict[str, Any]:
    one: dict[str, Any] = {"type": "string"}
    if key in ("turn", "owner"):
        one["pattern"] = "^(none|[0-9]{1,18})$" if key == "turn" else "^(me|[0-9]{1,18})$"
    elif key.endswith(("_since", "_until")):
        one["format"] = "date"
    elif key != "branch":
        one["enum"] = sorted(words_of(key))
    return {"type": "array", "items": one, "minItems": 1, "maxItems": MOST} if key in SEVERAL else one
