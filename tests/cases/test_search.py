"""Search: every word anywhere in what a case says, the same on both databases, and only what somebody may see."""

import pytest

from tests.people import actor, at_stage, take
from wenguo.cases import search
from wenguo.cases.models import Case

pytestmark = pytest.mark.usefixtures("database")


def found(text: str, login: str = "bob") -> list[str]:
    """Numbers of the cases that `login` finds."""
    pks = search.find(text, actor(login)).cases
    numbers = dict(Case.objects.filter(pk__in=pks).values_list("pk", "number"))
    return [numbers[pk] for pk in pks]


def test_a_case_is_found_by_each_word_of_it():
    case = at_stage("receiving", content="变速箱异响,冷车起步时明显", vin="LSVAU2180N2183294")
    for word in (
        "异响",
        "变速箱",
        "箱异",
        "冷车 异响",
        case.number,
        case.number[-4:],
        "朵拉",
        "13800138000",
        "8000",
        "浙A12345",
        "183294",
    ):
        assert found(word) == [case.number], word
    for word in ("刹车", "异响 刹车", "响异", "8002"):
        assert found(word) == [], word


def test_a_note_is_found():
    case = at_stage("receiving")
    assert found("变速器油") == []
    take(case, "noted", note="已更换变速器油")
    assert found("变速器油") == [case.number]
