"""Settings: branches, staff, posts, deputies, keys, numbers, one's own account; and who may not."""

import html
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.people import PASSWORD, Dealer, actor, at_stage
from tests.web.signed_in import browser, hidden, seen, text
from wenguo.people.actors import actor_of, numbers, today_of
from wenguo.people.businessclock import now
from wenguo.people.models import Amendment, Branch, Deputy, Post, Staff, Token
from wenguo.people.tree import touch

ADMIN = "administrator"


def today() -> str:
    return today_of(now()).isoformat()


def in_days(days: int) -> str:
    return (today_of(now()) + timedelta(days=days)).isoformat()


def send(person: Client, address: str, **given: Any) -> Any:
    """Opens the form and sends it with `given`; what it holds hidden comes along."""
    return person.post(address, hidden(person.get(address)) | given)


def again(person: Client, address: str, refused: Any, **given: Any) -> Any:
    """Sends the refused form once more, with the mark of what it asked to be sure of."""
    mark = re.search(r'name="sure" value="([^"]*)"', text(refused))
    return person.post(address, hidden(refused) | {"sure": mark[1] if mark else ""} | given)


def told_password(answer: Any) -> str:
    return re.search(r"<code>([^<]+)</code>", text(answer))[1]


def person_page(dealer: Dealer, login: str, rest: str = "") -> str:
    return f"/settings/staff/{dealer.staff[login].pk}/{rest}"


def hire(person: Client, username: str = "wang", role: str = "technician", **more: Any) -> Any:
    given = {"name": "王小燕", "username": username, "role": role, "since": today(), "last_day": ""} | more
    return send(person, "/settings/staff/add/?branch=HZ", **given)


def grant_group(login: str = ADMIN) -> None:
    """The administrator of HZ administers the whole group."""
    Post.objects.filter(staff__username=login).update(branch=Branch.objects.get(code="G1"))
    touch()


def test_somebody_new_signs_in_with_a_password_that_works_once(dealer: Dealer):
    made = hire(browser(ADMIN))
    assert made.status_code == 200 and "只显示这一次" in seen(made)
    secret, newcomer = told_password(made), browser()
    assert newcomer.post("/login/", {"username": "wang", "password": secret}).status_code == 302
    for place in ("/", "/settings/account/", "/cases/new"):
        assert newcomer.get(place)["Location"] == "/settings/account/password/"
    assert newcomer.get("/bell/count/", headers={"HX-Request": "true"}).status_code == 401
    address = "/settings/account/password/"
    for old, new, twice, said in (
        ("wrong", "a-good-one-2026", "a-good-one-2026", "现在的密码不对"),
        (secret, "sh0rt", "sh0rt", "至少 8 位"),
        (secret, "password123", "password123", "太常见"),
        (secret, "a-good-one-2026", "another-one-2026", "不一样"),
        (secret, secret, secret, "和现在的一样"),
    ):
        refused = send(newcomer, address, old_password=old, password=new, again_password=twice)
        assert refused.status_code == 422 and said in seen(refused)
        assert new not in text(refused)
    good = {"old_password": secret, "password": "a-good-one-2026", "again_password": "a-good-one-2026"}
    assert send(newcomer, address, **good)["Location"] == "/"
    assert newcomer.get("/").status_code == 200
    assert browser().post("/login/", {"username": "wang", "password": secret}).status_code == 422
    assert secret not in json.dumps(list(Amendment.objects.values_list("body", flat=True)))


def test_a_form_sent_twice_makes_one_person(dealer: Dealer):
    person, address = browser(ADMIN), "/settings/staff/add/?branch=HZ"
    given = hidden(person.get(address)) | {
        "name": "王小燕", "username": "wang", "role": "technician", "since": today(),
    }  # fmt: skip
    assert person.post(address, given).status_code == 200
    second = person.post(address, given)
    staff = Staff.objects.get(username="wang")
    assert second["Location"] == f"/settings/staff/{staff.pk}/"
    assert staff.posts.count() == 1


@pytest.mark.parametrize(
    "field, value, said",
    [
        ("username", "alice", "已被使用"),
        ("username", "ALICE", "已被使用"),
        ("username", "王", "只能用字母"),
        ("username", "a\0b", "不能"),
        ("name", "", "请填写"),
        ("role", "nobody", "请从"),
        ("role", "region_manager", "请从"),
        ("since", "soon", "日期"),
        ("last_day", "2000-01-01", "不能早于"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_what_was_typed_stays(dealer: Dealer, field, value, said):
    before = Staff.objects.count()
    refused = hire(browser("general_manager" if field == "role" else ADMIN), **{field: value})
    assert refused.status_code == 422
    assert re.search(rf'id="{field}-wrong"', text(refused)), seen(refused)
    assert "王小燕" in text(refused) or field == "name"
    assert Staff.objects.count() == before


def test_nobody_sees_or_changes_what_lies_outside_their_branches(dealer: Dealer):
    admin = browser(ADMIN)
    stranger = person_page(dealer, "charlie")
    missing = "/settings/staff/999999/"
    for rest in ("", "edit/", "password/", "leave/", "return/", "post/", "deputy/"):
        answers = [admin.get(stranger + rest), admin.get(missing + rest)]
        assert [one.status_code for one in answers] == [404, 404]
        assert admin.post(stranger + rest, {}).status_code in (404, 405)
    for place in ("/settings/staff/?branch=SX", "/settings/staff/?branch=XX", "/settings/branches/SX/"):
        assert admin.get(place).status_code == 404
    post = Post.objects.get(staff__username="charlie")
    assert admin.get(f"/settings/posts/{post.pk}/end/").status_code == 404
    assert "查理" not in seen(admin.get("/settings/staff/"))
    for login in ("alice", "bob", "technician"):
        for place in ("staff/", "branches/", "numbers/", "tokens/", "staff/add/", "branches/add/"):
            assert browser(login).get(f"/settings/{place}").status_code == 404
        page = text(browser(login).get("/settings/"))
        assert "/settings/account/" in page and "/settings/staff/" not in page


def test_nobody_gives_themselves_or_others_more_than_they_may(dealer: Dealer):
    boss = browser("general_manager")
    own = person_page(dealer, "general_manager")
    assert boss.get(own).status_code == 200
    for rest in ("edit/", "password/", "leave/", "post/", "deputy/"):
        assert boss.get(own + rest).status_code == 404
    above = person_page(dealer, ADMIN)
    for rest in ("edit/", "password/", "leave/", "deputy/"):  # an administrator's account would open more
        assert boss.get(above + rest).status_code == 404
    given = {"branch": "HZ", "role": "administrator", "since": today(), "last_day": "", "reason": ""}
    assert send(boss, person_page(dealer, "alice", "post/"), **given).status_code == 422
    assert send(boss, person_page(dealer, "alice", "post/"), **given | {"branch": "SX"}).status_code == 422
    assert send(boss, person_page(dealer, "alice", "post/"), **given | {"role": "service_manager"}).status_code == 303
    deputies = text(boss.get(person_page(dealer, "bob", "deputy/")))
    assert f'value="{dealer.staff["general_manager"].pk}"' not in deputies
    Deputy.objects.create(
        absent=dealer.staff["bob"], deputy=dealer.staff["general_manager"], since="2020-01-01", until="2100-01-01"
    )
    touch()
    assert boss.get(person_page(dealer, "bob", "password/")).status_code == 404


def test_a_post_is_given_for_some_days_and_ended(dealer: Dealer):
    admin, at = browser(ADMIN), person_page(dealer, "alice")
    given = {"branch": "HZ", "role": "finance", "since": in_days(3), "last_day": in_days(5), "reason": "代班"}
    assert send(admin, f"{at}post/", **given).status_code == 303
    alice = dealer.staff["alice"]
    held = [bool("finance" in actor_of(alice, now() + timedelta(days=nth)).roles_at(dealer.branches["HZ"]))
            for nth in (2, 3, 5, 6)]  # fmt: skip
    assert held == [False, True, True, False]
    assert "已经有这个岗位" in seen(send(admin, f"{at}post/", **given | {"since": in_days(5), "last_day": ""}))
    assert send(admin, f"{at}post/", **given | {"since": in_days(6), "last_day": ""}).status_code == 303
    page = seen(admin.get(at))
    assert "代班" in page and "给了岗位" in page and "系统管理员" in page
    later = Post.objects.get(staff=alice, until=None, role="finance")
    assert send(admin, f"/settings/posts/{later.pk}/end/", last_day=today(), reason="不用了").status_code == 303
    assert "finance" not in actor_of(alice, now() + timedelta(days=9)).roles_at(dealer.branches["HZ"])
    assert send(admin, f"/settings/posts/{later.pk}/end/", last_day=today(), reason="x").status_code == 404
    bobs = Post.objects.get(staff__username="bob").pk
    assert send(admin, f"/settings/posts/{bobs}/end/", last_day=in_days(-2), reason="x").status_code == 422


def test_the_last_holder_of_a_role_does_not_go_unnoticed(dealer: Dealer):
    admin = browser(ADMIN)
    post = Post.objects.get(staff__username="callback_agent")
    address = f"/settings/posts/{post.pk}/end/"
    given = {"last_day": today(), "reason": "调走"}
    asked = send(admin, address, **given)
    assert asked.status_code == 409 and "杭州店就没有电话回访员了" in seen(asked)
    post.refresh_from_db()
    assert post.until is None
    assert again(admin, address, asked, **given, sure="rubbish").status_code == 409
    assert again(admin, address, asked, **given).status_code == 303
    bobs = Post.objects.get(staff__username="bob")  # another service manager stays
    assert send(admin, f"/settings/posts/{bobs.pk}/end/", **given).status_code == 303


def test_who_leaves_is_seen_off_with_their_cases_shown_first(dealer: Dealer):
    case = at_stage("investigating", now=now())
    person = Staff.objects.get(pk=case.turn_person_id)
    signed_in, admin = browser(person.username), browser(ADMIN)
    address = f"/settings/staff/{person.pk}/leave/"
    assert case.number in seen(admin.get(address))
    asked = send(admin, address, reason="离职")
    assert asked.status_code == 409 and "还有未结的案件" in seen(asked)
    assert signed_in.get("/").status_code == 200
    assert again(admin, address, asked, reason="离职").status_code == 303
    assert signed_in.get("/").status_code == 302
    page = seen(admin.get(f"/settings/staff/{person.pk}/"))
    assert "已停用" in page and "离职" in page
    assert person.name in seen(admin.get("/settings/staff/?branch=HZ&left"))
    assert send(admin, f"/settings/staff/{person.pk}/return/", reason="回来了").status_code == 303
    assert browser().post("/login/", {"username": person.username, "password": PASSWORD}).status_code == 302


def test_the_cases_that_a_leaver_owns_are_a_click_away_to_be_handed_over_together(dealer: Dealer):
    case, admin = at_stage("investigating", now=now()), browser(ADMIN)
    owner = case.owner_id
    told = admin.get(f"/settings/staff/{owner}/leave/").content.decode()
    listed = f"/cases/?state=open&amp;owner={owner}"
    assert listed in told
    assert case.number in seen(admin.get(listed.replace("&amp;", "&")))
    assert listed not in admin.get(person_page(dealer, "finance", "leave/")).content.decode()


def test_a_new_password_signs_out_everywhere_and_must_be_changed(dealer: Dealer):
    alice, admin = browser("alice"), browser(ADMIN)
    made = send(admin, person_page(dealer, "alice", "password/"), reason="忘了密码")
    secret = told_password(made)
    assert alice.get("/").status_code == 302
    client = browser()
    assert client.post("/login/", {"username": "alice", "password": secret}).status_code == 302
    assert client.get("/")["Location"] == "/settings/account/password/"
    assert "忘了密码" in seen(admin.get(person_page(dealer, "alice")))


def test_two_people_who_change_the_same_name_see_each_other(dealer: Dealer):
    grant_group("general_manager")
    Post.objects.filter(staff__username="region_manager").update(role="administrator")
    touch()
    first, second, address = browser(ADMIN), browser("region_manager"), person_page(dealer, "alice", "edit/")
    one, two = hidden(first.get(address)), hidden(second.get(address))
    assert first.post(address, one | {"name": "安丽丝", "username": "alice"}).status_code == 303
    met = second.post(address, two | {"name": "安莉思", "username": "alice"})
    assert met.status_code == 412
    assert "安丽丝" in seen(met) and 'value="安莉思"' in text(met)
    assert Staff.objects.get(username="alice").name == "安丽丝"
    assert second.post(address, hidden(met) | {"name": "安莉思", "username": "alice"}).status_code == 303
    assert Staff.objects.get(username="alice").name == "安莉思"
    other = hidden(first.get(address))
    assert second.post(address, hidden(second.get(address)) | {"name": "安思", "username": "alice"}).status_code == 303
    # another field than the one that was changed meanwhile: no conflict, and nothing of it is undone
    assert first.post(address, other | {"name": "安莉思", "username": "alice2"}).status_code == 303
    assert Staff.objects.get(username="alice2").name == "安思"


def test_a_branch_is_added_below_and_renamed_and_keeps_its_code(dealer: Dealer):
    grant_group()
    admin = browser(ADMIN)
    given = {"parent": "HD", "code": "NB", "name": "宁波店", "name_en": "Ningbo", "zone": "", "pack": ""}
    assert send(admin, "/settings/branches/add/", **given).status_code == 303
    made = Branch.objects.get(code="NB")
    assert (made.path, made.pack, made.zone) == (f"{made.parent.path}{made.pk}/", "auto_dealer", "Asia/Shanghai")
    for code, said in (("nb", "已被使用"), ("N B", "只能用字母和数字"), ("", "请填写")):
        refused = send(admin, "/settings/branches/add/", **given | {"code": code})
        assert refused.status_code == 422 and said in seen(refused)
    changed = {"name": "宁波旗舰店", "name_en": "Ningbo", "zone": "Asia/Shanghai", "reason": "换招牌", "code": "XX"}
    assert send(admin, "/settings/branches/NB/", **changed).status_code == 303
    made.refresh_from_db()
    assert (made.name, made.code) == ("宁波旗舰店", "NB")
    page = seen(admin.get("/settings/branches/NB/"))
    assert re.search("换招牌.*宁波店.*宁波旗舰店", page)
    assert "Ningbo" in seen(browser(ADMIN, "en").get("/settings/branches/"))


def test_one_names_a_deputy_of_ones_own_and_takes_it_back(dealer: Dealer):
    bob, alice = browser("bob"), dealer.staff["alice"]
    given = {"deputy": str(alice.pk), "since": today(), "last_day": in_days(7), "reason": "休假"}
    own = "/settings/account/deputy/"
    assert str(dealer.staff["charlie"].pk) not in re.findall(r'<option value="(\d+)"', text(bob.get(own)))
    assert send(bob, own, **given).status_code == 303
    assert "service_manager" in actor("alice", now()).roles_at(dealer.branches["HZ"])
    assert "我代理谁" in seen(browser("alice").get("/settings/account/"))
    assert "已经是代理人" in seen(send(bob, own, **given))
    finance = given | {"deputy": str(dealer.staff["finance"].pk)}
    asked = send(bob, own, **finance)
    assert asked.status_code == 409 and "两个人都能代理" in seen(asked)
    assert send(bob, own, **given | {"deputy": str(dealer.staff["bob"].pk)}).status_code == 422
    assert send(bob, own, **given | {"since": in_days(-1)}).status_code == 422
    row = Deputy.objects.get()
    assert browser("finance").post(f"/settings/deputies/{row.pk}/end/").status_code == 404
    assert bob.post(f"/settings/deputies/{row.pk}/end/").status_code == 303
    assert "service_manager" not in actor("alice", now()).roles_at(dealer.branches["HZ"])
    assert bob.get(f"/settings/deputies/{row.pk}/end/").status_code == 405


def test_a_key_is_shown_once_works_and_ends(dealer: Dealer):
    admin = browser(ADMIN)
    made = send(admin, "/settings/tokens/add/", name="DMS")
    secret = told_password(made)
    program = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/cases/HZ-1", headers=program).status_code == 404
    assert secret not in text(admin.get("/settings/tokens/"))
    token = Token.objects.get()
    assert browser("general_manager").post(f"/settings/tokens/{token.pk}/end/").status_code == 404
    assert admin.post(f"/settings/tokens/{token.pk}/end/").status_code == 303
    assert Client().get("/api/v1/cases/HZ-1", headers=program).status_code == 401
    assert [one.seq for one in Amendment.objects.filter(kind="token").order_by("seq")] == [1, 2]


def test_a_number_is_set_from_a_day_on_and_taken_over_again(dealer: Dealer):
    admin, address, hz = browser(ADMIN), "/settings/numbers/HZ/call_attempts/", dealer.branches["HZ"]
    assert "行业默认" in seen(admin.get("/settings/numbers/?branch=HZ"))
    assert send(admin, address, value="5", since=today(), reason="客户难找").status_code == 303
    assert numbers(hz, now())["call_attempts"] == 5
    assert "客户难找" in seen(admin.get(address))
    assert send(admin, address, value="", since=in_days(1), reason="照旧").status_code == 303
    assert "call_attempts" not in numbers(hz, now() + timedelta(days=1))
    for wrong in ({"value": "-1"}, {"value": "多"}, {"value": "1.5"}, {"since": in_days(-1)}, {"reason": ""}):
        assert send(admin, address, **{"value": "4", "since": today(), "reason": "x"} | wrong).status_code == 422
    stale = hidden(admin.get(address))
    assert send(admin, address, value="6", since=today(), reason="又改").status_code == 303
    met = admin.post(address, stale | {"value": "7", "since": today(), "reason": "也改"})
    assert met.status_code == 409 and "别人刚刚改过" in html.unescape(seen(met))
    assert numbers(hz, now())["call_attempts"] == 6


def test_an_e_mail_address_is_given_corrected_and_taken_away_again(dealer: Dealer):
    admin, address = browser(ADMIN), person_page(dealer, "alice", "edit/")
    names = {"name": "安丽思", "username": "alice"}
    refused = admin.post(address, hidden(admin.get(address)) | names | {"email": "alice at shop"})
    assert refused.status_code == 422
    assert "这不是邮箱地址" in seen(refused) and 'value="alice at shop"' in text(refused)
    for email in ("alice@shop.example", ""):
        assert admin.post(address, hidden(admin.get(address)) | names | {"email": email}).status_code == 303
        assert Staff.objects.get(username="alice").email == email
    assert "alice@shop.example" in seen(admin.get(person_page(dealer, "alice")))  # in the history


def test_a_branch_gives_its_own_time_for_a_promise_within_the_law(dealer: Dealer):
    admin, page = browser(ADMIN), "/settings/numbers/HZ/complaint.{}.hours/"
    assert "首次联系客户（营业小时）" in seen(admin.get("/settings/numbers/?branch=HZ"))
    assert send(admin, page.format("first_contact"), value="3", since=today(), reason="节后人手少").status_code == 303
    assert numbers(dealer.branches["HZ"], now())["complaint.first_contact.hours"] == 3
    refused = send(admin, page.format("fulfilment"), value="361", since=today(), reason="太忙")
    assert refused.status_code == 422
    assert "法律最多允许 360 小时" in seen(refused) and "第八条" in seen(refused)
    assert send(admin, page.format("fulfilment"), value="0", since=today(), reason="x").status_code == 422
    assert send(admin, page.format("fulfilment"), value="360", since=today(), reason="x").status_code == 303
    assert admin.get(page.format("promised_call")).status_code == 404  # agreed on with the customer, by nobody else
