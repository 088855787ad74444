"""Beside a step that promises something by a day: how far the statute lets such a promise go."""

from datetime import date
from typing import NamedTuple

from wenguo.law.limits import due
from wenguo.law.tables import rules
from wenguo.people.calendars import works
from wenguo.policy.pack import Form, Process, Step
from wenguo.web.law_words import Article, article, words


class Hint(NamedTuple):
    """What is limited, by which article, and its last day counted from today."""

    what: str
    article: Article
    last: date


def hints(process: Process, step: Step, form: Form, today: date) -> list[Hint]:
    """For every clock that the step starts by a moment typed into its form, and whose statute has a limit."""
    set_here = [one for one in process.clocks.values() if step.do in one.starts and one.due and form.field(one.due)]
    limits = [due(one.statute, today, works) for one in set_here if one.statute in rules()]
    return [
        Hint(words([one.name])[0], article(one.key, one.source, one.verified), one.day) for one in limits if one
    ]  # fmt: skip
