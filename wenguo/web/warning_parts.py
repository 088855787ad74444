"""What the pages of cases and cars say of warnings: what held, what it is about, how far it still is."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language, gettext, ngettext

from wenguo.cases.board import sees_identity
from wenguo.cases.distances import Distance, distances, distances_of
from wenguo.cases.measuring import Look
from wenguo.cases.models import Case, SpecialIdentity
from wenguo.cases.warned import CarOf, Held, Tied, cars_of, complaints_of, held_for, warnings_of
from wenguo.people.actors import Actor
from wenguo.policy.load import packs
from wenguo.policy.pack import Pack
from wenguo.policy.warnings import DANGER
from wenguo.vehicles.models import Vehicle
from wenguo.web import words
from wenguo.web.danger_hints import Hint, hints, marked
from wenguo.web.typed import word


class Far(NamedTuple):
    """One distance in words. `tone`: near, reached, past or calm; `part`: how much of the limit is used, in percent."""

    key: str
    label: str
    now: str
    left: str
    tone: str
    part: int


@dataclass
class Warned:
    """All that a case's page says of warnings."""

    of: list[tuple[Tied, str]] = field(default_factory=list)  # warnings of a complaint, with their stage in words
    about: list[tuple[Tied, str]] = field(default_factory=list)  # complaints of a warning
    held: list[Held] = field(default_factory=list)
    cars: list[CarOf] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    said: list[tuple[str, bool]] = field(default_factory=list)
    far: list[Far] = field(default_factory=list)
    is_warning: bool = False
    may_attend: bool = False  # the reader may know of special identities here
    identity: SpecialIdentity | None = None
    identity_word: str = ""


def on_case(case: Case, by: Actor, at: datetime) -> Warned:
    """What the page of `case` says; nothing where its pack watches for nothing."""
    pack = packs()[case.pack]
    watch, language = pack.warnings, get_language() or ""
    if watch is None:
        return Warned()
    if case.process == watch.opens:
        about = complaints_of(case)
        held = held_for([(one.pk, one.number) for one in about], case, by, language)
        return Warned(about=_staged(about, pack, watch.of[0]), held=held, cars=cars_of(case), is_warning=True)
    if case.process not in watch.of:
        return Warned()
    content = str(case.facts.get("content") or "")
    told = Warned(
        of=_staged(warnings_of(case), pack, watch.opens), held=held_for([(case.pk, case.number)], case, by, language),
        hints=hints(pack, content, case.facts.get(DANGER) or ()) if case.stage_type == "open" else [],
        said=marked(pack, content), may_attend=sees_identity(by, case.branch),
        far=_in_words(distances(Look(case, at, stirred=False, identity=False)))
        if case.vehicle_id and case.stage_type == "open" else [],
    )  # fmt: skip
    if told.may_attend and watch.identity:
        told.identity = SpecialIdentity.objects.filter(case=case).select_related("noted_by").first()
        told.identity_word = word(pack.code(watch.identity.codes, told.identity.code)) if told.identity else ""
    return told


def _staged(ties: list[Tied], pack: Pack, process: str) -> list[tuple[Tied, str]]:
    stages = pack.processes[process].stages
    return [(one, word(stages[one.stage].label) if one.stage in stages else one.stage) for one in ties]


def on_vehicle(car: Vehicle, at: datetime) -> list[Far]:
    """How far this car is from each criterion that a number says the limit of."""
    return _in_words(distances_of(car, at))


def _in_words(found: list[Distance]) -> list[Far]:
    """Those that can still be reached, or still hold; what is past for good is no distance."""
    return [far for far in map(_far, found) if far.tone != "past"]


def _far(one: Distance) -> Far:
    unit, label = word(one.unit), word(one.label)
    if one.until:
        now = gettext("until %(day)s") % {"day": words.day(one.until)}
    else:
        now = gettext("%(have)s of %(limit)s %(unit)s") % {
            "have": f"{one.have:,}", "limit": f"{one.limit:,}", "unit": unit,
        }  # fmt: skip
    over = one.left < 0 if one.ends else one.left <= 0
    if one.ends:
        left = gettext("over") if over else gettext("%(left)s %(unit)s left") % {"left": f"{one.left:,}", "unit": unit}
        tone = "past" if over else "near"
    else:
        left = gettext("reached") if over else gettext("%(left)s %(unit)s more") % {
            "left": f"{one.left:,}", "unit": unit
        }  # fmt: skip
        tone = "reached" if over else "near" if one.have and one.left == 1 else "calm"
    used = 100 if over else min(100, round(100 * one.have / one.limit)) if one.limit else 0
    return Far(one.rule.key, label, now, left, tone, used)


def ages(hours: float) -> str:
    """An age in words: 5 hours, 3 days."""
    if hours < 48:
        return ngettext("%(num)s hour", "%(num)s hours", int(hours)) % {"num": int(hours)}
    return ngettext("%(num)s day", "%(num)s days", int(hours // 24)) % {"num": int(hours // 24)}
