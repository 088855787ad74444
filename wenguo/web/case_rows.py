"""A case as a row of a list: desk, list and export say the same words about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext, gettext_noop

from wenguo.cases import lists
from wenguo.cases.lists import Brief
from wenguo.cases.masks import masked_phone, masked_plate
from wenguo.people.actors import Actor
from wenguo.people.tree import tree
from wenguo.policy.load import packs
from wenguo.policy.pack import Pack
from wenguo.policy.views import COLUMNS as CODES
from wenguo.web import words

HEADS = {
    "number": gettext_noop("Case number"),
    "customer": gettext_noop("Customer"),
    "phone": gettext_noop("Phone"),
    "plate": gettext_noop("Plate"),
    "about": gettext_noop("What the customer reports"),
    "category": gettext_noop("Category"),
    "severity": gettext_noop("Severity"),
    "stage": gettext_noop("Stage"),
    "due": gettext_noop("Due"),
    "turn": gettext_noop("Whose turn"),
    "owner": gettext_noop("Owner"),
    "branch": gettext_noop("Branch"),
    "opened": gettext_noop("Registered"),
    "closed": gettext_noop("Closed on"),
    "source": gettext_noop("Source"),
    "business_line": gettext_noop("Business line"),
    "component": gettext_noop("Part of the car"),
    "cause": gettext_noop("Cause"),
    "validity": gettext_noop("Validity"),
}


def spoken(terms: Mapping[str, str]) -> dict[str, str]:
    """Our own words in the reader's language."""
    return {key: gettext(term) for key, term in terms.items()}


class Row(NamedTuple):
    """A case as its row shows it: every word ready, so that the template only prints."""

    number: str
    customer: str
    phone: str
    plate: str
    about: str
    kind: str
    severity: str  # the word for it where it is out of the ordinary
    stage: str
    left: words.Left
    due: str
    person: str
    role: str
    branch: str  # only where the reader sees more than one
    watched: bool = False  # a car or customer of special care
    more: list[tuple[str, str]] = []  # (column, word) of further columns


class Eyes(NamedTuple):
    """Who reads rows, when, and in which language. `further`: columns beside those that every row has."""

    by: Actor
    at: datetime
    language: str
    names: dict[int, str]
    several: bool
    further: Sequence[str] = ()


def rows_of(
    cases: list[Brief], by: Actor, at: datetime, further: Sequence[str] = (), several: bool | None = None
) -> list[Row]:
    """Each case's row. `several`: whether branches are named; where it isn't said, when there are several."""
    named = len({case.branch_id for case in cases}) > 1 if several is None else several
    eyes = Eyes(by, at, get_language() or "", tree().names, named, further)
    return [_row(case, eyes) for case in cases]


def _row(case: Brief, eyes: Eyes) -> Row:
    pack = packs()[case.pack]
    left = words.left(case.next_due_at, eyes.at)
    return Row(
        case.number,
        case.customer or "",
        masked_phone(case.phone or ""),
        plate_of(case, eyes.by),
        about_of(case, pack, eyes.language),
        code(pack, "category", case.category, eyes.language),
        code(pack, "severity", case.severity, eyes.language) if pack.is_grave(case.severity) else "",
        stage_of(case, pack, eyes.language),
        left,
        words.moment(case.next_due_at, eyes.at, case.branch.zone) if left.tone != "none" else "",
        eyes.names.get(case.turn_person_id or 0, ""),
        role_of(case, pack, eyes.language),
        words.branch_name(case.branch) if eyes.several else "",
        bool(case.watched),
        [(column, _further(column, case, pack, eyes)) for column in eyes.further],
    )


def about_of(case: Brief, pack: Pack, language: str) -> str:
    """What it is about, as it was written down; of a case that no customer told of, what kind of case it is."""
    told = words.short(case.facts.get("content") or case.facts.get("description"))
    process = pack.processes.get(case.process)
    return told or (process.label.word(language) if process and case.process != pack.opens else "")


def _further(column: str, case: Brief, pack: Pack, eyes: Eyes) -> str:
    """The word in a column that not every row has."""
    if column in ("opened", "closed"):
        moment = getattr(case, f"{column}_at")
        return words.moment(moment, eyes.at, case.branch.zone) if moment else ""
    if column == "owner":
        return eyes.names.get(case.owner_id or 0, "")
    return code(pack, column, getattr(case, column), eyes.language)


def plate_of(case: Brief, by: Actor) -> str:
    """The plate, as far as this person may see it."""
    plate = case.plate or ""
    return plate if lists.sees_contact(case, by) else masked_plate(plate)


def stage_of(case: Brief, pack: Pack, language: str) -> str:
    stage = pack.processes[case.process].stages.get(case.stage)
    return stage.label.word(language) if stage else case.stage


def role_of(case: Brief, pack: Pack, language: str) -> str:
    role = pack.roles.get(case.turn_role)
    return role.word(language) if role else ""


def code(pack: Pack, list_name: str, key: str, language: str) -> str:
    """The pack's word for a stored code; nothing for none."""
    return pack.code(list_name, key).word(language) if key else ""


def cells_of(case: Brief, columns: Sequence[str], by: Actor, language: str) -> list[Any]:
    """The same case for another program: moments as the branch's clock shows them, masked as on the page."""
    pack, names, zone = packs()[case.pack], tree().names, ZoneInfo(case.branch.zone)
    whole: dict[str, Any] = {
        "number": case.number, "customer": case.customer, "phone": masked_phone(case.phone or ""),
        "plate": plate_of(case, by), "about": case.facts.get("content"), "stage": stage_of(case, pack, language),
        "due": _clock(case.next_due_at, zone),
        "turn": names.get(case.turn_person_id or 0) or role_of(case, pack, language),
        "owner": names.get(case.owner_id or 0), "branch": words.branch_name(case.branch),
        "opened": _clock(case.opened_at, zone), "closed": _clock(case.closed_at, zone),
        **{column: code(pack, column, getattr(case, column), language) for column in CODES},
    }  # fmt: skip
    return [whole[column] for column in columns]


def _clock(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """To the second, without zone; None where nothing is due."""
    if moment is None or moment >= words.NEVER:
        return None
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0)
