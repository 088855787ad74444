"""Receive and calm: registered, settled_on_the_spot, assigned, reassigned."""

import pytest

from tests.people import DORA, NOW, actor, at_stage, take
from wenguo.cases import refusals
from wenguo.cases.door import open_case
from wenguo.cases.evidence import store
from wenguo.cases.models import Case, Evidence, Party, Task
from wenguo.people.models import Amendment, Customer
from wenguo.vehicles.models import Vehicle

pytestmark = pytest.mark.usefixtures("database")


def register(dealer, by="alice", branch="HZ", **given):
    return open_case("complaint", dealer.branches[branch], actor(by), {"content": "空调不制冷", **given}, NOW).case


def test_registered_needs_the_content_and_one_way_to_reach_the_customer(dealer):
    with pytest.raises(refusals.Invalid) as refused:
        open_case("complaint", dealer.branches["HZ"], actor("alice"), {}, NOW)
    assert set(refused.value.fields) == {"content", "phone"}
    assert not Case.objects.exists()


def test_registered_takes_a_reason_in_place_of_a_phone(dealer):
    case = register(dealer, no_contact_reason="匿名来信", customer_name="一位车主")
    assert case.customer is None
    assert Party.objects.get(case=case, kind="complainant").name == "一位车主"


def test_registered_knows_the_customer_by_phone_and_the_car_by_plate(dealer):
    one = register(dealer, **DORA)
    two = register(dealer, phone="+86 138-0013-8000", plate="浙a·12345", vin="LSVAU2180N2183294", mileage_km="3.2万")
    assert one.customer == two.customer
    assert one.vehicle == two.vehicle
    assert Vehicle.objects.get().vin == "LSVAU2180N2183294"
    assert Vehicle.objects.get().mileage_km == 32000
    assert Customer.objects.get().name == DORA["customer_name"]
    assert Amendment.objects.filter(kind="vehicle").count() == 2


def test_registered_at_another_shop_makes_rows_of_its_own(dealer):
    one = register(dealer, **DORA)
    two = register(dealer, by="charlie", branch="SX", **DORA)
    assert one.customer != two.customer
    assert one.vehicle != two.vehicle


def test_registered_gives_a_plate_to_the_car_that_carries_it_now(dealer):
    old = register(dealer, phone="13900001234", plate="浙A12345", vin="LSVAU2180N2183294").vehicle
    new = register(dealer, phone="13900001234", plate="浙A12345", vin="1M8GDM9AXKP042788").vehicle
    old.refresh_from_db()
    assert (old.plate, new.plate, new.vin) == ("", "浙A12345", "1M8GDM9AXKP042788")


def test_registered_as_settled_goes_straight_to_the_call_back(dealer):
    case = register(dealer, phone="13900001234", settled_now="on", settled_how="当场补洗了车,客户满意离店")
    assert case.stage == "calling_back"
    assert case.turn_role == "callback_agent"
    with pytest.raises(refusals.Invalid) as refused:
        register(dealer, phone="13900001234", settled_now="on")
    assert set(refused.value.fields) == {"settled_how"}


def test_registered_attaches_the_files_that_its_clerk_uploaded(dealer):
    mine = store("仪表.jpg", [b"\xff\xd8\xff\xe0 picture"], actor("alice"), NOW)
    others = store("别人的.jpg", [b"\xff\xd8\xff\xe0 other"], actor("bob"), NOW)
    case = register(dealer, phone="13900001234", photos=[str(mine.pk)])
    mine.refresh_from_db()
    assert (mine.case, mine.field) == (case, "photos")
    assert mine.sha256 in case.entries.get().body
    for number in (others.pk, mine.pk, 999_999):  # somebody else's, one that is attached already, none
        with pytest.raises(refusals.Invalid):
            register(dealer, phone="13900001234", photos=[str(number)])
    assert Evidence.objects.get(pk=others.pk).case is None


def test_settled_on_the_spot_goes_straight_to_the_call_back(dealer):
    case = take(at_stage("receiving"), "settled_on_the_spot", by="alice")
    assert case.stage == "calling_back"
    entry = case.entries.get(verb="settled_on_the_spot")
    assert (entry.on_behalf_of, entry.role) == ("complainant", "service_advisor")


def test_assigned_names_an_investigator_with_duties_and_a_limit(dealer):
    case = take(at_stage("receiving"), "assigned", by="bob", investigator=dealer.staff["alice"].pk, duty="查工单")
    task = Task.objects.get(case=case)
    assert (task.person.username, task.text, task.done_at) == ("alice", "查工单", None)
    assert (case.turn_role, case.turn_person.username) == ("investigator", "alice")
    assert case.clocks.get(kind="investigation").due_at == task.due_at


def test_assigned_refuses_somebody_of_another_branch_or_another_post(dealer):
    case = at_stage("receiving")
    for login in ("charlie", "finance"):
        with pytest.raises(refusals.Invalid) as refused:
            take(case, "assigned", by="bob", investigator=dealer.staff[login].pk)
        assert set(refused.value.fields) == {"investigator"}


def test_reassigned_ends_the_first_investigators_part(dealer):
    case = take(at_stage("receiving"), "assigned", by="bob", investigator=dealer.staff["alice"].pk)
    case = take(case, "reassigned", by="bob", investigator=dealer.staff["technical_manager"].pk)
    assert case.stage == "investigating"
    assert case.turn_person.username == "technical_manager"
    assert list(case.tasks.filter(done_at=None).values_list("person__username", flat=True)) == ["technical_manager"]
    assert [(clock.nth, clock.stopped_at is None) for clock in case.clocks.filter(kind="investigation")] == [
        (1, False),
        (2, True),
    ]
    with pytest.raises(refusals.NotAllowed):
        take(case, "investigated", by="alice")
