"""What the law says, in the words of the page's language: grounds, meters, periods, each with its article."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils.translation import get_language

from wenguo.law.grounds import Ground, Meter, Remark
from wenguo.law.names import name
from wenguo.law.tables import Text
from wenguo.vehicles.advice import Advice, Covered, Period

LONG, SHORT = "家用汽车产品修理更换退货责任规定", "三包规定"


class Article(NamedTuple):
    """Where a rule stands: its key on the page of the law, a short and the whole name."""

    key: str
    short: str
    whole: str
    verified: bool


class Line(NamedTuple):
    """A sentence with its article; what the customer may choose; what has to be kept in mind."""

    says: str
    article: Article
    may: list[str]
    remarks: list[tuple[str, Article]]
    since: date | None
    in_time: bool


class Bar(NamedTuple):
    """How far it is to a threshold."""

    says: str
    article: Article
    done: int
    limit: int
    reached: bool


class End(NamedTuple):
    """A period with its end. `by_km`: it is over because the car has run further, whatever the day."""

    name: str
    article: Article
    last: date
    km: int | None
    over: bool
    by_km: bool


class Owed(NamedTuple):
    """An item under the shop's guarantee, and what follows if it fails."""

    item: str
    done_on: date
    article: Article
    last: date
    km: int | None
    lines: list[Line]


class Card(NamedTuple):
    """All that a page tells: what matters first, the rest folded. `late`: grounds whose period is over."""

    on: date
    now: list[Line]
    late: list[Line]
    nothing: list[Line]
    claims: list[Line]
    bars: list[Bar]
    more_bars: list[Bar]
    ends: list[End]
    owed: list[Owed]
    proof: list[Line]
    laxer: list[Line]
    spare_on: date | None
    local: list[str]
    asks_place: bool
    elsewhere: int
    unjudged: list[str]
    reckoned: bool
    household: bool


def card(told: Advice) -> Card:
    """The advice in words."""
    counts = sorted(told.counts, key=lambda one: one.done / max(one.limit, 1), reverse=True)
    said = {(one.key, one.about) for one in told.grounds if one.in_time}  # a ground says more than its meter
    telling = [one for one in counts if one.done and not (one.reached and (one.key, one.about) in said)]
    spare_on = told.spare_on if told.spare_on and told.spare_on > told.on else None  # else a ground says so
    return Card(
        on=told.on, now=[line(one) for one in told.grounds if one.in_time],
        late=[line(one) for one in told.grounds if not one.in_time],
        nothing=[line(one) for one in told.against if not one.about],
        claims=[line(one) for one in told.against if one.about],
        bars=[bar(one) for one in telling[:2]], more_bars=[bar(one) for one in (*telling[2:], *told.limits)],
        ends=[_end(one, told.on) for one in told.periods], owed=[_owed(one) for one in told.covered],
        proof=[line(one) for one in told.proof], laxer=[line(one) for one in told.laxer], spare_on=spare_on,
        local=words(one.name for one in told.local), asks_place=not told.place and told.reckoned,
        elsewhere=told.elsewhere, unjudged=told.unjudged, reckoned=told.reckoned, household=told.car.household,
    )  # fmt: skip


def line(one: Ground) -> Line:
    """A ground as the page tells it."""
    remarks = [(_says(remark), article(remark.key, remark.source)) for remark in one.remarks]
    may = [_word(name("choices", key)) for key in one.may]
    return Line(_says(one), article(one.key, one.source, one.verified), may, remarks, one.since, one.in_time)


def bar(one: Meter) -> Bar:
    return Bar(_says(one), article(one.key, one.source, one.verified), one.done, one.limit, one.reached)


def article(key: str, source: str, verified: bool = True) -> Article:
    """Where a rule stands, short enough for the end of a line."""
    return Article(key, source.replace(LONG, SHORT), source, verified)


def words(texts: Iterable[Text]) -> list[str]:
    return [_word(one) for one in texts]


def _end(one: Period, on: date) -> End:
    by_km = one.over and one.last >= on
    return End(_word(one.name), article(one.key, one.source), one.last, one.km, one.over, by_km)


def _owed(one: Covered) -> Owed:
    lines = [line(found) for found in one.grounds]
    return Owed(
        one.job.item, one.job.done_on, article("car_minor", one.ends.source), one.ends.last, one.ends.last_km, lines
    )  # fmt: skip


def _says(one: Ground | Meter | Remark) -> str:
    return one.en if _english() else one.says


def _word(text: Text) -> str:
    return text.en if _english() else text.says


def _english() -> bool:
    return (get_language() or "").startswith("en")
