"""Sentences of refusals and problems, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils import translation

from wenguo.policy.pack import Label


def sentence(message: str, fill: Mapping[str, Any], language: str) -> str:
    """`message` (an English msgid) in `language`, filled in; words of the pack, one or a list, take it too."""
    with translation.override(language):
        text = translation.gettext(message)
    return text % {key: _word(value, language) for key, value in fill.items()} if fill else text


def _word(value: Any, language: str) -> Any:
    if isinstance(value, Label):
        return value.word(language)
    if isinstance(value, list | tuple):
        return (", " if language.startswith("en") else "、").join(str(_word(one, language)) for one in value)
    return value
