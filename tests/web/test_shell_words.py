"""How times, money and personal data are written."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from wenguo.cases import masks
from wenguo.cases.models import NEVER
from wenguo.cases.refusals import Missing, NotAllowed
from wenguo.cases.sentences import sentence
from wenguo.policy.pack import Label
from wenguo.web import translations, words

NOW = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)  # ten o'clock in Shanghai


@pytest.mark.parametrize(
    "minutes, chinese, english, tone",
    [
        (-3000, "逾期 2 天", "2 days overdue", "late"),
        (-120, "逾期 2 小时", "2 hours overdue", "late"),
        (-1, "逾期 1 分钟", "1 minute overdue", "late"),
        (-0.5, "刚刚逾期", "Just overdue", "late"),
        (0.5, "剩不到 1 分钟", "Less than a minute left", "soon"),
        (40, "剩 40 分钟", "40 minutes left", "soon"),
        (120, "剩 2 小时", "2 hours left", "near"),
        (47 * 60, "剩 47 小时", "47 hours left", "calm"),
        (3 * 1440, "剩 3 天", "3 days left", "calm"),
    ],
)
def test_time_left_in_words_and_tone(minutes, chinese, english, tone):
    due = NOW + timedelta(minutes=minutes)
    with translation.override("zh-hans"):
        assert words.left(due, NOW)[:2] == (chinese, tone)
    with translation.override("en"):
        assert words.left(due, NOW).words == english


def test_what_has_no_limit_says_so():
    with translation.override("zh-hans"):
        assert words.left(NEVER, NOW).words == "没有时限"


@pytest.mark.parametrize(
    "at, chinese, english",
    [
        ("2026-03-16T06:30", "今天 14:30", "today 14:30"),
        ("2026-03-15T16:00", "今天 00:00", "today 00:00"),
        ("2026-03-15T15:59", "昨天 23:59", "yesterday 23:59"),
        ("2026-03-17T01:00", "明天 09:00", "tomorrow 09:00"),
        ("2026-11-20T01:12", "11月20日 09:12", "20 Nov 09:12"),
        ("2025-11-20T01:12", "2025年11月20日 09:12", "20 Nov 2025 09:12"),
    ],
)
def test_a_moment_is_told_in_the_zone_of_the_branch(at, chinese, english):
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    with translation.override("zh-hans"):
        assert words.moment(moment, NOW, "Asia/Shanghai") == chinese
    with translation.override("en"):
        assert words.moment(moment, NOW, "Asia/Shanghai") == english


def test_money_is_written_from_fen():
    with translation.override("zh-hans"):
        assert [words.money(fen) for fen in (38050, 0, 5, 123456789)] == [
            "380.50 元",
            "0.00 元",
            "0.05 元",
            "1,234,567.89 元",
        ]
    with translation.override("en"):
        assert words.money(-38050) == "¥-380.50"


def test_masks():
    assert masks.masked_phone("13912341234") == "139****1234"
    assert masks.masked_phone("057187654321") == "****4321"
    assert masks.masked_phone("12345678") == "****78"
    assert masks.masked_phone("") == ""
    assert masks.masked_plate("浙A12345") == "浙A1***5"
    assert masks.masked_plate("浙AD12345") == "浙AD***5"
    assert masks.masked_vin("LSVAU2180N2183294") == "…183294"


def test_a_refusal_speaks_the_readers_language_with_the_words_of_the_pack():
    no = NotAllowed("Your role can't take this step: %(step)s.", step=Label("指派调查", "Assign"))
    assert sentence(no, "zh-hans") == "您的岗位不能做这一步：指派调查。"
    assert sentence(no, "en") == "Your role can't take this step: Assign."
    facts = [Label("质检", "quality check"), Label("确认", "confirmation")]
    no = Missing(("a", "b"), "Still to be done first: %(facts)s.", facts=facts)
    assert sentence(no, "zh-hans") == "还需先完成：质检、确认。"
    assert sentence(no, "en") == "Still to be done first: quality check, confirmation."


def test_every_text_is_there_in_both_languages():
    assert list(translations.missing()) == []
