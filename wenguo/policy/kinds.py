"""A kind of case in words, for those who read what a pack says: 业务 = 销售."""

from wenguo.policy.conditions import Conditions
from wenguo.policy.pack import Pack

ANSWERS = {True: ("是", "yes"), False: ("否", "no")}
NO_ANSWER = ("未填", "not given")


def kind_in_words(pack: Pack, when: Conditions, language: str) -> str:
    """The fields that `when` names, each with the answers that it wants; "" for every case.

    `language`: "en", or anything else for Chinese.
    """
    also = ", " if language.startswith("en") else "，"
    return also.join(f"{_field(pack, key, language)} = {_wanted(pack, key, values, language)}"
                     for key, values in when.items())  # fmt: skip


def _field(pack: Pack, key: str, language: str) -> str:
    return pack.fields[key].label.word(language) if key in pack.fields else key


def _wanted(pack: Pack, key: str, values: tuple, language: str) -> str:
    return " / ".join(answer_in_words(pack, key, value, language) for value in values)


def answer_in_words(pack: Pack, key: str, value: str | bool, language: str) -> str:
    """The word for one answer to the field `key`; what isn't answered is told by false."""
    field = pack.fields.get(key)
    if isinstance(value, bool):
        both = ANSWERS[value] if value or (field and field.kind == "yes_no") else NO_ANSWER
        return both[language.startswith("en")]
    label = field.options.get(value) if field else None
    return label.word(language) if label else value
