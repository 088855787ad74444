"""A form of settings on a page: drawn, read back, refused with what was typed kept, or taken once."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import get_language, gettext, gettext_noop

from wenguo.cases.sentences import sentence
from wenguo.people.businessclock import now
from wenguo.people.editing import Overtaken
from wenguo.policy.fields import Asking, Problem
from wenguo.policy.forms import Wrong, clean
from wenguo.policy.load import load_forms
from wenguo.policy.pack import Form, Label
from wenguo.web.forms import Row, Sheet, digest
from wenguo.web.models import Done
from wenguo.web.pages import SECRET, page
from wenguo.web.typed import Typed, word

LISTS = (  # filled in for whoever asks
    "branches", "roles", "people", "zones", "packs", "day_kinds", "exceptions", "wants", "languages", "outlets",
    "columns",
    "identities",
)  # fmt: skip
KEPT = timedelta(days=1)  # how long a form is remembered as taken


class Doubtful(Exception):
    """What would follow, in whole sentences: to be seen and confirmed before it is done."""

    def __init__(self, doubts: list[str]):
        super().__init__("; ".join(doubts))
        self.doubts = doubts

    @property
    def mark(self) -> str:
        """So that a confirmation counts for these doubts only."""
        return hashlib.sha256(repr(self.doubts).encode()).hexdigest()[:12]


class Posted(NamedTuple):
    """What was sent: cleaned values, the version that the person was looking at, the mark of doubts they confirmed."""

    values: dict[str, Any]
    version: int | None
    sure: str

    def confirmed(self, doubts: list[str]) -> None:
        """Raises Doubtful where there are doubts that the person hasn't seen yet."""
        doubtful = Doubtful(doubts)
        if doubts and self.sure != doubtful.mark:
            raise doubtful

    def day(self, key: str) -> date | None:
        return date.fromisoformat(self.values[key]) if self.values.get(key) else None

    def day_after(self, key: str) -> date | None:
        """The day after the last one that was named: until then it holds."""
        last = self.day(key)
        return last + timedelta(days=1) if last else None


class Conflict(NamedTuple):
    """A field that two people changed: what the other one stored, and what was typed here."""

    label: str
    theirs: str
    mine: str


@dataclass
class Screen:
    """The form as it is drawn, with what was refused about it; the templates under forms/ ask for these names."""

    sheet: Sheet
    message: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    status: int = HTTPStatus.OK
    doubts: list[str] = field(default_factory=list)
    sure: str = ""
    conflicts: list[Conflict] = field(default_factory=list)
    since: tuple = ()
    sent_as: str = ""


Save = Callable[[Posted], str]  # returns the address to go on to
Look = Callable[[Mapping[str, Any]], dict[str, Problem]]  # what else is wrong with what was typed, by field


@cache
def forms() -> dict[str, Form]:
    """The forms of settings, as forms/*.toml beside this file says them."""
    return load_forms(Path(__file__).parent, LISTS)


def form_of(key: str, **lists: Mapping[str, str]) -> Form:
    """The form called `key`; `lists`: what its choices offer, word by value."""
    form = forms()[key]
    filled = [
        replace(one, options={value: Label(told, told) for value, told in lists[one.codes].items()})
        if one.codes in lists
        else one
        for one in form.fields
    ]
    return replace(form, fields=tuple(filled))


def ask(
    request: Any, form: Form, save: Save, typed: Mapping[str, Typed] | None = None, version: int | None = None,
    template: str = "settings/form.html", look: Look = lambda typed: {}, **shown: Any,
) -> HttpResponse:  # fmt: skip
    """The form, showing `typed`; on POST what `save` leads to, or the form again with what is wrong and all that was
    typed. `save` runs in one transaction and once for each form drawn: a second press leads to the same page. What
    `look` finds wrong is told together with what the form itself refuses."""
    fresh = Sheet.fresh(form, dict(typed or {}), version, _text_only(typed or {}))
    if request.method != "POST":
        return _draw(request, Screen(fresh), template, shown)
    sheet = Sheet.posted(form, request.POST)
    screen = _taken(request, sheet, save, look, dict(typed or {}), version)
    return screen if isinstance(screen, HttpResponse) else _draw(request, screen, template, shown)


def _text_only(typed: Mapping[str, Typed]) -> dict[str, str]:
    return {key: value for key, value in typed.items() if isinstance(value, str)}


def _read(sheet: Sheet, look: Look) -> dict[str, Any]:
    """The form's values. Raises Wrong with everything that is wrong."""
    data = sheet.data()
    problems = look(data)
    try:
        values = clean(sheet.form, data, _asks())
    except Wrong as wrong:
        raise Wrong(problems | wrong.problems) from None
    if problems:
        raise Wrong(problems)
    return values


def _taken(
    request: Any, sheet: Sheet, save: Save, look: Look, stands: dict[str, Typed], version: int | None
) -> Screen | HttpResponse:
    try:
        posted = Posted(_read(sheet, look), sheet.version, _sure(request.POST))
        target = once(_code_of(request), sheet.key, lambda: save(posted))
    except Wrong as wrong:
        told = {key: sentence(one, get_language() or "") for key, one in wrong.problems.items()}
        message = gettext("Please check the marked fields.")
        if stray := [text for key, text in told.items() if sheet.form.field(key) is None]:
            message = " ".join(stray)
        return Screen(sheet, message, told, HTTPStatus.UNPROCESSABLE_ENTITY)
    except Doubtful as doubtful:
        return Screen(sheet, "", status=HTTPStatus.CONFLICT, doubts=doubtful.doubts, sure=doubtful.mark)
    except Overtaken as met:
        return _compared(sheet, met, stands, version)
    return HttpResponseRedirect(target, status=HTTPStatus.SEE_OTHER)


def _compared(sheet: Sheet, met: Overtaken, stands: dict[str, Typed], version: int | None) -> Screen:
    """Both versions side by side, and what was typed on top of what stands now."""
    rows = {row.key: row for row in drawn(sheet)}
    conflicts = [
        Conflict(rows[key].label, replace(rows[key], typed=stands.get(key, "")).typed_words, rows[key].typed_words)
        for key in met.theirs
        if key in rows
    ]
    message = gettext("Somebody changed the same meanwhile. Please compare and send again.")
    fresh = replace(
        sheet, typed=stands | sheet.data(), version=version, shown={key: digest(told) for key, told in stands.items()}
    )
    return Screen(fresh, message, status=HTTPStatus.PRECONDITION_FAILED, conflicts=conflicts)


def _sure(post: QueryDict) -> str:
    return post.get("sure", "")


def _code_of(request: HttpRequest) -> str:
    actor = getattr(request, "actor", None)
    return actor.code if actor else "nobody"


@transaction.atomic
def once(code: str, key: str, change: Callable[[], str]) -> str:
    """Makes the change, unless this person's form of that key was taken before; the page to go on to either way."""
    row, fresh = Done.objects.get_or_create(actor=code, key=key, defaults={"at": now()})
    if not fresh:
        return row.target
    row.target = change()
    row.save(update_fields=["target"])
    Done.objects.filter(at__lt=now() - KEPT).delete()
    return row.target


def _asks() -> Asking:
    """None of these forms asks for people, files or cases but by a list of its own."""
    return Asking(now().astimezone(UTC), ZoneInfo(settings.TIME_ZONE), lambda one, text: None, lambda text: None)


def drawn(sheet: Sheet, problems: Mapping[str, str] | None = None) -> list[Row]:
    """The rows of the form; the first wrong one gets the focus."""
    problems = problems or {}
    first = next((one.key for one in sheet.form.fields if one.key in problems), "")
    return [
        Row(
            field=one, label=word(one.label), typed="" if one.key.endswith(SECRET) else sheet.typed.get(one.key, ""),
            options=[(key, word(label)) for key, label in one.options.items()], files=[],
            problem=problems.get(one.key, ""), first=one.key == first, prefilled=sheet.form.prefill,
        )
        for one in sheet.form.fields
    ]  # fmt: skip


def _draw(request: HttpRequest, screen: Screen, template: str, shown: Mapping[str, Any]) -> HttpResponse:
    told = {"title": word(screen.sheet.form.label), "about": "", "send": "", "danger": False} | dict(shown)
    return page(
        request, template, status=screen.status, screen=screen, rows=drawn(screen.sheet, screen.problems), **told
    )


NOT_BEFORE = gettext_noop("This can't begin on a day that is past.")


def not_past(day: date, today: date, key: str = "since") -> date:
    """Raises Wrong for a day that is over: what was done on it was done under the rules of then."""
    if day < today:
        raise Wrong({key: Problem(NOT_BEFORE)})
    return day
