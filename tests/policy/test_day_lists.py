"""A list of the country's days, pasted by somebody: read line by line, with every bad line named."""

from datetime import date

import pytest

from wenguo.policy.day_lists import Listed, read_list
from wenguo.policy.fields import Problem


def told(text: str) -> list[tuple[int, str]]:
    """(line, what is wrong) of a list that is refused."""
    with pytest.raises(Problem) as refused:
        read_list(text)
    lines = refused.value.fill.get("lines", [])
    return [(one.fill["line"], one.fill["problem"].message) for one in lines]


def test_a_list_is_read_however_its_columns_are_parted():
    text = "\ufeff日期,类型,名称\n2027-10-01,休,国庆节\n2027/10/9，班，国庆节调休上班\n\n"
    text += "2027年1月1日\tREST\t元旦\tNew Year's Day\n"
    assert read_list(text) == [
        Listed(date(2027, 1, 1), "rest", "元旦", "New Year's Day"),
        Listed(date(2027, 10, 1), "rest", "国庆节", ""),
        Listed(date(2027, 10, 9), "work", "国庆节调休上班", ""),
    ]


def test_every_bad_line_is_named_with_what_is_wrong():
    bad = told("2027-02-30,休,x\n2027-01-01,maybe,x\n2027-01-02,休\n2027-01-02,班\n2027-01-03,休,a,b,c\n1800-01-01,休")
    assert [line for line, _ in bad] == [1, 2, 4, 5, 6]
    assert "is no day" in bad[0][1] and "second column" in bad[1][1]
    assert "twice" in bad[2][1] and "four columns" in bad[3][1] and "is no day" in bad[4][1]


@pytest.mark.parametrize("text", ["", "日期,类型\n", "\n \n"])
def test_an_empty_list_is_refused(text):
    assert told(text) == []


def test_a_thousand_bad_lines_are_counted_and_the_first_ones_told():
    with pytest.raises(Problem) as refused:
        read_list("nonsense\n" * 1000)
    assert refused.value.fill["count"] == 1000 and len(refused.value.fill["lines"]) == 10
