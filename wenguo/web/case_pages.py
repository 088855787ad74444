"""One case on a page, and the one view that writes to it: every step is asked for and taken at its own address."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from wenguo.cases import door, lists, offers, refusals
from wenguo.cases.acting import Parties
from wenguo.cases.judging import fact_label
from wenguo.cases.models import Case, Entry, Idempotency
from wenguo.cases.sentences import problems, sentence
from wenguo.people.actors import Actor
from wenguo.people.businessclock import now
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.policy.pack import ANY, OPEN, Form, Step
from wenguo.vehicles.focus_lists import marks
from wenguo.web import bell, coach, drafts
from wenguo.web.arrivals import arrivals
from wenguo.web.evidence_files import as_sent_before, take_in
from wenguo.web.forms import Row, Sheet, rows
from wenguo.web.law_hints import Hint, hints
from wenguo.web.pages import StaffRequest, page, signed_in
from wenguo.web.safety import is_htmx
from wenguo.web.telling import Teller, Told
from wenguo.web.typed import standing, suggested, word
from wenguo.web.warning_parts import on_case
from wenguo.web.within_sight import seen


class Choice(NamedTuple):
    """A step that is offered: its words, and the facts (in words) that must be seen to first."""

    do: str
    label: str
    missing: list[str]
    drafted: bool


class Choices(NamedTuple):
    """What this person may do now: the one thing most likely next, other steps of this stage, what is always at hand,
    and what else is always there."""

    first: Choice | None
    here: list[Choice]
    handy: list[Choice]
    always: list[Choice]


@signed_in
@require_safe
def show(request: StaffRequest, number: str) -> HttpResponse:
    """The case: where it stands, whose turn it is, what is promised, and all that happened."""
    case = seen(number, request.actor)
    bell.read_by_link(request, case, request.GET.get("told", ""))
    return page(request, "case/show.html", **_told(case, request.actor, request.GET.get("saved", "")))


def _told(case: Case, by: Actor, saved: str) -> dict[str, Any]:
    """Everything that the page of a case shows."""
    at, happenings, clocks = now(), lists.story(case), lists.clocks(case)
    parties, names = Parties(case), tree().names
    called = next((row.name for row in parties.stored if row.kind == "complainant"), "")
    teller = Teller(case, lists.sees_contact(case, by), names, at, called)
    return {
        "case": case,
        "teller": teller,
        "choices": choices_of(case, by, parties),
        "owner": names.get(case.owner_id or 0, ""),
        "turn_name": names.get(case.turn_person_id or 0, ""),
        "road": [(teller.stage(key), key == case.stage, reached) for key, reached in lists.road(teller.process, case)],
        "my_turn": _is_turn_of(case, by),
        "clocks": clocks,
        "story": teller.story(happenings),
        "arrivals": arrivals(case, names, at),
        "saved": next((one.entry for one in happenings if _is_mine(one.entry, saved, by)), None),
        "tasks": lists.open_tasks(case),
        "contacts": lists.contacts(case),
        "people": [(row.kind, row.staff_id) for row in parties.stored if row.staff_id],
        "offers": offers.offers(case),
        "ties": offers.ties(case),
        "warned": on_case(case, by, at),
        "watched": marks([case.vehicle_id], [case.customer_id]).of(case.vehicle_id, case.customer_id),
    }  # fmt: skip


def _is_mine(entry: Entry, seq: str, by: Actor) -> bool:
    """Whether this is what the reader has just saved."""
    return str(entry.seq) == seq and entry.actor == by.code


def _is_turn_of(case: Case, by: Actor) -> bool:
    if case.turn_person_id:
        return case.turn_person_id in by.stands_for
    return case.turn_role in by.roles_at(case.branch)


def choices_of(case: Case, by: Actor, parties: Parties | None = None) -> Choices:
    """The steps open to this person. Where the main one lacks something, the step that supplies it comes first."""
    pack = packs()[case.pack]
    drafted = drafts.drafted_verbs(by, case)
    offered = door.open_steps(case, by, parties)
    main = next((one for one in offered if one.step.main), None)
    if main and main.missing:
        main = next((one for one in offered if one.form and any(map(one.form.field, main.missing))), main)

    def choice(one: door.OpenStep) -> Choice:
        lacking = [word(fact_label(pack, fact)) for fact in one.missing]
        return Choice(one.step.do, word(one.step.label), lacking, one.step.do in drafted)

    rest = [one for one in offered if one is not main]
    return Choices(
        choice(main) if main else None,
        [choice(one) for one in rest if not _always(one.step)],
        [choice(one) for one in rest if _always(one.step) and one.step.handy],
        [choice(one) for one in rest if _always(one.step) and not one.step.handy],
    )


def _always(step: Step) -> bool:
    """Whether the step belongs to no stage in particular."""
    return OPEN in step.at or ANY in step.at


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def take_step(request: StaffRequest, number: str, verb: str) -> HttpResponse:
    """Asks for a step's form, or takes the step. The one view that writes to an existing case."""
    case = seen(number, request.actor)
    step = packs()[case.pack].processes[case.process].steps.get(verb)
    if step is None:
        raise Http404
    if request.method == "POST":
        return _take(request, case, step)
    form = packs()[case.pack].form_of(step)
    draft = drafts.draft_of(request.actor, case, verb)
    sheet = Sheet.kept(form, draft) if draft else _fresh(case, request.actor, form)
    return _draw(request, case, step, Screen(
        sheet, refusal=door.why_not(case, verb, request.actor, now()), posted=False
    ))  # fmt: skip


def _fresh(case: Case, by: Actor, form: Form) -> Sheet:
    return Sheet.fresh(form, _standing(case, by, form), case.version, suggested(case, form, by, now()))


def _standing(case: Case, by: Actor, form: Any) -> dict[str, Any]:
    return standing(case, form, lists.sees_contact(case, by)) if form.prefill else {}


def _take(request: StaffRequest, case: Case, step: Step) -> HttpResponse:
    by = request.actor
    sheet = Sheet.posted(packs()[case.pack].form_of(step), request.POST)
    try:
        if any(one.step.do == step.do for one in door.open_steps(case, by)):  # nobody else's files are taken in
            take_in(sheet, request.FILES, by)
        done = send(sheet, by, lambda data: door.act(
            case, step.do, by, data, now(), version=sheet.version, key=sheet.key
        ))  # fmt: skip
    except refusals.NotFound:
        raise Http404 from None
    except refusals.Refusal as refusal:
        return _draw(request, seen(case.number, by), step, Screen(sheet, refusal=refusal))
    drafts.forget(by, case, step.do)
    return to_case(request, done)


def send(sheet: Sheet, by: Actor, through: Callable[[dict[str, Any]], door.Done]) -> door.Done:
    """Goes through the door with what was typed; the same form sent twice is carried out once."""
    try:
        return through(sheet.data())
    except refusals.KeyReused:
        return through(as_sent_before(sheet, by))


def to_case(request: StaffRequest, done: door.Done) -> HttpResponse:
    """To the case, which says what was saved."""
    target = f"{reverse('case', args=[done.case.number])}?saved={done.entry.seq}"
    if not is_htmx(request):
        return HttpResponseRedirect(target, status=HTTPStatus.SEE_OTHER)
    shown = urlsplit(request.headers.get("HX-Current-URL", "")).path
    if shown == reverse("case", args=[done.case.number]):  # its page changes in place, and loads nothing twice
        return HttpResponse(headers={"HX-Location": json.dumps({"path": target, "target": "body"})})
    return HttpResponse(headers={"HX-Redirect": target})


class Conflict(NamedTuple):
    """One field that two people changed: what stands now, and what this person typed."""

    label: str
    theirs: str
    mine: str


@dataclass
class Screen:
    """A form as it is drawn, and what was refused about it."""

    sheet: Sheet
    refusal: refusals.Refusal | None = None
    conflicts: list[Conflict] = field(default_factory=list)
    since: list[Told] = field(default_factory=list)
    posted: bool = True
    sent_as: str = ""  # the number of the case that the same form made before

    @property
    def status(self) -> int:
        return self.refusal.status if self.refusal else HTTPStatus.OK

    @property
    def message(self) -> str:
        return sentence(self.refusal, get_language() or "") if self.refusal else ""

    @property
    def problems(self) -> dict[str, str]:
        return problems(self.refusal, get_language() or "") if self.refusal else {}

    @property
    def hopeless(self) -> bool:
        """Whether sending can't help."""
        return isinstance(self.refusal, refusals.NotAllowed | refusals.WrongStage)

    @property
    def asks(self) -> bool:
        """Whether the fields are drawn: also where sending again can't help, so that what was typed can be copied."""
        return self.posted or not self.hopeless


def _draw(request: StaffRequest, case: Case, step: Step, screen: Screen) -> HttpResponse:
    """The form at its place: inside the case's page for our script, else on a page of its own."""
    by = request.actor
    form_rows = rows(screen.sheet, case.branch, by, packs()[case.pack], screen.problems)
    if isinstance(screen.refusal, refusals.Stale):
        _compare(screen, case, by, form_rows)
        form_rows = rows(screen.sheet, case.branch, by, packs()[case.pack])
    if isinstance(screen.refusal, refusals.KeyReused):
        renew_key(screen, by)
    template = "case/step_form.html" if is_htmx(request) else "case/step.html"
    return page(
        request, template, status=screen.status, case=case, step=step, title=word(step.label), rows=form_rows,
        screen=screen, teller=Teller(case, lists.sees_contact(case, by), {}, now()),
        send_to=reverse("step", args=[case.number, step.do]), draft_at=f"{case.number}/{step.do}",
        asked=_asked(case, step), hints=_hints(case, step, screen.sheet.form),
        coach=coach.beside(step, case, by, screen.sheet.typed) if screen.asks else None,
    )  # fmt: skip


def _hints(case: Case, step: Step, form: Form) -> list[Hint]:
    process, today = packs()[case.pack].processes[case.process], now().astimezone(ZoneInfo(case.branch.zone)).date()
    return hints(process, step, form, today)


def _asked(case: Case, step: Step) -> offers.Offer | None:
    """The plan that is to be decided on, where that is what the step does."""
    if not {"approver", "countersigner"}.intersection(step.who):
        return None
    return next((one for one in offers.offers(case) if one.remedy.state == "asked"), None)


def renew_key(screen: Screen, by: Actor) -> None:
    """A form that was already sent, changed and sent again: says what the first sending made, and may be sent anew."""
    first = Idempotency.objects.filter(actor=by.code, key=screen.sheet.key).select_related("entry__case").first()
    screen.sent_as = first.entry.case.number if first else ""
    screen.sheet.key = Sheet(screen.sheet.form).key


def _compare(screen: Screen, case: Case, by: Actor, form_rows: list[Row]) -> None:
    """Puts both versions side by side, and what was typed on top of what stands now."""
    stale = screen.refusal
    assert isinstance(stale, refusals.Stale)
    seqs = {entry.seq for entry in stale.since}
    happenings = [one for one in lists.story(case) if one.entry.seq in seqs and _changed(one)]
    teller = Teller(case, lists.sees_contact(case, by), tree().names, now())
    for row in form_rows:
        if row.key in stale.theirs and screen.sheet.touched(row.key):
            theirs = teller.value(row.field, stale.theirs[row.key])
            screen.conflicts.append(Conflict(row.label, theirs, row.typed_words))
    screen.since = teller.story(happenings)
    screen.sheet = screen.sheet.renewed(_standing(case, by, screen.sheet.form), case.version)


def _changed(one: lists.Happening) -> bool:
    """Whether this moved the case or changed what stands; notes and photos don't matter to who was typing."""
    return bool(one.body["facts"]) or one.entry.came_from != one.entry.went_to
