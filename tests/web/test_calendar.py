"""Settings, Working calendar: the year in words and colours, who may change what, and what is refused."""

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.people import Dealer, at_stage
from tests.web.signed_in import browser, hidden, seen, text
from tests.web.test_settings import ADMIN, again, grant_group, in_days, send, today
from wenguo.jobs.tick import tick
from wenguo.people.businessclock import now
from wenguo.people.calendar_seeding import days_of
from wenguo.people.calendars import opening_of, what_holds, works, years_published
from wenguo.people.models import BranchDay, NationalDay, OpeningHours, Post
from wenguo.people.tree import touch
from wenguo.policy.opening import written

HOURS = "/settings/calendar/HZ/hours/"
DAYS = "/settings/calendar/HZ/days/"
NATIONAL = "/settings/calendar/days/2026-10-01/edit/?branch=HZ"
IMPORT = "/settings/calendar/import/"
WHY = {"reason": "换季"}
LIST = "2027-01-01,休,元旦\n2027-10-09,班,国庆节调休上班"


def keeper() -> Any:
    """The administrator of the whole group."""
    grant_group()
    return browser(ADMIN)


def typed(answer: Any, name: str) -> str:
    """What stands in a field of the form."""
    found = re.search(rf'value="([^"]*)"[^>]*name="{name}"', text(answer))
    return html.unescape(found[1]) if found else ""


def periods(dealer: Dealer, code: str, day: Any) -> str:
    return written(what_holds(dealer.branches[code], day).periods)


# ---- the year ----


def test_a_year_shows_each_day_that_differs_in_words_and_with_a_mark(dealer: Dealer):
    page = browser(ADMIN).get("/settings/calendar/?branch=HZ&year=2026")
    assert page.status_code == 200
    told = seen(page)
    for words in ("2026 年工作日历", "10月", "国庆节", "行业默认", "08:30-18:00", "这一年没有特殊安排"):
        assert words in told, words
    day = re.search(r'<a class="day day-rest[^"]*"[^>]*data-day="2026-10-01"[^>]*>.*?</a>', text(page))[0]
    assert ">休<" in day and "放假 国庆节" in day
    worked = re.search(r'<a class="day day-work[^"]*"[^>]*data-day="2026-10-10"[^>]*>.*?</a>', text(page))[0]
    assert ">班<" in worked and "调休上班" in worked
    english = seen(browser(ADMIN, "en").get("/settings/calendar/?branch=HZ&year=2026"))
    assert "Working calendar 2026" in english and "Oct" in english and "Public holiday" in english


@pytest.mark.parametrize(
    "place",
    [
        "?year=1", "?year=99999", "?year=x", "?year=２０２６", "?branch=XX", "days/2026-02-30/", "days/0001-01-01/",
        "HZ/days/?day=soon", "XX/hours/", "XX/days/", "HZ/hours/above/",
    ],
)  # fmt: skip
def test_what_no_calendar_has_is_not_found(dealer: Dealer, place):
    assert browser(ADMIN).get(f"/settings/calendar/{place}").status_code == 404


def test_a_year_that_is_not_there_is_said(dealer: Dealer):
    told = seen(browser(ADMIN).get("/settings/calendar/?branch=HZ&year=2029"))
    assert "还没有录入" in told and "请集团的管理员填入" in told
    assert "填入 2029 年" in seen(keeper().get("/settings/calendar/?branch=HZ&year=2029"))


# ---- who may ----


def test_only_who_keeps_a_branch_in_order_sees_its_calendar(dealer: Dealer):
    for login in ("alice", "bob", "technician"):
        for place in ("", "days/2026-10-01/", "HZ/hours/", "HZ/days/", "import/", "years/2026/fill/"):
            assert browser(login).get(f"/settings/calendar/{place}").status_code == 404
        assert "/settings/calendar/" not in text(browser(login).get("/settings/"))
    admin = browser(ADMIN)
    assert "/settings/calendar/" in text(admin.get("/settings/"))
    for place in ("?branch=SX", "days/2026-10-01/?branch=SX", "SX/hours/", "SX/days/"):
        assert admin.get(f"/settings/calendar/{place}").status_code == 404
    assert admin.post("/settings/calendar/SX/hours/", {"monday": "", **WHY}).status_code == 404
    assert (
        admin.post("/settings/calendar/SX/days/", {"since": "2026-10-01", "kind": "closed", **WHY}).status_code == 404
    )
    assert not OpeningHours.objects.exists() and not BranchDay.objects.exists()


def test_the_countrys_days_are_changed_only_by_who_keeps_the_root(dealer: Dealer):
    shop = browser(ADMIN)
    for place in (NATIONAL, IMPORT, "/settings/calendar/years/2026/fill/"):
        assert shop.get(place).status_code == 404
        assert shop.post(place, {"kind": "work", "list": LIST, **WHY}).status_code == 404
    assert "修改全国安排" not in seen(shop.get("/settings/calendar/days/2026-10-01/?branch=HZ"))
    admin = keeper()
    assert "修改全国安排" in seen(admin.get("/settings/calendar/days/2026-10-01/?branch=HZ"))
    assert send(admin, NATIONAL, kind="usual", **WHY).status_code == 303
    row = NationalDay.objects.get(day="2026-10-01")
    assert (row.kind, row.source) == ("usual", "page") and works(row.day)
    assert "换季" in seen(admin.get("/settings/calendar/days/2026-10-01/?branch=HZ"))


def test_the_year_that_is_missing_is_told_to_who_may_enter_it(dealer: Dealer):
    year = int(today()[:4]) + (today()[5:7] >= "10")
    words = f"还没有 {year} 年的放假和调休安排"
    shown = year not in years_published()
    admin = keeper()
    for place in ("/", "/settings/", "/settings/calendar/"):
        assert (words in seen(admin.get(place))) is shown
        assert words not in seen(browser("general_manager").get(place))
    assert words not in seen(browser("bob").get("/"))


# ---- opening hours ----


def test_hours_become_a_branchs_own_and_are_given_up_again(dealer: Dealer):
    admin, hz = browser(ADMIN), dealer.branches["HZ"]
    page = admin.get(HOURS)
    assert "行业默认的营业时间" in seen(page) and typed(page, "monday") == "08:30-18:00"
    saved = send(admin, HOURS, monday="０８：００至18:00", sunday="", **hours_as_shown(page, "monday", "sunday"), **WHY)
    assert saved.status_code == 303
    opening, whose = opening_of(hz)
    assert whose == hz and opening.written()["monday"] == "08:00-18:00" and opening.written()["sunday"] == ""
    assert opening.written()["saturday"] == "08:30-18:00"
    told = seen(admin.get("/settings/calendar/?branch=HZ"))
    assert "本机构自己定的" in told and "换季" in told and "08:00-18:00" in told
    above = "/settings/calendar/HZ/hours/above/"
    assert "行业默认" in seen(admin.get(above))
    assert send(admin, above, reason="").status_code == 422
    assert send(admin, above, **WHY).status_code == 303
    assert opening_of(hz)[1] is None
    assert admin.get(above).status_code == 404
    assert "和上级一样" in seen(admin.get(HOURS))


def hours_as_shown(page: Any, *but: str) -> dict[str, str]:
    """The other fields as the form shows them; what isn't touched stays as it is."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "holiday")
    return {day: typed(page, day) for day in days if day not in but}


@pytest.mark.parametrize(
    "day, bad, said",
    [
        ("monday", "25:00-26:00", "没有“25:00”这个时间"),
        ("tuesday", "08:30-12:00 11:00-17:30", "重叠"),
        ("sunday", "17:30-08:30", "结束早于开始"),
        ("holiday", "全天", "看不懂"),
        ("reason", "", "请填写"),
    ],
)
def test_hours_that_can_not_be_are_refused_at_their_field_and_what_was_typed_stays(dealer: Dealer, day, bad, said):
    given = {"friday": "09:00-17:00", **WHY} | {day: bad}
    refused = send(browser(ADMIN), HOURS, **given)
    assert refused.status_code == 422
    assert re.search(rf'id="{day}-wrong"', text(refused)) and said in seen(refused)
    assert typed(refused, "friday") == "09:00-17:00"
    assert day == "reason" or typed(refused, day) == bad
    assert not OpeningHours.objects.exists()


def test_hours_that_can_not_be_are_told_together_with_a_reason_that_is_missing(dealer: Dealer):
    week = send(browser(ADMIN), HOURS, monday="25:00-26:00", sunday="x")
    day = {"since": in_days(3), "kind": BranchDay.OWN, "periods": "25:00-26:00"}
    one = send(browser(ADMIN), "/settings/calendar/HZ/days/", **day)
    for refused, keys in ((week, ("monday", "sunday", "reason")), (one, ("periods", "reason"))):
        assert refused.status_code == 422
        assert set(re.findall(r'id="(\w+)-wrong"', text(refused))) == set(keys)


def test_a_week_without_any_hours_is_refused(dealer: Dealer):
    page = browser(ADMIN).get(HOURS)
    refused = send(browser(ADMIN), HOURS, **dict.fromkeys(hours_as_shown(page), ""), **WHY)
    assert refused.status_code == 422 and "一周至少要有一天营业" in seen(refused)


def test_two_people_who_change_the_same_hours_see_each_other(dealer: Dealer):
    first, second = browser(ADMIN), browser("general_manager")
    assert send(first, HOURS, saturday="09:00-12:00", **WHY).status_code == 303
    one, two = hidden(first.get(HOURS)), hidden(second.get(HOURS))
    assert first.post(HOURS, one | {"monday": "09:00-17:00", **WHY}).status_code == 303
    met = second.post(HOURS, two | {"monday": "10:00-16:00", "sunday": "", **WHY})
    assert met.status_code == 412 and "09:00-17:00" in seen(met) and typed(met, "monday") == "10:00-16:00"
    apart = second.post(HOURS, two | {"sunday": "", **WHY})  # another day than the one that was changed meanwhile
    assert apart.status_code == 303
    assert opening_of(dealer.branches["HZ"])[0].written()["monday"] == "09:00-17:00"


# ---- particular days ----


def test_particular_days_of_a_branch_are_arranged_changed_and_taken_back(dealer: Dealer):
    admin = browser(ADMIN)
    given = {"since": "2026-05-01", "last_day": "2026-05-03", "kind": "own", "periods": "9:00-12:00", "reason": "值班"}
    assert send(admin, DAYS, **given).status_code == 303
    rows = list(BranchDay.objects.order_by("day"))
    assert [(str(one.day), one.periods) for one in rows] == [(f"2026-05-0{nth}", "09:00-12:00") for nth in (1, 2, 3)]
    assert periods(dealer, "HZ", rows[0].day) == "09:00-12:00" and periods(dealer, "SX", rows[0].day) == "09:00-17:00"
    told = seen(admin.get("/settings/calendar/?branch=HZ&year=2026"))
    assert "另定时间 09:00-12:00" in told and "值班" in told and "店" in told
    one_day = f"{DAYS}?day=2026-05-02"
    assert typed(admin.get(one_day), "reason") == "值班"
    changed = {"since": "2026-05-02", "last_day": "", "kind": "closed", "reason": "停电"}
    assert send(admin, one_day, **changed).status_code == 303  # the day that the form was opened for needs no asking
    assert periods(dealer, "HZ", rows[1].day) == ""
    asked = send(admin, DAYS, **given | {"kind": "workday"})
    assert asked.status_code == 409 and "停电" in seen(asked)
    assert again(admin, DAYS, asked, **given | {"kind": "workday"}).status_code == 303
    assert periods(dealer, "HZ", rows[1].day) == "08:30-18:00"
    back = send(admin, DAYS, **given | {"kind": "usual"})
    assert again(admin, DAYS, back, **given | {"kind": "usual"}).status_code == 303
    assert periods(dealer, "HZ", rows[1].day) == "09:00-17:00"  # the holiday again
    assert "不作安排" in seen(admin.get("/settings/calendar/days/2026-05-02/?branch=HZ"))


@pytest.mark.parametrize(
    "field, value, said",
    [
        ("periods", "", "请填写"),
        ("periods", "12:00-11:00", "结束早于开始"),
        ("since", "", "请填写"),
        ("since", "2026-02-30", "日期"),
        ("last_day", "2026-04-30", "不能早于"),
        ("last_day", "2027-05-01", "一次最多安排 92 天"),
        ("kind", "holiday", "请从"),
        ("reason", "", "请填写"),
    ],
)
def test_what_is_wrong_with_particular_days_is_said_at_its_field(dealer: Dealer, field, value, said):
    given = {"since": "2026-05-01", "last_day": "", "kind": "own", "periods": "9:00-12:00", "reason": "值班"}
    refused = send(browser(ADMIN), DAYS, **given | {field: value})
    assert refused.status_code == 422 and said in seen(refused)
    assert re.search(rf'id="{field}-wrong"', text(refused)), seen(refused)
    assert field == "reason" or typed(refused, "reason") == "值班"
    assert not BranchDay.objects.exists()


def test_an_exception_of_a_branch_above_is_shown_and_changed_only_there(dealer: Dealer):
    BranchDay.objects.create(branch=dealer.branches["G1"], day="2026-06-05", kind="closed", reason="集团年会")
    touch()
    page = browser(ADMIN).get("/settings/calendar/?branch=HZ&year=2026")
    assert "集团年会" in seen(page) and "澄远集团" in seen(page)
    assert "/settings/calendar/G1/days/" not in text(page)


# ---- a whole year ----


def test_a_year_that_the_program_knows_is_filled_in(dealer: Dealer):
    admin, address = keeper(), "/settings/calendar/years/2025/fill/"
    page = admin.get(address)
    assert f"将新增 {len(days_of(2025))} 天" in seen(page) and "国庆节" in seen(page)
    assert send(admin, address).status_code == 303
    assert 2025 in years_published()
    assert NationalDay.objects.filter(source__startswith="holidays", day__year=2025).count() == len(days_of(2025))
    assert "将新增 0 天" in seen(admin.get(address))
    unknown = admin.get("/settings/calendar/years/2099/fill/")
    assert "还不知道 2099 年" in seen(unknown) and "导入一份清单" in seen(unknown)
    assert admin.post("/settings/calendar/years/2099/fill/", hidden(unknown) | {"reason": ""}).status_code == 422


def test_a_list_is_shown_before_it_is_taken(dealer: Dealer):
    admin = keeper()
    asked = send(admin, IMPORT, list=LIST, reason="国办发明电")
    told = seen(asked)
    assert asked.status_code == 409 and "新增：2027年1月1日 周五: 放假 元旦" in told
    assert "法定至少 13 天" in told
    assert not NationalDay.objects.filter(day__year=2027).exists()
    assert again(admin, IMPORT, asked, list=LIST, reason="国办发明电").status_code == 303
    assert NationalDay.objects.get(day="2027-10-09").kind == "work"
    nothing = send(admin, IMPORT, list=LIST, reason="国办发明电")
    assert nothing.status_code == 409 and "没有变化" in seen(nothing)
    other = send(admin, IMPORT, list="2027-10-08,班,错的", reason="x")
    assert "不是周末" in seen(other)
    changed = send(admin, IMPORT, list="2027-01-01,班,照常", reason="x")
    assert "原来是放假 元旦" in seen(changed)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_list_may_be_a_file_and_its_bad_lines_are_named(dealer: Dealer, encoding):
    admin = keeper()
    bad = "日期,类型,名称\n2027-01-01,休,元旦\n2027-13-01,休,没有\n2027-01-03,也许,x\n".encode(encoding)
    refused = send(admin, IMPORT, list="", file=SimpleUploadedFile("2027.csv", bad), **WHY)
    assert refused.status_code == 422
    assert "第 3 行" in seen(refused) and "第 4 行" in seen(refused) and "第 2 行" not in seen(refused)
    assert "2027-13-01,休,没有" in text(refused)  # to be corrected where it stands
    good = SimpleUploadedFile("2027.csv", LIST.encode(encoding))
    asked = send(admin, IMPORT, list="", file=good, **WHY)
    assert asked.status_code == 409 and LIST.split("\n")[0] in text(asked)


def test_somebody_with_two_posts_sees_the_first_branch_they_keep(dealer: Dealer):
    Post.objects.create(staff=dealer.staff["charlie"], branch=dealer.branches["SX"], role=ADMIN, since="2020-01-01")
    touch()
    page = browser("charlie").get("/settings/calendar/")
    assert page.status_code == 200 and "绍兴店" in seen(page)


# ---- what a change moves ----


def test_what_a_change_moves_is_told_before_it_is_saved_and_moves_then(dealer: Dealer):
    case = at_stage("receiving", now=now())
    tick(now)
    given = {"since": today(), "last_day": in_days(1), "kind": "closed", "reason": "盘点"}
    asked = send(browser(ADMIN), DAYS, **given)
    assert asked.status_code == 409
    told = seen(asked)
    assert "个时限改变" in told and case.number in told and "首次联系客户" in told
    assert not BranchDay.objects.exists()
    before = case.clocks.get(kind="first_contact").due_at
    assert again(browser(ADMIN), DAYS, asked, **given).status_code == 303
    tick(now)
    assert case.clocks.get(kind="first_contact").due_at > before
    assert "时限重算" in seen(browser("bob").get(f"/cases/{case.number}/"))
