"""What was refused, in the reader's language: page, API and import say it in the same words."""

from collections.abc import Iterable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from wenguo.cases.refusals import Refusal
from wenguo.policy.fields import Problem
from wenguo.policy.pack import Label


def sentence(no: Refusal | Problem, language: str) -> str:
    """The whole sentence, with the pack's words filled in."""
    with translation.override(language):
        return gettext(no.message) % {key: _word(value, language) for key, value in no.fill.items()}


def problems(refusal: Refusal, language: str) -> dict[str, str]:
    """What is wrong with each field, by its key."""
    return {key: sentence(problem, language) for key, problem in refusal.fields.items()}


def _word(value: Any, language: str) -> Any:
    if isinstance(value, Problem):
        return sentence(value, language)
    if isinstance(value, Label):
        return value.word(language)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return (", " if language.startswith("en") else "、").join(str(_word(one, language)) for one in value)
    return value
