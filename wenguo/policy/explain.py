"""Where every value of a step comes from, as plain text: the pack's file and line, or a branch's own number."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from wenguo.law.terms import term, term_names
from wenguo.policy.pack import BACK, STAY, ClockRule, Field, Form, Label, Pack, Place, Process, Step
from wenguo.policy.roads import roads

# Chinese and English of the words that frame the values.
WORDS = {
    "step": ("操作", "step"),
    "pack": ("行业包", "pack"),
    "plain": ("只移动阶段", "plain"),
    "main": ("主要操作", "main"),
    "yes": ("是", "yes"),
    "at": ("所在阶段", "at"),
    "who": ("谁可以办", "who"),
    "nobody": ("无人,只有系统", "nobody, only the system"),
    "never": ("谁须回避", "never"),
    "speaks_for": ("代谁表达", "speaks for"),
    "needs": ("先要满足", "needs"),
    "form": ("表单", "form"),
    "required": ("必填", "required"),
    "fact": ("记入案件", "kept in the case"),
    "per_round": ("每轮重填", "forgotten in a new round"),
    "future": ("须在将来", "in the future"),
    "then": ("结果", "then"),
    "stays": ("阶段不变", "stays"),
    "back": ("回到上一阶段", "back to where it came from"),
    "tell": ("通知", "tell"),
    "starts": ("启动时限", "starts"),
    "stops": ("停止时限", "stops"),
    "hours": ("小时", "hours"),
    "or_due": ("以表单所填时间为先", "unless the form says when"),
    "branch": ("本机构设定", "set by the branch"),
    "pack_says": ("行业包为", "the pack says"),
    "statute": ("法定期限", "statute"),
    "since": ("施行于", "since"),
}


def explain(pack: Pack, process: str, verb: str, numbers: Mapping[str, int], language: str, on: date = date.max) -> str:
    """Every value of the step `verb`, a line each, with its file and line.

    `numbers`: what the branch overlays, by key such as "complaint.close.hours" (plain hours). `language`: "en", or
    anything else for Chinese. Statutes as in force on the day `on`. Raises KeyError for an unknown process or verb.
    """
    told = _Telling(pack, pack.processes[process], numbers, language, on)
    return "\n".join(told.lines(told.process.steps[verb])) + "\n"


class _Telling:
    """One explanation under way."""

    def __init__(self, pack: Pack, process: Process, numbers: Mapping[str, int], language: str, on: date):
        self.pack, self.process, self.numbers, self.language, self.on = pack, process, numbers, language, on

    def lines(self, step: Step) -> Iterator[str]:
        place = step.place
        yield self._line("step", f"{step.do} {self._named(step.label)}", place)
        yield f"{self._word('pack')}: {self.pack.name} {self.pack.version}, {self.process.name}"
        if step.plain:
            yield self._line("plain", self._word("yes"), place.of("plain"))
        if step.main:
            yield self._line("main", self._word("yes"), place.of("main"))
        yield self._line("at", self._stages(step.at), place.of("at"))
        yield self._line("who", self._people(step.who) or self._word("nobody"), place.of("who"))
        if step.never:
            yield self._line("never", self._people(step.never), place.of("never"))
        if step.speaks_for:
            yield self._line("speaks_for", step.speaks_for, place.of("speaks_for"))
        for fact in step.needs:
            yield self._line("needs", self._fact(fact), place.of("needs"))
        if step.form:
            yield from self._form(self.pack.forms[step.form], place)
        yield from self._outcomes(step)
        yield from self._clocks(step)

    def _word(self, key: str) -> str:
        chinese, english = WORDS[key]
        return english if self.language.startswith("en") else chinese

    def _line(self, key: str, value: str, place: Place, indent: str = "") -> str:
        return f"{indent}{self._word(key)}: {value}  [{place}]"

    def _named(self, label: Label | None) -> str:
        return label.word(self.language) if label else ""

    def _stages(self, words: Iterable[str]) -> str:
        stages = self.process.stages
        return ", ".join(f"{word} {self._named(stages[word].label)}" if word in stages else word for word in words)

    def _people(self, words: Iterable[str]) -> str:
        return ", ".join(f"{word} {self._named(self.pack.roles.get(word))}".strip() for word in words)

    def _fact(self, fact: str) -> str:
        """The fact, and each form that asks for it."""
        asked = [(form, field) for form in self.pack.forms.values() if (field := form.field(fact)) and field.fact]
        label = asked[0][1].label if asked else None
        forms = "; ".join(f"{form.key} {field.place}" for form, field in asked)
        return f"{fact} {self._named(label)}".strip() + (f" ({forms})" if forms else "")

    def _form(self, form: Form, place: Place) -> Iterator[str]:
        yield self._line("form", f"{form.key} {self._named(form.label)}", place.of("form"))
        for field in form.fields:
            yield f"  {field.key} {self._named(field.label)}: {', '.join(self._traits(field))}  [{field.place}]"

    def _traits(self, field: Field) -> Iterator[str]:
        yield f"{field.kind} ({field.codes})" if field.codes else field.kind
        for key in ("required", "fact", "per_round", "future"):
            if getattr(field, key):
                yield self._word(key)
        for key in ("required_if", "asked_if"):
            for other, values in getattr(field, key).items():
                yield f"{key} {other} = {'/'.join(str(value).lower() for value in values)}"
        for key in ("required_unless", "default", "smallest", "largest", "longest"):
            if getattr(field, key) not in ("", None):
                yield f"{key} {str(getattr(field, key)).lower()}"
        if field.roles:
            yield self._people(field.roles)

    def _outcomes(self, step: Step) -> Iterator[str]:
        ends = {STAY: self._word("stays"), BACK: self._word("back")}
        for outcome, target in step.then.items():
            yield self._line("then", f"{outcome} → {ends.get(target) or self._stages([target])}", step.place.of("then"))
            if told := step.tell.get(outcome):
                yield self._line("tell", self._people(told), step.place.of("tell"), "  ")

    def _clocks(self, step: Step) -> Iterator[str]:
        """Clocks that the step starts or stops on any of its ways, with the outcomes that do where not all do."""
        ways = [road for road in roads(self.process) if road.step == step]
        for rule in self.process.clocks.values():
            starts = {way.outcome for way in ways if rule.starts_by(step.do, way.came_from, way.went_to)}
            runs = [way for way in ways if not rule.at or way.came_from in rule.at]
            stops = {way.outcome for way in runs if rule.stops_by(step.do, way.went_to)} - starts
            if starts:
                yield from self._started(rule, _which(step, starts))
            if stops:
                name = f"{rule.key} {self._named(rule.label)}{_which(step, stops)}"
                yield self._line("stops", name, rule.place)

    def _started(self, rule: ClockRule, which: str) -> Iterator[str]:
        key = f"{self.process.name}.{rule.key}.hours"
        hours = f"{self.numbers.get(key, rule.hours)} {self._word('hours')}"
        if key in self.numbers:
            hours += f" ({self._word('branch')}: {key}; {self._word('pack_says')} {rule.hours})"
        due = f", {self._word('or_due')}: {rule.due}" if rule.due else ""
        name = f"{rule.key} {self._named(rule.label)}{which}"
        yield self._line("starts", f"{name}, {hours}{due}", rule.place.of("hours"))
        if rule.tell:
            yield self._line("tell", self._people(rule.tell), rule.place.of("tell"), "  ")
        limit = term(rule.statute, self.on) if rule.statute in term_names() else None
        if limit:
            since = f"{self._word('since')} {limit.since}"
            value = f"{rule.statute}, {limit.hours} {self._word('hours')}, {limit.source}, {since}"
            yield self._line("statute", value, rule.place.of("statute"), "  ")


def _which(step: Step, outcomes: set[str]) -> str:
    """The outcomes in brackets, unless they are all that the step has."""
    return "" if outcomes == set(step.then) else f" ({', '.join(sorted(outcomes))})"
