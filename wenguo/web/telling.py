"""A case told to one reader: its values in words, its story line by line, its promises and its people.

Phone, plate and VIN are masked wherever they stand unless the reader's work needs them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext, gettext_noop

from wenguo.cases.lists import Happening, Value
from wenguo.cases.masks import MASKS
from wenguo.cases.models import Case, Entry, Evidence
from wenguo.cases.verbs import label_of
from wenguo.policy.clocks import CLOCKWORK, LATE
from wenguo.policy.load import packs
from wenguo.policy.pack import COLUMNS, Field, Label, Pack, Process
from wenguo.web import words

WARNED = frozenset({"warned", "warning_grew"})
LATE_NOTE = timedelta(minutes=5)  # what was written down so soon after it happened is said once
RELATIONS = {
    "owner": gettext_noop("Responsible person"),
    "investigator": gettext_noop("Investigator"),
    "executor": gettext_noop("Carries it out"),
    "decider": gettext_noop("Decided the cause"),
    "proposer": gettext_noop("Proposed the remedy"),
    "accused": gettext_noop("Complained about"),
    "in_charge": gettext_noop("In charge of such cases"),
    "approver": gettext_noop("Approver"),
    "countersigner": gettext_noop("Countersigner"),
    "complainant": gettext_noop("Customer"),
    "system": gettext_noop("System"),
}
OFFERS = {
    "asked": gettext_noop("Waiting for approval"),
    "refused": gettext_noop("Not approved"),
    "proposed": gettext_noop("Offered"),
    "accepted": gettext_noop("Agreed"),
    "given": gettext_noop("Given"),
    "rejected": gettext_noop("Declined by the customer"),
    "recalled": gettext_noop("Taken back"),
}
TIES = {
    "same_matter": gettext_noop("Same matter"),
    "merged_into": gettext_noop("Goes on there"),
    "merged_here": gettext_noop("Merged into this one"),
}
CHANNELS = {
    "api": gettext_noop("by a program"),
    "customer": gettext_noop("by the customer"),
    "import": gettext_noop("imported"),
}


class Line(NamedTuple):
    """One value with its label; `before` is what a correction replaced ("" where nothing stood)."""

    label: str
    text: str
    before: str = ""
    long: bool = False


@dataclass
class Told:
    """One entry of the story, ready to be drawn. `weight`: move, alarm or aside."""

    entry: Entry
    title: str
    actor: str
    role: str
    channel: str
    for_customer: bool
    moved_to: str
    weight: str
    happened_apart: bool
    lines: list[Line]
    files: list[Evidence]


@dataclass
class Teller:
    """What it takes to say something about a case to one reader."""

    case: Case
    open: bool  # the reader sees phone, plate and VIN
    names: dict[int, str]
    now: datetime
    called: str = ""  # the complainant's name on this case
    language: str = field(default_factory=lambda: get_language() or "")

    def word(self, label: Label) -> str:
        """The pack's word in the reader's language."""
        return label.word(self.language)

    @property
    def pack(self) -> Pack:
        return packs()[self.case.pack]

    @property
    def process(self) -> Process:
        return self.pack.processes[self.case.process]

    @property
    def process_name(self) -> str:
        return self.word(self.process.label)

    @property
    def severity(self) -> str:
        """The word for it where it is out of the ordinary, which is the first code of the pack."""
        severity = self.case.severity
        return self.word(self.pack.code("severity", severity)) if self.pack.is_grave(severity) else ""

    @property
    def customer_name(self) -> str:
        """How the complainant is called on this case, else as the customer is known."""
        return self.called or (self.case.customer.name if self.case.customer else "")

    def masked(self, kind: str, text: str) -> str:
        return text if self.open or kind not in MASKS else MASKS[kind](text)

    def value(self, field: Field, value: Any) -> str:
        """A stored value in words; a dash where there is none, or where it was erased."""
        if value in (None, "", []):
            return "—"
        match field.kind:
            case "choice" | "choices":
                keys = value if isinstance(value, list) else [value]
                return gettext(", ").join(self.word(field.options.get(key) or Label(key, key)) for key in keys)
            case "yes_no":
                return gettext("Yes") if value else gettext("No")
            case "money":
                return words.money(value)
            case "amounts":
                costs = ((field.options.get(key) or Label(key, key), fen) for key, fen in value.items())
                return gettext(", ").join(f"{self.word(kind)} {words.money(fen)}" for kind, fen in costs)
            case "moment":
                return words.moment(datetime.fromisoformat(value), self.now, self.case.branch.zone)
            case "person":
                return self.names.get(value, "—")
            case "mileage":
                return gettext("%(km)s km") % {"km": f"{value:,}"}
            case "rating":
                return gettext("%(stars)s of 5") % {"stars": value}
        return self.masked(field.kind, str(value))

    def role(self, key: str) -> str:
        """The word for a role of the pack, or for what somebody is to the case."""
        if key in self.pack.roles:
            return self.word(self.pack.roles[key])
        return gettext(RELATIONS[key]) if key in RELATIONS else ""

    def story(self, happenings: Iterable[Happening]) -> list[Told]:
        return [self._told(one) for one in happenings]

    def _told(self, one: Happening) -> Told:
        entry = one.entry
        moved = entry.came_from != entry.went_to
        system = entry.actor == "system"
        return Told(
            entry=entry, title=self.title(entry), actor=one.actor or (gettext("System") if system else "—"),
            role="" if system else self.role(entry.role),
            channel=gettext(CHANNELS[entry.channel]) if entry.channel in CHANNELS else "",
            for_customer=bool(entry.on_behalf_of), moved_to=self.stage(entry.went_to) if moved else "",
            weight="alarm" if entry.verb in LATE else "move" if moved else "aside",
            happened_apart=entry.at - entry.happened_at > LATE_NOTE,
            lines=[
                *self._clock(one), *self._warned(one),
                *(self.line(value) for value in one.values if value.value is not None),
            ],
            files=one.files,
        )  # fmt: skip

    def line(self, value: Value) -> Line:
        before = "" if value.before in (None, "") else self.value(value.field, value.before)
        return Line(
            self.word(value.field.label), self.value(value.field, value.value), before, value.field.kind == "long_text"
        )

    def _clock(self, one: Happening) -> list[Line]:
        """Which promise the clock speaks of, and what came of it."""
        said = one.body["data"] if one.entry.verb in CLOCKWORK else {}
        lines = (
            [Line(gettext("Promise"), self.promise(said["clock"]))] if said.get("clock") in self.process.clocks else []
        )
        if one.entry.verb != "overdue" and said.get("rung"):
            lines.append(Line(gettext("Reached"), words.rung(said["rung"])))
        if role := said.get("handed_to"):
            lines.append(Line(gettext("Handed over to"), self.role(role)))
        for moved in said.get("moved", ()):
            was, due = (
                words.moment(datetime.fromisoformat(moved[key]), self.now, self.case.branch.zone)
                for key in ("was", "due")
            )
            lines.append(Line(self.promise(moved["clock"]), due, was))
        return lines

    def _warned(self, one: Happening) -> list[Line]:
        """Which criteria warned, and of which complaints."""
        said = one.body["data"] if one.entry.verb in WARNED else {}
        told = ((gettext("Criteria"), said.get("rules")), (gettext("Complaints"), said.get("about")))
        return [Line(label, gettext(", ").join(values)) for label, values in told if values]

    def title(self, entry: Entry) -> str:
        """What was done, in the pack's words."""
        return self.word(label_of(self.process, entry.verb))

    def stage(self, key: str) -> str:
        return self.word(self.process.stages[key].label) if key in self.process.stages else key

    def cost(self, kind: str) -> str:
        """What a line of a plan is for."""
        return self.word(self.pack.code(self.pack.money.lines, kind)) if self.pack.money else kind

    def offer_state(self, state: str) -> str:
        """How far a plan came."""
        return gettext(OFFERS[state]) if state in OFFERS else state

    def tie(self, kind: str) -> str:
        """How another case belongs to this one."""
        return gettext(TIES[kind]) if kind in TIES else kind

    def promise(self, kind: str) -> str:
        return self.word(self.process.clocks[kind].label) if kind in self.process.clocks else kind

    def way(self, code: str) -> str:
        """How somebody was contacted."""
        field = self.pack.fields.get("way")
        return self.value(field, code) if field else code

    def exact(self, at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(self.case.branch.zone)):%Y-%m-%d %H:%M:%S}"

    def codes(self) -> list[Line]:
        """The case's own codes, each in words."""
        fields = self.pack.fields
        filled = [(key, getattr(self.case, key)) for key in COLUMNS if getattr(self.case, key)]
        return [
            Line(self.word(fields[key].label) if key in fields else key, self.word(self.pack.code(key, value)))
            for key, value in filled
        ]

    def facts(self, leave_out: Iterable[str] = ()) -> list[Line]:
        """What was filled in and stands, in the order in which the pack's forms ask for it."""
        stands = {key: value for key, value in self.case.facts.items() if value is not None and key not in leave_out}
        fields = self.pack.fields
        return [self.line(Value(fields[key], stands[key])) for key in fields if key in stands and key not in COLUMNS]
