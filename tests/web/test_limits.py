"""Settings, Limits: who sees and sets them, from which day they hold, and what the record says of it."""

import html
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest

from tests.people import Dealer, actor, at_stage, take
from tests.web.signed_in import HTMX, browser, seen, text
from wenguo.cases import refusals
from wenguo.people.actors import numbers, today_of
from wenguo.people.businessclock import now
from wenguo.people.limits import limits_at, set_limits
from wenguo.people.models import Amendment, Branch, BranchNumber
from wenguo.people.tree import touch
from wenguo.policy.load import default_pack
from wenguo.policy.money import COUNTERSIGN, TOTAL, limit_key

SHOP = "/settings/limits/?branch=HZ"
EDIT = "/settings/limits/edit/?branch=HZ"
BOSS = "general_manager"
CASH = limit_key("service_manager", "cash")
WHY = "年初定的额度"


def today() -> date:
    return today_of(now())


def drawn(answer: Any) -> dict[str, str]:
    """What the form on the page holds: every field that has a value."""
    fields = re.findall(r'<input[^>]*?\bname="([^"]+)"[^>]*?\bvalue="([^"]*)"', text(answer))
    return {name: html.unescape(value) for name, value in fields if name not in ("csrfmiddlewaretoken", "fill")}


def save(address: str = EDIT, login: str = BOSS, **given: str):
    """Opens the form, types `given` over what it holds, and sends it."""
    person = browser(login)
    return person.post(address, drawn(person.get(address)) | {"reason": WHY} | given)


def in_force(key: str, code: str = "HZ", days: int = 0) -> int | None:
    """Fen, in so many days."""
    return limits_at(Branch.objects.get(code=code), today() + timedelta(days=days))[key].fen


def test_no_money_is_promised_until_the_limits_are_set_on_their_page(dealer: Dealer):
    BranchNumber.objects.all().delete()
    touch()
    case = at_stage("planning", now=now())
    entries = case.entries.count()
    with pytest.raises(refusals.Missing) as refused:
        take(case, "solution_proposed", by="bob", now=now(), costs={"cash": "120"})
    assert (refused.value.status, refused.value.missing) == (409, ("limits",))
    assert (case.entries.count(), case.remedies.count()) == (entries, 0)
    page = browser(BOSS).get(SHOP)
    assert "还有 47 个限额没有设置" in seen(page)
    ladder = dict(zip(default_pack().money.ladders[1].roles, range(0, 6000, 1000), strict=True))
    totals = ladder | {"showroom_manager": 1000, "sales_director": 2000}
    typed = {limit_key(role, TOTAL): str(yuan) for role, yuan in totals.items()}
    assert save(**typed, fill="on").status_code == 303
    assert "个限额没有设置" not in seen(browser(BOSS).get(SHOP))
    assert take(case, "solution_proposed", by="bob", now=now(), costs={"cash": "120"}).stage == "negotiating"
    # lowered from tomorrow: today's promise still holds, tomorrow's doesn't
    later = now() + timedelta(days=1)
    assert (
        save(f"{EDIT}&row=service_manager", since=str(today() + timedelta(days=1)), **{CASH: "100"}).status_code == 303
    )
    second = at_stage("planning", now=now(), phone="13900139001")
    assert take(second, "solution_proposed", by="bob", now=now(), costs={"cash": "120"}).stage == "negotiating"
    third = at_stage("planning", now=later, phone="13900139002")
    assert take(third, "solution_proposed", by="bob", now=later, costs={"cash": "120"}).stage == "approving"


def test_an_emptied_cell_takes_over_what_holds_above_and_a_higher_branch_reaches_down(dealer: Dealer):
    above = in_force(CASH)
    assert save(**{CASH: "８８８．50"}).status_code == 303
    assert (in_force(CASH), in_force(CASH, "SX")) == (88850, above)
    page = seen(browser(BOSS).get(SHOP))
    assert "888.50" in page and "澄远集团" in page and "行业默认" in page
    assert save(**{CASH: ""}).status_code == 303
    assert in_force(CASH) == above == numbers(dealer.branches["HZ"], now())[CASH]
    assert save(**{COUNTERSIGN: "3000"}).status_code == 303
    assert "一个方案合计达到 3,000 元，还要财务同意" in seen(browser(BOSS).get(SHOP))
    rows = BranchNumber.objects.filter(branch__code="HZ", key=CASH).order_by("id")
    assert [row.value for row in rows] == [88850, -1]
    assert Amendment.objects.filter(kind="branchnumber", reason=WHY).count() == 3


WRONG = [
    (CASH, "12.345", "金额最多两位小数"),
    (CASH, "一千", "请填数字"),
    (CASH, "-5", "金额不能"),
    (CASH, "99999999", "不能大于"),
    ("since", "2020-01-01", "不能从过去的日子起"),
    ("since", "", "请填写这一项"),
    ("reason", "", "请填写这一项"),
    ("reason", "长" * 201, "最多"),
]


def test_what_is_wrong_is_said_at_its_place_and_what_was_typed_stays(dealer: Dealer):
    for key, value, said in WRONG:
        typed = {limit_key("service_manager", "gift"): "66", CASH: "55"} | {key: value}
        answer = save(**typed)
        page = html.unescape(text(answer))
        assert answer.status_code == 422
        assert re.search(rf'id="wrong-{re.escape(key)}"[^/]*/i> [^<]*{said}', page), page
        assert {name: drawn(answer)[name] for name in typed} == typed
    assert not BranchNumber.objects.filter(branch__code="HZ").exists()


def test_a_lower_role_above_a_higher_one_is_asked_about_once(dealer: Dealer):
    key = limit_key("service_advisor", "labour")
    person = browser(BOSS)
    given = drawn(person.get(EDIT)) | {key: "9000", "reason": WHY}
    asked = person.post(EDIT, given)
    assert asked.status_code == 409 and "下级能决定的会比上级多" in seen(asked)
    assert in_force(key) == 20000
    assert person.post(EDIT, given | {"sure": "rubbish"}).status_code == 409
    assert person.post(EDIT, drawn(asked)).status_code == 303
    assert in_force(key) == 900000


def test_two_people_who_set_the_same_cell_see_each_other(dealer: Dealer):
    first, second = browser(BOSS), browser("administrator")
    gift = limit_key("service_manager", "gift")
    one, two = drawn(first.get(EDIT)) | {"reason": WHY}, drawn(second.get(EDIT)) | {"reason": WHY}
    assert first.post(EDIT, one | {CASH: "700", gift: "50"}).status_code == 303
    met = second.post(EDIT, two | {CASH: "600"})
    assert met.status_code == 409 and "别人已经改成 700" in seen(met)
    assert (drawn(met)[CASH], drawn(met)[gift]) == ("600", "50")
    assert second.post(EDIT, drawn(met)).status_code == 303
    assert (in_force(CASH), in_force(gift)) == (60000, 5000)
    assert "没有改动" in seen(second.post(EDIT, drawn(second.get(EDIT)) | {"reason": WHY}))


def test_only_those_concerned_look_and_only_those_named_set(dealer: Dealer):
    for login, looks, sets in (("alice", 200, 404), ("bob", 200, 404), ("technician", 404, 404), (BOSS, 200, 200)):
        person = browser(login)
        assert person.get(SHOP).status_code == looks
        assert (person.get(EDIT).status_code, person.post(EDIT, {}).status_code in (404, 422)) == (sets, True)
        assert ("/settings/limits/" in text(person.get("/settings/"))) == (looks == 200)
        assert "limits/edit" in text(person.get(SHOP)) or sets == 404
    for address in ("?branch=SX", "?branch=NOWHERE", "/edit/?branch=SX", "/edit/?branch=HZ&row=nobody"):
        assert browser(BOSS).get(f"/settings/limits{address}".replace("limits?", "limits/?")).status_code == 404
    strange = {"shown": "[[", CASH: "\0", "since": "９９９", "sure": "x", "reason": "\x00"}
    assert browser(BOSS).post(EDIT, strange).status_code == 422
    assert browser(BOSS).get(f"{SHOP}&before=99999999999999999999").status_code == 200


def test_the_history_tells_who_when_why_and_from_what_to_what(dealer: Dealer):
    boss, shop = actor(BOSS, now()), dealer.branches["HZ"]
    for fen in range(100, 5200, 100):
        set_limits(shop, boss, {CASH: fen}, today(), f"第{fen // 100}次", now())
    later = today() + timedelta(days=9)
    set_limits(shop, boss, {CASH: None}, later, "试行结束", now())
    person = browser("bob")
    page = person.get(SHOP)
    told = seen(page)
    assert re.search(rf"总经理.*{later} 起生效.*试行结束.*服务经理 · 现金补偿 原来 51.00 元 → 改为 不单独设置", told)
    assert f"{later} 起 1,000" in told
    assert ("第51次" in told, "第1次" in told) == (True, False)
    further = html.unescape(re.search(r'hx-get="([^"]+before=\d+)"', text(page))[1])
    rest = person.get(further, headers=HTMX)
    assert "第1次" in seen(rest) and "不单独设置 → 改为 1.00 元" in seen(rest) and "第3次" not in seen(rest)
    english = seen(browser("bob", "en").get(SHOP))
    assert "Service manager · Cash" in english and not re.search(r"\b限额", english)
    assert json.loads(Amendment.objects.filter(kind="branchnumber").latest("id").body)["after"]["value"] == -1
