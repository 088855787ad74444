"""Settings, Import and export: a file is shown before anything comes in, and only to whom the pack names."""

import io
import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.channels.bringing_in import begun
from tests.people import Dealer, at_stage
from tests.web.signed_in import browser, seen, text
from wenguo.cases.models import Case
from wenguo.channels.models import ColumnMap, ImportRun
from wenguo.channels.running import folder_of
from wenguo.jobs.imports import bring_in
from wenguo.people.businessclock import now
from wenguo.people.models import Amendment
from wenguo.reports.reading_sheets import look_at

PAGE = "/settings/import/"
TABLE = "编号,投诉日期,内容,电话,车型\n1,2024-03-01,变速箱顿挫<b>,13800138001,途观\n2,2024-03-02,异响,12,途观\n"


def upload(login: str = "customer_admin", table: str = TABLE, kind: str = "complaints", **more: str):
    """The first page sent with a file."""
    file = SimpleUploadedFile("投诉台账.csv", table.encode())
    return browser(login).post(PAGE, {"kind": kind, "branch": "HZ", "map": "", "file": file, **more})


def at_preview(**more) -> str:
    """The address of a preview."""
    answer = upload(**more)
    assert answer.status_code == 303, seen(answer)
    return answer.url


def test_a_file_is_shown_as_it_would_be_read_and_nothing_comes_in_yet(dealer: Dealer):
    page = browser("customer_admin").get(at_preview())
    words = seen(page)
    assert "投诉台账.csv" in words and "1 行有问题，会进退回文件" in words and "2 行作历史保存" in words
    assert "电话号码不完整" in words and "变速箱顿挫&lt;b&gt;" in text(page)
    assert not Case.objects.exists() and ImportRun.objects.get().state == "looked_at"


def test_what_somebody_agreed_to_comes_in_behind_the_page_and_its_rejects_can_be_fetched(dealer: Dealer, tmp_path):
    person, address = browser("customer_admin"), at_preview()
    assert person.post(address, {"do": "begin", "history": "auto", "map_name": "旧系统"}).status_code == 303
    assert "等待开始" in seen(person.get(address)) and 'hx-trigger="every 2s"' in text(person.get(address))
    assert bring_in() == 1
    part = person.get(f"{address}progress/")
    assert "已完成 2 / 2 行" in seen(part) and "hx-trigger" not in text(part)
    rejects = person.get(f"{address}rejects.csv")
    (tmp_path / "r.csv").write_bytes(b"".join(rejects.streaming_content))
    head, row = look_at(tmp_path / "r.csv").lines()
    assert head.cells[:3] == ["退回行号", "退回原因", "编号"] and row.cells[0] == "3"
    assert row.cells[1] == "电话：电话号码不完整：请填 11 位手机号，或区号加座机号。"
    english = browser("customer_admin", "en").get(f"{address}rejects.csv")
    assert b"Reason for rejection" in b"".join(english.streaming_content)
    assert Case.objects.get().facts["earlier_record"] == "车型: 途观"


def test_a_map_that_was_kept_is_taken_for_the_next_file_and_stands_in_the_record(dealer: Dealer):
    table = "甲,乙\n异响,13800138001\n"
    person, address = browser("customer_admin"), at_preview(table=table)
    assert "还缺这些列：客户反映的问题" in seen(person.get(address))
    named = {"column-0": "content", "column-1": "phone", "history": "all"}
    assert person.post(address, {**named, "do": "look"}).status_code == 200
    person.post(address, {**named, "do": "begin", "map_name": "甲乙"})
    kept = ColumnMap.objects.get()
    assert (kept.columns, kept.history) == ({"甲": "content", "乙": "phone"}, "all")
    assert json.loads(Amendment.objects.get(kind="columnmap").body)["after"]["name"] == "甲乙"
    again = person.get(at_preview(table="乙,甲\n13800138002,漏油\n", map=str(kept.pk)))
    assert "没有发现问题" in seen(again)


def test_a_map_is_changed_on_its_own_page_and_its_history_says_what_each_title_meant(dealer: Dealer):
    person, address = browser("customer_admin"), at_preview(table="甲,乙\n异响,13800138001\n")
    assert "还没有存过。" in seen(person.get("/settings/import/maps/"))
    person.post(address, {"column-0": "content", "column-1": "phone", "do": "begin", "map_name": "旧系统"})
    kept = ColumnMap.objects.get()
    page = f"/settings/import/maps/{kept.pk}/"
    assert "旧系统" in seen(person.get("/settings/import/maps/")) and "2 列" in seen(
        person.get("/settings/import/maps/")
    )
    form = {"version": "1", "name": "新系统", "column-0": "plate", "column-1": "content", "on": "yes", "reason": "改版"}
    twice = person.post(page, {**form, "column-0": "content", "key": "a"})
    assert twice.status_code == 422 and "两列不能对应同一项" in seen(twice) and "新系统" in twice.content.decode()
    assert person.post(page, {**form, "key": "b"}).status_code == 303
    kept.refresh_from_db()
    assert (kept.name, kept.columns, kept.on) == ("新系统", {"甲": "content", "乙": "plate"}, True)
    told = seen(person.get(page))
    assert "改版" in told and "修改列对照" in told and "电话" in told and "车牌号" in told
    assert person.post(page, {**form, "version": "2", "on": "", "key": "c"}).status_code == 303
    assert "新系统" not in seen(person.get(PAGE)) and "已停用" in seen(person.get("/settings/import/maps/"))
    for stranger in ("technician", "charlie"):
        assert browser(stranger).get(page).status_code == 404


def test_two_columns_can_t_be_the_same_and_what_was_chosen_is_judged_before_it_begins(dealer: Dealer):
    person, address = browser("customer_admin"), at_preview()
    twice = person.post(address, {"column-0": "content", "column-2": "content", "do": "begin"})
    assert twice.status_code == 422 and "两列不能对应同一项" in seen(twice)
    assert person.post(address, {"column-0": "password", "do": "begin"}).status_code == 422
    lacking = person.post(address, {"column-2": "", "do": "begin"})
    assert lacking.status_code == 422 and "还有必需的列没有指明" in seen(lacking)
    assert ImportRun.objects.get().state == "looked_at"


@pytest.mark.parametrize(
    ("table", "words"), [("", "请选择一个文件。"), ("\n", "这个文件是空的。"), ('a\n"b', "引号从这里开始")]
)
def test_a_file_that_can_t_be_read_is_refused_on_the_page(dealer: Dealer, table, words):
    answer = upload(table=table) if table else browser("customer_admin").post(PAGE, {"kind": "staff", "branch": "HZ"})
    if not table:
        assert "请选择表格里是什么、属于哪个门店。" in seen(answer)
        answer = browser("customer_admin").post(PAGE, {"kind": "complaints", "branch": "HZ"})
    page = answer if answer.status_code == 422 else browser("customer_admin").get(answer.url)
    assert page.status_code == 422 and words in seen(page)


def test_the_page_is_there_for_whom_the_pack_names_alone_and_each_sees_their_own_imports(dealer: Dealer):
    assert browser("technician").get(PAGE).status_code == 404
    assert upload("technician").status_code == 404
    address = at_preview()
    for login in ("administrator", "general_manager"):
        assert browser(login).get(PAGE).status_code == 200
        for place in (address, f"{address}progress/", f"{address}rejects.csv"):
            assert browser(login).get(place).status_code == 404
        assert browser(login).post(f"{address}cancel/").status_code == 404
    assert upload("customer_admin", branch="SX").status_code == 422
    assert upload("customer_admin", "登录名,姓名,岗位\nx,甲,技师\n", kind="staff").status_code == 422


def test_an_import_can_be_stopped_and_one_that_nobody_agreed_to_taken_away(dealer: Dealer):
    person, address = browser("customer_admin"), at_preview()
    person.post(address, {"do": "begin", "history": "auto"})
    person.post(f"{address}cancel/")
    assert "已停止" in seen(person.get(address)) and bring_in() == 0 and not Case.objects.exists()
    other = at_preview()
    assert person.post(f"{other}cancel/").url == PAGE and ImportRun.objects.count() == 1
    assert len(list((settings.HOME / "imports").iterdir())) == 1


def test_what_goes_out_is_what_this_person_sees_with_numbers_masked(dealer: Dealer):
    at_stage("receiving", phone="13900139001")
    at_stage("receiving", branch="SX", phone="13900139002")
    whole = b"".join(browser("customer_admin").get("/settings/export/complaints.csv").streaming_content).decode()
    masked = b"".join(browser("administrator").get("/settings/export/complaints.csv").streaming_content).decode()
    assert "13900139001" in whole and "13900139002" not in whole
    assert "139****9001" in masked and "13900139001" not in masked
    for place in ("staff.csv", "complaints.pdf", "nothing.csv", "complaints.csv?branch=SX"):
        assert browser("customer_admin").get(f"/settings/export/{place}").status_code == 404
    assert browser("technician").get("/settings/export/complaints.csv").status_code == 404


def test_an_xlsx_goes_out_whole(dealer: Dealer, tmp_path):
    at_stage("receiving", content="=1+1")
    answer = browser("customer_admin").get("/settings/export/complaints.xlsx")
    (tmp_path / "t.xlsx").write_bytes(io.BytesIO(b"".join(answer.streaming_content)).getvalue())
    assert "=1+1" in list(look_at(tmp_path / "t.xlsx").lines())[1].cells


def test_the_files_of_an_import_are_gone_a_month_after_it_ended(dealer: Dealer):
    run = begun("complaints", TABLE)
    ImportRun.objects.filter(pk=run.pk).update(state="done", ended_at=now())
    bring_in()
    assert folder_of(run).exists()
    bring_in(lambda: now() + timedelta(days=31))
    assert not folder_of(run).exists()
    assert "已完成" in seen(browser("customer_admin").get(f"{PAGE}{run.pk}/"))
