"""Registering a complaint on its page: what is required, what is kept, what is known already."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.people import DORA, Dealer, at_stage
from tests.web.signed_in import browser, hidden, seen, text
from wenguo.cases.models import Case, Draft, Entry, Evidence

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
COMPLAINT = {"content": "过减速带时后排异响", "phone": "139 0000 1234"}


def test_content_and_a_phone_make_a_case(dealer: Dealer):
    answer = browser("alice").post("/cases/new", COMPLAINT)
    case = Case.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == f"/cases/{case.number}/?saved=1"
    assert case.facts["content"] == COMPLAINT["content"]
    assert case.customer and case.customer.phone == "13900001234"


def test_after_saving_the_page_of_the_case_says_so(dealer: Dealer):
    page = browser("alice").post("/cases/new", COMPLAINT, follow=True)
    assert Case.objects.get().number in seen(page)
    assert "alert-success" in text(page)


def test_a_reason_for_having_no_phone_is_enough(dealer: Dealer):
    browser("alice").post("/cases/new", {"content": "异响", "no_contact_reason": "客户不愿留"})
    assert Case.objects.get().customer is None


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"phone": "13900001234"}, "content"),
        ({"content": "异响"}, "phone"),
        ({"content": "异响", "phone": "1390000"}, "phone"),
        (COMPLAINT | {"plate": "浙A1"}, "plate"),
        (COMPLAINT | {"vin": "ABC"}, "vin"),
        (COMPLAINT | {"mileage_km": "很多"}, "mileage_km"),
        (COMPLAINT | {"severity": "catastrophic"}, "severity"),
        (COMPLAINT | {"happened_at": "2999-01-01T10:00"}, "happened_at"),
        (COMPLAINT | {"settled_now": "on"}, "settled_how"),
        (COMPLAINT | {"content": "异\0响"}, "content"),
        (COMPLAINT | {"content": "长" * 20_001}, "content"),
    ],
)
def test_a_wrong_field_is_named_and_all_that_was_typed_stays(dealer: Dealer, given: dict, wrong: str):
    answer = browser("alice").post("/cases/new", {"place": "三号工位", **given})
    assert answer.status_code == 422
    assert f'id="{wrong}-wrong"' in text(answer)
    assert 'value="三号工位"' in text(answer)
    assert Case.objects.count() == 0


def test_the_first_wrong_field_gets_the_focus_and_its_problem_is_read_with_it(dealer: Dealer):
    page = text(browser("alice").post("/cases/new", {"phone": "12", "vin": "x"}))
    assert page.count("autofocus") == 1
    assert 'aria-invalid="true" aria-describedby="content-help content-wrong" autofocus' in page


def test_the_same_form_sent_twice_makes_one_case(dealer: Dealer):
    alice = browser("alice")
    key = hidden(alice.get("/cases/new"))["key"]
    first = alice.post("/cases/new", COMPLAINT | {"key": key})
    assert alice.post("/cases/new", COMPLAINT | {"key": key})["Location"] == first["Location"]
    assert Case.objects.count() == 1


def test_the_same_form_with_files_sent_twice_makes_one_case(dealer: Dealer):
    alice = browser("alice")
    key = hidden(alice.get("/cases/new"))["key"]
    sent = [
        alice.post("/cases/new", COMPLAINT | {"key": key, "photos": SimpleUploadedFile("a.png", PNG)}) for _ in range(2)
    ]
    assert sent[0]["Location"] == sent[1]["Location"]
    assert Case.objects.count() == 1
    assert Case.objects.get().evidence.count() == 1


def test_going_back_and_sending_other_content_shows_what_was_saved(dealer: Dealer):
    alice = browser("alice")
    key = hidden(alice.get("/cases/new"))["key"]
    alice.post("/cases/new", COMPLAINT | {"key": key})
    again = alice.post("/cases/new", COMPLAINT | {"key": key, "content": "另一件事"})
    assert again.status_code == 422
    assert Case.objects.get().number in text(again)
    assert "另一件事" in text(again)
    assert alice.post("/cases/new", COMPLAINT | hidden(again) | {"content": "另一件事"}).status_code == 303
    assert Case.objects.count() == 2


def test_files_of_a_refused_form_need_not_be_uploaded_again(dealer: Dealer):
    alice = browser("alice")
    files = {"photos": [SimpleUploadedFile("一.png", PNG), SimpleUploadedFile("二.png", PNG + b"1")]}
    refused = alice.post("/cases/new", {"content": "异响"} | files)
    ids = [str(pk) for pk in Evidence.objects.order_by("id").values_list("pk", flat=True)]
    assert len(ids) == 2
    assert all(f'name="photos" value="{pk}" checked' in text(refused) for pk in ids)
    alice.post("/cases/new", COMPLAINT | {"photos": ids})
    assert Case.objects.get().evidence.count() == 2


def test_an_empty_file_is_refused_under_its_field(dealer: Dealer):
    answer = browser("alice").post("/cases/new", COMPLAINT | {"photos": SimpleUploadedFile("空.png", b"")})
    assert answer.status_code == 422
    assert 'id="photos-wrong"' in text(answer)


def test_hostile_text_comes_back_escaped(dealer: Dealer):
    hostile = "<script>alert(1)</script>\u202e' \" & {{7*7}}"
    page = browser("alice").post("/cases/new", COMPLAINT | {"content": hostile, "customer_name": hostile}, follow=True)
    assert Case.objects.get().facts["content"] == hostile
    assert "<script>alert" not in text(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\u202e" in text(page)


def test_known_customers_and_their_cases_are_offered(dealer: Dealer):
    case = at_stage("receiving")
    panel = browser("alice").post("/cases/new/look-up/", {"phone": "138 0013 8000"})
    assert DORA["customer_name"] in seen(panel)
    assert DORA["plate"] in seen(browser("alice").post("/cases/new/look-up/", {"plate": "浙a12345"}))
    assert case.number in seen(panel)


def test_a_half_typed_number_is_looked_up_quietly(dealer: Dealer):
    at_stage("receiving")
    panel = browser("alice").post("/cases/new/look-up/", {"phone": "1380013", "plate": "浙A", "vin": "\0"})
    assert panel.status_code == 200
    assert DORA["customer_name"] not in seen(panel)


def test_another_shop_knows_nothing_of_the_customer(dealer: Dealer):
    at_stage("receiving")
    assert DORA["customer_name"] not in seen(browser("charlie").post("/cases/new/look-up/", {"phone": DORA["phone"]}))


def test_a_technician_sees_known_numbers_masked(dealer: Dealer):
    at_stage("receiving")
    panel = text(browser("technician").post("/cases/new/look-up/", {"phone": DORA["phone"], "plate": DORA["plate"]}))
    assert DORA["phone"] not in panel
    assert DORA["plate"] not in panel
    assert "138****8000" in panel
    assert "data-fill" not in panel


def test_looking_up_is_never_done_by_an_address(dealer: Dealer):
    assert browser("alice").get("/cases/new/look-up/?phone=13800138000").status_code == 405


def test_whoever_works_for_several_shops_chooses_one_of_the_lowest(dealer: Dealer):
    region = browser("region_manager")
    page = text(region.get("/cases/new"))
    assert 'value="HZ"' in page
    assert 'value="SX"' in page
    assert 'value="HD"' not in page
    region.post("/cases/new", COMPLAINT | {"branch": "SX"})
    assert Case.objects.get().branch.code == "SX"


def test_nobody_registers_at_a_shop_of_others(dealer: Dealer):
    browser("alice").post("/cases/new", COMPLAINT | {"branch": "SX"})
    assert Case.objects.get().branch.code == "HZ"


def test_what_is_typed_is_kept_and_restored_until_it_is_sent(dealer: Dealer):
    alice = browser("alice")
    kept = alice.post("/drafts/new/registered/", COMPLAINT | {"key": hidden(alice.get("/cases/new"))["key"]})
    assert kept.status_code == 200
    form = alice.get("/cases/new")
    assert COMPLAINT["content"] in text(form)
    alice.post("/cases/new", COMPLAINT | hidden(form))
    assert Draft.objects.count() == 0
    assert COMPLAINT["content"] not in text(alice.get("/cases/new"))


def test_an_autosave_that_comes_after_the_form_itself_keeps_nothing(dealer: Dealer):
    alice = browser("alice")
    sent = COMPLAINT | hidden(alice.get("/cases/new"))
    alice.post("/cases/new", sent)
    alice.post("/drafts/new/registered/", sent)
    assert Draft.objects.count() == 0


def test_a_draft_can_be_thrown_away(dealer: Dealer):
    alice = browser("alice")
    alice.post("/drafts/new/registered/", COMPLAINT)
    alice.post("/drafts/new/registered/", {"discard": "1"})
    assert Draft.objects.count() == 0


def test_nobody_sees_the_draft_of_somebody_else(dealer: Dealer):
    browser("alice").post("/drafts/new/registered/", COMPLAINT)
    assert COMPLAINT["content"] not in text(browser("bob").get("/cases/new"))


def test_a_draft_holds_only_fields_of_the_form_and_not_too_much(dealer: Dealer):
    alice = browser("alice")
    alice.post("/drafts/new/registered/", COMPLAINT | {"content": "异\0响", "anything": "else"})
    assert Draft.objects.get().data["typed"] == {"content": "异响", "phone": COMPLAINT["phone"]}
    assert alice.post("/drafts/new/registered/", {"content": "长" * 200_001}).status_code == 413
    assert alice.post("/drafts/new/closed/", COMPLAINT).status_code == 404


def test_opening_the_page_changes_nothing(dealer: Dealer):
    browser("alice").get("/cases/new")
    assert (Case.objects.count(), Entry.objects.count(), Draft.objects.count()) == (0, 0, 0)


def test_the_page_speaks_english(dealer: Dealer):
    assert "What the customer says" in seen(browser("alice", "en").get("/cases/new"))
