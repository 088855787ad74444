"""What warned, in the words of the pack."""

from typing import Any

from wenguo.cases.facts import MEASURES
from wenguo.cases.models import Case, Hit
from wenguo.cases.warnings import told_by
from wenguo.policy.load import packs
from wenguo.policy.pack import Pack
from wenguo.policy.row import Label
from wenguo.policy.warnings import READING, Rule, in_words


def rule_of(hit: Hit, case: Case) -> Rule | None:
    """The row that was hit; None where a later pack dropped it."""
    watch = packs()[case.pack].warnings
    return watch.rules.get(hit.rule) if watch else None


def in_sentences(hit: Hit, case: Case, language: str) -> str:
    """Why the row held at that moment, as a sentence; "" where nobody knows the row any more."""
    rule, pack, said = rule_of(hit, case), packs()[case.pack], told_by(hit)
    if rule is None:
        return ""
    values = {key: _word(pack, key, value, language) for key, value in said["facts"].items()}
    values |= {key: f"{value:,}" for key, value in said["numbers"].items()}
    if reading := rule.readings.get(said.get(READING, "")):
        values[READING] = reading.label.word(language)
    return (
        " ".join(in_words(rule.evidence.word(language), values).split())
        if language.startswith("en")
        else (in_words(rule.evidence.word(language), values))
    )


def _word(pack: Pack, key: str, value: Any, language: str) -> str:
    """A value of a fact: codes by their words, numbers with their thousands apart; nothing for no code."""
    if value is None:
        return "—" if key in MEASURES else ""
    if not isinstance(value, list):
        return f"{value:,}"
    field = pack.fields.get(key)
    options = field.options if field else pack.codes.get(key, {})
    return (", " if language.startswith("en") else "、").join(
        (options.get(one) or Label(one, one)).word(language) for one in value
    )
