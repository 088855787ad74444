"""All cases on a page: filters as chips, views, columns, steps on several, and the file that says the same."""

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import NOW, actor, at_stage, fill
from tests.web.signed_in import HTMX, browser, hidden, seen, text
from wenguo.cases import lists, together, walks
from wenguo.cases.filters import Filters
from wenguo.cases.models import ChosenColumns, Entry, SavedView
from wenguo.people.businessclock import now
from wenguo.people.models import Amendment, AmendmentPrivate
from wenguo.policy.load import default_pack
from wenguo.reports.reading_sheets import look_at

pytestmark = pytest.mark.usefixtures("database")


def numbers(answer) -> list[str]:
    return re.findall(r'desk-number" href="/cases/([^/]+)/"', text(answer))


# ---- the list ----


def test_the_list_shows_open_and_closed_cases_of_my_shops_and_nothing_else():
    closed, mine = at_stage("closed"), at_stage("receiving", phone="13900139001")
    elsewhere = at_stage("receiving", branch="SX", content="绍兴的事")
    page = browser("bob").get("/cases/")
    assert sorted(numbers(page)) == sorted([mine.number, closed.number])
    assert elsewhere.number not in text(page) and "绍兴的事" not in text(page)
    assert elsewhere.number in numbers(browser("region_manager").get("/cases/"))


def test_filters_stand_as_chips_that_can_be_taken_off():
    service = at_stage("receiving", category="service")
    other = at_stage("receiving", category="billing", phone="13900139001")
    client = browser("bob")
    page = client.get("/cases/", {"category": ["service"], "state": "open"})
    assert numbers(page) == [service.number]
    assert "类别: 服务类 去掉" in seen(page) and "状态: 进行中 去掉" in seen(page) and "全部清除" in seen(page)
    without = html.unescape(re.search(r'class="chip" href="/cases/(\?[^"]*)"', text(page))[1])
    assert set(numbers(client.get(f"/cases/{without}"))) <= {service.number, other.number}
    assert "Category: Service" in seen(browser("bob", "en").get("/cases/?category=service"))


def test_where_nothing_fits_the_page_names_the_filters_to_take_off():
    at_stage("receiving")
    page = browser("bob").get("/cases/?cause=part_quality&state=open")
    assert "没有符合这些条件的投诉单 去掉一个条件再看看" in seen(page)
    assert text(page).count('class="chip"') == 4  # above and in the empty list
    assert "还没有投诉单" in seen(browser("charlie").get("/cases/"))


def test_a_filter_that_can_not_be_is_named_and_the_others_count():
    case = at_stage("receiving")
    page = browser("bob").get("/cases/", {"category": "x'; DROP TABLE", "state": "open", "turn": "999999"})
    assert page.status_code == 200 and numbers(page) == [case.number]
    assert seen(page).count("请从列表中选一项。") == 2 and "DROP TABLE" not in text(page)


@pytest.mark.parametrize(
    "query", ["after=%00", "after=x_1", "n=-1", "n=x", "view=%00", "view=9999999", "sort=facts", "state=%00"]
)
def test_a_made_up_address_breaks_nothing(query):
    at_stage("receiving")
    assert browser("bob").get(f"/cases/?{query}").status_code == 200


def test_further_rows_come_alone_and_keep_filters_and_columns(monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    made = [at_stage("receiving", now=NOW + timedelta(hours=nth)).number for nth in range(5)]
    client, found = browser("bob"), []
    page = client.get("/cases/?state=open&sort=opened")
    for _ in range(3):
        found += numbers(page)
        if more := re.search(r'hx-get="(\?[^"]*after=[^"]+)"', text(page)):
            page = client.get(f"/cases/{html.unescape(more[1])}", headers=HTMX)
            assert "<html" not in text(page)
    assert found == made


def test_where_few_rows_fit_the_page_goes_on_looking_by_itself(monkeypatch):
    monkeypatch.setattr(walks, "LOOK", 2)
    rare = at_stage("receiving", category="billing")
    for nth in range(6):
        at_stage("receiving", category="service", now=NOW + timedelta(hours=nth + 1))
    client, found = browser("bob"), []
    page = client.get("/cases/?category=billing")
    assert "load delay" in text(page) and numbers(page) == []
    while more := re.search(r'hx-get="(\?[^"]*after=[^"]+)"', text(page)):
        page = client.get(f"/cases/{html.unescape(more[1])}", headers=HTMX)
        found += numbers(page)
    assert found == [rare.number]


def test_a_longer_list_costs_no_more_queries():
    client, counts = browser("region_manager"), []
    for _ in range(2):
        at_stage("receiving", now=now())
        at_stage("closed", branch="HZ", now=now(), phone="13900139001")
        client.get("/cases/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/cases/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 14


def test_the_form_of_filters_offers_what_this_person_may_choose():
    page = browser("bob").get("/cases/filter/?category=service&mine=yes")
    assert "绍兴店" not in seen(page) and "查理" not in seen(page) and "鲍勃" in seen(page)
    assert re.search(r'name="category" value="service" checked', text(page))
    assert "<html" not in text(browser("bob").get("/cases/filter/", headers=HTMX))
    assert "绍兴店" in seen(browser("region_manager", "").get("/cases/filter/")).replace("SX", "绍兴店")


def test_what_was_searched_for_is_narrowed_by_filters_and_stands_in_no_address(tmp_path):
    rattling = at_stage("receiving", content="后排异响，过减速带时明显", category="repair_quality")
    other = at_stage("receiving", content="后排异响，等太久", category="service", phone="13900139001")
    at_stage("receiving", content="多收了钱", category="service", phone="13900139002")
    client = browser("bob")
    token = client.post("/cases/search/", {"q": "异响"})["Location"].partition("?")[2]
    page = client.get(f"/cases/?{token}")
    assert set(numbers(page)) == {rattling.number, other.number} and "内容包含: 异响" in seen(page)
    assert numbers(client.get(f"/cases/?{token}&category=service")) == [other.number]
    assert not re.search('href="[^"]*(异响|%E5%BC%82)', text(page))
    assert len(read(client.get(f"/cases/export.csv?{token}&category=service"), "csv", tmp_path)) == 2
    assert "多收了钱" in seen(browser("bob").get(f"/cases/?{token}"))  # another session knows nothing of it


# ---- views and columns ----


def test_the_views_of_the_pack_stand_above_the_list():
    major = at_stage("receiving", severity="major")
    at_stage("receiving", phone="13900139001")
    client = browser("bob")
    found = re.search(r'href="(/cases/\?[^"]*view=major)"', text(client.get("/cases/")))[1]
    page = client.get(html.unescape(found))
    assert numbers(page) == [major.number] and re.search('class="view here"[^>]*><bdi>重大投诉', text(page))
    assert "Major complaints" in seen(browser("bob", "en").get("/cases/"))


def test_a_saved_view_is_its_owners_and_can_be_thrown_away_by_nobody_else():
    alice = browser("alice")
    answer = alice.post("/cases/views/", {"name": " 我的  维修质量 ", "query": "category=repair_quality&sort=opened"})
    view = SavedView.objects.get()
    assert answer.status_code == 303 and answer["Location"].endswith(
        f"category=repair_quality&sort=opened&view={view.pk}"
    )
    assert "我的 维修质量" in seen(alice.get("/cases/")) and "我的 维修质量" not in seen(browser("bob").get("/cases/"))
    assert browser("bob").post(f"/cases/views/{view.pk}/end/").status_code == 404
    assert alice.post(f"/cases/views/{view.pk}/end/").status_code == 303
    assert "我的 维修质量" not in seen(alice.get("/cases/"))
    assert [one.seq for one in Amendment.objects.filter(kind="savedview").order_by("seq")] == [1, 2]
    assert "维修质量" not in "".join(one.body for one in Amendment.objects.filter(kind="savedview"))
    assert AmendmentPrivate.objects.filter(amendment__kind="savedview", field="name").exists()


def test_only_those_whom_the_pack_names_share_a_view_and_only_their_branch_sees_it():
    browser("bob").post("/cases/views/", {"name": "本店的", "query": "state=open", "share": "HZ"})
    browser("alice").post("/cases/views/", {"name": "越权的", "query": "state=open", "share": "HZ"})
    browser("bob").post("/cases/views/", {"name": "别店的", "query": "state=open", "share": "SX"})
    technician, charlie = seen(browser("technician").get("/cases/")), seen(browser("charlie").get("/cases/"))
    assert "本店的" in technician and "越权的" not in technician and "别店的" not in charlie and "本店的" not in charlie


@pytest.mark.parametrize("name", ["", "   ", "\0"])
def test_a_view_without_a_name_is_refused_in_words(name):
    client = browser("alice")
    answer = client.post("/cases/views/", {"name": name, "query": "state=open"})
    assert "视图没有保存" in seen(client.get(answer["Location"])) and not SavedView.objects.exists()


def test_chosen_columns_are_remembered_for_the_person():
    at_stage("receiving", source="media", phone="13900139001")
    client = browser("bob")
    client.post("/cases/columns/", {"column": ["about", "source", "no_such", "owner"], "query": "state=open"})
    page = client.get("/cases/")
    assert "媒体或自媒体" in seen(page) and "desk-stage" not in text(page)
    assert "媒体或自媒体" not in seen(browser("alice").get("/cases/"))
    client.post("/cases/columns/", {"column": ["stage"]})
    assert ChosenColumns.objects.get().columns == "stage"
    assert Amendment.objects.filter(kind="chosencolumns").count() == 2


# ---- one step on several ----


def send(client, verb, cases, form, **more):
    return client.post(f"/cases/together/{verb}/", {"case": cases, **form, **more})


def test_a_step_is_taken_on_each_chosen_case_and_the_result_told_for_each():
    open_ones = [at_stage("receiving", phone=f"1390013900{nth}") for nth in range(2)]
    moved, elsewhere = at_stage("planning", phone="13900139008"), at_stage("receiving", branch="SX")
    chosen = [one.number for one in [*open_ones, moved, elsewhere]]
    client = browser("bob")
    page = client.post("/cases/together/", {"case": chosen})
    assert "选中 3 件投诉单" in seen(page) and elsewhere.number not in text(page)
    assert "可用于 2 件" in seen(page)  # to assign an investigator
    form = client.post("/cases/together/", {"case": chosen, "verb": "assigned"})
    asked = fill(default_pack().forms["assign"], actor("bob"), open_ones[0].branch, now())
    filled = {key: "on" if value is True else value for key, value in asked.items()}
    answer = send(client, "assigned", chosen, filled, key=hidden(form)["key"])
    assert answer.status_code == 200, seen(answer)
    told = seen(answer)
    for one in open_ones:
        assert f"{one.number} 已办成" in told
        one.refresh_from_db()
        assert one.stage == "investigating"
    assert re.search(rf"{moved.number} \S", told) and f"{moved.number} 已办成" not in told
    assert f"{elsewhere.number} 没有这件投诉" in told
    assert "办成 2 件，未办成 2 件" in told


def test_the_same_sending_twice_does_nothing_twice():
    cases = [at_stage("receiving", phone=f"1390013900{nth}").number for nth in range(3)]
    client = browser("bob")
    form = client.post("/cases/together/", {"case": cases, "verb": "noted"})
    for words in ("已办成", "此前已办成，没有重复"):
        answer = send(client, "noted", cases, {"note": "客户明天来店"}, key=hidden(form)["key"])
        assert seen(answer).count(words) == 3, seen(answer)
        assert Entry.objects.filter(verb="noted").count() == 3


def test_a_form_that_can_not_be_is_drawn_again_and_nothing_was_done():
    cases = [at_stage("receiving", phone=f"1390013900{nth}").number for nth in range(2)]
    client = browser("bob")
    answer = send(client, "noted", cases, {"note": " "}, key="k" * 12)
    assert answer.status_code == 422 and "备注内容 : 请填写这一项。" in seen(answer)
    assert text(answer).count('name="case"') == 2
    assert not Entry.objects.filter(verb="noted").exists()


def test_many_cases_go_on_by_and_by_and_the_sum_is_told_at_the_end(monkeypatch):
    monkeypatch.setattr("wenguo.web.together.AT_A_TIME", 0)
    cases = [at_stage("receiving", phone=f"1390013900{nth}").number for nth in range(3)]
    client, left, carried, answers = browser("bob"), cases, {"key": "k" * 12, "note": "一起备注"}, []
    while left:
        answer = client.post("/cases/together/noted/", {"case": left, **carried}, headers=HTMX)
        answers.append(answer)
        fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text(answer))
        left = [value for name, value in fields if name == "case"]
        carried = {name: html.unescape(value) for name, value in fields if name not in ("case", "csrfmiddlewaretoken")}
    assert len(answers) == 3 and "已处理 1 件，还剩 2 件" in seen(answers[0])
    assert "办成 3 件，未办成 0 件" in seen(answers[-1])
    assert Entry.objects.filter(verb="noted").count() == 3


@pytest.mark.parametrize("verb", ["closed", "evidence_added", "no_such"])
def test_only_steps_that_the_pack_lets_be_taken_together_are(verb):
    case = at_stage("receiving")
    assert send(browser("bob"), verb, [case.number], {"note": "x"}).status_code == 404
    assert browser("bob").post("/cases/together/", {"case": ["\0", "x"]}).status_code == 303


def test_the_buttons_for_several_cost_the_same_queries_however_many():
    counts = []
    for more in (1, 6):
        for nth in range(more):
            at_stage("receiving", phone=f"139001390{more}{nth}")
        by = actor("bob")
        found = together.chosen([one.number for one in lists.desk(by).rows], by)
        with CaptureQueriesContext(connection) as asked:
            together.offers(found, by)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 2


# ---- the file ----


def read(answer, kind: str, folder: Path) -> list[list[str]]:
    file = folder / f"list.{kind}"
    file.write_bytes(b"".join(answer.streaming_content))
    return [line.cells for line in look_at(file).lines()]


HOSTILE = [
    "=1+1",
    "@SUM(A1)",
    "+86 说法",
    "-5 度启动困难",
    "＝cmd|' /C calc'!A0",
    "\u202e反着写的",
    "第一行\n第二行",
    "'已有撇号",
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_says_what_the_list_says(kind, tmp_path):
    for nth, content in enumerate(HOSTILE):
        at_stage("receiving", content=content, phone=f"1390013900{nth}", customer_name=content[:20].replace("\n", " "))
    at_stage("receiving", branch="SX", content="绍兴的事")
    client = browser("technician")
    rows = read(client.get(f"/cases/export.{kind}?state=open&sort=opened"), kind, tmp_path)
    assert rows[0][:5] == ["投诉单号", "客户", "电话", "车牌", "客户反映"]
    assert [row[0] for row in rows[1:]] == numbers(client.get("/cases/?state=open&sort=opened"))
    assert [row[4] for row in rows[1:]] == HOSTILE
    assert {row[2] for row in rows[1:]} == {f"139****900{nth}" for nth in range(len(HOSTILE))}
    assert {row[3] for row in rows[1:]} == {"浙A1***5"}  # masked as on the page


def test_a_csv_defuses_formulas_and_begins_with_the_mark_for_excel():
    at_stage("receiving", content="=1+1")
    answer = browser("bob").get("/cases/export.csv")
    raw = b"".join(answer.streaming_content).decode()
    assert raw.startswith("\ufeff") and ",'=1+1," in raw
    assert re.fullmatch(r'attachment; filename="cases-\d{8}\.csv"', answer["Content-Disposition"])


def test_a_text_of_a_megabyte_is_exported_as_csv_and_refused_for_xlsx_in_words(tmp_path):
    case = at_stage("receiving")
    long = "很" * 350_000  # 1 MB in UTF-8; a form takes less, but what is there must come out
    case.facts = case.facts | {"content": long}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET facts = %s WHERE id = %s", [__import__("json").dumps(case.facts), case.pk]
        )
    client = browser("bob")
    assert read(client.get("/cases/export.csv"), "csv", tmp_path)[1][4] == long
    refused = client.get("/cases/export.xlsx?state=open")
    assert refused.status_code == 422 and "export.csv?state=open" in text(refused)


def test_the_file_has_the_columns_of_the_view(tmp_path):
    at_stage("closed", now=now())
    rows = read(browser("bob").get("/cases/export.csv?closed=this_month&view=closed_this_month"), "csv", tmp_path)
    assert rows[0] == ["投诉单号", "客户", "电话", "车牌", "客户反映", "负责人", "登记时间", "结案时间", "原因"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", rows[1][7])
    assert Filters({"closed": ("this_month",)}).types == ("closed",)
