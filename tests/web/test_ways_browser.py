"""The ways a complaint can go, by the people of a shop in a real browser: money, comeback, carmaker, merge, reopen."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.people import at_stage
from tests.record import faults
from tests.web.browsing import Person, open_shop
from wenguo.cases.models import Approval, Case
from wenguo.jobs.tick import tick
from wenguo.people.models import Deputy, Staff
from wenguo.people.tree import touch


@pytest.fixture(scope="module")
def shop(sqlite_templates) -> Iterator[tuple[Browser, str]]:
    with open_shop(sqlite_templates) as found:
        yield found


@pytest.fixture
def people(shop):
    """Signed in at a browser each, as soon as a test asks for them; at the end nothing may have gone wrong in any."""
    found: dict[str, Person] = {}

    class People(dict):
        def __missing__(self, login: str) -> Person:
            found[login] = self[login] = Person(*shop, login)
            return found[login]

    yield People()
    assert [person.mishaps for person in found.values() if person.mishaps] == []
    for person in found.values():
        person.context.close()
    assert faults() == []


def staff(login: str) -> str:
    return str(Staff.objects.get(username=login).pk)


def typed(hours: float) -> str:
    """A moment as the browser's own control types it."""
    return (datetime.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def stands(case: Case) -> str:
    return Case.objects.get(pk=case.pk).stage


def test_a_plan_above_the_limit_is_approved_by_the_deputy_on_duty(people):
    today = datetime.now().date()
    Deputy.objects.create(
        absent=Staff.objects.get(username="service_director"), deputy=Staff.objects.get(username="shift_supervisor"),
        since=today - timedelta(days=1), until=today + timedelta(days=2),
    )  # fmt: skip
    touch()
    case, bob, deputy = at_stage("planning", phone="13900017001"), people["bob"], people["shift_supervisor"]
    bob.open_step(case.number, "solution_proposed")
    bob.fill(
        remedies=["replace_part"], plan="更换四只刹车片并免工时", **{"costs.parts": "1,100", "costs.labour": "300"}
    )
    expect(bob.page.locator("[data-total]")).to_contain_text("1,400.00")
    bob.send()
    expect(bob.page.locator(".road")).to_contain_text("方案审批")
    assert bob.refused(case.number, "approved", amount="1400") == 403
    deputy.page.goto("/")
    expect(deputy.page.locator("main")).to_contain_text(case.number)  # it waits on the deputy's desk
    deputy.open_step(case.number, "approved")
    expect(deputy.page.locator("#step .asked")).to_contain_text("更换四只刹车片并免工时")
    deputy.fill(amount="1300")
    deputy.send()
    expect(deputy.page.locator("#amount-wrong")).to_contain_text("1,400.00")
    deputy.fill(amount="1400")
    deputy.send()
    expect(deputy.page.locator("form[data-form]")).to_have_count(0)
    expect(deputy.page.locator(".case-side")).to_contain_text("代 售后服务总监")
    assert Approval.objects.get().in_place_of.username == "service_director"
    assert stands(case) == "negotiating"


def test_a_small_failure_is_put_right_on_the_spot_within_the_advisors_own_limit(people):
    case, alice = at_stage("receiving", phone="13900017002"), people["alice"]
    alice.open_step(case.number, "settled_on_the_spot")
    alice.fill(settled_how="重新紧固并补漆", **{"settled_costs.labour": "260"})
    alice.send()
    expect(alice.page.locator("#settled_costs-wrong")).to_contain_text("200.00")
    expect(alice.page.locator("[name=settled_how]")).to_have_value("重新紧固并补漆")
    alice.fill(**{"settled_costs.labour": "180"})
    alice.send()
    expect(alice.page.locator("form[data-form]")).to_have_count(0)
    assert Case.objects.get(pk=case.pk).remedies.get().state == "given"


def test_a_comeback_goes_to_the_team_that_did_it_and_is_checked_before_it_is_handed_over(people):
    case, bob, team = at_stage("confirming", phone="13900017003"), people["bob"], people["technician"]
    bob.take(
        case.number, "confirmed", paper="oral", agreed="明天外返,优先安排", carry_out_as="comeback",
        executor=staff("technician"), due_at=typed(30),
    )  # fmt: skip
    assert stands(case) == "reworking"
    team.page.goto(f"/cases/{case.number}/")
    expect(team.page.locator(".choice-first")).to_contain_text("外返登记")
    team.take(
        case.number, "comeback_started", comeback_order="HZ-F2001", comeback_team="二班",
        rediagnosis="导向销缺润滑,左前复现异响",
    )  # fmt: skip
    team.take(case.number, "carried_out", work_done="清洁润滑导向销,更换刹车片,路试 8 公里")
    people["technical_manager"].take(case.number, "quality_checked", quality_passed=True)
    bob.take(case.number, "customer_accepted", signed=True)
    assert stands(case) == "calling_back"


def test_what_is_beyond_the_shop_goes_to_the_carmaker_and_comes_back_to_where_it_was(people):
    case, bob, crm = (
        at_stage("planning", phone="13900017004", source="oem_system"),
        people["bob"],
        people["customer_admin"],
    )
    bob.take(
        case.number, "raised_to_maker", reason="两次编程仍顿挫,技术部门无结论", help_wanted="现场技术支持",
        maker_ticket="DN-88231",
    )  # fmt: skip
    assert stands(case) == "awaiting_maker"
    crm.take(case.number, "maker_answered", maker_answer="supported", note="同意更换阀体,费用由厂家承担")
    assert stands(case) == "planning"
    crm.take(case.number, "reported_to_maker", maker_told="已按指导更换阀体,客户验收合格")
    assert Case.objects.get(pk=case.pk).facts["maker_told"]


def test_a_complaint_registered_twice_is_merged_and_can_be_taken_apart_again(people):
    first, second, bob = (
        at_stage("receiving", phone="13900017005"),
        at_stage("receiving", phone="13900017006", plate="浙A54321"),
        people["bob"],
    )
    bob.open_step(second.number, "merged")
    bob.fill(other="HZ-209901-0001")
    bob.send()
    expect(bob.page.locator("#other-wrong")).to_be_visible()
    bob.fill(other=first.number, reason="同一位客户同一件事")
    bob.send()
    expect(bob.page.locator(".road")).to_contain_text("已并案")
    tick()
    bob.page.goto(f"/cases/{first.number}/")
    expect(bob.page.locator(".story")).to_contain_text("另一投诉单并入本单")
    expect(bob.page.locator(".case-side")).to_contain_text(second.number)
    bob.take(second.number, "unmerged", reason="是另一台车")
    assert stands(second) == "receiving"


def test_what_was_closed_is_taken_up_again_as_a_new_round(people):
    case = at_stage("closed", phone="13900017007")
    people["callback_agent"].take(case.number, "reopened", reason="客户来电:异响又出现")
    again = Case.objects.get(pk=case.pk)
    assert (again.stage, again.round, again.closed_at) == ("classifying", 2, None)
    expect(people["callback_agent"].page.locator("h1")).to_contain_text("第 2 轮")
