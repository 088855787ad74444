"""What leaves the house of an entry, in words: number, what happened, stage, what is due, and the way to the case.

Never a name, a phone number, a plate or anything that somebody typed: mails and group chats are read by others too.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from wenguo.cases.models import NEVER, Entry
from wenguo.cases.verbs import label_of
from wenguo.people.models import Branch
from wenguo.people.tree import tree
from wenguo.policy.clocks import CLOCKWORK
from wenguo.policy.load import packs


class Line(NamedTuple):
    """One entry in words. `due`: the case's next limit as its branch says the time, "" where there is none."""

    id: str
    number: str
    what: str
    where: str
    stage: str
    due: str
    link: str
    alarm: bool

    @property
    def short(self) -> str:
        return f"{self.number} {self.what}"


class Message(NamedTuple):
    """One message as it is read: the lines of it, and what stands above them."""

    id: str
    subject: str
    lines: list[Line]
    language: str

    @property
    def alarm(self) -> bool:
        return any(one.alarm for one in self.lines)


def message(id: str, entries: Sequence[tuple[str, Entry, bool]], language: str) -> Message:
    """A message of the entries, each with its own id and whether it is an alarm."""
    with translation.override(language):
        lines = [line(own, entry, alarm, language) for own, entry, alarm in entries]
        return Message(id, _subject(lines), lines, language)


def line(id: str, entry: Entry, alarm: bool, language: str) -> Line:
    """One entry in words of that language, which must be the active one."""
    case, branch = entry.case, tree().branches[entry.case.branch_id]
    process = packs()[case.pack].processes[case.process]
    stage = process.stages.get(case.stage)
    return Line(
        id, case.number, what(entry, language), _name(branch, language),
        stage.label.word(language) if stage else case.stage,
        due_in(case.next_due_at, branch.zone) if case.next_due_at < NEVER else "", link_to(entry), alarm,
    )  # fmt: skip


def what(entry: Entry, language: str) -> str:
    """The step in the pack's words; of what the clock says also of which promise."""
    process = packs()[entry.case.pack].processes[entry.case.process]
    said = label_of(process, entry.verb).word(language)
    rule = process.clocks.get(json.loads(entry.body)["data"].get("clock", "")) if entry.verb in CLOCKWORK else None
    return f"{said} · {rule.label.word(language)}" if rule else said


def due_in(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def link_to(entry: Entry) -> str:
    """The case's page, which marks the bell's notice of this entry as read for whoever opens it by this link."""
    return f"{address_of('case', entry.case.number)}?told={entry.seq}" if settings.BASE_URL else ""


def address_of(page: str, *parts: Any) -> str:
    """The address of a page from outside; "" where the installation doesn't know its own."""
    return settings.BASE_URL.rstrip("/") + reverse(page, args=parts) if settings.BASE_URL else ""


def _name(branch: Branch, language: str) -> str:
    return branch.name_en if branch.name_en and language.startswith("en") else branch.name


def _subject(lines: list[Line]) -> str:
    urgent = any(one.alarm for one in lines)
    if len(lines) == 1:
        told = lines[0].short
        return (
            gettext("[Urgent] %(what)s") % {"what": told} if urgent else gettext("[Notice] %(what)s") % {"what": told}
        )
    count = len(lines)
    if urgent:
        told = ngettext(
            "[Urgent] %(count)s notice, from %(number)s on", "[Urgent] %(count)s notices, from %(number)s on", count
        )
    else:
        told = ngettext(
            "[Notice] %(count)s notice, from %(number)s on", "[Notice] %(count)s notices, from %(number)s on", count
        )
    return told % {"count": count, "number": lines[0].number}


def plain(told: Message, longest: int = 0) -> str:
    """The message as plain text of at most `longest` bytes (0: as long as it is); what doesn't fit is counted."""
    with translation.override(told.language):
        if len(told.lines) == 1:
            return "\n".join([told.subject, *_details(told.lines[0])])
        text, rest = told.subject, len(told.lines)
        for one in told.lines:
            more = f"{text}\n{one.short} · {one.id}"
            end = _and_more(rest - 1)
            if longest and len((more + end).encode()) > longest:
                break
            text, rest = more, rest - 1
        return text + _and_more(rest)


def _and_more(rest: int) -> str:
    return "\n" + ngettext("and %(count)s more", "and %(count)s more", rest) % {"count": rest} if rest else ""


def _details(one: Line) -> list[str]:
    return [gettext("%(label)s: %(said)s") % {"label": label, "said": said} for label, said in details(one) if said]


def details(one: Line) -> list[tuple[str, str]]:
    """(label, words) of everything there is to say of one entry, in the active language."""
    return [
        (gettext("Branch"), one.where), (gettext("Stage"), one.stage), (gettext("Next limit"), one.due),
        (gettext("Open the case"), one.link), (gettext("Notice id"), one.id),
    ]  # fmt: skip


def brief(told: Message) -> str:
    """The message for a phone: one or two sentences."""
    with translation.override(told.language):
        if len(told.lines) > 1:
            return gettext("%(what)s. Please sign in to see them.") % {"what": told.subject}
        if due := told.lines[0].due:
            return gettext("%(what)s, next limit %(at)s") % {"what": told.subject, "at": due}
        return told.subject


def as_data(id: str, entry: Entry, alarm: bool) -> dict[str, Any]:
    """What a webhook carries: docs/webhooks.md describes each key."""
    case, branch = entry.case, tree().branches[entry.case.branch_id]
    clock = json.loads(entry.body)["data"].get("clock", "") if entry.verb in CLOCKWORK else ""
    return {
        "id": id, "urgency": "alarm" if alarm else "ordinary", "number": case.number, "process": case.process,
        "branch": branch.code, "entry": entry.seq, "verb": entry.verb, "outcome": entry.outcome,
        "stage": entry.went_to, "clock": clock, "at": entry.at.isoformat(),
        "due_at": case.next_due_at.isoformat() if case.next_due_at < NEVER else None, "link": link_to(entry),
    }  # fmt: skip
