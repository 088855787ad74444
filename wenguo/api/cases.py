"""Cases for programs: open, read, take a step. Every change goes through the door."""

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from ninja import Query, Router

from wenguo.api.forms import form_schema
from wenguo.api.reading import askable, body_of, branch_of, key_of, version_of
from wenguo.api.replies import Call, Outdated, Unfit, reply
from wenguo.api.shapes import CaseShape, ClocksShape, EntriesShape, StaleShape, StepsShape, WarningsShape, refusals
from wenguo.api.showing import Eyes, case_json, clocks_json, entries_json, warnings_json
from wenguo.cases.door import Done, OpenStep, act, open_case, open_steps
from wenguo.cases.judging import fact_label
from wenguo.cases.lists import find_case
from wenguo.cases.models import Case
from wenguo.cases.refusals import Invalid, NotFound, Stale
from wenguo.people.actors import Actor, people_at, today_of
from wenguo.people.businessclock import now
from wenguo.policy.fields import Problem
from wenguo.policy.load import packs
from wenguo.policy.pack import Field

router = Router()
LAST_SEQ = 2**31 - 1


@router.post(
    "cases", response={201: CaseShape, **refusals(409, 413, 415, 422)}, operation_id="open_case", summary="Open a case"
)
def open_by_program(request: Call) -> HttpResponse:
    """Opens a case: `process`, `branch` (its code) and the fields of the process's opening form.

    The same Idempotency-Key with the same body answers with the same case and opens no other.
    """
    key, data = key_of(request), body_of(request)
    branch, process = branch_of(data.pop("branch", None), request.auth), data.pop("process", None)
    if not isinstance(process, str) or process not in packs()[branch.pack].processes:
        raise Invalid({"process": Problem("Please choose one of the list.")})
    done = open_case(process, branch, request.auth, data, now(), key=key)
    location = f"{request.path}/{quote(done.case.number)}"
    return _done(request.auth, done, 201, {"Location": location})


def _done(by: Actor, done: Done, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    """The case as the act left it; after a repeated request as it stands now, if it still is within sight."""
    if done.repeated and not by.sees(done.case.branch):
        raise NotFound
    replayed = {"Idempotency-Replayed": "true"} if done.repeated else {}
    return reply(case_json(done.case, by), status, {"ETag": _tag(done.case), **replayed, **(headers or {})})


def _tag(case: Case) -> str:
    return f'"{case.version}"'


@router.get(
    "cases/{number}", response={200: CaseShape, **refusals()}, operation_id="case", summary="A case as it stands"
)
def show(request: Call, number: str) -> HttpResponse:
    """One case as it stands. The ETag is its version, to be sent as If-Match with a step."""
    case = find_case(askable(number), request.auth)
    return reply(case_json(case, request.auth), headers={"ETag": _tag(case)})


@router.get(
    "cases/{number}/entries",
    response={200: EntriesShape, **refusals(422)},
    operation_id="entries",
    summary="What happened",
)
def entries(
    request: Call, number: str, after: int = Query(0, ge=0, le=LAST_SEQ), limit: int = Query(50, ge=1, le=200)
) -> HttpResponse:
    """Everything that happened, oldest first, in pages."""
    return reply(entries_json(find_case(askable(number), request.auth), request.auth, after, limit))


@router.get(
    "cases/{number}/clocks",
    response={200: ClocksShape, **refusals()},
    operation_id="clocks",
    summary="What was promised",
)
def clocks(request: Call, number: str) -> HttpResponse:
    """Every clock of the case, running and stopped, in the order in which they began."""
    return reply(clocks_json(find_case(askable(number), request.auth), request.language))


@router.get(
    "cases/{number}/warnings",
    response={200: WarningsShape, **refusals()},
    operation_id="warnings",
    summary="What warned",
)
def warnings(request: Call, number: str) -> HttpResponse:
    """Criteria that have held for the case, with the sentence that says why and what was compared, and its warnings; of
    a warning those of the complaints that it is about."""
    return reply(warnings_json(find_case(askable(number), request.auth), request.auth, request.language))


@router.get(
    "cases/{number}/steps",
    response={200: StepsShape, **refusals()},
    operation_id="steps",
    summary="What the caller may do now",
)
def steps(request: Call, number: str) -> HttpResponse:
    """What the caller may do with the case now, each with its form as JSON Schema."""
    case = find_case(askable(number), request.auth)
    items = [_step(case, one, request.language) for one in open_steps(case, request.auth)]
    return reply({"version": case.version, "items": items}, headers={"ETag": _tag(case)})


def _step(case: Case, one: OpenStep, language: str) -> dict[str, Any]:
    def people(field: Field) -> list[tuple[int, str]]:
        found = people_at(case.branch, field.roles, today_of(now()))
        return list({staff: (staff, name) for staff, name, _ in found}.values())

    pack = packs()[case.pack]
    return {
        "verb": one.step.do, "label": one.step.label.word(language), "main": one.step.main,
        "missing": [{"fact": fact, "label": fact_label(pack, fact).word(language)} for fact in one.missing],
        "form": form_schema(one.form, language, people) if one.form else None,
    }  # fmt: skip


@router.post(
    "cases/{number}/steps/{verb}",
    response={200: CaseShape, 412: StaleShape, **refusals(409, 413, 415, 422)},
    operation_id="take_step",
)
def take_step(request: Call, number: str, verb: str) -> HttpResponse:
    """Takes a step, with the fields of its form.

    With If-Match it is refused (412) when somebody changed the same things since that version; `conflict` then says
    what. The same Idempotency-Key with the same body takes it once only.
    """
    key, version, data = key_of(request), version_of(request), body_of(request)
    case = Case.objects.only("number", "pack", "process").filter(number=askable(number)).order_by().first()
    if case is None:  # whether the caller may know of it, the door says
        raise NotFound
    if verb not in packs()[case.pack].processes[case.process].steps:
        find_case(number, request.auth)
        raise Unfit(404, "not_found", Problem("There is no such step."))
    try:
        done = act(case, verb, request.auth, data, now(), version=version, key=key)
    except Stale as stale:
        raise Outdated(stale, _conflict(number, request.auth, version, data, stale)) from stale
    return _done(request.auth, done)


def _conflict(number: str, by: Actor, version: int | None, data: dict[str, Any], stale: Stale) -> dict[str, Any]:
    """Both sides, so that nothing typed is lost."""
    case = find_case(number, by)
    theirs = Eyes.of(case, by).values(packs()[case.pack].fields, stale.theirs)
    return {"versions": {"yours": version, "now": case.version}, "yours": data, "theirs": theirs}
