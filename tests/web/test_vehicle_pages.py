"""The page of a car and its forms: who sees it, what it says, what is refused and kept."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import DORA, Dealer, at_stage
from tests.web.signed_in import HTMX, browser, hidden, seen, text
from wenguo.people.models import Amendment
from wenguo.vehicles.models import Reading, Vehicle, Visit
from wenguo.vehicles.visits import PAGE

VIN, DOUBTFUL = "LX0GA41C9M0012845", "LX0GA41C8M0012845"
VISIT = {"order_no": "R1", "kind": "comeback", "in_at": "2026-03-10T09:20", "out_at": "2026-03-12T17:05"}
LATER = VISIT | {"in_at": "2026-03-20T09:00", "out_at": ""}  # than the complaint


@pytest.fixture
def car(dealer: Dealer) -> Vehicle:
    """Dora's, with one complaint that told its mileage."""
    return at_stage("receiving", vin=VIN, mileage_km=58620).vehicle


def enter(car: Vehicle, what: str = "visit/", by: str = "alice", **typed):
    return browser(by).post(f"/vehicles/{car.pk}/{what}", typed)


def told(car: Vehicle, by: str = "alice", language: str = "") -> str:
    return seen(browser(by, language).get(f"/vehicles/{car.pk}/"))


def test_the_page_tells_complaints_visits_days_and_mileage(dealer: Dealer, car: Vehicle):
    answer = enter(car, **VISIT, mileage_km="57100", complaint="冷车异响", items="换刹车片", parts="刹车片|45022|1|680")
    assert answer.status_code == 303
    assert answer["Location"] == f"/vehicles/{car.pk}/?saved=visit"
    page = told(car)
    for words in (
        "HZ-202603-0001", "受理安抚", "外部返工维修（外返）", "R1", "冷车异响", "换刹车片", "45022", "680.00", "57,100",
        "58,620", "累计在厂 3 天", "2021",
    ):  # fmt: skip
        assert words in page, words
    assert "校验位" not in page
    case = browser("alice").get("/cases/HZ-202603-0001/")
    assert f'href="/vehicles/{car.pk}/"' in text(case)


def test_a_car_of_another_branch_looks_like_one_that_does_not_exist(dealer: Dealer, car: Vehicle):
    visit = Visit.objects.create(branch=car.branch, order_no="R1", vehicle=car, in_at="2026-03-10T01:00Z")
    charlie = browser("charlie")
    for tail in ("", "edit/", "reading/", "visit/", f"visit/{visit.pk}/"):
        strange, absent = charlie.get(f"/vehicles/{car.pk}/{tail}"), charlie.get(f"/vehicles/99999/{tail}")
        assert strange.status_code == absent.status_code == 404
        assert seen(strange) == seen(absent)
        assert tail == "" or charlie.post(f"/vehicles/{car.pk}/{tail}", VISIT).status_code == 404
    other = at_stage("receiving", branch="SX").vehicle
    assert charlie.get(f"/vehicles/{other.pk}/visit/{visit.pk}/").status_code == 404
    assert charlie.get(f"/vehicles/{other.pk}/?visits={visit.pk}").status_code == 200
    assert browser("alice").get(f"/vehicles/{10**25}/").status_code == 404


def test_whoever_does_not_need_its_numbers_sees_them_masked_and_is_not_asked_for_them(dealer: Dealer, car: Vehicle):
    assert enter(car, "edit/", engine_no="EA211-778899", temporary_plate="浙A临0001").status_code == 303
    clerk, technician = browser("alice"), browser("technician")
    secrets = (DORA["plate"], VIN, "EA211-778899", "浙A临0001")
    for address in (f"/vehicles/{car.pk}/", f"/vehicles/{car.pk}/edit/", f"/vehicles/{car.pk}/visit/"):
        masked, whole = text(technician.get(address)), text(clerk.get(address))
        assert not [secret for secret in secrets if secret in masked]
        assert DORA["plate"] in whole
    assert technician.post(f"/vehicles/{car.pk}/edit/", {"brand": "东辰", "plate": "浙A99999"}).status_code == 303
    car.refresh_from_db()
    assert (car.brand, car.plate, car.vin, car.engine_no) == ("东辰", DORA["plate"], VIN, "EA211-778899")
    assert technician.post(f"/vehicles/{car.pk}/visit/", VISIT).status_code == 303


def test_a_mileage_that_went_back_is_told_and_by_hand_asks_why(dealer: Dealer, car: Vehicle):
    at_stage("receiving", mileage_km=5862)
    assert "比以前小，未说明原因" in told(car)
    assert "58,620 公里" in told(car)
    refused = enter(car, "reading/", mileage_km="120", read_on="2026-03-16", reason=" ")
    assert refused.status_code == 422
    assert 'id="reason-wrong"' in text(refused) and 'value="120"' in text(refused)
    assert "2026-03-16" in seen(refused) and "58,620" in seen(refused)
    assert enter(car, "reading/", mileage_km="120", read_on="2026-03-16", reason="更换组合仪表").status_code == 303
    assert "更换组合仪表" in told(car) and "行驶里程 120 公里" in told(car)
    assert Reading.objects.count() == 3


WRONG = [
    ("visit/", VISIT | {"order_no": ""}, "order_no"),
    ("visit/", VISIT | {"kind": "picnic"}, "kind"),
    ("visit/", VISIT | {"out_at": "2026-03-09T10:00"}, "out_at"),
    ("visit/", VISIT | {"parts": "刹车片|45022|两|680"}, "parts"),
    ("visit/", LATER | {"mileage_km": "60"}, "mileage_reason"),
    ("visit/", VISIT | {"total_fen": "-1"}, "total_fen"),
    ("reading/", {"mileage_km": "很多", "read_on": "2026-03-16"}, "mileage_km"),
    ("reading/", {"mileage_km": "60000", "read_on": "2126-03-16"}, "read_on"),
    ("edit/", {"plate": "浙I12345"}, "plate"),
    ("edit/", {"plate": "浙A54321"}, "plate"),
    ("edit/", {"plate": "", "vin": ""}, "vin"),
    ("edit/", {"vin": "ABC"}, "vin"),
    ("edit/", {"delivered_on": "2126-01-01"}, "delivered_on"),
]
KEPT = {"visit/": "advisor", "reading/": "reason", "edit/": "brand"}


def test_what_is_wrong_is_said_at_its_field_and_all_that_was_typed_stays(dealer: Dealer, car: Vehicle):
    at_stage("receiving", plate="浙A54321", vin="")
    before = Amendment.objects.count()
    for what, typed, wrong in WRONG:
        answer = enter(car, what, **{KEPT[what]: "<b>陈立群</b>"} | typed)
        assert answer.status_code == 422
        assert f'id="{wrong}-wrong"' in text(answer), (what, typed)
        assert 'value="&lt;b&gt;陈立群&lt;/b&gt;"' in text(answer)
    assert Amendment.objects.count() == before


def test_only_what_somebody_changes_is_changed(dealer: Dealer, car: Vehicle):
    enter(
        car, **VISIT, parts="刹车片|45022|1|680.5\n卡扣", items="换刹车片\n路试", labour_hours="1.5", total_fen="680.5"
    )
    visit = Visit.objects.get()
    alice, address = browser("alice"), f"/vehicles/{car.pk}/visit/{visit.pk}/"
    drawn = alice.get(address)
    assert "刹车片 | 45022 | 1 | 680.50\n卡扣</textarea>" in text(drawn)
    assert enter(car, f"visit/{visit.pk}/", by="bob", technician="吴大勇").status_code == 303
    sent = VISIT | {"out_at": "2026-03-13T08:00", "technician": "", "total_fen": "680.50", **hidden(drawn)}
    assert alice.post(address, sent).status_code == 303
    stored = Visit.objects.get()
    assert (stored.technician, stored.items, stored.labour_hours) == ("吴大勇", visit.items, "1.5")
    assert (stored.parts, stored.total_fen, stored.out_at.day) == (visit.parts, 68050, 13)


def test_reading_changes_nothing_and_a_long_history_asks_no_more_than_a_short_one(dealer: Dealer, car: Vehicle):
    alice, asked = browser("alice"), []
    for count in (2, PAGE + 3):
        for nth in range(count):
            enter(car, **LATER | {"order_no": f"R{count}-{nth}"}, mileage_km=60000 + count * 100 + nth)
        with CaptureQueriesContext(connection) as queries:
            page = alice.get(f"/vehicles/{car.pk}/")
        asked.append(len(queries))
    assert asked[0] == asked[1] < 27, asked  # seven for the law, three for warnings, one for special care
    before = Amendment.objects.count()
    (more,) = set(re.findall(r'href="([^"]+\?visits=\d+)"', text(page)))
    assert [text(alice.get(more, headers=headers)).count('class="visit"') for headers in ({}, HTMX)] == [5, 5]
    assert "<html" not in text(alice.get(more, headers=HTMX))
    for tail in ("", "edit/", "reading/", "visit/", "?visits=x", "?saved=x"):
        assert alice.get(f"/vehicles/{car.pk}/{tail}").status_code == 200
    assert Amendment.objects.count() == before


def test_a_doubtful_vin_is_pointed_out_and_the_intake_goes_on(dealer: Dealer):
    alice = browser("alice")
    panel = alice.post("/cases/new/look-up/", {"vin": DOUBTFUL})
    assert "校验位不符" in seen(panel)
    assert "校验位不符" not in seen(alice.post("/cases/new/look-up/", {"vin": VIN}))
    car = at_stage("receiving", vin=DOUBTFUL).vehicle
    assert "校验位不符" in told(car)
    assert f'href="/vehicles/{car.pk}/"' in text(alice.post("/cases/new/look-up/", {"plate": DORA["plate"]}))
