"""Search: every word anywhere in what a case says, the same on both databases, and only what somebody may see."""

import random

import pytest
from django.db import connection

from tests.people import actor, at_stage, take
from wenguo.cases import indexing, search
from wenguo.cases.models import Case, EntryPrivate, SearchText

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.both_databases]


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


# ---- everything is found ----

PIECES = [
    "冷车起步时前轴异响", "变速箱 2.0T 换挡顿挫", "4S店说是正常现象", "要求退还差价", "Brake noise at 40 km/h",
    "空调不制冷", "更换刹车片后三天又响", "😡无人回复", "𠮷田先生来电催促", "浙Ａ１２３４５的车主", "配件等了两个月",
    "LSVAU2180N2183294", "100%没修好_还加价", "工单HZ-R18844", "“三包”期内", "e\u0301lan", "正常\u202e文字\u202c",
    "a\u200bb 零宽",
]  # fmt: skip


def test_a_thousand_questions_find_what_a_plain_look_through_every_case_finds(monkeypatch):
    """Also for somebody with many branches, where the newest cases are looked at before the index is asked."""
    chance = random.Random(7)
    monkeypatch.setattr(search, "LOOKS", ((4, 1), (9, 0)))
    for nth in range(30):
        case = at_stage("receiving", content="，".join(chance.choices(PIECES, k=3)), phone=f"139{nth:08d}")
        if nth % 3 == 0:
            take(case, "noted", note=chance.choice(PIECES))
    told = {row.case_id: f"{row.body}\n{row.contact}" for row in SearchText.objects.all()}
    whole, bob = "\n".join(told.values()).replace("\n", " "), actor("bob")
    hits = 0
    for _ in range(1_000):
        parts = [_part(whole, chance) for _ in range(chance.choice((1, 1, 2)))]
        wanted = search.words(" ".join(parts))
        seen = sorted((pk for pk, text in told.items() if all(word in text for word in wanted)), reverse=True)
        hits += len(seen)
        monkeypatch.setattr(search, "FEW", chance.choice((0, 8)))
        limit = chance.choice((2, 100))
        assert search.find(" ".join(parts), bob, limit=limit).cases == (seen[:limit] if wanted else []), parts
    assert hits > 2_000  # or the questions asked for nothing


def _part(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text))
    return text[start : start + chance.choice((1, 2, 2, 3, 5, 8))]


@pytest.mark.parametrize("few", [0, 8])
def test_pages_of_hits_go_on_where_the_one_before_ended(few, monkeypatch):
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(search, "LOOKS", ((2, 2), (2, 0)))
    made = [at_stage("receiving", content=f"天窗漏水{nth}").pk for nth in range(7)]
    seen, after = [], ""
    while True:
        page = search.find("天窗漏水", actor("bob"), after, limit=3)
        seen += page.cases
        after = page.next
        if not after:
            break
    assert seen == made[::-1]


@pytest.mark.parametrize(
    "text",
    ['"', "'", '" OR "1', "* NEAR (a b)", "異響 AND NOT x", "col:异响", "^异响", "%", "_", "\\", "'); DROP TABLE x; --",
     "\0", "\ud83d", "异" * 200, "a" * 65_536, "\u202e", "\u200b", "1", " ", "𠮷", "{}", "%s", "strpos(", "branch:1"],
)  # fmt: skip
def test_no_question_breaks_anything_or_finds_what_does_not_say_it(text):
    at_stage("receiving", content="前轴有声音")
    assert found(text) == []


def test_signs_that_mean_something_to_a_database_are_found_as_they_stand():
    case = at_stage("receiving", content='折扣100%_"OR" 1=1; \\ (刹车*) ^x')
    for text in ("100%", "%_", '"or"', "1=1;", "(刹车*)", "^x"):
        assert found(text) == [case.number], text


# ---- and nothing else ----


def test_cases_of_another_branch_are_neither_found_nor_counted():
    at_stage("receiving", branch="SX", content="底盘异响")
    mine = at_stage("receiving", content="底盘异响")
    assert found("底盘异响") == [mine.number]
    assert len(found("底盘异响", "charlie")) == 1 and mine.number not in found("底盘异响", "charlie")
    assert len(found("底盘异响", "region_manager")) == 2
    assert search.find("底盘异响", actor("bob"), limit=1).next == ""


def test_what_is_masked_for_somebody_is_not_found_by_them_digit_by_digit():
    case = at_stage("receiving", phone="13812345678", plate="浙A98765", vin="LSVAU2180N2183294")
    for text in ("13812345678", "12345678", "812345", "1234", "浙A98765", "9876", "LSVAU2180N2183294", "LSVAU"):
        assert found(text) == [case.number], text
        assert found(text, "technician") == [], text
    for text in ("5678", "138****5678", "183294"):  # what the mask leaves
        assert found(text, "technician") == [case.number], text


def test_what_was_corrected_is_found_as_long_as_it_stands_on_the_page():
    case = take(
        at_stage("receiving", phone="13800138000"), "corrected", phone="13900139000", correction_reason="听错了"
    )
    assert found("13900139000") == [case.number]
    assert found("13800138000") == [case.number]  # the story still says what stood there before


def test_what_was_erased_is_found_no_more():
    case = at_stage("receiving", content="天窗漏水")
    EntryPrivate.objects.filter(entry__case=case).update(salt="", value="")
    assert search.renew([case]) == 1
    assert found("天窗") == [] and found(case.number) == [case.number]
    assert list(search.faults()) == []


def test_what_search_lost_or_says_otherwise_is_told_with_its_case():
    whole, lost, other, unlisted = [at_stage("receiving", phone=f"1390013900{nth}") for nth in range(4)]
    SearchText.objects.filter(case=lost).delete()
    SearchText.objects.filter(case=other).update(body="别的")
    must = {lost.number: "doesn't know it", other.number: "says otherwise"}
    if connection.vendor == "sqlite":  # PostgreSQL's index can't differ from its table
        grams = SearchText.objects.get(case=unlisted).grams
        with connection.cursor() as cursor:
            cursor.execute(indexing.OUT_OF_INDEX, [unlisted.pk, " ".join(grams)])
            cursor.execute(indexing.INTO_INDEX, [unlisted.pk, " ".join(grams[1:])])
        must[unlisted.number] = "missing in the index"
    told = dict(one.split(": ", 1) for one in search.faults())
    assert told.keys() == must.keys() and whole.number not in told
    assert all(why in told[number] for number, why in must.items())
