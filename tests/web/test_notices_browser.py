"""A story at a real browser: somebody chooses quiet hours, the administrator connects a group and has a test sent."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from tests.databases import DEALER, Templates, connected
from tests.notify.sinks import Sink, replies
from tests.serving import Serving
from tests.web.browsing import PHONE, Person, chromium
from wenguo.notify.models import Outlet, Wish


@pytest.fixture
def shop(sqlite_templates: Templates):
    """A browser, and the address of a served shop that may call this machine."""
    made = sqlite_templates.copy(DEALER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "HOME", made.home)
        environment = {"WENGUO_OUTLETS_INSIDE": "127.0.0.0/8", "WENGUO_SMTP_URL": "smtp://127.0.0.1:9"}
        with connected(made), Serving(made, environment=environment) as serving, chromium() as browser:
            yield browser, serving.url
    sqlite_templates.drop(made)


def test_quiet_hours_are_chosen_on_a_phone_and_a_group_is_connected(shop: tuple[Browser, str]):
    browser, url = shop
    person = Person(browser, url, "bob", PHONE)
    page = person.page
    page.goto("/bell/")
    page.get_by_role("link", name="通知方式").click()
    person.fill(mail="all", quiet_from="22:00", quiet_until="07:00", digest_at="08:30")
    person.send()
    expect(page).to_have_url(re.compile("/settings/account/"))
    expect(page.locator(".alert-success")).to_be_visible()
    wish = Wish.objects.get(staff__username="bob")
    assert (wish.mail, wish.quiet_from, wish.digest_at, wish.breaks_through) == ("all", "22:00", "08:30", True)
    page.goto("/settings/notices/")
    expect(page.locator("[name=quiet_until]")).to_have_value("07:00")

    group = Sink(replies(b'{"errcode": 0, "errmsg": "ok"}'))
    person.become("administrator")
    page.goto("/settings/")
    page.get_by_role("link", name="通知出口").click()
    page.get_by_role("link", name="新增通知出口").click()
    person.fill(kind="wecom", name="售后群", address=group.url(), wants="all", language="zh-hans")
    person.send()
    expect(page.locator(".things").first).to_contain_text("售后群")
    page.get_by_role("button", name="发送测试").click()
    expect(page.locator(".tried")).to_contain_text("测试消息已被接收")
    expect(page.locator(".tried")).to_contain_text("errmsg")
    assert "闻过测试消息" in group.came[0].told["text"]["content"]
    assert "s3cret-part" not in page.content() and Outlet.objects.count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert person.mishaps == []
    group.close()
