"""What `check` asks of warnings.toml: facts, codes and numbers that there are, and a way for the warning to begin."""

from collections.abc import Iterator

from wenguo.policy.pack import COLUMNS, Pack
from wenguo.policy.row import Place
from wenguo.policy.source import Fault
from wenguo.policy.vocabulary import Vocabulary, unknown
from wenguo.policy.warnings import DANGER, READING, Groups, Rule, Test, Watch

BY_SIZE = (">=", "<=")


def warning_faults(pack: Pack, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Everything wrong in warnings.toml."""
    watch = pack.warnings
    if watch is None:
        return
    place = watch.place
    yield from unknown(watch.of, pack.processes, "process", place.of("of"))
    yield from unknown(sorted(watch.board), pack.roles, "role", place.of("board"))
    for key, kinds in (("repairs", watch.repairs), ("returns", watch.returns)):
        yield from unknown(sorted(kinds), pack.codes.get("visit_kind", {}), "code of 'visit_kind'", place.of(key))
    yield from unknown(sorted(watch.returns - watch.repairs), (), "repair", place.of("returns"))
    yield from _opens(pack, watch)
    for rule in watch.rules.values():
        yield from _rule(pack, rule, vocabulary)
    yield from _dangers(pack, watch)
    if watch.identity:
        one = watch.identity
        yield from unknown([one.codes], pack.codes, "list of codes", one.place.of("codes"))
        yield from unknown(sorted(one.roles), pack.roles, "role", one.place.of("roles"))
        if one.days < 1:
            yield Fault(one.place.of("days"), "what is so sensitive is kept for one day at least, and not for ever")


def _opens(pack: Pack, watch: Watch) -> Iterator[Fault]:
    """A hit opens a case by itself, so nobody may be asked to fill in a form for it."""
    place = watch.place.of("opens")
    yield from unknown([watch.opens], pack.processes, "process", place)
    if watch.opens in watch.of:
        yield Fault(place, f"'{watch.opens}' would be warned of itself")
    if watch.opens in pack.processes and (step := pack.processes[watch.opens].opening).do != "warned":
        yield Fault(place, f"'{watch.opens}' is opened by '{step.do}', not by 'warned'")


def _rule(pack: Pack, rule: Rule, vocabulary: Vocabulary) -> Iterator[Fault]:
    yield from _groups(pack, rule.own, rule.place.of("all"), vocabulary)
    for reading in rule.readings.values():
        yield from _groups(pack, reading.groups, reading.place.of("all"), vocabulary)
    if rule.readings or rule.chosen:
        yield from unknown([rule.chosen], rule.readings, "reading", rule.place.of("read_as"))
    if len(rule.readings) == 1:
        yield Fault(rule.place, f"'{rule.key}' names one reading only: that is no choice")
    if not rule.groups:
        yield Fault(rule.place.of("all"), f"'{rule.key}' asks for nothing, so it would always warn")
    if not rule.source:
        yield Fault(rule.place.of("source"), f"'{rule.key}' doesn't say where it comes from")
    known = {*rule.facts, *pack.numbers, READING}
    yield from unknown(sorted(set(rule.words())), known, "placeholder", rule.place.of("evidence"))


def _groups(pack: Pack, groups: Groups, place: Place, vocabulary: Vocabulary) -> Iterator[Fault]:
    for test in (one for group in groups for one in group if one.fact):
        yield from _test(pack, test, place, vocabulary)


def _test(pack: Pack, test: Test, place: Place, vocabulary: Vocabulary) -> Iterator[Fault]:
    measured, kept = test.fact in vocabulary.measures, test.fact in {*COLUMNS, *pack.facts}
    if not measured and not kept:
        yield Fault(place, f"unknown fact '{test.fact}'")
    elif test.sign in BY_SIZE:
        if not measured:
            yield Fault(place, f"'{test.fact}' is chosen from codes, so it is neither more nor less")
        yield from unknown(
            [one for one in test.values if not one.isdigit()], pack.numbers, "number", place
        )  # fmt: skip
    elif kept:
        field = pack.fields.get(test.fact)
        codes = field.options if field and field.options else pack.codes.get(test.fact, {"true": None, "false": None})
        yield from unknown(test.values, codes, f"code of '{test.fact}'", place)


def _dangers(pack: Pack, watch: Watch) -> Iterator[Fault]:
    """Words propose codes that can be chosen; none hints at two, and each false friend holds a word it excuses."""
    field, hinted = pack.fields.get(DANGER), dict[str, str]()
    if watch.dangers and (field is None or field.kind != "choices"):
        yield Fault(watch.place, f"danger words propose codes of '{DANGER}', which no form asks for as choices")
        return
    for row in watch.dangers:
        yield from unknown([row.code], field.options if field else (), f"code of '{DANGER}'", row.place.of("code"))
        for word in row.words:
            if hinted.setdefault(word, row.code) != row.code or not word.strip():
                yield Fault(row.place.of("words"), f"'{word}' hints at '{hinted[word]}' already")
        for friend in row.but:
            if not any(one in friend for word in row.words for one in word.split("…")):
                yield Fault(row.place.of("but"), f"no word of '{row.code}' stands in '{friend}'")
