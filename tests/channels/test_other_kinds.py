"""Customers, cars, repair orders and staff out of tables; and that what goes out comes in again as the same."""

import pytest

from tests.channels.bringing_in import begun, brought_in, counts, finished, refused
from tests.people import NOW, actor, at_stage, take
from wenguo.cases.models import Case, Entry
from wenguo.channels.models import ImportRun
from wenguo.people.actors import SYSTEM
from wenguo.people.amend import amend
from wenguo.people.models import Amendment, Branch, Customer, Post, Staff
from wenguo.reports.exporting import asked, export, rows
from wenguo.vehicles.models import Reading, Vehicle, Visit

CUSTOMERS = """客户姓名,手机号
王小明,13800138001
李雷,+86 138-0013-8002
无名,
王小明,13800138001
王大明,13800138001
"""
VEHICLES = """车牌号,VIN,品牌,车系,购车日期,里程,读表日期
浙A12345,LSVAU2180N2183294,大众,迈腾,2023/5/1,32000,2026-03-01
浙B54321,,别克,君威,,1.2万,
,LSVAU2180N218329,大众,,,,
"""
PROBLEMS = (
    "顿挫, 换挡冲击 | 变速器 | 阀体 | 更换了主要零部件 | | 是\n"
    "漏油 | 发动机 | | | | | | | | 未按说明书使用、保养/不可抗力"
)
FIRST = "LSVAU2180N2183294"
BESIDE = f'"{PROBLEMS}",外出救援路途 | 2026-03-01 09:00 | 2026-03-01 10:30'
VISITS = f"""工单号,工单类型,进厂时间,出厂时间,车牌号,VIN,进厂里程,维修项目,更换配件,合计（元）,付款方,质量问题,等待时间
W1,一般维修,2026-3-1 9:00,2026-3-2 17:00,浙A12345,{FIRST},32000,阀体,"阀体|0B5-325|1|3200.50",3800,厂家质保,{BESIDE}
W2,Maintenance,2026/3/5 8:00,,浙B54321,,12000,,,,,,
W3,洗车,2026/3/5 8:00,,浙B54321,,,,,,,,
W4,一般维修,2026/3/5 8:00,,浙B54321,,,,,,,漏油 | 翅膀,
"""
STAFF = "登录名,姓名,岗位,门店\nnewbie,新人,服务顾问,HZ\nnewbie,新人,Receptionist,HZ\nodd,怪人,洗车工,HZ\n"


@pytest.mark.parametrize(
    ("kind", "table", "by", "ended"),
    [
        ("customers", CUSTOMERS, "customer_admin", (2, 0, 3)), ("vehicles", VEHICLES, "customer_admin", (2, 0, 1)),
        ("visits", VISITS, "customer_admin", (2, 0, 2)), ("staff", STAFF, "administrator", (2, 0, 1)),
    ],
)  # fmt: skip
def test_each_row_is_stored_or_named_and_twice_adds_nothing(database, kind, table, by, ended):
    run = brought_in(kind, table, by=by)
    assert counts(run) == ended, refused(run)
    amendments = Amendment.objects.count()
    again = brought_in(kind, table, by=by)
    assert counts(again) == (0, ended[0], ended[2]) and Amendment.objects.count() == amendments


def test_what_a_table_tells_of_cars_and_visits_is_stored_as_told(database):
    brought_in("vehicles", VEHICLES)
    brought_in("visits", VISITS)
    car = Vehicle.objects.get(plate="浙A12345")
    assert (car.brand, car.series, car.invoiced_on.isoformat(), car.mileage_km) == ("大众", "迈腾", "2023-05-01", 32000)
    assert Vehicle.objects.get(plate="浙B54321").mileage_km == 12000
    first, second = Visit.objects.order_by("order_no")
    assert (first.kind, first.payer, first.total_fen) == ("general_repair", "warranty", 380000)
    assert first.items == ["阀体"]
    assert first.parts == [{"name": "阀体", "number": "0B5-325", "quantity": 1, "amount_fen": 320050}]
    told = first.problems.order_by("id").values_list("name", "system", "part", "replaced", "severe", "claims")
    assert list(told) == [
        ("顿挫, 换挡冲击", "transmission", "阀体", "part", True, []),
        ("漏油", "engine", "", "", False, ["misuse", "force_majeure"]),
    ]
    assert [(one.why, one.since.hour, one.until.minute) for one in first.waits.all()] == [("rescue", 1, 30)]
    assert (second.kind, second.out_at, second.vehicle.plate) == ("maintenance", None, "浙B54321")


def test_an_empty_cell_empties_nothing(database):
    brought_in("vehicles", VEHICLES)
    brought_in("vehicles", "车牌号,VIN,品牌\n浙A12345,LSVAU2180N2183294,\n")
    assert Vehicle.objects.get(plate="浙A12345").brand == "大众"


def test_somebody_new_can_t_sign_in_before_they_get_a_password(database):
    brought_in("staff", STAFF, by="administrator")
    person = Staff.objects.get(username="newbie")
    assert not person.has_usable_password() and person.name == "新人"
    assert set(Post.objects.filter(staff=person).values_list("role", flat=True)) == {"service_advisor", "reception"}


def test_staff_are_for_whom_the_pack_names_alone_and_nobody_takes_over_anothers_people(database):
    run = brought_in("staff", STAFF, by="customer_admin")
    assert counts(run) == (0, 0, 3) and not Staff.objects.filter(username="newbie").exists()
    run = brought_in("staff", "登录名,姓名,岗位\ncharlie,改名,总经理\n", by="administrator")
    assert refused(run) == [(2, "登录名：这个登录名已在别处使用。")]
    assert Staff.objects.get(username="charlie").name == "查理"


def test_a_table_of_customers_goes_on_where_it_was_cut_off(database):
    table = "姓名,电话\n" + "".join(f"客{nth},139{nth:08}\n" for nth in range(120))
    run = begun("customers", table)
    answers = iter([True, False])
    run = finished(run, lambda: next(answers))
    assert (run.done_rows, Customer.objects.count()) == (50, 50)
    assert counts(finished(run)) == (120, 0, 0) and Customer.objects.count() == 120


def filled() -> None:
    """A shop with a bit of everything in it."""
    brought_in("vehicles", VEHICLES)
    brought_in("visits", VISITS)
    brought_in("complaints", "编号,投诉日期,投诉内容,投诉来源,车型\n77,2024-03-01,=1+1 异响,热线,途观\n")
    take(at_stage("receiving", content="＝SUM(A1)\n第二行\u202e"), "noted")
    at_stage("closed", phone="13900139009", plate="浙C12345", mileage_km="54321")
    amend(Customer(), "system", {"branch": Branch.objects.get(code="HZ"), "phone": "+4915112345678", "name": "@x"},
          "made", NOW)  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", ["complaints", "customers", "vehicles", "visits", "staff"])
@pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
def test_what_goes_out_comes_in_again_and_changes_nothing(database, tmp_path, kind, language, ending):
    filled()
    path = tmp_path / f"t.{ending}"
    written = export(kind, path, None, SYSTEM, language, NOW)
    before = (Amendment.objects.count(), Entry.objects.count())
    run = brought_in(kind, path.read_bytes(), by="", branch="")
    assert written > 0 and counts(run) == (0, written, 0), refused(run)
    assert (Amendment.objects.count(), Entry.objects.count()) == before


def test_complaints_that_go_out_come_in_elsewhere_as_the_same(database, tmp_path):
    filled()
    export("complaints", tmp_path / "t.csv", None, SYSTEM, "zh-hans", NOW)
    (head, *before), sx = table("complaints"), (tmp_path / "t.csv").read_text("utf-8-sig").replace("HZ,", "SX,")
    run = brought_in("complaints", sx, by="", branch="")
    assert counts(run) == (3, 0, 0), refused(run)
    _, *after = table("complaints", "SX")
    at = [head.index(word) for word in ("投诉单号", "门店", "外部工单号", "了结时间")]
    bare = [[cell for nth, cell in enumerate(row) if nth not in at] for row in before]
    assert [[cell for nth, cell in enumerate(row) if nth not in at] for row in after] == bare


def table(kind: str, branch: str = "HZ", login: str = "") -> list[list]:
    by = actor(login) if login else SYSTEM
    return list(rows(asked(kind, Branch.objects.get(code=branch), by, "zh-hans", NOW)))


def test_numbers_are_masked_for_those_whose_work_doesn_t_need_them(database):
    filled()
    for kind, numbers in (("customers", "138"), ("vehicles", "LSVAU2180N2183294"), ("complaints", "13900139009")):
        whole, masked = str(table(kind, login="customer_admin")), str(table(kind, login="administrator"))
        assert numbers in whole and "LSVAU2180N2183294" not in masked and "13900139009" not in masked
    assert "138****8000" in str(table("complaints", login="administrator"))


def test_a_run_is_counted_once_for_each_row(database):
    brought_in("complaints", "编号,投诉内容\n1,异响\n")
    run = ImportRun.objects.get()
    assert run.total == run.added + run.known + run.rejected == Case.objects.count() == 1
    assert not Reading.objects.exists()
