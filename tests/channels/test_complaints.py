"""Complaints out of tables: each row ends as a case or in the reject file with its reason; twice adds nothing."""

import json
from functools import partial
from pathlib import Path

import pytest

from tests.channels.bringing_in import begun, brought_in, counts, finished, refused
from tests.drill import often
from tests.people import NOW, actor
from wenguo.cases.audit.cases import Count, case_faults
from wenguo.cases.models import Case, Clock, Entry, Notice
from wenguo.vehicles.models import Reading, Vehicle

REAL = Path(__file__).resolve().parents[2].parent / "shared/data/dev"
SMALL = """某店2024年投诉台账,,,,,
投诉编号,投诉日期,投诉简述,客户电话,车牌,备注
1,2024/3/1,变速箱顿挫，修过两次,13800138001,浙A12345,老客户
2,2024年3月2日,"空调异味,
开窗也没用",,,
3,2024-03-03 14:05,,13800138003,,
4,45356,刹车异响,138****8004,,
1,2024/3/1,变速箱顿挫，修过两次,13800138001,浙A12345,老客户
2,2024/3/2,另一件事,,,
"""


def test_every_row_becomes_a_case_or_is_named(database):
    run = brought_in("complaints", SMALL)
    assert counts(run) == (2, 0, 4) and run.state == "done"
    assert refused(run) == [
        (5, "投诉简述：请填写这一项。"),
        (6, "客户电话：电话号码不完整：请填 11 位手机号，或区号加座机号。"),
        (7, "与第 3 行相同。"),
        (8, "与第 4 行编号相同，但内容不同。"),
    ]
    assert [why for _, why in refused(run, "en")][0] == "投诉简述: Please fill this in."
    first, second = Case.objects.filter(process="complaint").order_by("id")
    assert first.facts["content"] == "变速箱顿挫，修过两次" and second.facts["content"] == "空调异味,\n开窗也没用"
    assert first.facts["outside_number"] == "1" and first.facts["earlier_record"] == "备注: 老客户"
    assert (first.customer.phone, first.vehicle.plate) == ("13800138001", "浙A12345")


def test_an_old_complaint_is_history_for_which_nobody_is_rung_or_told(database):
    brought_in("complaints", SMALL)
    case = Case.objects.order_by("id")[0]
    assert (case.stage_type, case.closed_at, case.opened_at.isoformat()) == (
        "closed", case.opened_at, "2024-02-29T16:00:00+00:00",
    )  # fmt: skip
    assert not Clock.objects.exists() and not Notice.objects.exists()
    entry = Entry.objects.get(case=case)
    assert (entry.verb, entry.outcome, entry.channel, entry.at) == ("taken_over", "closed", "import", NOW)


def test_what_is_still_open_becomes_a_case_like_any_other(database):
    rows = "2026-03-14,异响,处理中\n2024-01-01,漏油,处理中\n2026-03-15,抖动,已结案\n"
    brought_in("complaints", f"投诉日期,投诉内容,状态\n{rows}")
    stages = list(Case.objects.order_by("id").values_list("stage_type", flat=True))
    assert stages == ["open", "open", "closed"]
    assert Clock.objects.filter(case__stage_type="open", kind="first_contact", started_at=NOW).count() == 2
    assert Notice.objects.filter(recipient__username="bob").count() == 2


@pytest.mark.parametrize(("history", "stage"), [("all", "closed"), ("none", "open")])
def test_somebody_may_say_whether_all_are_over(database, history, stage):
    brought_in("complaints", "投诉日期,投诉内容\n2026-03-14,异响\n2020-01-01,漏油\n", history=history)
    assert set(Case.objects.values_list("stage_type", flat=True)) == {stage}


def test_the_same_file_adds_nothing_however_it_was_reordered_and_grew_and_whoever_brings_it(database):
    brought_in("complaints", SMALL)
    head, *rows = SMALL.split("\n")[1:3] + SMALL.split("\n")[6:7]
    grown = "\n".join(["投诉编号,投诉日期,投诉简述,客户电话,车牌,备注", *reversed(rows), "9,2024/5/1,新的一件,,,"])
    run = brought_in("complaints", grown, by="")
    assert counts(run) == (1, 1, 1)  # the two rows of number 1 are the same
    assert Case.objects.count() == 3


def test_a_row_without_number_is_known_by_all_it_says(database):
    table = "投诉日期,投诉内容,车系\n2024-01-01,异响,甲\n2024-01-01,异响,乙\n2024-01-01,异响,甲\n"
    assert counts(brought_in("complaints", table)) == (2, 0, 1)
    again = "车系,投诉内容,投诉日期\n乙,异响,2024-01-01\n甲,异响,2024-01-01\n"
    assert counts(brought_in("complaints", again)) == (0, 2, 0)


def test_another_complaint_under_a_number_brought_in_before_is_named(database):
    brought_in("complaints", "编号,投诉内容\n7,异响\n")
    run = brought_in("complaints", "编号,投诉内容\n7,漏油\n")
    number = Case.objects.get().number
    assert refused(run) == [(2, f"编号：这个编号在这里是另一件投诉：{number}。")]


def test_codes_are_understood_as_key_chinese_english_or_as_others_say(database):
    rows = "".join(f"{nth},异响,{word},{grave}\n" for nth, (word, grave) in enumerate([
        ("phone", "一般"), ("来电", "major"), ("Letter", "重大"), ("热线", "普通"), ("", ""), ("车质网", "Ordinary"),
    ]))  # fmt: skip
    brought_in("complaints", f"编号,投诉内容,投诉来源,严重程度\n{rows}")
    found = list(Case.objects.order_by("id").values_list("source", "severity"))
    assert found == [
        ("phone", "ordinary"), ("phone", "major"), ("letter", "major"), ("phone", "ordinary"), ("", ""),
        ("forum", "ordinary"),
    ]  # fmt: skip


def test_a_word_that_is_no_code_refuses_its_row_by_name(database):
    known = "".join(f"{nth},异响,来电\n" for nth in range(9))
    run = brought_in("complaints", f"编号,投诉内容,投诉来源\n{known}x,异响,飞鸽传书\n")
    assert refused(run) == [(11, "投诉来源：“飞鸽传书”不是这里认得的词。")]


def test_a_column_whose_words_are_none_of_our_codes_is_kept_as_text(database):
    brought_in("complaints", '编号,投诉内容,投诉问题,问题\n1,异响,销售欺诈,"H93,H15,"\n2,异响,承诺不兑现,\n')
    assert Case.objects.order_by("id")[0].facts["earlier_record"] == "投诉问题: 销售欺诈\n问题: H93,H15,"


def test_an_old_mileage_is_a_reading_of_its_day_and_an_old_plate_takes_nothing_away(database):
    brought_in("vehicles", "车牌号,VIN,里程,读表日期\n浙A11111,LSVAU2180N2183294,50000,2026-01-01\n")
    brought_in("complaints", "投诉日期,投诉内容,车牌号,里程\n2024-03-01,异响,浙A11111,20000\n")
    assert list(Reading.objects.order_by("read_on").values_list("km", "read_on__year")) == [
        (20000, 2024),
        (50000, 2026),
    ]
    assert Vehicle.objects.get().mileage_km == 50000


def test_only_whom_the_pack_names_may_and_only_where_they_may(database):
    run = brought_in("complaints", "门店,投诉内容\n杭州店,异响\nSX,漏油\n火星店,抖动\n")
    assert refused(run) == [
        (3, "门店：没有这个门店，或您不能向它导入。"),
        (4, "门店：没有这个门店，或您不能向它导入。"),
    ]
    assert Case.objects.get().branch.code == "HZ"
    assert counts(brought_in("complaints", "投诉内容\n异响二\n", by="technician")) == (0, 0, 1)


def test_texts_of_any_kind_come_in_equal_or_are_refused_with_a_reason(database):
    texts = ["=1+1", "+8", "-x", "@a", "\u202e反向\u202c", "a_x000D_\nb", "x" * 20_000]
    rows = "".join(f'{nth},"{text}"\n' for nth, text in enumerate(texts))
    run = brought_in("complaints", f'编号,投诉内容\n{rows}8,"a\x00b"\n9,"{"长" * 1_000_000}"\n')
    stored = list(Case.objects.order_by("id").values_list("facts__content", flat=True))
    assert stored == [text.replace("_x000D_\n", "\n") for text in texts]
    assert [row for row, _ in refused(run)] == [9, 10]
    assert "U+0000" in refused(run)[0][1] and "1000000" in refused(run)[1][1]


def test_an_import_goes_on_where_it_was_cut_off(database):
    run = begun("complaints", "编号,投诉内容\n" + "".join(f"{nth},异响\n" for nth in range(300)))
    for _ in range(2):
        run = finished(run, partial(next, iter([True, True]), False))
    assert (run.state, run.done_rows) == ("running", 200)
    run = finished(run)
    assert (run.state, counts(run)) == ("done", (300, 0, 0)) and Case.objects.count() == 300


def test_an_import_that_somebody_cancels_stops_with_its_counts_right(database):
    run = begun("complaints", "编号,投诉内容\n" + "".join(f"{nth},异响\n" for nth in range(200)))

    def cancel() -> bool:
        type(run).objects.filter(pk=run.pk, done_rows=50).update(state="cancelled")
        return True

    run = finished(run, cancel)
    assert run.state == "cancelled" and run.added == Case.objects.count() == run.done_rows == 100


@pytest.mark.skipif(not REAL.exists(), reason="the real data isn't here")
@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "rows"), [("chezhi_2024_masked_dev.csv", 1752), ("chezhi_codes_2020_06_dev.csv", 1500)]
)
def test_every_row_of_the_real_tables_becomes_a_case_or_is_named(database, name, rows):
    lines = (REAL / name).read_bytes().splitlines(keepends=True)
    table, rows = b"".join(lines[: often(len(lines), 251)]), often(rows, 250)
    run = brought_in("complaints", table)
    assert run.total == rows and sum(counts(run)) == rows
    assert len(refused(run)) == run.rejected and Case.objects.count() == run.added
    assert run.added > rows * 0.98, refused(run)[:20]
    assert not Clock.objects.exists() and not Notice.objects.exists()
    assert counts(brought_in("complaints", table, by="")) == (0, run.added, run.rejected)


def test_what_a_first_entry_says_stands_in_the_record_as_the_file_has_it(database):
    brought_in("complaints", "投诉日期,投诉内容\n2024-03-01,异响\n")
    body = json.loads(Entry.objects.get().body)
    assert body["data"]["happened_at"] == "2024-02-29T16:00:00+00:00" and "content" in body["private"]
    assert Entry.objects.get().actor == actor("customer_admin").code


def test_the_audit_finds_every_case_brought_in_as_its_entry_says(database):
    brought_in("complaints", SMALL)
    brought_in(
        "complaints", "投诉日期,投诉内容,状态,结案日期\n2026-03-14,异响,处理中,\n2024-01-01,漏油,已结案,2024-01-09\n"
    )
    assert Case.objects.filter(stage_type="closed").count() == 3
    assert list(case_faults(Count())) == []
