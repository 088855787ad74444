"""The first start: a link that `serve` prints, good until there is a branch."""

import re
import threading

import pytest
from django.db import connection
from django.test import Client

from tests.web.signed_in import hidden, seen, text
from wenguo.jobs.demo import greeting
from wenguo.people.models import Amendment, Branch, Post, Staff

GIVEN = {
    "branch": "澄远集团", "branch_en": "Chengyuan", "code": "CY", "zone": "Asia/Shanghai", "name": "周敏",
    "username": "zhoumin", "password": "chengyuan-2026", "again_password": "chengyuan-2026",
}  # fmt: skip


def link() -> str:
    return re.search(r"http://shop(/set-up/\w+/)", greeting(False, "http://shop/"))[1]


def send(client: Client, address: str, **given: str):
    return client.post(address, hidden(client.get(address)) | GIVEN | given)


def test_whoever_has_the_link_founds_the_group_and_is_its_administrator(empty_database):
    client, address = Client(), link()
    assert "这里还没有数据" in seen(client.get(address))
    assert send(client, address)["Location"] == "/settings/"
    assert [(one.code, one.name, one.zone) for one in Branch.objects.all()] == [("CY", "澄远集团", "Asia/Shanghai")]
    assert [(one.staff.username, one.role) for one in Post.objects.select_related("staff")] == [
        ("zhoumin", "administrator")
    ]
    page = text(client.get("/settings/"))
    assert "/settings/branches/" in page and "/settings/staff/" in page
    assert Client().post("/login/", {"username": "zhoumin", "password": GIVEN["password"]}).status_code == 302
    assert set(Amendment.objects.values_list("reason", flat=True)) == {"set-up"}
    for again in (Client().get(address), Client().post(address, GIVEN)):
        assert again.status_code == 404
    assert "set-up" not in greeting(False, "http://shop/")


@pytest.mark.parametrize(
    "field, value, said",
    [
        ("code", "C Y", "只能用字母和数字"),
        ("username", "周敏", "登录名只能用"),
        ("password", "short", "至少 8 位"),
        ("again_password", "something-else", "不一样"),
        ("zone", "Mars/Olympus", "请从"),
        ("branch", "", "请填写"),
    ],
)
def test_nothing_is_made_of_a_form_with_a_fault(empty_database, field, value, said):
    more = {"again_password": value} if field == "password" else {}
    refused = send(Client(), link(), **{field: value} | more)
    assert refused.status_code == 422 and said in seen(refused)
    assert GIVEN["password"] not in text(refused)
    assert not Branch.objects.exists() and not Staff.objects.exists()


def test_another_link_is_none(empty_database):
    for address in ("/set-up/x/", f"/set-up/{'0' * 40}/"):
        assert Client().get(address).status_code == 404
        assert Client().post(address, GIVEN).status_code == 404


def test_two_who_set_up_at_once_make_one_group(empty_database):
    address, answers = link(), []

    def begin(nth: int) -> None:
        client = Client()
        form = hidden(client.get(address)) | GIVEN | {"code": f"C{nth}", "username": f"zhou{nth}"}
        barrier.wait()
        answers.append(client.post(address, form).status_code)
        connection.close()

    barrier = threading.Barrier(3)
    threads = [threading.Thread(target=begin, args=(nth,)) for nth in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {303, 404}
    assert (Branch.objects.count(), Staff.objects.count()) == (1, 1)
