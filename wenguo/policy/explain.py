"""Where every value of a step comes from, as plain text: the pack's file and line, or a branch's own number."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from wenguo.law.terms import term, term_names
from wenguo.policy.clocks import UNIT_WORDS, ClockRule
from wenguo.policy.conditions import Conditions
from wenguo.policy.kinds import answer_in_words, kind_in_words
from wenguo.policy.money import COUNTERSIGN, TOTAL, Ladder, Money, Purse, yuan
from wenguo.policy.pack import BACK, NEW, STAY, Field, Form, Label, Pack, Place, Process, Step, Suggestion
from wenguo.policy.reckoning import MOMENT
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
    "rests": ("暂停计时", "rests"),
    "or_due": ("以表单所填时间为先", "unless the form says when"),
    "branch": ("本机构设定", "set by the branch"),
    "pack_says": ("行业包为", "the pack says"),
    "statute": ("法定期限", "statute"),
    "since": ("施行于", "since"),
    "when": ("只限这类投诉", "only for"),
    "if": ("仅当", "if"),
    "by": ("结果由答案决定", "the answer decides"),
    "sets": ("同时记为", "also sets"),
    "forgets": ("须重新填写", "to be given anew"),
    "hands_to": ("负责人改为", "hands to"),
    "suggest": ("预填", "suggests"),
    "in_hours": ("小时后", "hours from now"),
    "owner": ("负责人", "owner"),
    "told": ("并通知", "told at once"),
    "limit": ("权限", "limit"),
    "total": ("合计", "in all"),
    "not_set": ("未设定", "not set"),
    "days": ("同一客户累计天数", "days over which a customer's remedies count together"),
    "countersign": ("会签", "countersigned"),
    "above": ("起", "and more"),
}


def explain(pack: Pack, process: str, verb: str, numbers: Mapping[str, int], language: str, on: date = date.max) -> str:
    """Every value of the step `verb`, a line each, with its file and line.

    `numbers`: what the branch overlays, by key such as "complaint.close.hours". `language`: "en", or
    anything else for Chinese. Statutes as in force on the day `on`. Raises KeyError for an unknown process or verb.
    """
    told = _Telling(pack, pack.processes[process], numbers, language, on)
    return "\n".join(told.lines(told.process.steps[verb])) + "\n"


UNITS = {key: (label.says, label.en) for key, label in UNIT_WORDS.items()}


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
        if step.when:
            yield self._line("when", self._kind(step.when), place.of("when"))
        yield self._line("who", self._people(step.who) or self._word("nobody"), place.of("who"))
        if step.never:
            yield self._line("never", self._people(step.never), place.of("never"))
        if step.speaks_for:
            yield self._line("speaks_for", step.speaks_for, place.of("speaks_for"))
        for fact in step.needs:
            yield self._line("needs", self._fact(fact), place.of("needs"))
        for need in step.also_needs:
            for fact in need.facts:
                yield self._line("needs", f"{self._fact(fact)}{self._if(need.when)}", need.place.of("facts"))
        if step.form:
            yield from self._form(self.pack.forms[step.form], place)
            yield from self._limits(self.pack.forms[step.form])
        if NEW in step.at:
            yield from self._owners()
        yield from self._beside(step)
        yield from self._outcomes(step)
        yield from self._clocks(step)

    def _word(self, key: str) -> str:
        chinese, english = UNITS[key] if key in UNITS else WORDS[key]
        return english if self.language.startswith("en") else chinese

    def _line(self, key: str, value: str, place: Place, indent: str = "") -> str:
        return f"{indent}{self._word(key)}: {value}  [{place}]"

    def _named(self, label: Label | None) -> str:
        return label.word(self.language) if label else ""

    def _kind(self, when: Conditions) -> str:
        return kind_in_words(self.pack, when, self.language)

    def _if(self, when: Conditions) -> str:
        """For which cases alone, in brackets; nothing where it is for every case."""
        return f" ({self._word('if')} {self._kind(when)})" if when else ""

    def _stages(self, words: Iterable[str]) -> str:
        stages = self.process.stages
        return ", ".join(f"{word} {self._named(stages[word].label)}" if word in stages else word for word in words)

    def _people(self, words: Iterable[str]) -> str:
        return ", ".join(f"{word} {self._named(self.pack.roles.get(word))}".strip() for word in words)

    def _fact(self, fact: str) -> str:
        """The fact, and each form that asks for it."""
        asked = [(form, field) for form in self.pack.forms.values() if (field := form.field(fact)) and field.stays]
        label = asked[0][1].label if asked else None
        forms = "; ".join(f"{form.key} {field.place}" for form, field in asked)
        return f"{fact} {self._named(label)}".strip() + (f" ({forms})" if forms else "")

    def _form(self, form: Form, place: Place) -> Iterator[str]:
        yield self._line("form", f"{form.key} {self._named(form.label)}", place.of("form"))
        for field in form.fields:
            yield f"  {field.key} {self._named(field.label)}: {', '.join(self._traits(field))}  [{field.place}]"
            for one in field.suggest:
                yield self._line("suggest", f"{self._suggested(one)}{self._if(one.when)}", one.place, "    ")

    def _suggested(self, one: Suggestion) -> str:
        if one.role:
            return self._people([one.role])
        return f"{one.hours} {self._word('in_hours')}" if one.hours else self._named(one.label)

    def _limits(self, form: Form) -> Iterator[str]:
        """How much each role may decide on here, where the form asks what something costs."""
        money = self.pack.money
        if money is None or not any(field.kind == "amounts" for field in form.fields):
            return
        for ladder in money.ladders:
            yield from self._ladder(money, ladder)
        yield self._line("days", str(money.days), money.place.of("days"))
        above = self.numbers.get(COUNTERSIGN, money.limits.get(COUNTERSIGN))
        value = self._word("not_set") if above is None else f"¥{yuan(above)} {self._word('above')}"
        yield self._line("countersign", f"{self._people(money.countersign)}: {value}", money.place.of("countersign"))

    def _ladder(self, money: Money, ladder: Ladder) -> Iterator[str]:
        """A line for each role, the lowest first."""
        limits = Purse(money, self.numbers, {}, {})
        names = {
            **{key: self._named(label) for key, label in self.pack.codes[money.lines].items()},
            TOTAL: self._word(TOTAL),
        }
        for role in ladder.roles:
            found = {name: limits.limit(role, kind) for kind, name in names.items()}
            told = (
                f"{name} {self._word('not_set') if fen is None else '¥' + yuan(fen)}" for name, fen in found.items()
            )
            yield self._line("limit", f"{self._people([role])}: {', '.join(told)}{self._if(ladder.when)}", ladder.place)

    def _owners(self) -> Iterator[str]:
        """Whose the case will be: the first that fits."""
        for route in self.process.routes:
            yield self._line("owner", f"{self._people([route.owner])}{self._if(route.when)}", route.place.of("owner"))
            if route.tell:
                yield self._line("told", self._people(route.tell), route.place.of("tell"), "  ")
        if self.process.owner:
            yield self._line("owner", self._people([self.process.owner]), self.process.place.of("owner"))

    def _beside(self, step: Step) -> Iterator[str]:
        """What the step does beside moving the case."""
        for key, value in step.sets.items():
            told = f"{self._field(key)} = {value} {answer_in_words(self.pack, key, value, self.language)}"
            yield self._line("sets", told, step.place.of("sets"))
        for fact in step.forgets:
            yield self._line("forgets", self._field(fact), step.place.of("forgets"))
        if step.by:
            yield self._line("by", self._field(step.by), step.place.of("by"))

    def _field(self, key: str) -> str:
        return f"{key} {self._named(self.pack.fields[key].label) if key in self.pack.fields else ''}".strip()

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
            answer = answer_in_words(self.pack, step.by, outcome, self.language) if step.by else ""
            yield self._line(
                "then",
                f"{f'{outcome} {answer}'.strip()} → {ends.get(target) or self._stages([target])}",
                step.place.of("then"),
            )
            if role := step.hands_to.get(outcome):
                yield self._line("hands_to", self._people([role]), step.place.of("hands_to"), "  ")
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
        key = rule.number_key(self.process.name)
        amount = "" if rule.counts == MOMENT else f"{self.numbers.get(key, rule.amount)} {self._word(rule.counts)}"
        if key in self.numbers:
            amount += f" ({self._word('branch')}: {key}; {self._word('pack_says')} {rule.amount})"
        amount += "".join(f"; {one.amount}{self._if(one.when)}" for one in rule.instead)
        due = f", {self._word('or_due')}: {rule.due}" if rule.due else ""
        due += f", {self._word('since')}: {rule.since}" if rule.since else ""
        name = f"{rule.key} {self._named(rule.label)}{which}"
        yield self._line("starts", f"{name}, {amount}{due}{self._if(rule.when)}", rule.place.of(rule.counts))
        yield from self._rungs(rule)
        limit = term(rule.statute, self.on) if rule.statute in term_names() else None
        if limit:
            since = f"{self._word('since')} {limit.since}"
            value = f"{rule.statute}, {limit.hours} {self._word('hours')}, {limit.source}, {since}"
            yield self._line("statute", value, rule.place.of("statute"), "  ")

    def _rungs(self, rule: ClockRule) -> Iterator[str]:
        """Who hears of it when, and when the time doesn't count."""
        for rung in rule.rungs:
            people = self._people(rung.tell) if rung.tell else ""
            over = f" → {self._people([rung.hands_to])}" if rung.hands_to else ""
            if people or over:
                at = "" if rung.verb == "overdue" else f"{rung.at}: "
                yield self._line("tell", f"{at}{people}{over}{self._if(rung.when)}", rung.place, "  ")
        if rule.rests_at:
            yield self._line("rests", self._stages(rule.rests_at), rule.place.of("rests_at"), "  ")
        if rule.rests_when:
            yield self._line("rests", self._kind(rule.rests_when), rule.place.of("rests_when"), "  ")


def _which(step: Step, outcomes: set[str]) -> str:
    """The outcomes in brackets, unless they are all that the step has."""
    return "" if outcomes == set(step.then) else f" ({', '.join(sorted(outcomes))})"
