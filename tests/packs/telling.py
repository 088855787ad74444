"""Tells the stories of a pack: every line is an act through the real door, and what it says of the case must hold.

A story stands in `stories/*.toml` of the pack, as `[name]` with `says`, `en` and its lines `[[name.step]]`:

by, do, with   who (login of tests/people.py) does what (verb), and what they fill in. What else the form requires is
               filled in plausibly; an opening has a customer, phone, car and wish (F04) of itself. People are named by
               login, files by any name, moments in hours from then, days in days from then, other cases by their name.
               `do = "tick"`, without `by`, is the clock, `do = "watch"` the hourly look at warnings; `do = "car"` and
               `do = "visit"` are the dealer's own system, which tells of the case's car (days) and its stays (hours
               from then); `on_to` in place of them goes the ordinary way to a stage.
hours          how much later than the line before (0 unless told)
case           which case, where a story has several ("it" unless told); the opening names it, and a warning that a line
               brings about is called "warning", the next one "warning2"
outcome        what came of it, where the step has several outcomes
refused        who tries before and is turned away: by, why (a word of WHY), what differs of do and with; `at` names
               the fields or facts that are wrong or missing
after          how things stand then: the keys of LOOKS
`stand_ins` of a story says who stands in for whom on those days, `numbers` which numbers the shop has set.
"""

import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.people import NOW, WHOLE, actor, fill, leading_to, path_to, take
from wenguo.cases import evidence
from wenguo.cases.asking import asking
from wenguo.cases.door import Done, act, open_case
from wenguo.cases.facts import Facts
from wenguo.cases.models import Approval, Case, CaseVehicle, Clock, Entry, Hit, Notice
from wenguo.cases.refusals import Invalid, Missing, Refusal
from wenguo.cases.warning_words import in_sentences
from wenguo.jobs.tick import tick
from wenguo.jobs.watch import watch
from wenguo.people.actors import SYSTEM, Actor, today_of
from wenguo.people.amend import amend
from wenguo.people.models import Branch, BranchNumber, Deputy, Staff
from wenguo.policy.load import PACKS, packs
from wenguo.policy.pack import Field
from wenguo.vehicles.dms import visit_told

Story = dict[str, Any]
Line = dict[str, Any]
WHY = {  # the word of a story for each reason to refuse
    "Your role can't take this step: %(step)s.": "role",
    "You are involved in this case yourself, so somebody else must do this.": "recused",
    "The case stands at “%(stage)s”; “%(step)s” can't be done there.": "stage",
    "“%(step)s” is not meant for a case of this kind.": "kind",
    "Still to be done first: %(facts)s.": "facts",
    "Please check the marked fields.": "fields",
    "Your limit is not enough for this amount.": "limit",
    "You have agreed already; somebody else must agree too.": "agreed already",
    "Nobody here may decide on this amount: no limit is enough.": "no limit is enough",
    "There is no such case.": "not found",
}


def stories(pack: str = "auto_dealer") -> dict[str, Story]:
    """Every story of a pack by `stories/FILE.toml#name`, the name by which the register of requirements claims it."""
    files = sorted((PACKS / pack / "stories").glob("*.toml"))
    return {
        f"stories/{path.name}#{name}": story
        for path in files
        for name, story in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }


class Telling:
    """One story under way at the shop HZ: the clock on the wall and the cases by their names."""

    def __init__(self, story: Story):
        self.now, self.numbers, self.last = NOW, {}, 0
        self.shop = Branch.objects.get(code="HZ")
        for absent, deputy in story.get("stand_ins", {}).items():
            days = {"since": today_of(NOW), "until": today_of(NOW + timedelta(days=90))}
            people = {"absent": _staff(absent), "deputy": _staff(deputy)}
            amend(Deputy(), SYSTEM.code, {**people, **days}, "leave", NOW)
        for key, value in story.get("numbers", {}).items():
            number = {"branch": self.shop, "key": key, "value": value, "since": date(2026, 1, 1), "reason": "set here"}
            amend(BranchNumber(), SYSTEM.code, number, "set here", NOW)

    def take(self, line: Line) -> None:
        """One line: who is turned away, what is done, and how things stand then."""
        self.now += timedelta(hours=line.get("hours", 0))
        for attempt in line.get("refused", ()):
            same = attempt.get("do", line["do"]) == line["do"]
            said = {**(line.get("with", {}) if same else {}), **attempt.get("with", {})}
            self._turned_away({**line, **attempt, "with": said})
        self.last = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
        if "on_to" in line:
            self._walk(self._case(line), line["on_to"])
        elif line["do"] in OUTSIDE:
            OUTSIDE[line["do"]](self, line)
        else:
            done = self._do(line)
            self.numbers.setdefault(line.get("case", "it"), done.case.number)
            assert done.entry.outcome == line.get("outcome", done.entry.outcome), done.entry.outcome
        self._name_warnings()
        wanted = line.get("after", {})
        seen = {key: LOOKS[key](self, self._case(line), value) for key, value in wanted.items()}
        differing = [key for key in wanted if seen[key] != wanted[key]]
        assert not differing, "; ".join(f"{key}: {seen[key]} instead of {wanted[key]}" for key in differing)

    def _name_warnings(self) -> None:
        for number in Case.objects.filter(process="warning").order_by("pk").values_list("number", flat=True):
            if number not in self.numbers.values():
                nth = sum(name.startswith("warning") for name in self.numbers) + 1
                self.numbers[f"warning{nth}" if nth > 1 else "warning"] = number

    def tell_car(self, line: Line) -> None:
        """What the dealer's system knows of the case's car; whole numbers of dates are days from then."""
        day = today_of(self.now)
        told = {
            key: day + timedelta(days=value) if key.endswith("_on") else value for key, value in line["with"].items()
        }
        amend(self._case(line).vehicle, SYSTEM.code, told, "told", self.now)

    def tell_visit(self, line: Line) -> None:
        """A stay of the case's car: `order_no`, `kind`, `problems`, `since` and `until` in hours from then (no `until`:
        still here)."""
        said = line["with"]
        raw = {key: said[key] for key in ("kind", "problems") if key in said} | {
            "plate": self._case(line).vehicle.plate
        }
        raw.setdefault("kind", "general_repair")
        for key, name in (("in_at", "since"), ("out_at", "until")):
            if name in said:
                raw[key] = (self.now + timedelta(hours=said[name])).isoformat()
        by = actor("alice", self.now)
        visit_told(self.shop, said["order_no"], raw, asking(self.shop, by, self.now), by)

    def _case(self, line: Line) -> Case:
        return Case.objects.select_related("branch").get(number=self.numbers[line.get("case", "it")])

    def _walk(self, case: Case, stage: str) -> None:
        """The ordinary way on to `stage`: the steps between, each by whoever may, filled in plausibly."""
        pack = packs()[case.pack]
        for step, outcome in path_to(pack.processes[case.process], case.stage, stage):
            case = take(case, step.do, now=self.now, **leading_to(pack, step, outcome))

    def _do(self, line: Line) -> Done:
        who, name = actor(line["by"], self.now), line.get("case", "it")
        if name not in self.numbers:
            raw = self._filled("complaint", line, who, {**WHOLE, **line.get("with", {})})
            return open_case("complaint", self.shop, who, raw, self.now, verb=line["do"])
        case = self._case(line)
        return act(case, line["do"], who, self._filled(case.process, line, who, line.get("with", {})), self.now)

    def _filled(self, process: str, line: Line, who: Actor, said: dict[str, Any]) -> dict[str, Any]:
        pack = packs()[self.shop.pack]
        form = pack.form_of(pack.processes[process].steps[line["do"]])
        strange = set(said) - {*WHOLE, *(one.key for one in form.fields)}
        assert not strange, f"{line['do']} doesn't ask for {strange}"
        given = {one.key: self._meant(one, said[one.key], who) for one in form.fields if one.key in said}
        return fill(form, who, self.shop, self.now, **given)

    def _meant(self, field: Field, value: Any, who: Actor) -> Any:
        """What a line's value is for the form: a login becomes a person's number, hours a moment, and so on."""
        match field.kind, value:
            case "person", str():
                return _staff(value).pk
            case "file", str():
                return [evidence.store(value, [b"a photo"], who, self.now).pk]
            case "moment", int():
                return (self.now + timedelta(hours=value)).isoformat()
            case "date", int():
                return (today_of(self.now) + timedelta(days=value)).isoformat()
            case "case", str():
                return self.numbers[value]
        return value

    def _turned_away(self, line: Line) -> None:
        before = Entry.objects.count()
        with pytest.raises(Refusal) as refused:
            self._do(line)
        reason = refused.value
        assert WHY.get(reason.message, reason.message) == line["why"], (line["by"], line["do"])
        if "at" in line:
            assert sorted(_wrong_or_missing(reason)) == sorted(line["at"])
        assert Entry.objects.count() == before


OUTSIDE: dict[str, Callable[[Telling, Line], Any]] = {
    "tick": lambda telling, _: tick(lambda: telling.now),
    "watch": lambda telling, _: watch(lambda: telling.now),
    "car": Telling.tell_car,
    "visit": Telling.tell_visit,
}


def _staff(login: str) -> Staff:
    return Staff.objects.get(username=login)


def _wrong_or_missing(reason: Refusal) -> list[str]:
    match reason:
        case Invalid():
            return list(reason.fields)
        case Missing():
            return list(reason.missing)
    return []


def _told(telling: Telling, case: Case, wanted: list[str]) -> list[str]:
    """Logins of all who were told of this line, in the order in which the story names them."""
    told = Notice.objects.filter(entry__gt=telling.last).values_list("recipient__username", flat=True)
    return _in_order_of(wanted, set(told))


def _running(telling: Telling, case: Case, wanted: list[str]) -> list[str]:
    return _in_order_of(wanted, set(case.clocks.filter(stopped_at=None).values_list("kind", flat=True)))


def _overdue(telling: Telling, case: Case, wanted: list[str]) -> list[str]:
    """Clocks of which this very tick said that they ran out."""
    return _in_order_of(wanted, set(Clock.objects.filter(overdue_at=telling.now).values_list("kind", flat=True)))


def _in_order_of(wanted: list[str], found: set[str]) -> list[str]:
    return [*(one for one in wanted if one in found), *sorted(found.difference(wanted))]


def _due_in(telling: Telling, case: Case, wanted: dict[str, float]) -> dict[str, float]:
    """Hours until each of these clocks runs out."""
    running = case.clocks.filter(stopped_at=None, kind__in=wanted)
    return {one.kind: (one.due_at - telling.now) / timedelta(hours=1) for one in running}


def _money(telling: Telling, case: Case, wanted: dict[str, Any]) -> dict[str, Any]:
    """State and yuan of the latest plan."""
    remedy = case.remedies.latest("nth")
    return {"state": remedy.state, "yuan": remedy.amount_fen / 100}


def _approvals(telling: Telling, case: Case, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who decided on the latest plan: by, as (role), granted, and instead_of whom where they stood in."""
    rows = Approval.objects.filter(remedy=case.remedies.latest("nth")).select_related("approver", "in_place_of")
    return [
        {"by": one.approver.username, "as": one.role, "granted": one.granted}
        | ({"instead_of": one.in_place_of.username} if one.in_place_of else {})
        for one in rows.order_by("id")
    ]


def _people(telling: Telling, case: Case, wanted: dict[str, str]) -> dict[str, str]:
    """Who these relations are now; a role where nobody in person is."""
    rows = case.parties.filter(kind__in=wanted, ended=False).select_related("staff").order_by("id")
    return {one.kind: one.staff.username if one.staff else one.role for one in rows}


def _facts(telling: Telling, case: Case, wanted: dict[str, Any]) -> dict[str, Any]:
    """Facts and columns; "" for what nobody has said, or what was forgotten."""
    held = Facts(case, today_of(telling.now))
    return {key: held.get(key, "") for key in wanted}


def _hits(telling: Telling, case: Case, wanted: list[str]) -> list[str]:
    """Rows of warnings.toml that have held for the case so far."""
    return _in_order_of(wanted, set(Hit.objects.filter(case=case).values_list("rule", flat=True)))


def _warned_of(telling: Telling, case: Case, wanted: list[str]) -> list[str]:
    """The story's names of the complaints that a warning is about."""
    names = {number: name for name, number in telling.numbers.items()}
    about = case.links.filter(kind="warns_of").values_list("other__number", flat=True)
    return _in_order_of(wanted, {names[one] for one in about})


def _evidence(telling: Telling, case: Case, wanted: dict[str, str]) -> dict[str, str]:
    """Why each of these rows held, in English."""
    return {one.rule: in_sentences(one, case, "en") for one in Hit.objects.filter(case=case, rule__in=wanted)}


LOOKS: dict[str, Callable[[Telling, Case, Any], Any]] = {
    "stage": lambda _, case, __: case.stage,
    "owner": lambda _, case, __: case.owner.username if case.owner else "",
    "turn": lambda _, case, __: case.turn_person.username if case.turn_person else case.turn_role,
    "round": lambda _, case, __: case.round,
    "told": _told,
    "clocks": _running,
    "overdue": _overdue,
    "due_in": _due_in,
    "money": _money,
    "approvals": _approvals,
    "people": _people,
    "facts": _facts,
    "hits": _hits,
    "warned_of": _warned_of,
    "evidence": _evidence,
    "warnings": lambda telling, _, __: sum(name.startswith("warning") for name in telling.numbers),
    "cars": lambda _, case, __: CaseVehicle.objects.filter(case=case).count(),
    "links": lambda _, case, __: sorted(case.links.values_list("kind", flat=True)),
}
