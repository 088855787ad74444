"""A pack's form on a page: the rows that a template draws, and what comes back, read as raw data for the door.

Only the names of the form's fields are taken from what was posted, and beside them `version` (the case's version that
the person was looking at), `key` (one for each form drawn, so that a double post does nothing twice) and `shown`.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from wenguo.cases.models import Draft, Evidence
from wenguo.people.actors import Actor, people_at
from wenguo.people.models import Branch
from wenguo.policy.fields import KINDS
from wenguo.policy.pack import Field, Form, Pack
from wenguo.web.typed import Typed, plain, word

KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
MARK = re.compile(r"[0-9a-f]{12}")
SEGMENTS = 7  # a choice of at most so many is drawn as buttons, a longer one as a list


@dataclass
class Sheet:
    """One form as it stands on somebody's screen.

    `typed` holds raw text by field. `shown` holds a digest of each value that a form with `prefill` showed at first:
    what still equals it was not touched, is not sent to the door, and so can't undo a colleague's change.
    """

    form: Form
    typed: dict[str, Typed] = field(default_factory=dict)
    version: int | None = None
    key: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    shown: dict[str, str] = field(default_factory=dict)
    saved_at: datetime | None = None  # of the draft that it comes from

    @classmethod
    def posted(cls, form: Form, post: QueryDict) -> "Sheet":
        key = post.get("key", "")
        sheet = cls(
            form, read_post(form, post), _version(post.get("version")), shown=_shown(form, post.get("shown", ""))
        )
        sheet.key = key if KEY.fullmatch(key) else sheet.key
        return sheet

    @classmethod
    def kept(cls, form: Form, draft: Draft) -> "Sheet":
        """As the draft left it: also its version, for the case may have changed since."""
        typed = {key: value for key, value in draft.data["typed"].items() if form.field(key)}
        return cls(form, typed, draft.data["version"], shown=draft.data["shown"], saved_at=draft.saved_at)

    @classmethod
    def fresh(
        cls, form: Form, standing: dict[str, Typed], version: int | None, suggested: Mapping[str, str] | None = None
    ) -> "Sheet":
        """A new one, showing what stands where the form does so, else the pack's defaults and what it suggests."""
        if form.prefill:
            return cls(form, dict(standing), version, shown={key: digest(value) for key, value in standing.items()})
        typed: dict[str, Typed] = {one.key: plain(one.default) for one in form.fields if one.default not in ("", False)}
        return cls(form, typed | dict(suggested or {}), version)

    @property
    def shown_text(self) -> str:
        return json.dumps(self.shown)

    def touched(self, key: str) -> bool:
        """Whether the person changed this field, as far as one can know."""
        return key in self.typed and self.shown.get(key) != digest(self.typed[key])

    def data(self) -> dict[str, Any]:
        """Raw data for the door."""
        return {key: value for key, value in self.typed.items() if self.touched(key)}

    def renewed(self, standing: dict[str, Typed], version: int) -> "Sheet":
        """The same on top of what stands by now: what the person changed is kept, the rest brought up to date."""
        if not self.form.prefill:
            return replace(self, version=version)
        fresh = Sheet.fresh(self.form, standing, version)
        return replace(fresh, typed=fresh.typed | self.data())


def _version(given: str | None) -> int | None:
    """The version posted; one that isn't a number can't be a version anybody saw (-1 is always stale)."""
    if given is None:
        return None
    return int(given) if re.fullmatch(r"\d{1,9}", given, re.ASCII) else -1


def _shown(form: Form, given: str) -> dict[str, str]:
    try:
        found = json.loads(given or "{}")
    except (ValueError, RecursionError):
        return {}
    marks = found.items() if isinstance(found, dict) else ()
    return {key: mark for key, mark in marks if form.field(key) and isinstance(mark, str) and MARK.fullmatch(mark)}


def digest(value: Typed) -> str:
    """A short mark of what was typed; browsers send line ends their own way."""
    plain = json.dumps(value, ensure_ascii=False).replace("\\r\\n", "\\n")
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:12]


def read_post(form: Form, post: QueryDict) -> dict[str, Typed]:
    """What was typed into the form's fields: lists for choices and files (by number), amounts by code, else text."""
    typed: dict[str, Typed] = {}
    for one in form.fields:
        values = [str(value) for value in post.getlist(one.key)]
        if one.kind == "amounts":
            typed |= {one.key: amounts} if (amounts := _amounts(one, post)) else {}
        elif values:
            typed[one.key] = _many(one, values) if KINDS[one.kind].many else values[-1]
    return typed


def _amounts(one: Field, post: QueryDict) -> dict[str, str]:
    return {code: str(post[name]) for code in one.options if (name := f"{one.key}.{code}") in post}


def _many(one: Field, values: list[str]) -> list[str]:
    """The empty one says that none is ticked; a file's name in place of its number comes with an autosave."""
    return [str(number) for number in numbers_of(values)] if one.kind == "file" else [text for text in values if text]


@dataclass(frozen=True)
class Row:
    """One field as the page draws it. `first`: the one that gets the focus."""

    field: Field
    label: str
    typed: Typed
    options: list[tuple[str, str]]
    files: list[Evidence]
    problem: str = ""
    first: bool = False
    prefilled: bool = False
    instead: str = ""  # the label of the field that may be filled in instead of this one

    @property
    def key(self) -> str:
        return self.field.key

    @property
    def kind(self) -> str:
        return self.field.kind

    @property
    def help(self) -> str:
        return word(self.field.help) if self.field.help else ""

    @property
    def must(self) -> bool:
        """Whether it is marked as required; one that is asked for at times is required where it is asked."""
        return self.field.required

    @property
    def as_list(self) -> bool:
        return len(self.options) > SEGMENTS

    @property
    def may_be_none(self) -> bool:
        """Whether "nothing chosen" is offered among the choices."""
        return not self.field.required and not self.field.default

    @property
    def typed_words(self) -> str:
        """What was typed, as it reads: chosen codes and people by their words."""
        words = dict(self.options) | ({"on": gettext("Yes"), "off": gettext("No")} if self.kind == "yes_no" else {})
        if isinstance(self.typed, dict):
            return gettext(", ").join(f"{words[code]} {text}" for code, text in self.typed.items() if text)
        typed = self.typed if isinstance(self.typed, list) else [self.typed]
        return gettext(", ").join(words.get(one, one) for one in typed)

    @property
    def asked_if(self) -> str:
        """For forms.js: {field: [values]} as the page has them, under which this one is asked."""
        return self._conditions(self.field.asked_if)

    @property
    def must_if(self) -> str:
        return self._conditions(self.field.required_if)

    def _conditions(self, conditions: dict[str, tuple]) -> str:
        asked = {key: [plain(value) for value in values] for key, values in conditions.items()}
        return json.dumps(asked, ensure_ascii=False) if asked else ""

    @property
    def described_by(self) -> str:
        """Ids of what a screen reader is to read with the field."""
        ids = [
            f"{self.key}-help" if self.field.help or self.instead else "",
            f"{self.key}-wrong" if self.problem else "",
        ]
        return " ".join(filter(None, ids))


def rows(
    sheet: Sheet, branch: Branch, by: Actor, pack: Pack, problems: Mapping[str, str] | None = None, focus: str = ""
) -> list[Row]:
    """The form's rows, in the pack's order, with what was typed and what is wrong with it.

    The first wrong field gets the focus; where nothing is wrong, the field `focus`.
    """
    problems = problems or {}
    first = next((one.key for one in sheet.form.fields if one.key in problems), focus)
    return [
        Row(
            field=one, label=word(one.label), typed=sheet.typed.get(one.key, _nothing(one)),
            options=_options(one, branch, by, pack), files=_files(one, sheet.typed.get(one.key, []), by),
            problem=problems.get(one.key, ""), first=one.key == first, prefilled=sheet.form.prefill,
            instead=_label_of(sheet.form, one.required_unless),
        )
        for one in sheet.form.fields
    ]  # fmt: skip


def _nothing(one: Field) -> Typed:
    return {} if one.kind == "amounts" else [] if KINDS[one.kind].many else ""


def _label_of(form: Form, key: str) -> str:
    other = form.field(key) if key else None
    return word(other.label) if other else ""


def _options(one: Field, branch: Branch, by: Actor, pack: Pack) -> list[tuple[str, str]]:
    """(value, word) of everything that may be chosen; people with their roles in words."""
    if one.kind != "person":
        return [(key, word(label)) for key, label in one.options.items()]
    names: dict[int, str] = {}
    roles: dict[int, list[str]] = {}
    for staff_id, name, role in people_at(branch, one.roles, by.today):
        names[staff_id] = name
        title = word(pack.roles[role]) if role in pack.roles else role
        if title not in roles.setdefault(staff_id, []):
            roles[staff_id].append(title)
    return [(str(pk), f"{name} · {gettext(', ').join(roles[pk])}") for pk, name in names.items()]


def _files(one: Field, typed: Typed, by: Actor) -> list[Evidence]:
    """Files that this person uploaded for the field and that no case has yet."""
    if one.kind != "file" or not typed:
        return []
    return list(Evidence.objects.filter(pk__in=numbers_of(typed), case=None, uploaded_by=by.code).order_by("id"))


def numbers_of(typed: Iterable[str]) -> list[int]:
    return [int(text) for text in typed if re.fullmatch(r"\d{1,17}", text, re.ASCII)]
